import { assert, type EpochMs } from '@tillwatch/shared'
import { IANAZone } from 'luxon'

/** Zone taken where a site has none; texts say so. Most clients and their agreements count in it. */
export const DEFAULT_ZONE = 'Europe/Moscow'
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** Every offset in use since 1990 changes on a quarter of an hour of UTC. */
const OFFSET_STEP_MS = 15 * MINUTE_MS
const MEMO_SIZE_MAX = 512

interface Memo {
  readonly zone: IANAZone
  readonly offsets: Map<number, number>
}
/** Offsets are facts of the zone database, so remembering them changes no answer. */
const memos = new Map<string, Memo>()

function memoOf(timezone: string): Memo {
  const known = memos.get(timezone)
  if (known) return known
  const zone = IANAZone.create(timezone)
  assert(zone.isValid, `time zone ${timezone} is checked where it enters`)
  const memo = { zone, offsets: new Map<number, number>() }
  memos.set(timezone, memo)
  return memo
}

/** Is this an IANA zone that the platform knows? */
export const isZone = (timezone: string): boolean => IANAZone.isValidZone(timezone)

/** What to add to UTC to get local time, in ms. */
export function offsetMs(timezone: string, at: EpochMs): number {
  const { zone, offsets } = memoOf(timezone)
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
  const before = offsetMs(timezone, localAsUtcMs - DAY_MS)
  const after = offsetMs(timezone, localAsUtcMs + DAY_MS)
  const early = localAsUtcMs - before
  if (before === after || offsetMs(timezone, early) === before) return early
  const late = localAsUtcMs - after
  return offsetMs(timezone, late) === after ? late : early
}

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
  const ms = Date.parse(`${text.slice(0, 10)}T00:00:00Z`)
  return Number.isNaN(ms) ? null : ms / DAY_MS
}

/** Instant of a device's local `YYYY-MM-DD` or `YYYY-MM-DDTHH:mm[:ss]`, or null when it is neither. */
export function instantOfLocal(timezone: string, text: string): EpochMs | null {
  const ms = Date.parse(text.length > 10 ? `${text}Z` : `${text}T00:00:00Z`)
  return Number.isNaN(ms) ? null : instantOf(timezone, ms)
}
