import { type Bilingual, localTextOf } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'

/** An instant as people at the place read it, with the name of its zone. */
export const localTime = (at: EpochMs, zone: string): string => `${localMoment('ru', at, zone)} (${zone})`

/** An instant as people at the place read it, where something else tells the zone. */
export function localMoment(language: keyof Bilingual, at: EpochMs, zone: string): string {
  const [date = '', time = ''] = localTextOf(zone, at).split('T')
  return `${language === 'ru' ? date.split('-').reverse().join('.') : date} ${time.slice(0, 5)}`
}

/** How far a place is from UTC at an instant: `UTC+5`, `UTC+5:30`. */
export function offsetText(at: EpochMs, zone: string): string {
  const minutes = Math.round((Date.parse(`${localTextOf(zone, at)}Z`) - at) / 60_000)
  const size = Math.abs(minutes)
  const rest = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest}`
}
