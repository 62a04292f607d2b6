import type { OpeningHours } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'

export type Confidence = 'high' | 'medium' | 'low'

/** A local date on which something runs out. */
export interface Forecast {
  readonly date: string
  readonly confidence: Confidence
}

/** The highest value of a counter on one complete calendar day of the site. */
export interface CounterDay {
  readonly day: string
  readonly max: number
}

const DAY_MS = 24 * 3_600_000
/** Domain 4: planning margin of the drive's capacity. */
const USABLE_SHARE = 0.98
/** Domain ruling 19.5: left in a drive of unknown capacity when it first says that its memory is almost full. */
const LEFT_AT_ALMOST_FULL = 2_500
/** Domain ruling 17.16 and 19.2: fewer complete days make no forecast. */
const DAYS_MIN = 3
/** A forecast further away says nothing that a plan could use; the drive's own date comes first. */
const HORIZON_DAYS = 4_000
/** Domain 4: a disk counts as full at 1 GB free. */
const DISK_FULL_BYTES = 1e9
const DISK_R2_MIN = 0.6

/** Domain 4 and rulings 19.1 to 19.5: what is left divided by what a day takes. */
export interface DocumentInput {
  /** Counter maxima of complete days, oldest first, without today; across drives. */
  readonly days: readonly CounterDay[]
  readonly today: string
  readonly lastDocument: number
  /** As the drive tells; null when it does not. */
  readonly documentsLeft: number | null
  /** First day on which this drive said that its memory is almost full. */
  readonly almostFullSince: string | null
  /** Null when the opening hours are not known: every day then counts as open. */
  readonly hours: OpeningHours | null
}

/** When the documents of a drive are used up, or null when nothing can be said. */
export function documentForecast(input: DocumentInput): Forecast | null {
  const counts = dailyCounts(input.days, input.hours)
  if (counts.length < DAYS_MIN) return null
  const left = documentsLeft(input, counts)
  if (left === null) return null
  const rate = dailyRate(counts, input.hours)
  if (rate <= 0) return null
  const days = walk(Math.max(0, left), rate, input.today, counts)
  if (days === null) return null
  const known = input.documentsLeft !== null
  const confidence = counts.length >= 56 && known ? 'high' : counts.length >= 14 && known ? 'medium' : 'low'
  return { date: addDays(input.today, days), confidence }
}

interface DayCount {
  readonly day: string
  readonly count: number
}

const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY_MS
const dateOf = (number: number): string => new Date(number * DAY_MS).toISOString().slice(0, 10)
const addDays = (day: string, days: number): string => dateOf(dayNumber(day) + days)

function isOpenDay(day: string, hours: OpeningHours | null): boolean {
  if (hours === null) return true
  const exception = hours.days?.[day]
  if (exception) return exception.length > 0
  const weekday = (new Date(dayNumber(day) * DAY_MS).getUTCDay() || 7) as 1 | 2 | 3 | 4 | 5 | 6 | 7
  return hours.week[weekday].length > 0
}

/** Documents a calendar day. A gap is known from the counter and spread over its opening days; the step at a new drive is dropped. */
function dailyCounts(days: readonly CounterDay[], hours: OpeningHours | null): DayCount[] {
  const counts: DayCount[] = []
  for (const [index, { day, max }] of days.entries()) {
    const before = days[index - 1]
    if (!before) continue
    const step = max - before.max
    if (step < 0) continue
    const span = Array.from({ length: dayNumber(day) - dayNumber(before.day) }, (_, at) => addDays(before.day, at + 1))
    const open = span.filter(one => isOpenDay(one, hours))
    const working = open.length > 0 ? new Set(open) : new Set(span)
    for (const one of span) counts.push({ day: one, count: working.has(one) ? step / working.size : 0 })
  }
  return counts
}

function documentsLeft(
  { documentsLeft: left, lastDocument, almostFullSince }: DocumentInput,
  counts: readonly DayCount[],
) {
  if (left !== null) return USABLE_SHARE * (left + lastDocument) - lastDocument
  if (almostFullSince === null) return null
  return LEFT_AT_ALMOST_FULL - sum(counts.filter(({ day }) => day >= almostFullSince))
}

