import type { MonotonicMs } from '@tillwatch/shared'

/** Lets so many through in each window and no more. */
export interface RateGate {
  allow(now: MonotonicMs): boolean
}

/** At most `max` in every window of `windowMs`, counted from the first one let through. */
export function createRateGate(max: number, windowMs: number): RateGate {
  let windowStart = Number.NEGATIVE_INFINITY
  let used = 0
  return {
    allow: now => {
      if (now - windowStart >= windowMs) {
        windowStart = now
        used = 0
      }
      return used++ < max
    },
  }
}
