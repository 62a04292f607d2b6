import type { EpochMs } from '@tillwatch/shared'
import { DateTime } from 'luxon'

/** One calendar day of a zone and the instant at which it ends. */
export interface DayBound {
  readonly day: string
  readonly end: EpochMs
}

/** A forecast run asks for the same days of the same few zones thousands of times. */
const CACHE_MAX = 64
const cache = new Map<string, readonly DayBound[]>()

/** The calendar days of `timezone` that touch [from, to), oldest first. Days of 23 and 25 hours are what they are. */
export function dayBounds(timezone: string, from: EpochMs, to: EpochMs): readonly DayBound[] {
  const first = DateTime.fromMillis(from, { zone: timezone }).startOf('day')
  const last = DateTime.fromMillis(to, { zone: timezone }).toISODate() ?? ''
  const key = `${timezone} ${first.toISODate() ?? ''} ${last}`
  const known = cache.get(key)
  if (known) return known
  const bounds: DayBound[] = []
  for (let day = first; day.toMillis() < to; day = day.plus({ days: 1 }))
    bounds.push({ day: day.toISODate() ?? '', end: day.plus({ days: 1 }).toMillis() })
  if (cache.size >= CACHE_MAX) cache.clear()
  cache.set(key, bounds)
  return bounds
}
