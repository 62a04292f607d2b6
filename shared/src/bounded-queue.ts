/** First in, first out with a cap. A full queue refuses the newcomer and counts it; the caller decides what refusal means. */
export class BoundedQueue<T> {
  readonly #items: T[] = []
  readonly #cap: number
  #head = 0
  #refused = 0

  constructor(cap: number) {
    this.#cap = cap
  }

  /** False when full. */
  push(item: T): boolean {
    if (this.size >= this.#cap) {
      this.#refused++
      return false
    }
    this.#items.push(item)
    return true
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined as T
    // Dropping the used front now and then keeps shift cheap without holding old items alive.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items.splice(0, this.#head)
      this.#head = 0
    }
    return item
  }

  get size(): number {
    return this.#items.length - this.#head
  }

  /** How many items were turned away since the start. */
  get refused(): number {
    return this.#refused
  }
}
