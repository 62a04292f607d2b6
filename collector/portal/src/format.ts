/** Moments for people. Pure: language, time zone and the present are arguments. */
import { type Language, localeOf, spanOf } from '@tillwatch/shared/words'

export {
  formatBytes,
  formatDeviceDate,
  formatMilliseconds,
  formatNumber,
  formatSpan,
  type Language,
} from '@tillwatch/shared/words'

const MINUTE_MS = 60_000

/** A moment against the present: "через 12 дней", "2 minutes ago"; within a minute "сейчас". */
export function formatRelative(
  language: Language,
  atMs: number,
  nowMs: number,
  style: 'long' | 'short' = 'long',
): string {
  const difference = atMs - nowMs
  if (Math.abs(difference) < MINUTE_MS) {
    return new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'auto' }).format(0, 'second')
  }
  const { unit, count } = spanOf(difference)
  return new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'always', style }).format(
    difference < 0 ? -count : count,
    unit,
  )
}

const yearIn = (ms: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en', { timeZone, year: 'numeric' }).format(ms)

/** The day alone, the year only when it is another: "04.12", "4 Dec 2027". */
export function formatDay(language: Language, atMs: number, nowMs: number, timeZone: string): string {
  const otherYear = yearIn(atMs, timeZone) !== yearIn(nowMs, timeZone)
  return new Intl.DateTimeFormat(localeOf(language), {
    timeZone,
    day: language === 'ru' ? '2-digit' : 'numeric',
    month: language === 'ru' ? '2-digit' : 'short',
    ...(otherYear ? { year: 'numeric' } : {}),
  }).format(atMs)
}

/** Wall-clock time in a zone: "14:30". */
export const formatClock = (language: Language, atMs: number, timeZone: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { timeZone, hour: '2-digit', minute: '2-digit' }).format(atMs)

/** Day and time in a zone; today is the time alone. The zone itself is told by `zoneName` beside it. */
export function formatMoment(language: Language, atMs: number, nowMs: number, timeZone: string): string {
  const day = formatDay(language, atMs, nowMs, timeZone)
  const clock = formatClock(language, atMs, timeZone)
  return day === formatDay(language, nowMs, nowMs, timeZone) ? clock : `${day}, ${clock}`
}

/** Distance of a zone from UTC at a moment: "UTC+3", "UTC+5:30". */
export function zoneName(timeZone: string, atMs: number): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(atMs)
  const name = parts.find(part => part.type === 'timeZoneName')?.value ?? ''
  return name.replace('GMT', 'UTC').replace(/^UTC[+]0$/, 'UTC')
}

/** `YYYY-MM` as a month with its year: "Декабрь 2026". */
export function formatMonth(language: Language, month: string): string {
  const [year, number] = month.split('-')
  const at = Date.UTC(Number(year), Number(number) - 1, 1)
  const parts = new Intl.DateTimeFormat(localeOf(language), { timeZone: 'UTC', month: 'long' }).format(at)
  return `${parts.charAt(0).toUpperCase()}${parts.slice(1)} ${year}`
}
