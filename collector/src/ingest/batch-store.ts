import { type Clock, type DownMessage, type Logger, WIRE_VERSION } from '@tillwatch/shared'
import type { Evaluator } from '../alerting/evaluator-port.ts'
import type { Broker, InboundPacket } from '../broker/broker.ts'
import type { CrashPoint } from '../crash-point.ts'
import type { Fleet, UplinkNotes } from '../fleet/fleet.ts'
import type { LiveBus } from '../live/live-bus.ts'
import type { SeriesStore } from '../store/series-store.ts'
import { announce } from './announce.ts'
import type { AcceptedMessage, CommitOutcome } from './batch.ts'
import { type Digest, digest } from './digest.ts'
import type { Intake } from './intake.ts'
import { createStandings } from './standings.ts'
import type { UplinkMetrics } from './uplink-metrics.ts'

/** An agent of a newer version waits for people to update the collector; it asks again now and then. */
const HOLD_NEWER_MS = 10 * 60_000

export interface BatchStoreOptions {
  readonly intake: Pick<Intake, 'window'>
  readonly send: Broker['send']
  readonly fleet: Pick<Fleet, 'standingsOf' | 'note'>
  readonly series: Pick<SeriesStore, 'append'>
  readonly evaluator: Pick<Evaluator, 'derive' | 'commit'>
  readonly metrics: UplinkMetrics
  readonly live: LiveBus
  readonly crash: CrashPoint
  readonly clock: Clock
  readonly log: Logger
}

/** Packets of a batch by their agent, in the order in which they came. */
export type PacketsByAgent = ReadonlyMap<string, readonly InboundPacket[]>

/** At which step a batch failed, and why. */
export interface BatchFailure {
  readonly step: 'standings' | 'digest' | 'series' | 'state' | 'notes' | 'answers'
  readonly thrown: unknown
}

/** Stores one batch: series, then one relational transaction, then `stored` to the agents. */
export interface BatchStore {
  /** Null when all of it is stored and told. After a failure nothing was told; sent again, the messages find out how far they got. */
  store(batch: PacketsByAgent): Promise<BatchFailure | null>
}

export function createBatchStore(options: BatchStoreOptions): BatchStore {
  const { clock, metrics, crash, evaluator } = options
  const standings = createStandings(options.fleet)

  const commit = async (
    messages: readonly AcceptedMessage[],
    entering: (step: 'series' | 'state') => void,
  ): Promise<CommitOutcome | null> => {
    if (messages.length === 0) return null
    entering('series')
    const complete = await evaluator.derive(messages)
    crash('before-series')
    await options.series.append(complete)
    crash('after-series')
    entering('state')
    crash('before-commit')
    const outcome = await evaluator.commit(complete, clock.now())
    crash('after-commit')
    return outcome
  }

  const tell = ({ agentId, answer, newer, standing }: Digest) => {
    if (answer) {
      options.send(agentId, {
        v: WIRE_VERSION,
        kind: 'stored',
        epoch: answer.epoch,
        mark: standing.marks.find(mark => mark.epoch === answer.epoch)?.mark ?? 0,
        highest_epoch: Math.max(standing.position.epoch, answer.epoch),
        window: options.intake.window(),
        sent_at: new Date(clock.now()).toISOString(),
        refused: [...answer.refused],
      })
    }
    if (newer)
      options.send(agentId, holdMessage(`this collector speaks version ${WIRE_VERSION}: update it`, HOLD_NEWER_MS))
  }

  const report = (digests: readonly Digest[], messages: readonly AcceptedMessage[], outcome: CommitOutcome | null) => {
    for (const message of messages) {
      metrics.stored(message.kind, 1)
      if (message.lost > 0) metrics.lost(message.lost)
      if (message.answer) options.live.publish({ topic: 'agent', id: message.agentId })
    }
    for (const { agentId, presence, duplicate, refusals, invalidFacts } of digests) {
      for (const refusal of refusals) metrics.notTaken(refusal)
      if (invalidFacts > 0) metrics.invalidFacts(invalidFacts)
      if (presence || duplicate) options.live.publish({ topic: 'agent', id: agentId })
    }
    if (outcome) announce(outcome, messages, options)
  }

  return {
    store: async batch => {
      let step: BatchFailure['step'] = 'standings'
      try {
        await standings.load([...batch.keys()])
        step = 'digest'
        const digests = [...batch].map(([agentId, packets]) => digest(standings.of(agentId), packets))
        const messages = digests.flatMap(one => one.messages)
        const outcome = await commit(messages, next => {
          step = next
        })
        step = 'notes'
        const notes = notesOf(digests)
        if (notes) await options.fleet.note(notes)
        step = 'answers'
        for (const one of digests) standings.set(one.agentId, one.standing)
        for (const one of digests) tell(one)
        crash('after-stored')
        report(digests, messages, outcome)
        return null
      } catch (thrown) {
        standings.forget([...batch.keys()])
        return { step, thrown }
      }
    },
  }
}

/** Asks an agent to keep its messages and to come again. */
export const holdMessage = (reason: string, retryAfterMs: number): DownMessage => ({
  v: WIRE_VERSION,
  kind: 'hold',
  reason,
  retry_after_ms: retryAfterMs,
})

/** Null when there is nothing to write down. */
function notesOf(digests: readonly Digest[]): UplinkNotes | null {
  const presence = digests.flatMap(({ agentId, presence }) => (presence ? [{ agentId, ...presence }] : []))
  const duplicates = digests.flatMap(({ agentId, duplicate }) => (duplicate ? [{ agentId, ...duplicate }] : []))
  const unplaced = digests.flatMap(({ agentId, unplaced }) => unplaced.map(one => ({ agentId, ...one })))
  const nothing = presence.length + duplicates.length + unplaced.length === 0
  return nothing ? null : { presence, duplicates, unplaced, heard: [], unknown: [] }
}
