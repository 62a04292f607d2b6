import {
  backoffMs,
  type Clock,
  type Component,
  type DownMessage,
  type Logger,
  messageOf,
  WIRE_VERSION,
} from '@tillwatch/shared'
import type { Evaluator } from '../alerting/evaluator-port.ts'
import type { Broker, InboundPacket } from '../broker/broker.ts'
import type { CrashPoint } from '../crash-point.ts'
import type { Fleet, UplinkNotes } from '../fleet/fleet.ts'
import type { LiveBus } from '../live/live-bus.ts'
import type { SeriesStore } from '../store/series-store.ts'
import type { AcceptedMessage, CommitOutcome } from './batch.ts'
import { type Digest, digest } from './digest.ts'
import type { Intake } from './intake.ts'
import { createStandings } from './standings.ts'
import type { UplinkMetrics } from './uplink-metrics.ts'

/** Packets in one batch: one commit to the disk for all of them. */
export const BATCH_PACKETS_MAX = 256
/** An agent whose messages could not be stored asks again after this long. */
const HOLD_FAILURE_MS = 15_000
/** An agent of a newer version waits for people to update the collector; it asks again now and then. */
const HOLD_NEWER_MS = 10 * 60_000
const RETRY = { firstMs: 500, capMs: 15_000, factor: 2, jitter: 0.3 }

/** Everything between the broker and the stores. */
export interface IngestOptions {
  readonly intake: Intake
  readonly send: Broker['send']
  readonly fleet: Pick<Fleet, 'standingsOf' | 'note'>
  readonly series: Pick<SeriesStore, 'append'>
  readonly evaluator: Pick<Evaluator, 'derive' | 'commit'>
  readonly metrics: UplinkMetrics
  readonly live: LiveBus
  readonly crash: CrashPoint
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
}

/** Takes packets at once and stores them in batches; tells agents what is stored only when it is. */
export interface Ingest extends Component {
  /** Never blocks. False when there is no room: the agent will send again. */
  take(packet: InboundPacket): boolean
}

