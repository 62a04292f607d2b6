import { type BackoffPolicy, backoffMs } from '@tillwatch/shared'

/** Failures in a row after which a desk is left alone for a while. */
const FAILURES_MAX = 4
const PAUSE: BackoffPolicy = { firstMs: 15_000, capMs: 10 * 60_000, factor: 2, jitter: 0.3 }

/** Keeps a desk that is down from being asked for every message. Time is an argument: milliseconds that never step. */
export class Circuit {
  #failures = 0
  #closedUntilMs = 0

  /** 0 when a call may be made, otherwise the wait. After a pause one call decides. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#closedUntilMs - nowMs)
  }

  succeeded(): void {
    this.#failures = 0
    this.#closedUntilMs = 0
  }

  /** `random` in [0, 1) spreads the pauses. */
  failed(nowMs: number, random: number): void {
    this.#failures++
    if (this.#failures < FAILURES_MAX) return
    this.#closedUntilMs = Math.max(this.#closedUntilMs, nowMs + backoffMs(PAUSE, this.#failures - FAILURES_MAX, random))
  }

  /** The desk asked for a pause. */
  pause(nowMs: number, ms: number): void {
    this.#closedUntilMs = Math.max(this.#closedUntilMs, nowMs + ms)
  }

  get failing(): boolean {
    return this.#failures >= FAILURES_MAX
  }
}
