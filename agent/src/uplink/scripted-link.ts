import { type DownMessage, decodeUp, type Envelope, type Hello, WIRE_VERSION } from '@tillwatch/shared'
import type { Connection, ConnectionEvents, Packet } from './link.ts'

/** The broker and the collector's side of it, as one script: records what came and says what the test tells it to. For tests. */
export class ScriptedLink {
  hellos: Hello[] = []
  messages: Envelope[] = []
  statuses: string[] = []
  dials = 0
  isReachable = true
  #connection: { events: ConnectionEvents; isOpen: boolean } | null = null

  dial = (id: string, events: ConnectionEvents): Promise<Connection> => {
    this.dials++
    if (!this.isReachable) return Promise.reject(new Error('unreachable'))
    const current = { events, isOpen: true }
    this.#connection = current
    const close = (reason: string) => {
      if (!current.isOpen) return
      current.isOpen = false
      events.onClosed(reason)
    }
    return Promise.resolve({
      id,
      isOpen: () => current.isOpen,
      publish: packet => current.isOpen && this.#hear(packet),
      farewell: async packet => {
        this.#hear(packet)
        await Promise.resolve()
        close('farewell')
      },
      destroy: () => close('destroyed'),
    })
  }

  say(message: object): void {
    this.#connection?.events.onMessage(new TextEncoder().encode(JSON.stringify({ v: WIRE_VERSION, ...message })))
  }

  stored(mark: number, more: Partial<Extract<DownMessage, { kind: 'stored' }>> = {}): void {
    const epoch = more.epoch ?? this.lastHello().epoch
    const window = { messages: 64, bytes: 128 * 1024 }
    const sentAt = more.sent_at ?? '2026-11-22T09:00:00.000Z'
    this.say({ kind: 'stored', epoch, mark, highest_epoch: epoch, window, sent_at: sentAt, refused: [], ...more })
  }

  cut(): void {
    const connection = this.#connection
    if (!connection) return
    connection.isOpen = false
    connection.events.onClosed('cut')
  }

  lastHello(): Hello {
    const hello = this.hellos.at(-1)
    if (!hello) throw new Error('no hello yet')
    return hello
  }

  /** Numbers that came since the last call. */
  numbers(): number[] {
    return this.messages.splice(0).map(({ seq }) => seq)
  }

  #hear({ topic, payload, retain }: Packet): boolean {
    if (topic.endsWith('/status')) {
      if (!retain) throw new Error('a status that is not retained')
      this.statuses.push(JSON.parse(payload).state)
      return true
    }
    const decoded = decodeUp(new TextEncoder().encode(payload))
    if (!('message' in decoded)) throw new Error(decoded.unreadable.reason)
    if (decoded.message.kind === 'hello') this.hellos.push(decoded.message)
    else this.messages.push(decoded.message)
    return true
  }
}