/** The one loop that carries packets to the stores: series, then one relational transaction, then `stored`. A failure stores nothing and loses nothing. */
export function createIngest(options: IngestOptions): Ingest {
  const { intake, clock, metrics, log } = options
  const standings = createStandings(options.fleet)
  const stopping = new AbortController()
  let wake: () => void = () => {}
  let failures = 0
  let running: Promise<void> = Promise.resolve()

  const run = async () => {
    while (!stopping.signal.aborted) {
      const packets = intake.take(BATCH_PACKETS_MAX)
      if (packets.length === 0) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
        continue
      }
      const startedAt = clock.monotonic()
      const healthy = await carry(packets)
      metrics.batch(clock.monotonic() - startedAt)
      failures = healthy ? 0 : failures + 1
      if (!healthy) await clock.sleep(backoffMs(RETRY, failures - 1, options.random()), stopping.signal)
    }
  }

  /** True when at least a part of the batch went through. */
  const carry = async (packets: readonly InboundPacket[]): Promise<boolean> => {
    const byAgent = Map.groupBy(packets, packet => packet.agentId)
    try {
      await standings.load([...byAgent.keys()])
    } catch (thrown) {
      return fail([...byAgent.keys()], 'standings', thrown)
    }
    const digests: Digest[] = []
    for (const [agentId, own] of byAgent) digests.push(digest(standings.of(agentId), own))
    for (const refusal of digests.flatMap(one => one.refusals)) metrics.notTaken(refusal)
    metrics.invalidFacts(digests.reduce((sum, one) => sum + one.invalidFacts, 0))
    const failure = await attempt(digests)
    if (failure === null) return true
    if (byAgent.size === 1) return fail([...byAgent.keys()], failure.step, failure.thrown)
    return carryEach(byAgent)
  }

  /** One agent's messages must not stop the others': each agent is tried alone, anew from what the store says, before it is told to wait. */
  const carryEach = async (byAgent: ReadonlyMap<string, readonly InboundPacket[]>): Promise<boolean> => {
    let anyStored = false
    for (const [agentId, own] of byAgent) {
      const failure = await standings.load([agentId]).then(
        () => attempt([digest(standings.of(agentId), own)]),
        (thrown: unknown) => ({ step: 'standings', thrown }),
      )
      if (failure === null) anyStored = true
      else fail([agentId], failure.step, failure.thrown)
    }
    return anyStored
  }

  const attempt = async (digests: readonly Digest[]): Promise<{ step: string; thrown: unknown } | null> => {
    let step = 'series'
    try {
      const messages = digests.flatMap(one => one.messages)
      let outcome: CommitOutcome | null = null
      if (messages.length > 0) {
        const complete = await options.evaluator.derive(messages)
        options.crash('before-series')
        await options.series.append(complete)
        options.crash('after-series')
        step = 'state'
        options.crash('before-commit')
        outcome = await options.evaluator.commit(complete, clock.now())
        options.crash('after-commit')
      }
      step = 'notes'
      const notes = notesOf(digests)
      if (notes) await options.fleet.note(notes)
      for (const one of digests) standings.set(one.agentId, one.standing)
      for (const one of digests) tell(one)
      options.crash('after-stored')
      report(digests, messages, outcome)
      return null
    } catch (thrown) {
      standings.forget(digests.map(one => one.agentId))
      return { step, thrown }
    }
  }

  const tell = ({ agentId, answer, newer, standing }: Digest) => {
    if (answer) {
      options.send(agentId, {
        v: WIRE_VERSION,
        kind: 'stored',
        epoch: answer.epoch,
        mark: standing.marks.find(mark => mark.epoch === answer.epoch)?.mark ?? 0,
        highest_epoch: Math.max(standing.position.epoch, answer.epoch),
        window: intake.window(),
        refused: [...answer.refused],
      })
    }
    if (newer) options.send(agentId, hold(`this collector speaks version ${WIRE_VERSION}: update it`, HOLD_NEWER_MS))
  }

  const fail = (agentIds: readonly string[], step: string, thrown: unknown): false => {
    metrics.storeFailure(step)
    log.error(
      { step, agents: agentIds.length, agent: agentIds[0], problem: messageOf(thrown) },
      'messages could not be stored; agents keep them. Check free space and rights of the data folder',
    )
    for (const agentId of agentIds) options.send(agentId, hold('the collector cannot store now', HOLD_FAILURE_MS))
    return false
  }

  const report = (digests: readonly Digest[], messages: readonly AcceptedMessage[], outcome: CommitOutcome | null) => {
    for (const message of messages) {
      metrics.stored(message.kind, 1)
      if (message.lost > 0) metrics.lost(message.lost)
    }
    for (const { agentId, presence, duplicate } of digests)
      if (presence || duplicate) options.live.publish({ topic: 'agent', id: agentId })
    if (outcome) announce(outcome, messages, options)
  }

  return {
    start: async () => {
      running = run()
    },
    stop: async () => {
      stopping.abort()
      wake()
      await running
    },
    take: packet => {
      const refused = intake.push(packet)
      if (refused) metrics.notTaken(refused)
      else wake()
      return refused === null
    },
  }
}

const hold = (reason: string, retryAfterMs: number): DownMessage => ({
  v: WIRE_VERSION,
  kind: 'hold',
  reason,
  retry_after_ms: retryAfterMs,
})

/** Tells the pages what a commit changed, and counts items that failed alone. */
export function announce(
  outcome: CommitOutcome,
  messages: readonly AcceptedMessage[],
  to: { readonly live: LiveBus; readonly metrics: Pick<UplinkMetrics, 'itemFailures'>; readonly log: Logger },
): void {
  const agentOf = new Map<string, string>()
  for (const message of messages) for (const item of message.items) agentOf.set(item.itemId, message.agentId)
  for (const id of outcome.itemIds) to.live.publish({ topic: 'item', id, agentId: agentOf.get(id) ?? '' })
  for (const id of outcome.incidentIds) to.live.publish({ topic: 'incident', id })
  if (outcome.failures.length === 0) return
  to.metrics.itemFailures(outcome.failures.length)
  for (const { itemId, message } of outcome.failures)
    to.log.error({ item: itemId, problem: message }, 'an item could not be evaluated; the others were')
}

/** Null when there is nothing to write down. */
function notesOf(digests: readonly Digest[]): UplinkNotes | null {
  const presence = digests.flatMap(({ agentId, presence }) => (presence ? [{ agentId, ...presence }] : []))
  const duplicates = digests.flatMap(({ agentId, duplicate }) => (duplicate ? [{ agentId, ...duplicate }] : []))
  const unplaced = digests.flatMap(({ agentId, unplaced }) => unplaced.map(one => ({ agentId, ...one })))
  const nothing = presence.length + duplicates.length + unplaced.length === 0
  return nothing ? null : { presence, duplicates, unplaced, heard: [], unknown: [] }
}
