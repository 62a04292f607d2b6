/** What goes out; a retained packet replaces the one that the broker kept for its topic. */
export interface Packet {
  readonly topic: string
  readonly payload: string
  readonly retain: boolean
}

/** One living connection to the broker. Nothing is queued in it: what it does not take at once, it refuses. */
export interface Connection {
  /** Random name of this connection, in its will, its `online` and its hello. */
  readonly id: string
  isOpen(): boolean
  /** False when the connection is gone or the broker has stopped acknowledging. */
  publish(packet: Packet): boolean
  /** Says the packet last, waits at most `timeoutMs` for the broker, and closes. */
  farewell(packet: Packet, timeoutMs: number): Promise<void>
  /** Closes at once, which ends in `onClosed`; the broker then publishes the will. */
  destroy(): void
}

export interface ConnectionEvents {
  /** A packet on the down topic. */
  readonly onMessage: (payload: Uint8Array) => void
  /** Called once, after which nothing comes any more. */
  readonly onClosed: (reason: string) => void
}

/** Opens a connection that is ready to speak: authenticated and subscribed. Rejects with `AppError` and a next step. */
export type Dial = (id: string, events: ConnectionEvents, signal: AbortSignal) => Promise<Connection>
