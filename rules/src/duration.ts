import type { Bilingual } from './model.ts'

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const DURATION = /^(\d+(?:\.\d+)?)(s|m|h|d)$/

/** Milliseconds of `10s`, `5m`, `2h` or `1d`; null when the text is no duration. */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text)
  if (!match) return null
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]
}

const plurals = { ru: new Intl.PluralRules('ru'), en: new Intl.PluralRules('en') }
const numbers = {
  ru: new Intl.NumberFormat('ru', { maximumFractionDigits: 1 }),
  en: new Intl.NumberFormat('en', { maximumFractionDigits: 1 }),
}
export type Language = keyof Bilingual

/** A number as people of the language write it, with at most one decimal. */
export const formatNumber = (language: Language, value: number): string =>
  // Most numbers are small and whole, and the formatter is the slowest part of a text.
  Number.isInteger(value) && value >= 0 && value < 1000 ? String(value) : numbers[language].format(value)

/** Number and noun in agreement; forms are `one|few|many` in Russian, `one|other` in English. */
export function counted(language: Language, value: number, forms: string): string {
  const [one = '', few = one, many = few] = forms.split('|')
  const rule = plurals[language].select(value)
  if (language === 'en') return `${formatNumber('en', value)} ${rule === 'one' ? one : few}`
  // A fraction takes the genitive singular, which equals the form after two for these nouns.
  const form = rule === 'one' ? one : rule === 'few' || !Number.isInteger(value) ? few : many
  return `${formatNumber('ru', value)} ${form}`
}

const NOUNS = {
  minutes: { ru: 'минута|минуты|минут', en: 'minute|minutes' },
  hours: { ru: 'час|часа|часов', en: 'hour|hours' },
  days: { ru: 'день|дня|дней', en: 'day|days' },
} as const
export type TimeUnit = keyof typeof NOUNS

export const timeText = (language: Language, value: number, unit: TimeUnit): string =>
  counted(language, value, NOUNS[unit][language])

/** How long something lasts, as it stands after a verb, «на» or «через»: «21 минуту», where a plain amount is «21 минута». */
export const lastingText = (language: Language, value: number, unit: TimeUnit): string =>
  language === 'ru' && unit === 'minutes'
    ? counted('ru', value, 'минуту|минуты|минут')
    : timeText(language, value, unit)

/** A share, rounded down to a tenth, so that it never seems to reach a level that it has not. */
export const percentText = (language: Language, value: number): string =>
  `${formatNumber(language, Math.floor(value * 10) / 10)}${language === 'ru' ? ' ' : ''}%`

/** How an amount of a unit is said: by itself (`timeText`) or after a verb (`lastingText`). */
type Saying = typeof timeText

/**
 * A length of time to the minute, rounded down: minutes under 2 hours, then hours and minutes, from 2 days on days and hours. What is
 * counted in a working calendar names no days, since their length differs (`largest: 'hours'`).
 */
export function lengthText(
  language: Language,
  ms: number,
  { say = lastingText, largest = 'days' }: { readonly say?: Saying; readonly largest?: 'hours' | 'days' } = {},
): string {
  if (ms < 0) return `−${lengthText(language, -ms, { say, largest })}`
  const minutes = Math.floor(ms / UNIT_MS.m)
  const hours = Math.floor(minutes / 60)
  const inTwo = (whole: number, unit: TimeUnit, rest: number, smaller: TimeUnit) =>
    rest === 0 ? say(language, whole, unit) : `${say(language, whole, unit)} ${say(language, rest, smaller)}`
  if (minutes < 120) return say(language, minutes, 'minutes')
  if (hours < 48 || largest === 'hours') return inTwo(hours, 'hours', minutes % 60, 'minutes')
  return inTwo(Math.floor(hours / 24), 'days', hours % 24, 'hours')
}

/** A length of time in the unit that people would choose, rounded down: minutes under 2 hours, hours under 2 days, then days. */
export function spanText(language: Language, ms: number): string {
  const minutes = Math.floor(ms / UNIT_MS.m)
  if (minutes < 120) return lastingText(language, minutes, 'minutes')
  const hours = Math.floor(ms / UNIT_MS.h)
  return hours < 48 ? timeText(language, hours, 'hours') : timeText(language, Math.floor(hours / 24), 'days')
}
