import {
  type Clock,
  type DownMessage,
  type Logger,
  messageOf,
  PACKET_BYTES_BEFORE_AUTH_MAX,
  PACKET_BYTES_MAX,
  parseTopic,
  topicOf,
} from '@tillwatch/shared'
import { Aedes, type AedesPublishPacket, type Client } from 'aedes'
import type { ListenAddress } from '../config.ts'
import type { BrokerTls } from './authority.ts'
import type { Broker, Gatekeeper, InboundPacket } from './broker.ts'
import { addressOf, createDoor, type Session } from './door.ts'
import { createTlsListener, limitPackets } from './tls-listener.ts'

/** A CONNECT follows the TLS handshake at once, even over a mobile link. */
const CONNECT_TIMEOUT_MS = 15_000
/** A dead connection is noticed after one and a half keep-alives; a client that asks for longer, or for none, is refused. */
const KEEPALIVE_S_MAX = 300
/** A client that does not read what it is told for this long is cut. */
const DRAIN_TIMEOUT_MS = 30_000

const CEILINGS = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  keepaliveLimit: KEEPALIVE_S_MAX,
  drainTimeout: DRAIN_TIMEOUT_MS,
  maxClientsIdLength: 63,
  maxTopicLevels: 8,
  // QoS 2 is refused anyway.
  maxInflightInbound: 1,
}

/** Everything the broker needs from outside. */
export interface BrokerOptions {
  readonly listen: ListenAddress
  readonly tls: BrokerTls
  readonly connectionsMax: number
  readonly gatekeeper: Gatekeeper
  /** Takes a packet at once or refuses it (false); must not block and must not throw. */
  readonly onPacket: (packet: InboundPacket) => boolean
  /** A sign of life that carries no message. */
  readonly onHeard: (agentId: string) => void
  readonly refused: (reason: string) => void
  readonly clock: Clock
  readonly log: Logger
}

/** The embedded broker: aedes over TLS, with every ceiling set and every topic checked. It remembers nothing that anything relies on. */
export function createAedesBroker(options: BrokerOptions): Broker {
  const { clock, log, refused } = options
  const live = new Map<string, Client>()
  const door = createDoor({ ...options, isLive: agentId => live.has(agentId) })
  const listener = createTlsListener({ ...options, handshakeTimeoutMs: CONNECT_TIMEOUT_MS })
  /** Null while stopping too: the wills of connections that we end ourselves say nothing. */
  let aedes: Aedes | null = null
  let port = 0

  const published = (packet: AedesPublishPacket, client: Client | null, done: () => void) => {
    const session = aedes && client ? door.sessionOf(client) : undefined
    const inbound = session && inboundPacket(packet, session, clock.now())
    if (inbound) options.onPacket(inbound)
    done()
  }

  return {
    start: async () => {
      const broker = await Aedes.createBroker({ ...CEILINGS, ...door.checks, published })
      watch(broker, live, options)
      aedes = broker
      port = await listener.open(socket => {
        let client: Client | null = null
        const isAdmitted = () => client !== null && door.sessionOf(client) !== undefined
        limitPackets(
          socket,
          () => (isAdmitted() ? PACKET_BYTES_MAX : PACKET_BYTES_BEFORE_AUTH_MAX),
          verdict => refused(isAdmitted() ? `packet_${verdict}` : `packet_${verdict}_before_auth`),
        )
        client = broker.handle(socket)
      })
    },
    stop: async () => {
      const broker = aedes
      aedes = null
      if (broker) await new Promise<void>(resolve => broker.close(resolve))
      await listener.close()
      log.debug({}, 'broker stopped')
    },
    send: (agentId, message) => live.get(agentId)?.publish(downPacket(agentId, message), () => {}),
    cut: agentId => live.get(agentId)?.close(),
    sessionOf: agentId => {
      const client = live.get(agentId)
      return (client && door.sessionOf(client)?.number) ?? null
    },
    secretHashOf: agentId => {
      const client = live.get(agentId)
      return (client && door.sessionOf(client)?.secretHash) ?? null
    },
    get connections() {
      return live.size
    },
    get port() {
      return port
    },
  }
}

function watch(broker: Aedes, live: Map<string, Client>, { onHeard, log }: BrokerOptions): void {
  broker.on('client', client => {
    // The library forgets a connection when the one that it pushed out ends late; two must not live under one name.
    live.get(client.id)?.close()
    live.set(client.id, client)
  })
  broker.on('clientDisconnect', client => {
    if (live.get(client.id) === client) live.delete(client.id)
  })
  const events: NodeJS.EventEmitter = broker
  events.on('error', thrown => log.error({ problem: messageOf(thrown) }, 'the broker met a problem; it goes on'))
  broker.on('ping', (_packet, client) => onHeard(client.id))
  for (const event of ['clientError', 'connectionError'] as const)
    broker.on(event, (client, error) =>
      log.debug({ agent: client.id, address: addressOf(client), problem: error.message }, 'connection ended'),
    )
}

/** Null for what is not an agent's own word. */
function inboundPacket(packet: AedesPublishPacket, session: Session, receivedAt: number): InboundPacket | null {
  const topic = parseTopic(packet.topic)
  if (!topic || topic.channel === 'down') return null
  const { agentId, tenantId, number, address, tookOver } = session
  const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
  return { agentId, tenantId, channel: topic.channel, payload, receivedAt, session: number, address, tookOver }
}

const downPacket = (agentId: string, message: DownMessage) => ({
  cmd: 'publish' as const,
  topic: topicOf(agentId, 'down'),
  payload: JSON.stringify(message),
  qos: 1 as const,
  dup: false,
  retain: false,
})
