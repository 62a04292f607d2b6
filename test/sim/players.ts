import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Outcome } from './world.ts'

/** A world to be played. */
export interface Task {
  readonly seed: number
  readonly weeks: number
}

/** What came of it, or why the simulation itself broke. */
export type Played = { readonly outcome: Outcome } | { readonly failure: string }

/** Plays worlds on every core, one at a time on each; whoever is free takes the next. */
export class Players {
  readonly #all: readonly Worker[]
  readonly #free: Worker[]
  readonly #waiting: ((worker: Worker) => void)[] = []

  constructor(count = availableParallelism()) {
    this.#all = Array.from({ length: count }, () => new Worker(new URL('player.ts', import.meta.url)))
    this.#free = [...this.#all]
  }

  async play(seed: number, weeks: number): Promise<Outcome> {
    const worker = this.#free.pop() ?? (await new Promise<Worker>(resolve => this.#waiting.push(resolve)))
    worker.postMessage({ seed, weeks } satisfies Task)
    const [played] = (await once(worker, 'message')) as [Played]
    const next = this.#waiting.shift()
    if (next) next(worker)
    else this.#free.push(worker)
    if ('failure' in played) throw new Error(`seed ${seed} could not be played: ${played.failure}`)
    return played.outcome
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(worker => worker.terminate()))
  }
}
