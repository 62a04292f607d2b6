// Not all of the rules: the threads of the series need nothing else of them and start twice as fast.
import { dateOfDay, dayStart, localDay } from '@tillwatch/rules/zone'
import type { EpochMs } from '@tillwatch/shared'

/** One calendar day of a zone and the instant at which it ends. */
export interface DayBound {
  readonly day: string
  readonly end: EpochMs
}

/** The calendar days of `timezone` that touch [from, to), oldest first. Days of 23 and 25 hours are what they are. */
export function dayBounds(timezone: string, from: EpochMs, to: EpochMs): readonly DayBound[] {
  const bounds: DayBound[] = []
  for (let day = localDay(timezone, from); dayStart(timezone, day) < to; day++)
    bounds.push({ day: dateOfDay(day), end: dayStart(timezone, day + 1) })
  return bounds
}
