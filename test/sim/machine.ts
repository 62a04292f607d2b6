import type { Clock, EpochMs, MonotonicMs } from '@tillwatch/shared'
import type { Cancel, Scheduler } from './scheduler.ts'

/** A computer: its wall clock may be set by anybody. */
export class Machine {
  readonly name: string
  readonly scheduler: Scheduler
  #offsetMs = 0

  constructor(name: string, scheduler: Scheduler) {
    this.name = name
    this.scheduler = scheduler
  }

  get wallMs(): EpochMs {
    return this.scheduler.now + this.#offsetMs
  }

  /** How far its clock is off. */
  get offsetMs(): number {
    return this.#offsetMs
  }

  setOffset(ms: number): void {
    this.#offsetMs = ms
  }

  /** Begins a process. */
  boot(): Life {
    return new Life(this)
  }
}

/**
 * One run of a process, and the clock that it is given. Killed, nothing of it happens any more: its timers are gone and nobody answers what
 * it waited for; what it had committed stays on its machine.
 */
export class Life implements Clock {
  readonly #machine: Machine
  readonly #bornMs: number
  #alive = true

  constructor(machine: Machine) {
    this.#machine = machine
    this.#bornMs = machine.scheduler.elapsedMs
  }

  get isAlive(): boolean {
    return this.#alive
  }

  kill(): void {
    this.#alive = false
  }

  now(): EpochMs {
    return this.#machine.wallMs
  }

  monotonic(): MonotonicMs {
    return this.#machine.scheduler.elapsedMs - this.#bornMs
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      if (signal?.aborted) return resolve()
      const wake = () => {
        signal?.removeEventListener('abort', wake)
        cancel()
        resolve()
      }
      const cancel = this.after(ms, wake)
      signal?.addEventListener('abort', wake, { once: true })
    })
  }

  after(ms: number, run: () => void): Cancel {
    return this.later(ms, 'timer', run)
  }

  /** The same with a word for the trace. */
  later(ms: number, what: string, run: () => void): Cancel {
    const { scheduler, name } = this.#machine
    return scheduler.after(ms, `${name} ${what}`, () => {
      if (this.#alive) run()
    })
  }
}

/**
 * The clock of a part that looks around every now and then: `rests` makes its short rests longer. Whatever is rung for comes as it would;
 * weeks of a world then take seconds. `before` is called when a rest is over, before what follows.
 */
export const unhurried = (life: Life, rests: (ms: number) => number, before?: () => void): Clock => ({
  now: () => life.now(),
  monotonic: () => life.monotonic(),
  sleep: (ms, signal) => life.sleep(rests(ms), signal).then(before),
  after: (ms, run) => life.after(ms, run),
})
