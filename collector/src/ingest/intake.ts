import { BoundedQueue, PACKET_BYTES_MAX, WINDOW_BYTES_MAX, WINDOW_MESSAGES_MAX } from '@tillwatch/shared'
import type { InboundPacket } from '../broker/broker.ts'

/** Packets between broker and store. At 3 kB a reading this is some 25 MB; a minute of a fleet of 8 000. */
export const INTAKE_PACKETS_MAX = 8_192
/** The same in bytes, for packed backlogs. */
export const INTAKE_BYTES_MAX = 64 * 1024 * 1024
/** An agent may fill its window twice (a resend on top of the first sending) plus a hello and its statuses. */
const PACKETS_PER_AGENT_MAX = 2 * WINDOW_MESSAGES_MAX + 8
/** The same in bytes; a window may be overdrawn by the one packet that alone is longer than it. */
const BYTES_PER_AGENT_MAX = 2 * (WINDOW_BYTES_MAX + PACKET_BYTES_MAX)
/** Below this share of the queue everybody has the whole window. */
const FREE_SHARE = 0.25
/** Narrowest window: one message under way and one ready behind it. */
const WINDOW_MESSAGES_MIN = 2

/** Why a packet did not get into the queue. The agent sends it again, so nothing is lost. */
export type IntakeRefusal = 'overflow' | 'agent_overflow'

/** The queue in front of the stores: bounded in packets and bytes, and for each agent alone. */
export interface Intake {
  /** Null when taken. */
  push(packet: InboundPacket): IntakeRefusal | null
  /** At most `max` packets, oldest first. */
  take(max: number): InboundPacket[]
  readonly size: number
  /** Credit that an agent may have now: the whole window, narrowed as the queue fills. */
  window(): { readonly messages: number; readonly bytes: number }
}

/** An empty intake. The limits are arguments for tests at the ceiling. */
export function createIntake(packetsMax: number = INTAKE_PACKETS_MAX, bytesMax: number = INTAKE_BYTES_MAX): Intake {
  const queue = new BoundedQueue<InboundPacket>(packetsMax)
  const perAgent = new Map<string, { packets: number; bytes: number }>()
  let bytes = 0
  return {
    push: packet => {
      const { length } = packet.payload
      const own = perAgent.get(packet.agentId) ?? { packets: 0, bytes: 0 }
      if (own.packets >= PACKETS_PER_AGENT_MAX || own.bytes + length > BYTES_PER_AGENT_MAX) return 'agent_overflow'
      if (bytes + length > bytesMax || !queue.push(packet)) return 'overflow'
      bytes += length
      own.packets++
      own.bytes += length
      perAgent.set(packet.agentId, own)
      return null
    },
    take: max => {
      const taken: InboundPacket[] = []
      for (let packet = queue.shift(); packet; packet = taken.length < max ? queue.shift() : undefined) {
        taken.push(packet)
        bytes -= packet.payload.length
        const own = perAgent.get(packet.agentId)
        if (!own || --own.packets === 0) perAgent.delete(packet.agentId)
        else own.bytes -= packet.payload.length
      }
      return taken
    },
    get size() {
      return queue.size
    },
    window: () => {
      const full = Math.max(queue.size / packetsMax, bytes / bytesMax)
      const share = full <= FREE_SHARE ? 1 : (1 - Math.min(full, 1)) / (1 - FREE_SHARE)
      return {
        messages: Math.max(WINDOW_MESSAGES_MIN, Math.floor(WINDOW_MESSAGES_MAX * share)),
        bytes: Math.max(WINDOW_BYTES_MAX / 8, Math.floor(WINDOW_BYTES_MAX * share)),
      }
    },
  }
}
