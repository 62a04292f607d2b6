import type { Clock, EpochMs } from '@tillwatch/shared'

/** The collector's clock, as far as this agent knows it. The till's own may be wrong by years and may be set at any moment. */
export interface CollectorTime {
  /** The collector has just said something that it stamped with this time. */
  heard(sentAt: EpochMs): void
  /**
   * Counted on from what was heard last by the clock that never steps. Before anything is heard, from what an earlier run knew last: it
   * then lags by the time that the agent did not run.
   */
  now(): EpochMs
  /** Collector's clock minus the till's. */
  offsetMs(): number
}

/** The collector's clock, which showed `knownAt` when an earlier run wrote it down. */
export function createCollectorTime(clock: Clock, knownAt: EpochMs = 0): CollectorTime {
  let known = { at: knownAt, monotonicMs: clock.monotonic() }
  const now = () => Math.round(known.at + (clock.monotonic() - known.monotonicMs))
  return {
    heard: sentAt => {
      known = { at: sentAt, monotonicMs: clock.monotonic() }
    },
    now,
    offsetMs: () => now() - clock.now(),
  }
}
