import { AppError, type Clock, type Component, type Logger } from '@tillwatch/shared'
import type { DeskTest, DeskView } from '@tillwatch/shared/api'
import type { Desk } from '../connectors/registry.ts'
import type { CrashPoint } from '../crash-point.ts'
import type { Deliveries } from './delivery-port.ts'
import { createDeskLane, type DeskLane } from './desk-lane.ts'
import { testDesk } from './desk-test.ts'

export interface RunnerOptions {
  readonly desks: readonly Pick<Desk, 'connector' | 'ratePerSecond'>[]
  readonly deliveries: Deliveries
  readonly publicUrl: string | null
  readonly clock: Clock
  readonly random: () => number
  readonly logger: Logger
  readonly crashPoint: CrashPoint
  /** An incident's deliveries changed; for live pages. */
  readonly settled: (incidentId: string) => void
}

/** Brings every message of the outbox to its desk: one runner retries for all connectors. Lives in the main thread. */
export interface DeliveryRunner extends Component {
  /** Called after every commit: something may be due. */
  wake(): void
  desks(): Promise<readonly DeskView[]>
  /** A test ticket, step by step, in words; once it passes, what the desk had refused is sent again. Rejects with `desk.unknown`. */
  testDesk(name: string): Promise<DeskTest>
  /** Sends again what a desk refused, and ends its pause. Rejects with `desk.unknown`. */
  retryDesk(name: string): Promise<void>
}

/** The runner over the deliveries service. */
export function createDeliveryRunner(options: RunnerOptions): DeliveryRunner {
  const { deliveries, clock } = options
  const lanes = new Map<string, { desk: RunnerOptions['desks'][number]; lane: DeskLane }>()
  for (const desk of options.desks) {
    const { connector, ratePerSecond } = desk
    lanes.set(connector.name, { desk, lane: createDeskLane({ ...options, connector, ratePerSecond }) })
  }
  const stopping = new AbortController()
  const known = (name: string) => {
    const found = lanes.get(name)
    if (found) return found
    throw new AppError('desk.unknown', `there is no desk ${name}`, {
      nextStep: `Configured desks: ${[...lanes.keys()].join(', ') || 'none'}.`,
    })
  }
  const resend = async (name: string): Promise<number> => {
    const { lane } = known(name)
    const again = await deliveries.retryDesk(name, clock.now())
    lane.resume()
    return again
  }
  return {
    start: async () => {
      for (const { lane } of lanes.values()) await lane.start()
    },
    stop: async () => {
      stopping.abort()
      await Promise.all([...lanes.values()].map(({ lane }) => lane.stop()))
    },
    wake: () => {
      for (const { lane } of lanes.values()) lane.wake()
    },
    desks: async () => {
      const counts = await deliveries.counts([...lanes.keys()])
      return counts.map(count => {
        const { desk, lane } = known(count.desk)
        const problem = count.problem ?? lane.lastError
        return {
          name: count.desk,
          kind: desk.connector.kind,
          searchable: desk.connector.capabilities.keySearch,
          state: count.paused ? 'paused' : lane.failing || count.problem !== null ? 'failing' : 'ready',
          problem,
          waiting: count.waiting,
          delivered: count.delivered,
          failed: count.failed,
        }
      })
    },
    testDesk: async name => {
      const tested = await testDesk(known(name).desk.connector, clock, options.random, stopping.signal)
      if (!tested.ok) return tested
      const again = await resend(name)
      const message = `${again} messages that it had refused are sent again`
      return again === 0 ? tested : { ...tested, steps: [...tested.steps, { name: 'resend', ok: true, message }] }
    },
    retryDesk: async name => {
      await resend(name)
    },
  }
}
