import { localDate, localDateTime } from '../kit/told.ts'

/** Longest text that is taken from an answer. */
const TEXT_LENGTH_MAX = 512

/**
 * Members of an answer, read one by one, whatever the case of their names (one firmware writes ASBSO, another asbso). What is absent or
 * of another kind is null, so that an older version costs one fact and not the whole answer.
 */
export class Fields {
  readonly #members: object

  constructor(value: unknown) {
    this.#members = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  }

  has(name: string): boolean {
    return (this.#member(name) ?? null) !== null
  }

  inner(name: string): Fields {
    return new Fields(this.#member(name))
  }

  /** Text without blanks around it; null when there is none. */
  text(name: string): string | null {
    const value = this.#member(name)
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' ? text.slice(0, TEXT_LENGTH_MAX).trim() || null : null
  }

  /** A whole number, written as one or as text; null for everything else. */
  integer(name: string): number | null {
    const text = this.text(name)
    return text !== null && /^-?\d{1,15}$/.test(text) ? Number(text) : null
  }

  /** A whole number from 0 on. */
  count(name: string): number | null {
    const value = this.integer(name)
    return value !== null && value >= 0 ? value : null
  }

  /** Yes or no, also where it is written as 1 or 0, or as text; null for everything else. */
  flag(name: string): boolean | null {
    const value = this.#member(name)
    const text = typeof value === 'boolean' ? String(value) : this.text(name)?.toLowerCase()
    if (text === 'true' || text === '1') return true
    return text === 'false' || text === '0' ? false : null
  }

  /** `YYYY-MM-DDTHH:MM:SS`, local to the register; null for what is no time. */
  time(name: string): string | null {
    const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(this.text(name) ?? '')
    if (!parts) return null
    const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map(Number)
    return localDateTime(localDate(year, month, day), hours, minutes, seconds) ?? null
  }

  #member(name: string): unknown {
    if (Object.hasOwn(this.#members, name)) return this.#members[name as keyof object]
    const wanted = name.toLowerCase()
    return Object.entries(this.#members).find(([own]) => own.toLowerCase() === wanted)?.[1]
  }
}

/** Fields of an answer, which one client gets as an array of one; null for what is no JSON object. */
export function parseAnswer(json: string): Fields | null {
  const value = parseJson(json)
  const answer: unknown = Array.isArray(value) ? value[0] : value
  return typeof answer === 'object' && answer !== null ? new Fields(answer) : null
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
