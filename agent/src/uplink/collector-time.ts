import type { Clock, EpochMs } from '@tillwatch/shared'

/** The collector's clock, as far as this agent knows it. The till's own may be wrong by years and may be set at any moment. */
export interface CollectorTime {
  /** The collector has just said something that it stamped with this time. */
  heard(sentAt: EpochMs): void
  /** Counted on from what was heard last by the clock that never steps; before that by the till's clock and the difference found in an earlier run. */
  now(): EpochMs
  /** Collector's clock minus the till's. */
  offsetMs(): number
}

/** The collector's clock with the difference that an earlier run has found. */
export function createCollectorTime(clock: Clock, knownOffsetMs = 0): CollectorTime {
  let heard: { readonly at: EpochMs; readonly monotonicMs: number } | null = null
  const now = () => (heard === null ? clock.now() + knownOffsetMs : heard.at + (clock.monotonic() - heard.monotonicMs))
  return {
    heard: sentAt => {
      heard = { at: sentAt, monotonicMs: clock.monotonic() }
    },
    now,
    offsetMs: () => now() - clock.now(),
  }
}
