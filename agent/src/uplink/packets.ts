import {
  type Clock,
  type DownMessage,
  downMessage,
  type Hello,
  messageOf,
  PACKET_BYTES_MAX,
  type Status,
  topicOf,
  WIRE_VERSION,
  type WireItem,
} from '@tillwatch/shared'
import type { OutboxMessage, OutboxPosition } from '../outbox/outbox.ts'
import type { Packet } from './link.ts'

/** Topic and MQTT header beside the payload. */
const HEADER_BYTES_MAX = 256

/** Presence on the retained topic; `offline` from the agent's own mouth is a farewell. */
export function statusPacket(agent: string, state: Status['state'], connection: string): Packet {
  const farewell = state === 'offline' ? { reason: 'stopped' as const } : {}
  const status: Status = { v: WIRE_VERSION, state, connection, ...farewell }
  return { topic: topicOf(agent, 'status'), payload: JSON.stringify(status), retain: true }
}

/** Where the outbox stands and how things are; a snapshot too large for a packet loses its last items, which follow as telemetry. */
export function helloPacket(
  agent: string,
  connection: string,
  position: OutboxPosition,
  snapshot: readonly WireItem[],
  clock: Clock,
): Packet {
  const { epoch, base, next } = position
  const sentAt = new Date(clock.now()).toISOString()
  for (let items = snapshot; ; items = items.slice(0, -1)) {
    const hello: Hello = {
      v: WIRE_VERSION,
      kind: 'hello',
      agent,
      epoch,
      base,
      next,
      connection,
      sent_at: sentAt,
      snapshot: { items: [...items] },
    }
    const payload = JSON.stringify(hello)
    if (items.length === 0 || Buffer.byteLength(payload) <= PACKET_BYTES_MAX - HEADER_BYTES_MAX) {
      return { topic: topicOf(agent, 'up'), payload, retain: false }
    }
  }
}

/** A message of the sequence, stamped with the time of sending and its age by the monotonic clock. */
export function messagePacket(agent: string, message: OutboxMessage, base: number, clock: Clock): Packet {
  const { epoch, seq, kind, body, recordedAt, recordedMonotonicMs } = message
  const payload = JSON.stringify({
    v: WIRE_VERSION,
    agent,
    epoch,
    seq,
    base,
    recorded_at: new Date(recordedAt).toISOString(),
    sent_at: new Date(clock.now()).toISOString(),
    age_ms: recordedMonotonicMs === null ? null : Math.max(0, Math.round(clock.monotonic() - recordedMonotonicMs)),
    kind,
    body,
  })
  return { topic: topicOf(agent, 'up'), payload, retain: false }
}

/** What the collector said, or why it cannot be understood. */
export function parseDown(payload: Uint8Array): { readonly message: DownMessage } | { readonly problem: string } {
  try {
    const parsed = downMessage.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)))
    return parsed.success ? { message: parsed.data } : { problem: parsed.error.issues[0]?.message ?? 'another shape' }
  } catch (thrown) {
    return { problem: messageOf(thrown) }
  }
}
