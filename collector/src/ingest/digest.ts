import { assert, decodeUp, type Envelope, type EpochMs, type Hello, status, type Unreadable } from '@tillwatch/shared'
import type { InboundPacket } from '../broker/broker.ts'
import type { AgentStanding } from '../fleet/fleet.ts'
import { afterHello, type IdentityTrace } from '../fleet/identity-watch.ts'
import { afterStatus, type Presence } from '../fleet/presence.ts'
import {
  type Accepted,
  type Arrival,
  acceptEnvelope,
  acceptRefused,
  acceptSnapshot,
  refusedText,
} from './accept-message.ts'
import { judge, type NotTaken, type Position } from './acceptance.ts'
import type { AcceptedMessage } from './batch.ts'

/** Where one agent stands, in memory: what the store knows plus how far its own numbering was seen. */
export interface Standing extends AgentStanding {
  readonly trace: IdentityTrace
}

/** Why a packet led to no message; a closed list, each is counted. */
export type Refusal = NotTaken | 'malformed' | 'newer' | 'unplaced' | 'bad_status' | 'old_will'

/** What one agent's packets of one batch come to. Nothing of it holds until it is stored. */
export interface Digest {
  readonly agentId: string
  readonly standing: Standing
  readonly messages: readonly AcceptedMessage[]
  /** Epoch that the agent is told about, and messages that were put aside; null when there is nothing to tell. */
  readonly answer: {
    readonly epoch: number
    readonly refused: readonly { readonly seq: number; readonly reason: string }[]
  } | null
  /** Set when the agent speaks a newer version of the wire: it is told to wait. */
  readonly newer: string | null
  readonly presence: { readonly presence: Presence; readonly address: string; readonly at: EpochMs } | null
  readonly duplicate: { readonly at: EpochMs; readonly details: string } | null
  readonly unplaced: readonly { readonly reason: string; readonly payload: string; readonly at: EpochMs }[]
  readonly refusals: readonly Refusal[]
  readonly invalidFacts: number
}

/** Bytes without a place kept of one agent and batch. */
const UNPLACED_MAX = 4

/** One agent's packets, in the order in which they came, against where it stands. Pure; never throws on what the packets say. */
export function digest(standing: Standing, packets: readonly InboundPacket[]): Digest {
  const [first] = packets
  assert(first, 'a digest is of at least one packet')
  const reader = new AgentReader(standing, first)
  for (const packet of packets) reader.read(packet)
  return reader.result()
}

class AgentReader {
  #position: Position
  #marks: readonly Position[]
  #trace: IdentityTrace
  #presence: Presence
  readonly #first: InboundPacket
  readonly #messages: AcceptedMessage[] = []
  #epoch: number | null = null
  #refused: { seq: number; reason: string }[] = []
  #newer: string | null = null
  #presenceChange: Digest['presence'] = null
  #duplicate: Digest['duplicate'] = null
  readonly #unplaced: { reason: string; payload: string; at: EpochMs }[] = []
  readonly #refusals: Refusal[] = []
  #invalidFacts = 0

  constructor(standing: Standing, first: InboundPacket) {
    this.#position = standing.position
    this.#marks = standing.marks
    this.#trace = standing.trace
    this.#presence = standing.presence
    this.#first = first
  }

  read(packet: InboundPacket): void {
    if (packet.channel === 'status') this.#readStatus(packet)
    else this.#readUp(packet)
  }

