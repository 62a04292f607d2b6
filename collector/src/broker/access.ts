import { createHash, timingSafeEqual } from 'node:crypto'
import { isAgentId, topicOf } from '@tillwatch/shared'

/** What the collector keeps of one agent's right to speak. */
export interface Credentials {
  readonly tenantId: string
  /** SHA-256 of the secret, hexadecimal. */
  readonly secretHash: string
  readonly revoked: boolean
}

/** Why a connection or a packet is refused; a closed list, because each is counted under its name. */
export type AccessRefusal =
  | 'client_id'
  | 'session_kept'
  | 'will_topic'
  | 'will_size'
  | 'unknown_agent'
  | 'revoked'
  | 'secret'
  | 'topic'
  | 'qos'
  | 'retained'
  | 'status_size'

/** The parts of a CONNECT packet that matter here. */
export interface ConnectRequest {
  readonly clientId: string
  readonly username: string | undefined
  readonly clean: boolean
  readonly will: { readonly topic: string; readonly qos: number; readonly bytes: number } | null
}

/** A status is under 150 bytes; the broker keeps the last one of every agent in memory. */
export const STATUS_BYTES_MAX = 512

export const hashSecret = (secret: string | Buffer): string => createHash('sha256').update(secret).digest('hex')

/** What can be said of a CONNECT before any look-up. One name everywhere: client id = user name = the topic's agent id. */
export function connectRefusal(request: ConnectRequest): AccessRefusal | null {
  if (!isAgentId(request.clientId) || request.username !== request.clientId) return 'client_id'
  if (!request.clean) return 'session_kept'
  if (request.will === null) return null
  if (request.will.topic !== topicOf(request.clientId, 'status') || request.will.qos > 1) return 'will_topic'
  return request.will.bytes > STATUS_BYTES_MAX ? 'will_size' : null
}

/** Compares in constant time, and equally long for an agent that does not exist. */
export function secretRefusal(credentials: Credentials | null, password: Buffer | undefined): AccessRefusal | null {
  const given = createHash('sha256')
    .update(password ?? '')
    .digest()
  const wanted = Buffer.from(credentials?.secretHash ?? '', 'hex')
  const same = wanted.length === given.length ? timingSafeEqual(wanted, given) : !timingSafeEqual(given, given)
  if (credentials === null) return 'unknown_agent'
  if (!same) return 'secret'
  return credentials.revoked ? 'revoked' : null
}

/** An agent publishes on its own up and status topics only, at most QoS 1, retained on status alone. */
export function publishRefusal(
  agentId: string,
  packet: { readonly topic: string; readonly qos: number; readonly retain: boolean; readonly bytes: number },
): AccessRefusal | null {
  const isStatus = packet.topic === topicOf(agentId, 'status')
  if (!isStatus && packet.topic !== topicOf(agentId, 'up')) return 'topic'
  if (packet.qos > 1) return 'qos'
  if (packet.retain && !isStatus) return 'retained'
  return isStatus && packet.bytes > STATUS_BYTES_MAX ? 'status_size' : null
}

/** An agent hears its own down topic and nothing else: no wildcard, no shared subscription, no system topic. */
export const subscribeRefusal = (agentId: string, filter: string): AccessRefusal | null =>
  filter === topicOf(agentId, 'down') ? null : 'topic'
