import {
  detailOf,
  type Envelope,
  type EpochMs,
  factProblem,
  type Hello,
  type Unreadable,
  unreachable,
  type WireFact,
  type WireItem,
} from '@tillwatch/shared'
import { itemIdOf } from '../fleet/item-id.ts'
import type { AcceptedFact, AcceptedItem, AcceptedMessage } from './batch.ts'
import { correctionOf, type TimeCorrection } from './corrected-time.ts'

/** Longest part of a refused message that is kept for a person to look at, in characters. */
const REFUSED_TEXT_MAX = 4_096

/** Whose message it is and when it came. */
export interface Arrival {
  readonly agentId: string
  readonly tenantId: string
  readonly receivedAt: EpochMs
  readonly lost: number
}

/** A message for the stores, and how many of its facts had values unfit for their names. */
export interface Accepted {
  readonly message: AcceptedMessage
  readonly invalidFacts: number
}

/** A sequenced message with its times moved to the collector's clock. An unfit fact becomes unknown with its reason; it refuses nothing else. */
export function acceptEnvelope(envelope: Envelope, arrival: Arrival): Accepted {
  const time = correctionOf({
    recordedAt: Date.parse(envelope.recorded_at),
    sentAt: Date.parse(envelope.sent_at),
    ageMs: envelope.age_ms,
    seq: envelope.seq,
    receivedAt: arrival.receivedAt,
  })
  const place = { ...arrival, epoch: envelope.epoch, seq: envelope.seq, refusal: null }
  switch (envelope.kind) {
    case 'telemetry': {
      const { items, invalidFacts } = acceptItems(envelope.body.items, arrival, time)
      const guessed = envelope.age_ms === null ? ({ isTimeGuessed: true } as const) : {}
      return { message: { ...place, kind: 'telemetry', ...guessed, items, event: null }, invalidFacts }
    }
    case 'event': {
      const at = new Date(time.correct(Date.parse(envelope.body.at))).toISOString()
      return { message: { ...place, kind: 'event', items: [], event: { ...envelope.body, at } }, invalidFacts: 0 }
    }
    case 'command_result':
    case 'log_part':
      return { message: { ...place, kind: envelope.kind, items: [], event: null, answer: envelope }, invalidFacts: 0 }
    default:
      return unreachable(envelope)
  }
}

/**
 * A hello's snapshot: fresh facts outside the sequence, standing behind everything that was recorded before it. They were read some time
 * before the hello, which does not tell of a clock that was set since.
 */
export function acceptSnapshot(hello: Hello, arrival: Arrival): Accepted {
  const sentAt = Date.parse(hello.sent_at)
  const time = correctionOf({ recordedAt: sentAt, sentAt, ageMs: 0, seq: 0, receivedAt: arrival.receivedAt })
  const { items, invalidFacts } = acceptItems(hello.snapshot.items, arrival, time)
  const place = { ...arrival, epoch: hello.epoch, seq: hello.next - 1, refusal: null }
  return { message: { ...place, kind: 'snapshot', isTimeGuessed: true, items, event: null }, invalidFacts }
}

/** A message that could not be understood but whose place is known: it is put aside and the sequence goes on. */
export function acceptRefused(
  unreadable: Unreadable & { readonly epoch: number; readonly seq: number },
  payload: Uint8Array,
  arrival: Arrival,
): AcceptedMessage {
  return {
    ...arrival,
    kind: 'refused',
    epoch: unreadable.epoch,
    seq: unreadable.seq,
    items: [],
    event: null,
    refusal: { reason: unreadable.reason, payload: refusedText(payload) },
  }
}

/** The beginning of a refused message as text. */
export const refusedText = (payload: Uint8Array): string =>
  new TextDecoder().decode(payload.subarray(0, REFUSED_TEXT_MAX)).slice(0, REFUSED_TEXT_MAX)

function acceptItems(
  wireItems: readonly WireItem[],
  arrival: Arrival,
  time: TimeCorrection,
): { readonly items: AcceptedItem[]; readonly invalidFacts: number } {
  let invalidFacts = 0
  const items = wireItems.map(item => {
    const facts: Record<string, AcceptedFact> = {}
    for (const [name, fact] of Object.entries(item.facts)) {
      // What people did is written here; no agent may write it.
      if (name === 'agent.command' || name === 'config.accepted') continue
      const accepted = acceptFact(name, fact, item, time)
      if (accepted.invalid) invalidFacts++
      facts[name] = accepted.fact
    }
    if (item.kind === 'pc')
      facts['host.clock.skew_ms'] = { value: Math.round(time.skewMs), at: arrival.receivedAt, source: 'collector' }
    return {
      itemId: itemIdOf(arrival.tenantId, arrival.agentId, item),
      kind: item.kind,
      slot: item.slot,
      identity: item.id,
      at: time.correct(Date.parse(item.at)),
      facts,
    }
  })
  return { items, invalidFacts }
}

function acceptFact(
  name: string,
  fact: WireFact,
  item: WireItem,
  time: TimeCorrection,
): { readonly fact: AcceptedFact; readonly invalid: boolean } {
  const { value, reason, raw, at, source } = detailOf(fact)
  const where = { at: time.correct(Date.parse(at ?? item.at)), source: source ?? item.source }
  const problem = factProblem(name, value)
  if (problem) return { fact: { ...where, value: null, reason: `invalid: ${problem}`.slice(0, 200) }, invalid: true }
  return { fact: { ...where, value, ...(reason && { reason }), ...(raw !== undefined && { raw }) }, invalid: false }
}
