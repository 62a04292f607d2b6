import { type Language, localeOf } from '@tillwatch/shared/words'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const unit = (language: Language, name: 'minute' | 'hour' | 'day', count: number): string =>
  new Intl.NumberFormat(localeOf(language), { style: 'unit', unit: name, unitDisplay: 'short' }).format(count)

/** Time of an agreement in hours and minutes, rounded down: days would say too much, since their length depends on the calendar. */
export function hoursText(language: Language, ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS)
  if (minutes < 120) return unit(language, 'minute', minutes)
  const rest = minutes % 60
  const hours = unit(language, 'hour', Math.floor(minutes / 60))
  return rest === 0 ? hours : `${hours} ${unit(language, 'minute', rest)}`
}

/** A limit as whoever wrote it meant it: in whole days of its calendar where it is some, else in hours and minutes. */
export function limitText(language: Language, ms: number, dayMs: number): string {
  const days = ms / dayMs
  if (days < 1 || !Number.isInteger(days)) return hoursText(language, ms)
  const text = unit(language, 'day', days)
  return dayMs === 24 * HOUR_MS ? text : `${text} (${hoursText(language, ms)})`
}
