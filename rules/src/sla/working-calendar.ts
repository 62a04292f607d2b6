import type { EpochMs } from '@tillwatch/shared'
import { instantAfterOpenMs, minutesOfInterval, openMsBetween } from '../calendar/opening-hours.ts'
import {
  DAY_MS,
  type DayNumber,
  dateOfDay,
  dayOfDate,
  dayStart,
  HOUR_MS,
  localDay,
  MINUTE_MS,
  weekdayOf,
} from '../calendar/zone.ts'
import type { Bilingual, OpeningHours } from '../model.ts'

/** A zone of calendars and policies that stands for the zone of the site at which the fault is. */
export const SITE_ZONE = 'site'

/** When work is done: what the time of an agreement is counted in. Plain data. */
export interface WorkingCalendar {
  readonly id: string
  readonly title: Bilingual
  /** An IANA zone, or `site`. */
  readonly zone: string
  /** Null: around the clock. Holidays, moved and short days are exceptions by date. */
  readonly hours: OpeningHours | null
  /** What one `d` of a limit is worth, in ms: 24 hours around the clock, else one usual working day (domain ruling 18.4). */
  readonly dayMs: number
  /** The holidays that it follows; null when it has none. */
  readonly holidays: { readonly id: string; readonly years: readonly number[] } | null
}

/** A calendar in the zone in which one incident counts. */
export interface WorkingTime {
  readonly timezone: string
  readonly hours: OpeningHours | null
}

/** The calendar as it counts for an incident at a site of that zone. */
export const timeOf = ({ zone, hours }: WorkingCalendar, siteZone: string): WorkingTime => ({
  timezone: zone === SITE_ZONE ? siteZone : zone,
  hours,
})

/** Working time between two instants in ms; 0 when `to` is not after `from`. */
export function workingMsBetween(time: WorkingTime, from: EpochMs, to: EpochMs): number {
  if (to <= from) return 0
  return time.hours === null ? to - from : (openMsBetween(time, from, to) ?? 0)
}

/** Opening hours look a year ahead; what is further away is reached in steps a little shorter. */
const WINDOW_MS = 300 * DAY_MS
/** Windows after which a limit counts as never reached: longer than any agreement lasts. */
const WINDOWS_MAX = 20

/**
 * The first instant at which working time counted from `from` reaches `ms` (domain ruling 18.8: 18:00 stays 18:00, not 09:00 of the next
 * day). Null when that is further away than any agreement lasts, or when nobody ever works.
 */
export function instantAfterWorkingMs(time: WorkingTime, from: EpochMs, ms: number): EpochMs | null {
  if (ms <= 0) return from
  if (time.hours === null) return from + ms
  let at = from
  let left = ms
  for (let window = 0; window < WINDOWS_MAX; window++) {
    const end = instantAfterOpenMs(time, at, left)
    if (end !== null) return end
    left -= workingMsBetween(time, at, at + WINDOW_MS)
    at += WINDOW_MS
  }
  return null
}

/** The same time of day so many working days later; calendar days where nobody works within a year. */
export function workingDaysLater(time: WorkingTime, at: EpochMs, days: number): EpochMs {
  const { timezone } = time
  const first = localDay(timezone, at)
  const ofDay = at - dayStart(timezone, first)
  let day = first
  for (let left = days; left > 0 && day - first < DAYS_LOOKED_AT_MAX; ) {
    day++
    if (workingMsBetween(time, dayStart(timezone, day), dayStart(timezone, day + 1)) > 0) left--
  }
  const isReached = day - first < DAYS_LOOKED_AT_MAX
  return dayStart(timezone, isReached ? day : first + days) + ofDay
}
const DAYS_LOOKED_AT_MAX = 400

/** Is somebody at work at that instant? */
export const isWorking = (time: WorkingTime, at: EpochMs): boolean => workingMsBetween(time, at, at + 1) > 0

/** Dates at which the days of a year differ from the weekly pattern. */
export interface YearOfHolidays {
  /** A day off moved from one date to another. The first is worked as the weekday of the second, unless it is a fixed holiday. */
  readonly moved: readonly { readonly from: string; readonly to: string }[]
  /** Days off besides. */
  readonly off: readonly string[]
  /** Days before a holiday: they end one hour earlier. */
  readonly short: readonly string[]
}

export interface Holidays {
  readonly id: string
  /** `MM-DD`. */
  readonly fixed: readonly string[]
  readonly years: Readonly<Record<string, YearOfHolidays>>
}

/** Fixed holidays are written out for these years: nothing of this product is older, and nobody plans further. */
const FIRST_YEAR = 2020
const LAST_YEAR = 2060
const SHORTER_MIN = 60

/** The weekly pattern with what holidays make of single dates. */
export function withHolidays(week: OpeningHours['week'], holidays: Holidays): OpeningHours {
  const days: Record<string, readonly string[]> = {}
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) for (const day of holidays.fixed) days[`${year}-${day}`] = []
  const isFixed = (date: string) => holidays.fixed.includes(date.slice(5))
  for (const { moved, off, short } of Object.values(holidays.years)) {
    for (const { from, to } of moved) {
      days[to] = []
      if (!isFixed(from)) days[from] = week[weekdayOf(dayOfDate(to) ?? 0)]
    }
    for (const date of off) days[date] = []
    for (const date of short) days[date] = shortened(days[date] ?? week[weekdayOf(dayOfDate(date) ?? 0)])
  }
  return { week, days }
}

/** The same day with its last hour taken off. */
function shortened(intervals: readonly string[]): readonly string[] {
  const last = intervals.at(-1)
  const minutes = last === undefined ? null : minutesOfInterval(last)
  if (last === undefined || minutes === null) return intervals
  const rest = intervals.slice(0, -1)
  const to = minutes.to - SHORTER_MIN
  return to > minutes.from ? [...rest, `${last.slice(0, 5)}-${clockOf(to)}`] : rest
}

const clockOf = (minutes: number): string => {
  const ofDay = minutes % 1440
  return `${String(Math.floor(ofDay / 60)).padStart(2, '0')}:${String(ofDay % 60).padStart(2, '0')}`
}

/** Length of the usual working day of a week, in ms: the one that most of its days have, the longer of two. */
export function usualDayMs(week: OpeningHours['week']): number {
  const lengths = Object.values(week)
    .map(intervals => intervals.reduce((sum, text) => sum + lengthMs(text), 0))
    .filter(length => length > 0)
  const days = new Map<number, number>()
  for (const length of lengths) days.set(length, (days.get(length) ?? 0) + 1)
  const [usual] = [...days].sort(([a, daysOfA], [b, daysOfB]) => daysOfB - daysOfA || b - a)
  return usual?.[0] ?? 24 * HOUR_MS
}

function lengthMs(interval: string): number {
  const minutes = minutesOfInterval(interval)
  return minutes === null ? 0 : (minutes.to - minutes.from) * MINUTE_MS
}

/** Years between two instants whose holidays nobody has loaded: there the weekly pattern and fixed holidays stand in (domain ruling 18.6). */
export function missingYears(calendar: WorkingCalendar, from: EpochMs, to: EpochMs): readonly number[] {
  if (calendar.holidays === null) return []
  const yearOf = (day: DayNumber) => Number(dateOfDay(day).slice(0, 4))
  const zone = calendar.zone === SITE_ZONE ? 'UTC' : calendar.zone
  const years: number[] = []
  for (let year = yearOf(localDay(zone, from)); year <= yearOf(localDay(zone, to)); year++)
    if (!calendar.holidays.years.includes(year)) years.push(year)
  return years
}
