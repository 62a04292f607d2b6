import type { EpochMs } from '@tillwatch/shared'
import type { Scheduler } from './scheduler.ts'

/** A rule of the product that did not hold. */
export interface Broken {
  readonly invariant: string
  readonly what: string
  readonly at: EpochMs
}

/** Collects what did not hold, with its moment; the first one ends a run. */
export class Verdict {
  readonly broken: Broken[] = []
  readonly #scheduler: Scheduler

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  /** Notes a break unless `holds`. */
  expect(holds: boolean, invariant: string, what: () => string): void {
    if (!holds) this.broken.push({ invariant, what: what(), at: this.#scheduler.now })
  }
}
