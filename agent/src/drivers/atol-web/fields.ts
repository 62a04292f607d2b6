import { protocolError } from '../../codec/bytes.ts'

/** Longest text that is taken from an answer; the longest real ones are addresses of 256 characters. */
const TEXT_LENGTH_MAX = 512

/**
 * Members of a JSON object, read one by one: one that is absent or of another kind is null, so that a driver of another age or a
 * strange value costs one fact and not the whole answer.
 */
export class Fields {
  readonly #members: object

  constructor(value: unknown) {
    this.#members = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  }

  /** Members of an inner object; none when it is absent. */
  inner(name: string): Fields {
    return new Fields(this.#member(name))
  }

  /** Members of an inner object without which the answer says nothing. Throws `protocol.result`. */
  needed(name: string): Fields {
    const value = this.#member(name)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw protocolError('result', `the answer has no ${name}`)
    return new Fields(value)
  }

  /** Text without blanks around it; null when there is none. */
  text(name: string): string | null {
    const value = this.#member(name)
    return typeof value === 'string' ? value.slice(0, TEXT_LENGTH_MAX).trim() || null : null
  }

  integer(name: string): number | null {
    const value = this.#member(name)
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
  }

  /** A whole number from 0 on. */
  count(name: string): number | null {
    const value = this.integer(name)
    return value !== null && value >= 0 ? value : null
  }

  flag(name: string): boolean | null {
    const value = this.#member(name)
    return typeof value === 'boolean' ? value : null
  }

  #member(name: string): unknown {
    return Object.hasOwn(this.#members, name) ? this.#members[name as keyof object] : undefined
  }
}

/** Parsed JSON; undefined for a page of HTML, an empty body and everything else that is none. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
