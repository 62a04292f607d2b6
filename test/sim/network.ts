import type { Connection, ConnectionEvents, Dial, Packet } from '@tillwatch/agent/uplink/link'
import type { Broker, InboundPacket } from '@tillwatch/collector/broker/broker'
import { AppError, type DownMessage, WIRE_VERSION } from '@tillwatch/shared'
import type { Chance } from './chance.ts'
import type { Life } from './machine.ts'
import type { Scheduler } from './scheduler.ts'

/** How the wire of one agent behaves now. */
interface Wire {
  /** Reasons for which no connection holds and none can be made. */
  cuts: number
  /** Share of packets that come twice, that overtake others, and that get lost, each in [0, 1). */
  doubled: number
  reordered: number
  lost: number
  /** Longest delay of a packet, milliseconds. */
  delayMs: number
}

export const goodWire = (): Omit<Wire, 'cuts'> => ({ doubled: 0, reordered: 0, lost: 0, delayMs: 50 })

export function badWire(chance: Chance): Omit<Wire, 'cuts'> {
  const share = (): number => chance.pick([0, 0.02, 0.2])
  return { doubled: share(), reordered: share(), lost: share(), delayMs: chance.between(50, 3_000) }
}

/** Where the broker gives what it gets; the collector of the moment. */
interface Receiver {
  readonly life: Life
  onPacket(packet: InboundPacket): void
  onHeard(agentId: string): void
}

/** A broker notices a dead connection after about this long, and only then says the last will. */
const WILL_MS_MAX = 90_000
const REORDER_MS_MAX = 20_000

interface Session {
  readonly number: number
  readonly agentId: string
  readonly connection: string
  readonly events: ConnectionEvents
  /** The process at the other end. */
  readonly peer: Life
  isOpen: boolean
}

/**
 * Broker and wires in one. A wire may be cut at any packet, lose, double and reorder them; the broker may be gone with its collector. What is
 * under way when a connection ends arrives or does not.
 */
export class Network {
  readonly #scheduler: Scheduler
  readonly #chance: Chance
  readonly #wires = new Map<string, Wire>()
  readonly #sessions = new Map<string, Session>()
  #receiver: Receiver | null = null
  #sessionCount = 0

  constructor(scheduler: Scheduler, chance: Chance) {
    this.#scheduler = scheduler
    this.#chance = chance
  }

  wireOf(agentId: string): Wire {
    const known = this.#wires.get(agentId) ?? { cuts: 0, ...goodWire() }
    this.#wires.set(agentId, known)
    return known
  }

  /** The broker is up and belongs to this collector. */
  opens(receiver: Receiver): void {
    this.#receiver = receiver
  }

