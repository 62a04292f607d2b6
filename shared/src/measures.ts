/** Numbers, spans and dates of devices for people. Pure: the language is an argument. */

export type Language = 'ru' | 'en'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** English dates name the month, because 04/12 reads two ways; Russian ones are short digits. */
export const localeOf = (language: Language): string => (language === 'ru' ? 'ru-RU' : 'en-GB')

export const formatNumber = (language: Language, value: number, digits = 1): string =>
  new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: digits }).format(value)

export const formatPercent = (language: Language, share: number): string =>
  new Intl.NumberFormat(localeOf(language), { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 }).format(
    share,
  )

const BYTE_UNITS = { ru: ['Б', 'КБ', 'МБ', 'ГБ', 'ТБ'], en: ['B', 'KB', 'MB', 'GB', 'TB'] } as const

/** Sizes in steps of 1024, as disks are shown by the system on a till. */
export function formatBytes(language: Language, bytes: number): string {
  const units = BYTE_UNITS[language]
  let value = bytes
  let step = 0
  while (Math.abs(value) >= 1024 && step < units.length - 1) {
    value /= 1024
    step += 1
  }
  return `${formatNumber(language, value, Math.abs(value) < 100 && step > 0 ? 1 : 0)}\u00a0${units[step]}`
}

type SpanUnit = 'second' | 'minute' | 'hour' | 'day' | 'month'

/** The unit in which people would tell a span: hours up to two days, days up to two months. */
export function spanOf(ms: number): { unit: SpanUnit; count: number } {
  const size = Math.abs(ms)
  if (size < MINUTE_MS) return { unit: 'second', count: Math.round(size / 1000) }
  if (size < HOUR_MS) return { unit: 'minute', count: Math.floor(size / MINUTE_MS) }
  if (size < 2 * DAY_MS) return { unit: 'hour', count: Math.floor(size / HOUR_MS) }
  if (size < 60 * DAY_MS) return { unit: 'day', count: Math.floor(size / DAY_MS) }
  return { unit: 'month', count: Math.floor(size / (30.44 * DAY_MS)) }
}

/** A span alone: "12 дней", "3 hours"; short: "12 дн.", "3 hr". */
export function formatSpan(language: Language, ms: number, style: 'long' | 'short' = 'long'): string {
  const { unit, count } = spanOf(ms)
  return new Intl.NumberFormat(localeOf(language), { style: 'unit', unit, unitDisplay: style }).format(count)
}

/** Milliseconds of a measured value: "850 мс", "3,2 с", then spans. */
export function formatMilliseconds(language: Language, ms: number): string {
  const sign = ms < 0 ? '−' : ''
  const size = Math.abs(ms)
  const unit = (name: 'millisecond' | 'second', value: number) =>
    new Intl.NumberFormat(localeOf(language), {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: 1,
    }).format(value)
  if (size < 1000) return sign + unit('millisecond', Math.round(size))
  if (size < MINUTE_MS) return sign + unit('second', size / 1000)
  return sign + formatSpan(language, size, 'short')
}

/** A date that a device gave without a zone (`YYYY-MM-DD`, with or without time), shown as it is. */
export function formatDeviceDate(language: Language, text: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?))?$/.exec(text)
  if (!match) return text
  const at = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
  const day = new Intl.DateTimeFormat(localeOf(language), {
    timeZone: 'UTC',
    day: language === 'ru' ? '2-digit' : 'numeric',
    month: language === 'ru' ? '2-digit' : 'short',
    year: 'numeric',
  }).format(at)
  return match[4] ? `${day}, ${match[4]}` : day
}
