import { CLOCK_TOLERANCE_MS, type Clock } from '@tillwatch/shared'

/** Tells by how much the wall clock stepped since the last look, in milliseconds; 0 when it only went on. */
export function createClockWatch(clock: Clock): () => number {
  let offset = clock.now() - clock.monotonic()
  return () => {
    const now = clock.now() - clock.monotonic()
    const step = Math.round(now - offset)
    offset = now
    return Math.abs(step) > CLOCK_TOLERANCE_MS ? step : 0
  }
}
