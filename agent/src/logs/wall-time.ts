import type { EpochMs } from '@tillwatch/shared'

const DAY_MS = 86_400_000
/** Every offset in use since 1990 changes on a quarter of an hour of UTC. */
const OFFSET_STEP_MS = 15 * 60_000

/** Is this a zone that the platform knows? */
export function isZoneKnown(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** An instant from a time of day and date at a place, given as if it were UTC. */
export type WallTime = (wallMs: number) => EpochMs

/**
 * Wall times of a zone; of this PC's own when none is named. A time that the clock skips is read with the offset before the change; of two
 * equal times the first is meant. To be made for one reading: it keeps the offsets that it has seen.
 */
export function wallTimeOf(zone: string | undefined): WallTime {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const known = new Map<number, number>()
  const offsetAt = (at: EpochMs): number => {
    const step = Math.floor(at / OFFSET_STEP_MS)
    const offset = known.get(step) ?? offsetOf(format, step * OFFSET_STEP_MS)
    known.set(step, offset)
    return offset
  }
  return wallMs => {
    const before = offsetAt(wallMs - DAY_MS)
    const after = offsetAt(wallMs + DAY_MS)
    const early = wallMs - before
    if (before === after || offsetAt(early) === before) return early
    const late = wallMs - after
    return offsetAt(late) === after ? late : early
  }
}

/** As the platform writes it: `GMT`, `GMT+03:00`. */
function offsetOf(format: Intl.DateTimeFormat, at: EpochMs): number {
  const text = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(text) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000
}
