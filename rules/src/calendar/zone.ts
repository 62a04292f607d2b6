import { assert, type EpochMs } from '@tillwatch/shared'
import { IANAZone } from 'luxon'

/** Zone taken where a site has none; texts say so. Most clients and their agreements count in it. */
export const DEFAULT_ZONE = 'Europe/Moscow'
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** Every offset in use since 1990 changes on a quarter of an hour of UTC. */
const OFFSET_STEP_MS = 15 * MINUTE_MS
const MEMO_SIZE_MAX = 8_192

interface Memo {
  readonly zone: IANAZone
  readonly offsets: Map<number, number>
  /** The offset of a day of UTC; NaN where the clock is changed in it. No zone changes its clock to and fro within a day. */
  readonly days: Map<number, number>
  /** The offset that holds on a local day and on the days around it; NaN where the clock is changed there. */
  readonly steady: Map<DayNumber, number>
}
/** Offsets are facts of the zone database, so remembering them changes no answer. */
const memos = new Map<string, Memo>()

function memoOf(timezone: string): Memo {
  const known = memos.get(timezone)
  if (known) return known
  const zone = IANAZone.create(timezone)
  assert(zone.isValid, `time zone ${timezone} is checked where it enters`)
  const memo = {
    zone,
    offsets: new Map<number, number>(),
    days: new Map<number, number>(),
    steady: new Map<number, number>(),
  }
  memos.set(timezone, memo)
  return memo
}

/** Is this an IANA zone that the platform knows? */
export const isZone = (timezone: string): boolean => IANAZone.isValidZone(timezone)

/** What to add to UTC to get local time, in ms. */
export function offsetMs(timezone: string, at: EpochMs): number {
  const memo = memoOf(timezone)
  const day = Math.floor(at / DAY_MS)
  const known = memo.days.get(day)
  if (known === undefined) {
    const before = platformOffset(memo, day * DAY_MS)
    const same = before === platformOffset(memo, (day + 1) * DAY_MS)
    if (memo.days.size >= MEMO_SIZE_MAX) memo.days.clear()
    memo.days.set(day, same ? before : Number.NaN)
    return same ? before : platformOffset(memo, at)
  }
  return Number.isNaN(known) ? platformOffset(memo, at) : known
}

/** As the platform tells it, which takes long. */
function platformOffset({ zone, offsets }: Memo, at: EpochMs): number {
  const step = Math.floor(at / OFFSET_STEP_MS)
  const known = offsets.get(step)
  if (known !== undefined) return known
  if (offsets.size >= MEMO_SIZE_MAX) offsets.clear()
  const offset = Math.round(zone.offset(step * OFFSET_STEP_MS) * MINUTE_MS)
  offsets.set(step, offset)
  return offset
}

/** Instant of a local wall time given as if it were UTC. A time that the clock skips is read with the offset before the change; of two equal times the first is meant. */
export function instantOf(timezone: string, localAsUtcMs: number): EpochMs {
  const steady = steadyOffset(timezone, Math.floor(localAsUtcMs / DAY_MS))
  return Number.isNaN(steady) ? instantNearChange(timezone, localAsUtcMs) : localAsUtcMs - steady
}

function steadyOffset(timezone: string, day: DayNumber): number {
  const { steady } = memoOf(timezone)
  const known = steady.get(day)
  if (known !== undefined) return known
  if (steady.size >= MEMO_SIZE_MAX) steady.clear()
  const before = offsetMs(timezone, (day - 1) * DAY_MS)
  const found = before === offsetMs(timezone, (day + 2) * DAY_MS) ? before : Number.NaN
  steady.set(day, found)
  return found
}

function instantNearChange(timezone: string, localAsUtcMs: number): EpochMs {
  const before = offsetMs(timezone, localAsUtcMs - DAY_MS)
  const after = offsetMs(timezone, localAsUtcMs + DAY_MS)
  const early = localAsUtcMs - before
  if (before === after || offsetMs(timezone, early) === before) return early
  const late = localAsUtcMs - after
  return offsetMs(timezone, late) === after ? late : early
}

/** `YYYY-MM-DDTHH:mm:ss` of an instant at the place, as a device would give it. */
export const localTextOf = (timezone: string, at: EpochMs): string =>
  new Date(at + offsetMs(timezone, at)).toISOString().slice(0, 19)

/** Number of a calendar day: days since 1970-01-01. */
export type DayNumber = number

/** The calendar day at the place. */
export const localDay = (timezone: string, at: EpochMs): DayNumber => Math.floor((at + offsetMs(timezone, at)) / DAY_MS)
/** First instant of a calendar day at the place. */
export const dayStart = (timezone: string, day: DayNumber): EpochMs => instantOf(timezone, day * DAY_MS)
/** `YYYY-MM-DD` of a day number. */
export const dateOfDay = (day: DayNumber): string => new Date(day * DAY_MS).toISOString().slice(0, 10)
/** ISO weekday, 1 = Monday. 1970-01-01 was a Thursday. */
export const weekdayOf = (day: DayNumber): 1 | 2 | 3 | 4 | 5 | 6 | 7 =>
  (((((day + 3) % 7) + 7) % 7) + 1) as 1 | 2 | 3 | 4 | 5 | 6 | 7

/** Day number of `YYYY-MM-DD` (a time behind it is left out), or null when it is no date. */
export function dayOfDate(text: string): DayNumber | null {
  const ms = utcOf(text)
  return Number.isNaN(ms) ? null : Math.floor(ms / DAY_MS)
}

const ZERO = 48
/** The number in these places of a text; NaN when something else stands there. Parsed by hand: it is done for every date of every register. */
function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** A device's date, or date and time, as if it were UTC; NaN when it is neither. */
function utcOf(text: string): number {
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  if (text[4] !== '-' || text[7] !== '-' || !(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return Number.NaN
  const date = Date.UTC(digits(text, 0, 4), month - 1, day)
  if (text.length === 10) return date
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = text.length > 16 ? digits(text, 17, 19) : 0
  return hour <= 23 && minute <= 59 && second <= 59 && text[10] === 'T'
    ? date + hour * HOUR_MS + minute * MINUTE_MS + second * 1000
    : Number.NaN
}

/** Instant of a device's local `YYYY-MM-DD` or `YYYY-MM-DDTHH:mm[:ss]`, or null when it is neither. */
export function instantOfLocal(timezone: string, text: string): EpochMs | null {
  const ms = utcOf(text)
  return Number.isNaN(ms) ? null : instantOf(timezone, ms)
}