  /** The broker went away with its collector: every connection ends, no will is said. */
  falls(): void {
    this.#receiver = null
    for (const session of this.#sessions.values()) this.#end(session, 'the broker is gone')
  }

  /** Every connection says that it is there. */
  pings(): void {
    const receiver = this.#receiver
    if (receiver) for (const { agentId, peer } of this.#sessions.values()) if (peer.isAlive) receiver.onHeard(agentId)
  }

  cut(agentId: string): void {
    this.wireOf(agentId).cuts++
    this.drop(agentId)
  }

  mend(agentId: string): void {
    this.wireOf(agentId).cuts--
  }

  /** Ends the connection of an agent without a farewell; its will follows when the broker notices. */
  drop(agentId: string): void {
    const session = this.#sessions.get(agentId)
    if (!session) return
    this.#end(session, 'the connection was reset')
    this.#says(session, this.#chance.between(0, WILL_MS_MAX), will(session))
  }

  /** How an agent's process, `peer`, reaches the broker. */
  dialOf(agentId: string, peer: Life): Dial {
    return (id, events) => {
      const { promise, resolve, reject } = Promise.withResolvers<Connection>()
      peer.later(this.#chance.between(5, 400), 'dial', () => {
        const wire = this.wireOf(agentId)
        if (wire.cuts > 0 || !this.#receiver || this.#chance.happens(wire.lost)) {
          reject(new AppError('uplink.unreachable', 'the broker does not answer', { retryable: true }))
          return
        }
        resolve(this.#connect({ agentId, connection: id, events, peer, number: ++this.#sessionCount, isOpen: true }))
      })
      return promise
    }
  }

  /** The broker as the collector sees it. */
  readonly broker: Pick<Broker, 'send' | 'cut' | 'sessionOf' | 'secretHashOf'> = {
    send: (agentId, message) => this.#down(agentId, message),
    cut: agentId => this.drop(agentId),
    sessionOf: agentId => this.#sessions.get(agentId)?.number ?? null,
    secretHashOf: agentId => (this.#sessions.has(agentId) ? 'hash' : null),
  }

  #connect(session: Session): Connection {
    const older = this.#sessions.get(session.agentId)
    if (older) this.#end(older, 'another connection of the same agent')
    this.#sessions.set(session.agentId, session)
    const tookOver = older?.peer.isAlive === true
    return {
      id: session.connection,
      isOpen: () => session.isOpen,
      publish: packet => session.isOpen && this.#up(session, packet, tookOver),
      farewell: async packet => {
        if (session.isOpen) this.#up(session, packet, tookOver)
        this.#end(session, 'farewell')
      },
      destroy: () => {
        if (!session.isOpen) return
        this.#end(session, 'closed by the agent')
        this.#says(session, this.#chance.between(0, WILL_MS_MAX), will(session))
      },
    }
  }

  #end(session: Session, reason: string): void {
    if (!session.isOpen) return
    session.isOpen = false
    if (this.#sessions.get(session.agentId) === session) this.#sessions.delete(session.agentId)
    if (session.peer.isAlive) session.events.onClosed(reason)
  }

  #up(session: Session, packet: Packet, tookOver: boolean): boolean {
    this.#scheduler.trace(packet.payload)
    for (const delayMs of this.#travels(session.agentId)) this.#says(session, delayMs, packet, tookOver)
    return true
  }

  /** A packet comes out of the broker, whatever became of its connection meanwhile. */
  #says(session: Session, delayMs: number, { topic, payload }: Packet, tookOver = false): void {
    const receiver = this.#receiver
    if (!receiver) return
    const channel = topic.endsWith('/status') ? 'status' : 'up'
    receiver.life.later(delayMs, `${session.agentId} ${channel}`, () => {
      receiver.onPacket({
        agentId: session.agentId,
        tenantId: 'main',
        channel,
        payload: new TextEncoder().encode(payload),
        receivedAt: receiver.life.now(),
        session: session.number,
        address: '192.0.2.1',
        tookOver,
      })
    })
  }

  #down(agentId: string, message: DownMessage): void {
    const payload = JSON.stringify(message)
    this.#scheduler.trace(payload)
    const session = this.#sessions.get(agentId)
    if (!session) return
    for (const delayMs of this.#travels(agentId)) {
      session.peer.later(delayMs, 'down', () => {
        if (session.isOpen) session.events.onMessage(new TextEncoder().encode(payload))
      })
    }
  }

  /** Delays after which a packet arrives: none when it is lost, several when it is doubled. */
  #travels(agentId: string): number[] {
    const { lost, doubled, reordered, delayMs } = this.wireOf(agentId)
    if (this.#chance.happens(lost)) return []
    const delay = () => (this.#chance.happens(reordered) ? this.#chance.between(0, REORDER_MS_MAX) : delayMs)
    return this.#chance.happens(doubled) ? [delay(), delay()] : [delay()]
  }
}

const will = ({ connection }: Session): Packet => ({
  topic: '/status',
  payload: JSON.stringify({ v: WIRE_VERSION, state: 'offline', connection }),
  retain: true,
})
