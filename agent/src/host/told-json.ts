import { z } from 'zod'

/** A field of a service's answer: what has another shape counts as not told, and costs no other field. */
export const lenient = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(undefined)

/** Longest text taken from an answer. */
const TEXT_LENGTH_MAX = 256

/** Text fit to be shown: what controls a terminal, turns the writing round or stands for nothing counts as a space. */
export const shownText = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
    .slice(0, TEXT_LENGTH_MAX)

const text = z.string().transform(shownText)
/** Text of a service, fit to be shown. */
export const serviceText = lenient(text)
/** A version or a code, which some write as a number. */
export const serviceMark = lenient(z.union([text, z.number().transform(String)]))
export const serviceFlag = lenient(z.boolean())
export const serviceCount = lenient(z.number().int().nonnegative())

/** The range of instants that a service of today can mean. */
const EARLIEST_MS = Date.parse('2000-01-01T00:00:00Z')
const LATEST_MS = Date.parse('2100-01-01T00:00:00Z')

/**
 * An instant as services write it: milliseconds since 1970, `YYYY-MM-DDTHH:mm:ss[.mmm][Z|±hh:mm]`, or `YYYY-MM-DD HH:mm:ss ±hhmm`. What
 * carries no zone is taken as UTC. Null for anything else and for impossible dates.
 */
export function instantMsOf(value: unknown): number | null {
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? textInstantMs(value) : Number.NaN
  return ms >= EARLIEST_MS && ms < LATEST_MS ? Math.floor(ms) : null
}

const INSTANT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?: ?(Z|[+-]\d\d:?\d\d))?)?$/

function textInstantMs(text: string): number {
  const [matched, day, time = '00:00', zone = 'Z'] = INSTANT.exec(text.trim()) ?? []
  if (!matched || !day) return Number.NaN
  // Date.parse rolls 31 February over; a day that is not the same again was impossible.
  const dayMs = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(dayMs) || new Date(dayMs).toISOString().slice(0, 10) !== day) return Number.NaN
  return Date.parse(`${day}T${time}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`)
}

/** Calendar day of an instant in UTC, `YYYY-MM-DD`: in every zone of Russia that day or the night after it. */
export const utcDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
