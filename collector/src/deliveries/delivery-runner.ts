import { AppError, type Clock, type Component, type Logger } from '@tillwatch/shared'
import type { DeskTest, DeskView } from '@tillwatch/shared/api'
import type { RoutedPlacement } from '../connectors/connector.ts'
import type { Desk } from '../connectors/registry.ts'
import type { CrashPoint } from '../crash-point.ts'
import type { CountAttempt } from './delivery-metrics.ts'
import type { Deliveries, DeliveryAct, OpeningAnew } from './delivery-port.ts'
import { createDeskLane, type DeskLane } from './desk-lane.ts'
import { createDeskProblems, type DeskProblems } from './desk-problems.ts'
import { testDesk } from './desk-test.ts'
import { createFallbackWatch } from './fallback-watch.ts'

export interface RunnerOptions {
  readonly desks: readonly Pick<Desk, 'connector' | 'pace' | 'tenants' | 'fallback'>[]
  readonly deliveries: Deliveries
  readonly publicUrl: string | null
  readonly clock: Clock
  readonly random: () => number
  readonly logger: Logger
  readonly crashPoint: CrashPoint
  /** An incident's deliveries changed; for live pages. */
  readonly settled: (incidentId: string, desk: string) => void
  readonly attempted?: CountAttempt
}

/** Brings every message of the outbox to its desk: one runner retries for all connectors. Lives in the main thread. */
export interface DeliveryRunner extends Component {
  /** What does not fit between desks and their settings, as far as it is known. */
  readonly problems: DeskProblems
  /** Called after every commit: something may be due. */
  wake(): void
  /** The desks that hear a tenant's incidents, with what became of its own messages. */
  desks(tenantId: string): Promise<readonly DeskView[]>
  /**
   * These placements and a test ticket, step by step, in words; once it passes, what the desk had refused of the tenant's is sent again. Rejects with
   * `desk.unknown`, also for a desk of others.
   */
  testDesk(tenantId: string, name: string, placements?: readonly RoutedPlacement[]): Promise<DeskTest>
  /** Rejects with `desk.unknown` where a tenant's incidents are not heard. */
  mustKnow(tenantId: string, name: string): void
  /** What a person wants of one message; it happens at once. Rejects as `Deliveries.act`. */
  act(act: DeliveryAct): Promise<void>
  /** Opens a ticket that was deleted in the desk once more, at once. Rejects as `Deliveries.openAnew`, and with `desk.unknown`. */
  openAnew(wanted: OpeningAnew): Promise<void>
  /** Sends again what a desk refused of the tenant's, and ends its pause. Rejects with `desk.unknown`, also for a desk of others. */
  retryDesk(tenantId: string, name: string): Promise<void>
}

/** The runner over the deliveries service. */
export function createDeliveryRunner(options: RunnerOptions): DeliveryRunner {
  const { deliveries, clock } = options
  const problems = createDeskProblems()
  const lanes = new Map<string, { desk: RunnerOptions['desks'][number]; lane: DeskLane }>()
  for (const desk of options.desks) {
    const { connector, tenants, pace } = desk
    const made = (warning: string | undefined) => problems.made(connector.name, warning)
    const refused = (words: string | undefined) => problems.refused(connector.name, words)
    lanes.set(connector.name, { desk, lane: createDeskLane({ ...options, connector, tenants, pace, made, refused }) })
  }
  const watches = options.desks.flatMap(({ connector: { name: desk }, fallback }) => {
    if (!fallback) return []
    const isFailing = () => lanes.get(desk)?.lane.failing ?? false
    const told = () => lanes.get(fallback.desk)?.lane.wake()
    return createFallbackWatch({ ...options, desk, fallback, isFailing, told })
  })
  const stopping = new AbortController()
  const namesOf = (tenantId: string) =>
    [...lanes].flatMap(([name, { desk }]) => (desk.tenants.includes(tenantId) ? name : []))
  const known = (tenantId: string, name: string) => {
    const found = lanes.get(name)
    if (found?.desk.tenants.includes(tenantId)) return found
    throw new AppError('desk.unknown', `there is no desk ${name}`, {
      nextStep: `Configured desks: ${namesOf(tenantId).join(', ') || 'none'}.`,
    })
  }
  const resend = async (tenantId: string, name: string): Promise<number> => {
    const { lane } = known(tenantId, name)
    const again = await deliveries.retryDesk(tenantId, name, clock.now())
    lane.resume()
    return again
  }
  return {
    problems,
    start: async () => {
      for (const { lane } of lanes.values()) await lane.start()
      for (const watch of watches) await watch.start()
    },
    stop: async () => {
      stopping.abort()
      await Promise.all([...watches, ...[...lanes.values()].map(({ lane }) => lane)].map(part => part.stop()))
    },
    wake: () => {
      for (const { lane } of lanes.values()) lane.wake()
    },
    desks: async tenantId => {
      const counts = await deliveries.counts(tenantId, namesOf(tenantId))
      return counts.map(count => {
        const { desk, lane } = known(tenantId, count.desk)
        // What waits behind a call that failed tells that the desk takes nothing now, however few were tried.
        const isStuck = lane.lastError !== null && count.waiting > 0
        const ails = count.failing || lane.lastError !== null
        return {
          name: count.desk,
          kind: desk.connector.kind,
          searchable: desk.connector.capabilities.keySearch,
          state: count.paused ? 'paused' : lane.failing || count.failing || isStuck ? 'failing' : 'ready',
          problem: ails ? count.problem : null,
          waiting: count.waiting,
          delivered: count.delivered,
          failed: count.failed,
          calledAt: count.calledAt === null ? null : new Date(count.calledAt).toISOString(),
        }
      })
    },
    testDesk: async (tenantId, name, placements) => {
      const { connector } = known(tenantId, name).desk
      const tested = await testDesk(connector, clock, options.random, stopping.signal, placements)
      if (!tested.ok) return tested
      // What had been found wrong is put right.
      problems.probed(name, [])
      problems.made(name, undefined)
      const again = await resend(tenantId, name)
      const message = `${again} messages that it had refused are sent again`
      return again === 0 ? tested : { ...tested, steps: [...tested.steps, { name: 'resend', ok: true, message }] }
    },
    mustKnow: (tenantId, name) => void known(tenantId, name),
    act: async wanted => {
      const { desk, incidentId } = await deliveries.act(wanted, clock.now())
      const lane = lanes.get(desk)?.lane
      if (wanted.action === 'retry') lane?.resume()
      else lane?.wake()
      if (incidentId !== null) options.settled(incidentId, desk)
    },
    openAnew: async wanted => {
      const { lane } = known(wanted.tenantId, wanted.desk)
      await deliveries.openAnew(wanted, clock.now())
      lane.wake()
      options.settled(wanted.incidentId, wanted.desk)
    },
    retryDesk: async (tenantId, name) => {
      await resend(tenantId, name)
    },
  }
}
