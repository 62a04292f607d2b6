import type { Clock } from '../clock.ts'
import type { Logger } from '../component.ts'

interface Waiter {
  at: number
  run: () => void
}

/** A clock that moves only when told. `advance` runs everything that falls due on the way, in order. */
export class ManualClock implements Clock {
  #nowMs: number
  #monotonicMs = 0
  #waiters: Waiter[] = []

  constructor(nowMs = Date.parse('2026-11-22T09:00:00Z')) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  monotonic(): number {
    return this.#monotonicMs
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      if (signal?.aborted) return resolve()
      const cancel = this.after(ms, resolve)
      signal?.addEventListener('abort', () => {
        cancel()
        resolve()
      })
    })
  }

  after(ms: number, run: () => void): () => void {
    const waiter = { at: this.#monotonicMs + ms, run }
    this.#waiters.push(waiter)
    return () => {
      this.#waiters = this.#waiters.filter(other => other !== waiter)
    }
  }

  /** Moves both clocks forward, letting promise callbacks run between due timers. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonicMs + ms
    for (;;) {
      await settle()
      const next = this.#waiters.filter(waiter => waiter.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#waiters = this.#waiters.filter(other => other !== next)
      this.#moveTo(next.at)
      next.run()
    }
    this.#moveTo(end)
    await settle()
  }

  /** Steps the wall clock alone, as a person or a dead battery does. */
  stepWall(ms: number): void {
    this.#nowMs += ms
  }

  #moveTo(monotonicMs: number): void {
    this.#nowMs += monotonicMs - this.#monotonicMs
    this.#monotonicMs = monotonicMs
  }
}

/** Lets everything that waits for already resolved promises run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  await new Promise(resolve => setImmediate(resolve))
}

/** Random numbers that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: object
  readonly message: string
}

/** A logger that keeps its lines for the test to read. */
export function recordingLogger(lines: LogLine[] = []): Logger & { readonly lines: LogLine[] } {
  const at = (level: LogLine['level'], bound: object) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...bound, ...fields }, message })
  }
  const make = (bound: object): Logger & { readonly lines: LogLine[] } => ({
    lines,
    debug: at('debug', bound),
    info: at('info', bound),
    warn: at('warn', bound),
    error: at('error', bound),
    child: fields => make({ ...bound, ...fields }),
  })
  return make({})
}
