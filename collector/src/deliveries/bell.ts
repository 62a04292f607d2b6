import type { Clock } from '@tillwatch/shared'

/** Rest that can be cut short. A ring while nobody rests is kept for the next rest, so that none is lost. */
export interface Bell {
  ring(): void
  /** Ends after `ms`, at a ring, or when the signal aborts. */
  rest(ms: number): Promise<void>
}

/** A bell for one sleeper. */
export function createBell(clock: Pick<Clock, 'sleep'>, stopping: AbortSignal): Bell {
  let rung = false
  let wakeUp: () => void = () => {}
  return {
    ring: () => {
      rung = true
      wakeUp()
    },
    rest: async ms => {
      if (!rung && !stopping.aborted) {
        const waking = new AbortController()
        wakeUp = () => waking.abort()
        await clock.sleep(ms, AbortSignal.any([waking.signal, stopping]))
        wakeUp = () => {}
      }
      rung = false
    },
  }
}
