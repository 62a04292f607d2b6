import { createHash } from 'node:crypto'
import type { EpochMs } from '@tillwatch/shared'

interface Entry {
  readonly at: number
  readonly tie: number
  readonly order: number
  readonly label: string
  run: (() => void) | null
}

const TRACED_MAX = 65_536

/** Cancels an event; does nothing once it has happened. */
export type Cancel = () => void

/**
 * Simulated time: one queue for the timers, disks and wires of a whole world. Events of one moment happen in an order that the seed
 * draws. Between two events every promise that can go on has gone on, so that the same seed gives the same run to the last byte.
 */
export class Scheduler {
  readonly #random: () => number
  readonly #startedAt: EpochMs
  readonly #hash = createHash('sha256')
  /** What happened and is not in the hash yet. */
  #traced = ''
  readonly #heap: Entry[] = []
  #elapsedMs = 0
  #order = 0
  #events = 0

  constructor(startedAt: EpochMs, random: () => number) {
    this.#startedAt = startedAt
    this.#random = random
  }

  /** True time of the world, which no clock in it has to show. */
  get now(): EpochMs {
    return this.#startedAt + this.#elapsedMs
  }

  /** Milliseconds since the world began. */
  get elapsedMs(): number {
    return this.#elapsedMs
  }

  get events(): number {
    return this.#events
  }

  /** Calls `run` once after `ms`. */
  after(ms: number, label: string, run: () => void): Cancel {
    const at = this.#elapsedMs + Math.max(0, Math.ceil(ms))
    const entry: Entry = { at, tie: this.#random(), order: this.#order++, label, run }
    push(this.#heap, entry)
    return () => {
      entry.run = null
    }
  }

  /** Adds what happened to the fingerprint of the run. */
  trace(text: string): void {
    this.#traced += text
    if (this.#traced.length > TRACED_MAX) this.#digest()
  }

  #digest(): void {
    this.#hash.update(this.#traced)
    this.#traced = ''
  }

  /** Lets everything happen that falls due within the next `ms`. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsedMs + ms
    await settle()
    for (let next = this.#heap[0]; next && next.at <= end; next = this.#heap[0]) {
      pop(this.#heap)
      const { run } = next
      if (!run) continue
      next.run = null
      this.#elapsedMs = next.at
      this.#events++
      this.trace(`${next.at} ${next.label}\n`)
      run()
      await settle()
    }
    this.#elapsedMs = end
  }

  /** What happened so far in one short text: equal runs have equal ones. */
  fingerprint(): string {
    this.#digest()
    return this.#hash.copy().digest('hex').slice(0, 16)
  }
}

/** A turn of the loop comes after every promise that was ready, and after those that these made ready. */
const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

const isBefore = (a: Entry, b: Entry): boolean =>
  a.at !== b.at ? a.at < b.at : a.tie !== b.tie ? a.tie < b.tie : a.order < b.order

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length
  heap.push(entry)
  while (index > 0) {
    const parent = (index - 1) >> 1
    const above = heap[parent] as Entry
    if (!isBefore(entry, above)) break
    heap[index] = above
    index = parent
  }
  heap[index] = entry
}

function pop(heap: Entry[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let index = 0
  for (;;) {
    let child = 2 * index + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++
    const below = heap[child] as Entry
    if (!isBefore(below, last)) break
    heap[index] = below
    index = child
  }
  heap[index] = last
}