const sum = (counts: readonly DayCount[]): number => counts.reduce((total, { count }) => total + count, 0)

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

/** Under one full week: the mean of complete opening days; then the median of up to eight weeks, and never far below the last one. */
function dailyRate(counts: readonly DayCount[], hours: OpeningHours | null): number {
  const weeks = Math.min(8, Math.floor(counts.length / 7))
  if (weeks === 0) {
    const open = counts.filter(({ day }) => isOpenDay(day, hours))
    const openAWeek = hours === null ? 7 : Object.values(hours.week).filter(day => day.length > 0).length
    return open.length === 0 ? 0 : ((sum(open) / open.length) * openAWeek) / 7
  }
  const sums = Array.from({ length: weeks }, (_, week) =>
    sum(counts.slice(counts.length - 7 * (week + 1), counts.length - 7 * week)),
  )
  return Math.max(median(sums) / 7, (0.7 * (sums[0] ?? 0)) / 7)
}

/** Days until `left` is used up, each month at its own pace where last year is known; null beyond the horizon. */
function walk(left: number, rate: number, today: string, counts: readonly DayCount[]): number | null {
  const factor = seasonFactors(today, counts)
  let rest = left
  for (let days = 0; days <= HORIZON_DAYS; days++) {
    const pace = factor === null ? rate : rate * factor(addDays(today, days))
    if (rest < pace) return days
    rest -= pace
  }
  return null
}

/** Last year's daily mean of a month over last year's mean of the same eight weeks as the rate, bounded 0.5 to 2; null when last year is not known. */
function seasonFactors(today: string, counts: readonly DayCount[]): ((day: string) => number) | null {
  const yearAgo = dayNumber(today) - 365
  const first = counts[0]
  if (!first || dayNumber(first.day) > yearAgo - 56) return null
  const mean = (part: readonly DayCount[]) => (part.length === 0 ? 0 : sum(part) / part.length)
  const sameWeeks = mean(counts.filter(({ day }) => dayNumber(day) >= yearAgo - 56 && dayNumber(day) < yearAgo))
  const byMonth = new Map<string, number>()
  const recent = counts.filter(({ day }) => dayNumber(day) >= yearAgo)
  for (const [month, part] of Map.groupBy(recent, ({ day }) => day.slice(5, 7)))
    byMonth.set(month, sameWeeks > 0 ? Math.min(2, Math.max(0.5, mean(part) / sameWeeks)) : 1)
  return day => byMonth.get(day.slice(5, 7)) ?? 1
}

/** When free space reaches 1 GB by the straight line through the last two weeks, or null when no line fits or it does not fall. */
export function diskForecast(
  points: readonly { readonly at: EpochMs; readonly mean: number }[],
  now: EpochMs,
): Forecast | null {
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last || last.at - first.at < DAYS_MIN * DAY_MS) return null
  const n = points.length
  const meanX = points.reduce((total, { at }) => total + (at - now) / DAY_MS, 0) / n
  const meanY = points.reduce((total, { mean }) => total + mean, 0) / n
  let xx = 0
  let xy = 0
  let yy = 0
  for (const { at, mean } of points) {
    const x = (at - now) / DAY_MS - meanX
    const y = mean - meanY
    xx += x * x
    xy += x * y
    yy += y * y
  }
  const slope = xy / xx
  const r2 = yy === 0 ? 0 : (xy * xy) / (xx * yy)
  if (slope >= 0 || r2 < DISK_R2_MIN) return null
  const days = meanX + (DISK_FULL_BYTES - meanY) / slope
  if (days > HORIZON_DAYS) return null
  const date = new Date(now + Math.max(0, days) * DAY_MS).toISOString().slice(0, 10)
  return { date, confidence: last.at - first.at >= 13 * DAY_MS && r2 >= 0.9 ? 'high' : 'medium' }
}
