import type { LiveEvent } from '@tillwatch/shared/api'

/** Spreads news of changes to whoever listens in this process. A listener gets no history and must not throw. */
export interface LiveBus {
  publish(event: LiveEvent): void
  /** The returned function ends the subscription. */
  subscribe(listener: (event: LiveEvent) => void): () => void
  readonly listeners: number
}

/** An empty bus. Listeners are called at once, in the order in which they came. */
export function createLiveBus(): LiveBus {
  const listeners = new Set<(event: LiveEvent) => void>()
  return {
    publish: event => {
      for (const listener of listeners) listener(event)
    },
    subscribe: listener => {
      // Wrapped, so that one function may subscribe twice and leave twice.
      const own = (event: LiveEvent) => listener(event)
      listeners.add(own)
      return () => listeners.delete(own)
    },
    get listeners() {
      return listeners.size
    },
  }
}
