import {
  AppError,
  type Clock,
  type IdentityFile,
  messageOf,
  PACKET_BYTES_MAX,
  type Status,
  topicOf,
  WINDOW_MESSAGES_MAX,
  WIRE_VERSION,
} from '@tillwatch/shared'
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import type { Connection, ConnectionEvents, Dial, Packet } from './link.ts'

export interface MqttLinkOptions {
  readonly identity: IdentityFile
  readonly keepaliveS: number
  readonly connectTimeoutMs: number
  readonly clock: Clock
}

/** A resend is not acknowledged twice over: then the broker is not listening and the connection is of no use. */
const UNACKNOWLEDGED_MAX = 2 * WINDOW_MESSAGES_MAX

/**
 * MQTT 3.1.1 over TLS, trusting the identity's own authority alone and checking the host's name. Each connection is a new client
 * without reconnection of its own, so that no packet of an old connection can be kept and repeated.
 */
export function createMqttDial(options: MqttLinkOptions): Dial {
  const { identity } = options
  const down = topicOf(identity.agent, 'down')
  return async (id, events, signal) => {
    const client = connect(identity.url, clientOptions(options, id))
    const connection = new MqttConnection(id, client, events, options.clock)
    const abort = () => connection.destroy()
    // Also over a broker that lets us in and then never takes the subscription.
    const cancelDeadline = options.clock.after(options.connectTimeoutMs, abort)
    signal.addEventListener('abort', abort, { once: true })
    try {
      if (signal.aborted) abort()
      await connection.ready(down)
      return connection
    } catch (thrown) {
      connection.destroy()
      throw linkFailure(thrown, identity)
    } finally {
      cancelDeadline()
      signal.removeEventListener('abort', abort)
    }
  }
}

function clientOptions({ identity, keepaliveS, connectTimeoutMs }: MqttLinkOptions, id: string): IClientOptions {
  const will: Status = { v: WIRE_VERSION, state: 'offline', connection: id, reason: 'lost' }
  return {
    protocolVersion: 4,
    clientId: identity.agent,
    username: identity.agent,
    password: identity.secret,
    clean: true,
    keepalive: keepaliveS,
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    ca: identity.ca,
    rejectUnauthorized: true,
    will: {
      topic: topicOf(identity.agent, 'status'),
      payload: Buffer.from(JSON.stringify(will)),
      qos: 1,
      retain: true,
    },
  }
}

class MqttConnection implements Connection {
  readonly id: string
  readonly #client: MqttClient
  readonly #events: ConnectionEvents
  readonly #clock: Clock
  #isReady = false
  #isOver = false
  #unacknowledged = 0
  #lastError: Error | null = null

  constructor(id: string, client: MqttClient, events: ConnectionEvents, clock: Clock) {
    this.#clock = clock
    this.id = id
    this.#client = client
    this.#events = events
    client.on('error', error => {
      this.#lastError = error
    })
    client.on('message', (_topic, payload) => {
      if (this.#isReady && !this.#isOver && payload.length <= PACKET_BYTES_MAX) events.onMessage(payload)
    })
    client.on('close', () => this.#over(this.#lastError ? messageOf(this.#lastError) : 'the connection was closed'))
  }

  /** Resolves when the broker has let us in and taken the subscription. */
  async ready(downTopic: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#client.once('connect', () => resolve())
      this.#client.once('error', reject)
      this.#client.once('close', () => reject(this.#lastError ?? new Error('the connection was closed')))
    })
    const granted = await this.#client.subscribeAsync(downTopic, { qos: 1 })
    if (granted.some(({ qos }) => qos === 128)) throw new Error('the broker refuses the subscription')
    this.#isReady = true
  }

  isOpen(): boolean {
    return !this.#isOver && this.#client.connected
  }

  publish({ topic, payload, retain }: Packet): boolean {
    if (!this.isOpen()) return false
    if (this.#unacknowledged >= UNACKNOWLEDGED_MAX) {
      this.#over('the broker has stopped acknowledging')
      this.#client.end(true)
      return false
    }
    this.#unacknowledged++
    this.#client.publish(topic, payload, { qos: 1, retain }, () => {
      this.#unacknowledged--
    })
    return true
  }

  async farewell({ topic, payload, retain }: Packet, timeoutMs: number): Promise<void> {
    if (!this.#isOver && this.#client.connected) {
      const said = this.#client.publishAsync(topic, payload, { qos: 1, retain }).catch(() => undefined)
      await Promise.race([said, this.#clock.sleep(timeoutMs)])
    }
    this.#isOver = true
    await Promise.race([this.#client.endAsync().catch(() => undefined), this.#clock.sleep(timeoutMs)])
    this.#client.end(true)
  }

  destroy(): void {
    this.#over('closed by the agent')
    this.#client.end(true)
  }

  #over(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#isReady) this.#events.onClosed(reason)
  }
}

/** CONNACK codes of MQTT 3.1.1, section 3.2.2.3, and what TLS and DNS say, with the step that helps. */
function linkFailure(thrown: unknown, { url, agent }: IdentityFile): AppError {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null
  const steps: Record<string, string> = {
    '4': `Make a new identity file for ${agent} at the collector and put it in place of this one.`,
    '5': `Make a new identity file for ${agent} at the collector: this identity is unknown or revoked.`,
    ENOTFOUND: 'Check the address in the identity file and the DNS of this PC.',
    ECONNREFUSED: 'Check that the collector runs and that its port is open.',
    ERR_TLS_CERT_ALTNAME_INVALID: 'The collector’s certificate is for another name: use the name it was made for.',
    SELF_SIGNED_CERT_IN_CHAIN: 'The collector has another authority than the identity file: make a new identity file.',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      'The collector has another authority than the identity file: make a new identity file.',
    CERT_NOT_YET_VALID: 'The clock of this PC stands before the certificate: set the clock.',
    CERT_HAS_EXPIRED: 'The clock of this PC stands after the certificate, or the certificate has ended: set the clock.',
  }
  return new AppError('uplink.unreachable', `${url} does not take us: ${messageOf(thrown)}`, {
    nextStep: steps[String(code)] ?? 'Check network, address and port; `tillwatch-agent doctor` looks at each step.',
    retryable: true,
    context: { code },
    cause: thrown,
  })
}