  #readUp(packet: InboundPacket): void {
    const decoded = decodeUp(packet.payload)
    if ('unreadable' in decoded) this.#readUnreadable(decoded.unreadable, packet)
    else if (decoded.message.agent !== packet.agentId) this.#readForeign(decoded.message, packet)
    else if (decoded.message.kind === 'hello') this.#readHello(decoded.message, packet)
    else this.#readEnvelope(decoded.message, packet)
  }

  result(): Digest {
    const standing = { position: this.#position, marks: this.#marks, presence: this.#presence, trace: this.#trace }
    return {
      agentId: this.#first.agentId,
      standing,
      messages: this.#messages,
      answer: this.#epoch === null ? null : { epoch: this.#epoch, refused: this.#refused },
      newer: this.#newer,
      presence: this.#presenceChange,
      duplicate: this.#duplicate,
      unplaced: this.#unplaced,
      refusals: this.#refusals,
      invalidFacts: this.#invalidFacts,
    }
  }

  /** The agent is told about the epoch that it spoke of last, and only what concerns that one. */
  #answers(epoch: number): void {
    if (epoch !== this.#epoch) this.#refused = []
    this.#epoch = epoch
  }

  #readEnvelope(envelope: Envelope, packet: InboundPacket): void {
    this.#answers(envelope.epoch)
    const verdict = judge(this.#position, envelope)
    if (!verdict.take) return void this.#refusals.push(verdict.reason)
    this.#take(acceptEnvelope(envelope, arrivalOf(packet, verdict.lost)), verdict.position)
  }

  #readHello(hello: Hello, packet: InboundPacket): void {
    this.#answers(hello.epoch)
    this.#becomes({ state: 'online', connection: hello.connection }, packet)
    const { trace, duplicate } = afterHello(
      this.#trace,
      { epoch: hello.epoch, next: hello.next, tookOver: packet.tookOver },
      packet.receivedAt,
    )
    this.#trace = trace
    if (duplicate) {
      const details = { address: packet.address, epoch: hello.epoch, next: hello.next, connection: hello.connection }
      this.#duplicate = { at: packet.receivedAt, details: JSON.stringify(details) }
    }
    if (hello.epoch < this.#position.epoch) return void this.#refusals.push('old_epoch')
    const position = hello.epoch > this.#position.epoch ? { epoch: hello.epoch, mark: 0 } : this.#position
    this.#take(acceptSnapshot(hello, arrivalOf(packet, 0)), position)
  }

  /** The broker knows whose connection it is; an envelope that says otherwise is no message of anybody. */
  #readForeign(message: Envelope | Hello, packet: InboundPacket): void {
    const { epoch, seq, base } = message.kind === 'hello' ? { epoch: null, seq: null, base: null } : message
    this.#readUnreadable({ kind: 'malformed', reason: 'agent: names another agent', epoch, seq, base }, packet)
  }

  /** A refused message that is next is put aside and the sequence goes on; of a newer version nothing is judged. */
  #readUnreadable(unreadable: Unreadable, packet: InboundPacket): void {
    const { epoch, seq, base, reason } = unreadable
    if (unreadable.kind === 'newer') {
      this.#newer = reason
      return void this.#refusals.push('newer')
    }
    // A hello has no place; its sender waits for the mark before it says anything else.
    if (epoch !== null) this.#answers(epoch)
    if (epoch === null || seq === null) {
      this.#refusals.push('unplaced')
      if (this.#unplaced.length < UNPLACED_MAX)
        this.#unplaced.push({ reason, payload: refusedText(packet.payload), at: packet.receivedAt })
      return
    }
    const verdict = judge(this.#position, { epoch, seq, base })
    // One that was put aside before is named again: the first answer may have been lost with its connection.
    if (verdict.take || verdict.reason === 'duplicate') this.#refused.push({ seq, reason: reason.slice(0, 200) })
    this.#refusals.push(verdict.take ? 'malformed' : verdict.reason)
    if (!verdict.take) return
    const message = acceptRefused({ ...unreadable, epoch, seq }, packet.payload, arrivalOf(packet, verdict.lost))
    this.#take({ message, invalidFacts: 0 }, verdict.position)
  }

  #readStatus(packet: InboundPacket): void {
    let said: unknown
    try {
      said = JSON.parse(new TextDecoder().decode(packet.payload))
    } catch {
      said = null
    }
    const parsed = status.safeParse(said)
    if (!parsed.success) return void this.#refusals.push('bad_status')
    const after = afterStatus(this.#presence, parsed.data)
    if (after) this.#becomes(after, packet)
    else if (parsed.data.state === 'offline') this.#refusals.push('old_will')
  }

  #becomes(presence: Presence, packet: InboundPacket): void {
    if (presence.state === this.#presence.state && presence.connection === this.#presence.connection) return
    this.#presence = presence
    this.#presenceChange = { presence, address: packet.address, at: packet.receivedAt }
  }

  #take(accepted: Accepted, position: Position): void {
    this.#messages.push(accepted.message)
    this.#invalidFacts += accepted.invalidFacts
    this.#position = position
    this.#marks = [position, ...this.#marks.filter(mark => mark.epoch !== position.epoch)].slice(0, 16)
    const next = position.mark + 1
    if (position.epoch > this.#trace.epoch || (position.epoch === this.#trace.epoch && next > this.#trace.next))
      this.#trace = { ...this.#trace, epoch: position.epoch, next }
  }
}

const arrivalOf = (packet: InboundPacket, lost: number): Arrival => ({
  agentId: packet.agentId,
  tenantId: packet.tenantId,
  receivedAt: packet.receivedAt,
  lost,
})
