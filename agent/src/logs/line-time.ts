import type { EpochMs } from '@tillwatch/shared'
import type { WallTime } from './wall-time.ts'

/** A time that stands further inside a line is what the line speaks of, not when it was written. */
const BEFORE_LENGTH_MAX = 40
/** What is looked at for a time: what may stand before it and the time itself. */
const LOOK_LENGTH = BEFORE_LENGTH_MAX + 48
const JSON_LENGTH_MAX = 16 * 1024
const JSON_KEYS = ['time', 'timestamp', '@timestamp', '@t', 'ts', 'date', 'datetime', 'Timestamp', 'Time']

const OFFSET_MS_MAX = 14 * 3_600_000
const YEARS = { from: 2000, to: 2099 } as const

const CLOCK = String.raw`(?<hour>\d{1,2}):(?<minute>\d\d):(?<second>\d\d)(?:[.,](?<part>\d{1,9}))?(?!\d)`
/** Right behind the clock, or after a space where it cannot be taken for a number that follows. */
const ZONE = String.raw`(?<zone>Z\b|[+-]\d\d(?::?\d\d)?(?!\d)| (?:Z|UTC|GMT)\b| \+\d\d:?\d\d(?!\d)| -\d\d:\d\d(?!\d))?`
const YEAR_FIRST = String.raw`(?<year>\d{4})(?<sign>[-/.])(?<month>\d\d)\k<sign>(?<day>\d\d)(?:T| {1,2})`
const DAY_FIRST = String.raw`(?<day>\d\d)\.(?<month>\d\d)\.(?<year>\d{4}),? {1,2}`
/** What belongs to the line before is set in; a time at the very beginning is one all the same. */
const BEFORE = String.raw`^(?:\s*|\S.{0,${BEFORE_LENGTH_MAX - 1}}?)(?<![\d.:/-])`
const FORMS = [YEAR_FIRST, DAY_FIRST].map(date => new RegExp(`${BEFORE}${date}${CLOCK}${ZONE}`))

/**
 * When a line of a log was written, by its own words: ISO 8601, `YYYY-MM-DD HH:mm:ss,SSS`, `DD.MM.YYYY HH:mm:ss`, with a zone or in that of
 * `wall`, near the beginning of the line or as the time of a JSON object. Null when it does not tell.
 */
export function lineTime(line: string, wall: WallTime): EpochMs | null {
  return line.startsWith('{') ? (jsonTime(line, wall) ?? textTime(line, wall)) : textTime(line, wall)
}

function jsonTime(line: string, wall: WallTime): EpochMs | null {
  if (line.length > JSON_LENGTH_MAX) return null
  try {
    const fields = JSON.parse(line) as Record<string, unknown>
    const told = JSON_KEYS.map(key => fields[key]).find(value => value !== undefined)
    if (typeof told === 'string') return textTime(told, wall)
    // Milliseconds, as most loggers of JSON count; smaller numbers are seconds.
    const at = typeof told === 'number' ? told * (told < 1e11 ? 1_000 : 1) : Number.NaN
    return isInYears(at) ? Math.floor(at) : null
  } catch {
    // Cut off, or no JSON: it is read as a text.
    return null
  }
}

function textTime(line: string, wall: WallTime): EpochMs | null {
  const look = line.slice(0, LOOK_LENGTH)
  const [found] = FORMS.map(form => form.exec(look))
    .filter(match => match !== null)
    .toSorted((one, other) => one[0].length - other[0].length)
  return found?.groups ? instantOf(found.groups, wall) : null
}

function instantOf(told: Readonly<Record<string, string | undefined>>, wall: WallTime): EpochMs | null {
  const [year, month, day] = [Number(told['year']), Number(told['month']), Number(told['day'])]
  const [hour, minute, second] = [Number(told['hour']), Number(told['minute']), Number(told['second'])]
  const millis = Math.floor(Number(`0.${told['part'] ?? '0'}`) * 1_000)
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, millis)
  const date = new Date(utc)
  const isDate =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  if (!isDate || !isInYears(utc)) return null
  const offset = offsetOf(told['zone']?.trim())
  return offset === null ? wall(utc) : utc - offset
}

/** Null where none is told, or where the digits are none. */
function offsetOf(zone: string | undefined): number | null {
  if (zone === undefined) return null
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? []
  if (sign === undefined) return 0
  const offset = (Number(hours) * 60 + Number(minutes ?? 0)) * 60_000
  if (offset > OFFSET_MS_MAX || Number(minutes ?? 0) % 15 !== 0) return null
  return sign === '-' ? -offset : offset
}

function isInYears(at: number): boolean {
  const year = new Date(at).getUTCFullYear()
  return year >= YEARS.from && year <= YEARS.to
}
