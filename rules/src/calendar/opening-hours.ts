import type { EpochMs } from '@tillwatch/shared'
import type { OpeningHours, SiteView } from '../model.ts'
import {
  DAY_MS,
  type DayNumber,
  dateOfDay,
  dayStart,
  HOUR_MS,
  instantOf,
  localDay,
  MINUTE_MS,
  weekdayOf,
} from './zone.ts'

type Calendar = Pick<SiteView, 'timezone' | 'hours'>
interface Interval {
  readonly from: EpochMs
  readonly to: EpochMs
}

/** How far ahead an opening is looked for: longer than any season's break. */
const LOOK_AHEAD_DAYS = 400
const INTERVAL = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/

/** Minutes of the local day at which an interval starts and ends; an end at or before the start is on the next day. Null when the text is no interval. */
export function minutesOfInterval(text: string): { from: number; to: number } | null {
  const match = INTERVAL.exec(text)
  if (!match) return null
  const from = Number(match[1]) * 60 + Number(match[2])
  const end = Number(match[3]) * 60 + Number(match[4])
  if (end > 1440) return null
  return { from, to: end <= from ? end + 1440 : end }
}

const entriesOf = (hours: OpeningHours, day: DayNumber): readonly string[] =>
  hours.days?.[dateOfDay(day)] ?? hours.week[weekdayOf(day)] ?? []

/** Does the site open on that local day at all? Yes where the hours are not known. */
export const isOpeningDay = ({ hours }: Calendar, day: DayNumber): boolean =>
  hours === null || entriesOf(hours, day).length > 0

/** Opening intervals that begin on a local day, in order, not joined. */
function intervalsOf(timezone: string, hours: OpeningHours, day: DayNumber): Interval[] {
  const intervals: Interval[] = []
  for (const entry of entriesOf(hours, day)) {
    const minutes = minutesOfInterval(entry)
    if (!minutes) continue
    intervals.push({
      from: instantOf(timezone, day * DAY_MS + minutes.from * MINUTE_MS),
      to: instantOf(timezone, day * DAY_MS + minutes.to * MINUTE_MS),
    })
  }
  return intervals.sort((a, b) => a.from - b.from)
}

/** Joined opening intervals from the one that holds `at` onwards, lazily, for at most the look-ahead. */
function* openingsFrom({ timezone, hours }: Calendar, at: EpochMs): Generator<Interval> {
  if (!hours) return
  const first = localDay(timezone, at) - 1
  let open: Interval | null = null
  for (let day = first; day <= first + LOOK_AHEAD_DAYS; day++) {
    for (const next of intervalsOf(timezone, hours, day)) {
      if (open && next.from <= open.to) {
        open = { from: open.from, to: Math.max(open.to, next.to) }
        continue
      }
      if (open && open.to > at) yield open
      open = next
    }
    // An interval reaches at most into the next day, so what ended before this day began cannot grow any more.
    if (open && open.to > at && open.to < dayStart(timezone, day + 1)) {
      yield open
      open = null
    }
    // Around the clock never ends: hand over what there is so that the caller may stop.
    if (open && open.to - at > 8 * DAY_MS) {
      yield open
      open = { from: open.to, to: open.to }
    }
  }
  if (open && open.to > at && open.to > open.from) yield open
}

/** Is the site open at that instant? Null when the passport has no opening hours. */
export function isOpen(site: Calendar, at: EpochMs): boolean | null {
  if (!site.hours) return null
  const today = localDay(site.timezone, at)
  for (const day of [today, today - 1]) {
    for (const { from, to } of intervalsOf(site.timezone, site.hours, day)) if (from <= at && at < to) return true
  }
  return false
}

/** Opening time between two instants in ms; 0 when `to` is not after `from`; null when the passport has no opening hours. */
export function openMsBetween(site: Calendar, from: EpochMs, to: EpochMs): number | null {
  if (!site.hours) return null
  let sum = 0
  let at = from
  while (at < to) {
    const before = at
    for (const interval of openingsFrom(site, at)) {
      if (interval.from >= to) return sum
      sum += Math.max(0, Math.min(interval.to, to) - Math.max(interval.from, at))
      at = interval.to
      if (at >= to) return sum
    }
    // Nothing more within the look-ahead: go on behind it.
    at = Math.max(at, before + (LOOK_AHEAD_DAYS - 1) * DAY_MS)
  }
  return sum
}

/** The instant at which opening time counted from `from` reaches `openMs`; null when that is unknown or beyond the look-ahead. */
export function instantAfterOpenMs(site: Calendar, from: EpochMs, openMs: number): EpochMs | null {
  let left = openMs
  for (const interval of openingsFrom(site, from)) {
    const start = Math.max(interval.from, from)
    if (interval.to - start >= left) return start + left
    left -= interval.to - start
  }
  return null
}

/** When the site opens: `at` itself when it is open then. Null when the hours are unknown or it stays closed for over a year. */
export function nextOpening(site: Calendar, at: EpochMs): EpochMs | null {
  for (const interval of openingsFrom(site, at)) return Math.max(interval.from, at)
  return null
}

/** "Opens within 4 h" of domain section 5. */
const OPENS_SOON_MS = 4 * HOUR_MS

/** From when a site counts as open or opening soon: at or before `at` when it does already. Null as for `nextOpening`. */
export function opensSoonFrom(site: Calendar, at: EpochMs): EpochMs | null {
  const next = nextOpening(site, at)
  return next === null ? null : next - OPENS_SOON_MS
}

/** The next instant after `at` at which the site opens or closes; null when there is none in sight. */
export function nextBoundary(site: Calendar, at: EpochMs): EpochMs | null {
  for (const interval of openingsFrom(site, at)) return interval.from > at ? interval.from : interval.to
  return null
}

/** End of the first opening day that lies wholly after `from` ("a whole opening day is missed", domain ruling 17.8). */
export function wholeDayEndAfter(site: Calendar, from: EpochMs): EpochMs | null {
  if (!site.hours) return null
  const first = localDay(site.timezone, from)
  for (let day = first; day <= first + LOOK_AHEAD_DAYS; day++) {
    const intervals = intervalsOf(site.timezone, site.hours, day)
    if (intervals[0] && intervals[0].from >= from) return Math.max(...intervals.map(interval => interval.to))
  }
  return null
}

/** A stretch of time in which a site neither opens nor closes. */
export interface Span {
  readonly timezone: string
  readonly open: boolean
  readonly from: EpochMs
  readonly until: EpochMs | null
}
const spans = new WeakMap<OpeningHours, Span>()

/** Is it open, and until when does that stay so? As `isOpen` and `nextBoundary`, but cheap when asked again and again about now. */
export function spanAt(site: Calendar, at: EpochMs): Span | null {
  if (!site.hours) return null
  const known = spans.get(site.hours)
  if (known && known.timezone === site.timezone && known.from <= at && (known.until === null || at < known.until))
    return known
  const span = { timezone: site.timezone, open: isOpen(site, at) ?? false, from: at, until: nextBoundary(site, at) }
  spans.set(site.hours, span)
  return span
}
