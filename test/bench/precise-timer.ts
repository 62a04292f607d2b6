import { type Clock, type MonotonicMs, systemClock } from '@tillwatch/shared'

/** Runs things at an instant to within some ten microseconds, where timers of the system are off by a millisecond. */
export interface PreciseTimer {
  /** Calls back once at that instant or in the event loop's next turn after it; the returned function cancels. */
  at(instant: MonotonicMs, run: () => void): () => void
}

interface Due {
  readonly instant: MonotonicMs
  readonly run: () => void
}

/** The last part of a wait is spent turning the event loop; a timer of the system may be late by this. */
const SPIN_MS = 2

/** For benchmarks, where a core may be burnt for a few milliseconds. */
export function createPreciseTimer(clock: Clock = systemClock): PreciseTimer {
  const waiting = new Set<Due>()
  let cancel: () => void = () => undefined

  const plan = () => {
    cancel()
    if (waiting.size === 0) return
    const leftMs = Math.min(...[...waiting].map(due => due.instant)) - clock.monotonic()
    if (leftMs > SPIN_MS + 1) {
      cancel = clock.after(Math.floor(leftMs - SPIN_MS), plan)
      return
    }
    const turn = setImmediate(work)
    cancel = () => clearImmediate(turn)
  }
  const work = () => {
    const now = clock.monotonic()
    for (const due of [...waiting]) {
      if (due.instant <= now && waiting.delete(due)) due.run()
    }
    plan()
  }

  return {
    at(instant, run) {
      const due = { instant, run }
      waiting.add(due)
      plan()
      return () => {
        waiting.delete(due)
        plan()
      }
    },
  }
}

/** The machine's clock with precise `after`. */
export const preciseClock = (timer: PreciseTimer): Clock => ({
  ...systemClock,
  after: (ms, run) => timer.at(systemClock.monotonic() + ms, run),
})
