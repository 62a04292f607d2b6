import { backoffMs, type Component, messageOf } from '@tillwatch/shared'
import type { InboundPacket } from '../broker/broker.ts'
import {
  type BatchFailure,
  type BatchStoreOptions,
  createBatchStore,
  holdMessage,
  type PacketsByAgent,
} from './batch-store.ts'
import type { Intake } from './intake.ts'

/** Packets in one batch: one commit to the disk for all of them. */
const BATCH_PACKETS_MAX = 256
/** An agent whose messages could not be stored asks again after this long. */
const HOLD_FAILURE_MS = 15_000
/** When so many agents fail alone and none does not, it is no fault of theirs: the rest is not tried in vain. */
const FAILURES_MAX = 8
const RETRY = { firstMs: 500, capMs: 15_000, factor: 2, jitter: 0.3 }

/** Everything between the broker and the stores. */
export interface IngestOptions extends BatchStoreOptions {
  readonly intake: Intake
  readonly random: () => number
}

/** Takes packets at once and stores them in batches; tells agents what is stored only when it is. */
export interface Ingest extends Component {
  /** Never blocks. False when there is no room: the agent will send again. */
  take(packet: InboundPacket): boolean
}

/** The one loop that carries packets from the queue to the stores. A failure stores nothing and loses nothing. */
export function createIngest(options: IngestOptions): Ingest {
  const { intake, clock, metrics, log } = options
  const batches = createBatchStore(options)
  const stopping = new AbortController()
  let wake: () => void = () => {}
  let running: Promise<void> = Promise.resolve()

  const run = async () => {
    let failures = 0
    while (!stopping.signal.aborted) {
      const packets = intake.take(BATCH_PACKETS_MAX)
      if (packets.length === 0) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
        continue
      }
      const startedAt = clock.monotonic()
      const healthy = await carry(Map.groupBy(packets, packet => packet.agentId))
      metrics.batch(clock.monotonic() - startedAt)
      failures = healthy ? 0 : failures + 1
      if (!healthy) await clock.sleep(backoffMs(RETRY, failures - 1, options.random()), stopping.signal)
    }
  }

  /** True when at least a part of the batch went through. */
  const carry = async (batch: PacketsByAgent): Promise<boolean> => {
    const failure = await batches.store(batch)
    if (failure === null) return true
    if (batch.size > 1) return carryEach(batch)
    fail([...batch.keys()], failure)
    return false
  }

  /** One agent's messages must not stop the others': each agent is tried alone, anew from what the store says, before it is told to wait. */
  const carryEach = async (batch: PacketsByAgent): Promise<boolean> => {
    const left = new Map(batch)
    let failed = 0
    let stored = 0
    for (const [agentId, packets] of batch) {
      if (stopping.signal.aborted) break
      left.delete(agentId)
      const failure = await batches.store(new Map([[agentId, packets]]))
      if (failure === null) {
        stored++
        continue
      }
      const isGeneral = ++failed >= FAILURES_MAX && stored === 0
      fail(isGeneral ? [agentId, ...left.keys()] : [agentId], failure)
      if (isGeneral) break
    }
    return stored > 0
  }

  const fail = (agentIds: readonly string[], { step, thrown }: BatchFailure): void => {
    metrics.storeFailure(step)
    log.error(
      { step, agents: agentIds.length, agent: agentIds[0], problem: messageOf(thrown) },
      'messages could not be stored; agents keep them. Check free space and rights of the data folder',
    )
    for (const agentId of agentIds)
      options.send(agentId, holdMessage('the collector cannot store now', HOLD_FAILURE_MS))
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
