import type { Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import {
  AppError,
  type Clock,
  type Logger,
  messageOf,
  PACKET_BYTES_BEFORE_AUTH_MAX,
  PACKET_BYTES_MAX,
  parseTopic,
  topicOf,
} from '@tillwatch/shared'
import { Aedes, type AuthenticateError, type Client } from 'aedes'
import type { ListenAddress } from '../config.ts'
import { type AccessRefusal, connectRefusal, publishRefusal, secretRefusal, subscribeRefusal } from './access.ts'
import type { BrokerTls } from './authority.ts'
import type { Broker, Gatekeeper, InboundPacket } from './broker.ts'
import { createPacketMeter } from './packet-meter.ts'
import { createRateGate } from './rate-gate.ts'

/** A CONNECT follows the TLS handshake at once, even over a mobile link. */
const CONNECT_TIMEOUT_MS = 15_000
/** A dead connection is noticed after one and a half keep-alives; a client that asks for longer, or for none, is refused. */
const KEEPALIVE_S_MAX = 300
/** Unknown agents written down a minute: enough to see a till with a wrong file, too few to fill a disk. */
const UNKNOWN_PER_MINUTE_MAX = 60
/** A client that does not read what it is told for this long is cut. */
const DRAIN_TIMEOUT_MS = 30_000

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

/** What is known of one connection; ends with it. */
interface Session {
  readonly number: number
  readonly address: string
  readonly agentId: string
  readonly tenantId: string
  readonly secretHash: string
  readonly tookOver: boolean
}

const CONNACK_CODE: Partial<Record<AccessRefusal, number>> = { client_id: 2, secret: 4, unknown_agent: 5, revoked: 5 }

function refusal(reason: AccessRefusal | 'unavailable'): AuthenticateError {
  const code = reason === 'unavailable' ? 3 : (CONNACK_CODE[reason] ?? 5)
  return Object.assign(new Error(reason), { returnCode: code }) as AuthenticateError
}

/** The embedded broker: aedes over TLS, with every ceiling set and every topic checked. It remembers nothing that anything relies on. */
export function createAedesBroker(options: BrokerOptions): Broker {
  const { clock, log, refused } = options
  const sessions = new WeakMap<Client, Session>()
  const live = new Map<string, Client>()
  const early = new WeakMap<Client, AccessRefusal>()
  const unknownGate = createRateGate(UNKNOWN_PER_MINUTE_MAX, 60_000)
  let count = 0
  let aedes: Aedes | null = null
  let port = 0

  const addressOf = (client: Client): string => (client.conn as Socket).remoteAddress?.replace(/^::ffff:/, '') ?? ''

  const admit = async (client: Client, username: string | undefined, password: Buffer | undefined) => {
    const problem = early.get(client)
    if (problem) return problem
    if (client.id !== username) return 'client_id'
    const credentials = await options.gatekeeper.credentialsOf(client.id)
    const denied = secretRefusal(credentials, password)
    const address = addressOf(client)
    if (denied === 'unknown_agent' && unknownGate.allow(clock.monotonic()))
      options.gatekeeper.unknownAgent(client.id, address)
    if (denied || !credentials) return denied ?? 'unknown_agent'
    const { tenantId, secretHash } = credentials
    const tookOver = live.has(client.id)
    sessions.set(client, { number: ++count, address, agentId: client.id, tenantId, secretHash, tookOver })
    return null
  }

  const makeAedes = () =>
    Aedes.createBroker({
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepaliveLimit: KEEPALIVE_S_MAX,
      drainTimeout: DRAIN_TIMEOUT_MS,
      maxClientsIdLength: 63,
      maxTopicLevels: 8,
      maxInflightInbound: 1,
      preConnect: (client, packet, done) => {
        const will = packet.will
        const problem = connectRefusal({
          clientId: packet.clientId,
          username: packet.username,
          clean: packet.clean !== false,
          will: will ? { topic: will.topic, qos: will.qos ?? 0, bytes: will.payload.length } : null,
        })
        if (problem) early.set(client, problem)
        done(null, true)
      },
      authenticate: (client, username, password, done) => {
        admit(client, username, password).then(
          reason => {
            if (reason) refused(reason)
            done(reason ? refusal(reason) : null, reason === null)
          },
          thrown => {
            log.warn({ problem: messageOf(thrown) }, 'an agent could not be checked; it will come again')
            refused('unavailable')
            done(refusal('unavailable'), false)
          },
        )
      },
      authorizePublish: (client, packet, done) => {
        if (!client) return done(null)
        const bytes = packet.payload.length
        const reason = publishRefusal(client.id, { topic: packet.topic, qos: packet.qos, retain: packet.retain, bytes })
        if (reason) refused(reason)
        done(reason ? new Error(`refused: ${reason}`) : null)
      },
      authorizeSubscribe: (client, subscription, done) => {
        const reason = subscribeRefusal(client.id, subscription.topic)
        if (reason) refused(reason)
        done(reason ? new Error(`refused: ${reason}`) : null, subscription)
      },
      published: (packet, client, done) => {
        const session = client ? sessions.get(client) : undefined
        const topic = session ? parseTopic(packet.topic) : null
        if (aedes && session && topic && topic.channel !== 'down') {
          options.onPacket({
            ...{ agentId: session.agentId, tenantId: session.tenantId, channel: topic.channel },
            payload: typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload,
            receivedAt: clock.now(),
            ...{ session: session.number, address: session.address, tookOver: session.tookOver },
          })
        }
        done(null)
      },
    })

  const watch = (broker: Aedes) => {
    broker.on('client', client => {
      live.set(client.id, client)
    })
    broker.on('clientDisconnect', client => {
      if (live.get(client.id) === client) live.delete(client.id)
    })
    broker.on('ping', (_packet, client) => options.onHeard(client.id))
    for (const event of ['clientError', 'connectionError'] as const)
      broker.on(event, (client, error) =>
        log.debug({ agent: client.id, address: addressOf(client), problem: error.message }, 'connection ended'),
      )
  }

  /** Aedes takes bytes through `read` alone, so there the lengths are followed before any parser collects a body. */
  const guard = (socket: TLSSocket, isAdmitted: () => boolean) => {
    const meter = createPacketMeter(() => (isAdmitted() ? PACKET_BYTES_MAX : PACKET_BYTES_BEFORE_AUTH_MAX))
    const read = socket.read.bind(socket)
    socket.read = (size?: number) => {
      const chunk: Buffer | null = read(size)
      const verdict = chunk ? meter.feed(chunk) : 'ok'
      if (verdict === 'ok') return chunk
      refused(isAdmitted() ? `packet_${verdict}` : `packet_${verdict}_before_auth`)
      socket.destroy()
      return null
    }
  }

  const server = createServer(
    { ...options.tls, minVersion: 'TLSv1.2', handshakeTimeout: CONNECT_TIMEOUT_MS },
    socket => {
      if (!aedes) return void socket.destroy()
      let client: Client | null = null
      guard(socket, () => client !== null && sessions.has(client))
      client = aedes.handle(socket)
    },
  )
  server.maxConnections = options.connectionsMax
  /** Raw connections, so that one that never finishes its handshake cannot hold up a stop. */
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('drop', () => refused('connections_max'))
  server.on('tlsClientError', error => {
    refused('tls')
    log.debug({ problem: error.message }, 'TLS handshake failed')
  })

  return {
    start: async () => {
      aedes = await makeAedes()
      watch(aedes)
      const { host, port: wanted } = options.listen
      await new Promise<void>((resolve, reject) => {
        server.once('error', cause => {
          reject(
            new AppError('broker.listen', `the broker cannot listen on ${host}:${wanted}: ${cause.message}`, {
              nextStep: 'Free the port or set another one under broker.listen.',
              cause,
            }),
          )
        })
        server.listen(wanted, host, resolve)
      })
      const bound = server.address()
      port = typeof bound === 'object' && bound ? bound.port : wanted
      log.info({ host, port }, 'broker listens')
    },
    stop: async () => {
      const broker = aedes
      aedes = null
      const closed = new Promise<void>(resolve => (server.listening ? server.close(() => resolve()) : resolve()))
      if (broker) await new Promise<void>(resolve => broker.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    send: (agentId, message) => {
      const client = live.get(agentId)
      if (!client) return
      const payload = JSON.stringify(message)
      const packet = { cmd: 'publish' as const, topic: topicOf(agentId, 'down'), payload, dup: false, retain: false }
      client.publish({ ...packet, qos: 1 }, () => {})
    },
    cut: agentId => {
      live.get(agentId)?.close()
    },
    secretHashOf: agentId => {
      const client = live.get(agentId)
      return (client && sessions.get(client)?.secretHash) ?? null
    },
    get connections() {
      return live.size
    },
    get port() {
      return port
    },
  }
}
