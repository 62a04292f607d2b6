/** Wall-clock instant in milliseconds since 1970-01-01T00:00:00Z. May step when somebody sets the clock. */
export type EpochMs = number

/** Milliseconds on a clock that never steps; its zero is arbitrary and does not survive the process. */
export type MonotonicMs = number

/** The only source of time. Everything that needs time takes a Clock, so that tests decide what time it is. */
export interface Clock {
  /** Wall time, UTC. */
  now(): EpochMs
  /** Monotonic time, for ages and deadlines. */
  monotonic(): MonotonicMs
  /** Resolves after `ms` (at once when that is past); resolves early, without an error, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls back once after `ms`; the returned function cancels. Does not keep a process alive. */
  after(ms: number, run: () => void): () => void
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise(resolve => {
      if (signal?.aborted) return resolve()
      const finish = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', finish)
        resolve()
      }
      const timer = setTimeout(finish, Math.max(0, ms))
      signal?.addEventListener('abort', finish, { once: true })
    }),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
