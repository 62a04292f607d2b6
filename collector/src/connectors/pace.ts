import type { Clock } from '@tillwatch/shared'
import { TokenBucket } from '../deliveries/token-bucket.ts'
import type { HttpClient } from './http-client.ts'

/** Calls that may follow one another at once. */
const BURST = 5
/** Reading gives way to writing for so long; then it takes its turn too, so that what people did comes back in the busiest hour. */
const PATIENCE_MS = 5_000
/** While others wait, it is looked this often whether they are through. */
const LOOK_MS = 100

/** How fast one desk may be called, whoever it is that calls: at most `perSecond * 60 + 5` times within any minute. */
export interface Pace {
  /** Takes the next turn, in the order of asking; false when the signal aborted before it came. */
  turn(signal: AbortSignal): Promise<boolean>
  /** 0 when a call may be made at once, otherwise the wait. */
  waitMs(): number
  /** For what is not urgent: ends once nobody waits for a turn and one is free, or after five seconds. */
  lull(signal: AbortSignal): Promise<void>
  /** Turns that were taken since the start. */
  readonly turns: number
}

/** A pace of so many calls a second. */
export function createPace(perSecond: number, clock: Pick<Clock, 'monotonic' | 'sleep'>): Pace {
  const bucket = new TokenBucket(perSecond, BURST, clock.monotonic())
  let waiting = 0
  let turns = 0
  let last: Promise<unknown> = Promise.resolve()

  const next = async (signal: AbortSignal): Promise<boolean> => {
    for (let ms = bucket.waitMs(clock.monotonic()); ms > 0 && !signal.aborted; ms = bucket.waitMs(clock.monotonic())) {
      await clock.sleep(ms, signal)
    }
    waiting--
    if (signal.aborted) return false
    bucket.take(clock.monotonic())
    turns++
    return true
  }
  return {
    turn: async signal => {
      if (signal.aborted) return false
      const { promise: mine, resolve } = Promise.withResolvers<boolean>()
      // Whoever stops does not wait for those before him.
      const stop = () => resolve(false)
      signal.addEventListener('abort', stop, { once: true })
      waiting++
      last = last.then(async () => {
        resolve(await next(signal))
        signal.removeEventListener('abort', stop)
      })
      return mine
    },
    waitMs: () => bucket.waitMs(clock.monotonic()),
    get turns() {
      return turns
    },
    lull: async signal => {
      const untilMs = clock.monotonic() + PATIENCE_MS
      for (;;) {
        const busyMs = Math.max(bucket.waitMs(clock.monotonic()), waiting > 0 ? LOOK_MS : 0)
        const leftMs = untilMs - clock.monotonic()
        if (busyMs === 0 || leftMs <= 0 || signal.aborted) return
        await clock.sleep(Math.min(busyMs, leftMs), signal)
      }
    },
  }
}

/** A client each of whose calls waits for its turn; one that stops waiting was not sent. */
export const pacedClient = (http: HttpClient, pace: Pace): HttpClient => ({
  send: async (request, signal) =>
    (await pace.turn(signal)) ? http.send(request, signal) : { kind: 'not_sent', message: 'stopped' },
})
