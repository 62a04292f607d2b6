import type { DatabaseSync } from 'node:sqlite'
import { type Connector, USUAL_PLACE } from '@tillwatch/collector/connectors/connector'
import { deskConfigs } from '@tillwatch/collector/connectors/desk-config'
import { createDesks } from '@tillwatch/collector/connectors/registry'
import { createDeliveryRunner, type DeliveryRunner } from '@tillwatch/collector/deliveries/delivery-runner'
import { createDeliveries } from '@tillwatch/collector/deliveries/delivery-store'
import { createDeliveryOutbox } from '@tillwatch/collector/deliveries/outbox'
import type { DeliveryKind } from '@tillwatch/collector/deliveries/payload'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { type Clock, systemClock } from '@tillwatch/shared'
import { recordingLogger } from '@tillwatch/shared/testing'
import { deskIncident } from './connector-incident.ts'
import type { KindOfDesk } from './desks/every-kind.ts'

/** An answer that takes longer comes too late. */
const DEADLINE_MS = 300
const PATIENCE_MS = 25_000

type Level = 1 | 2 | 3 | 4

/** The outbox and its runner over one imitation, in a time that passes as soon as somebody waits for it. */
export interface DeliveryWorld {
  readonly clock: Clock
  readonly database: DatabaseSync
  readonly runner: DeliveryRunner
  /** When each request came to the desk, ms. */
  readonly arrivals: readonly number[]
  /** Most requests that were under way together. */
  readonly together: () => number
  /** Writes a message into the outbox, and the incident with its first one. */
  tell(id: string, kind: DeliveryKind, text: string, priority?: Level): void
  /** `kind state` of every message of an incident, or of all. */
  states(id?: string): readonly string[]
  /** The key of an incident. */
  keyOf(id: string): string
  /** Waits until something is so; fails with the states of all messages. */
  until(isSo: () => boolean): Promise<void>
  /** Waits until no message waits. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export interface WorldOptions {
  readonly settings?: Readonly<Record<string, unknown>>
  /** Puts something between the runner and the connector. */
  readonly through?: (connector: Connector) => Connector
  /** After every settled message. */
  readonly settled?: (incidentId: string) => void
  /** How long `until` waits in the time of day. */
  readonly patienceMs?: number
}

/** Starts one with an empty outbox. */
export async function createDeliveryWorld(
  desk: KindOfDesk,
  { settings = {}, through = connector => connector, settled = () => {}, patienceMs = PATIENCE_MS }: WorldOptions = {},
): Promise<DeliveryWorld> {
  Object.assign(process.env, desk.env)
  const database = openDatabase(':memory:')
  migrate(database, STATE_MIGRATIONS)
  const clock = impatientClock()
  const line = watchLine(desk, clock)
  const desks = createDesks(deskConfigs.parse([{ ...desk.settings, ...settings }]), clock)
  const runner = createDeliveryRunner({
    desks: desks.map(each => ({ ...each, connector: through(each.connector) })),
    deliveries: createDeliveries(database),
    publicUrl: 'https://tillwatch.test',
    clock,
    random: () => 0.5,
    logger: recordingLogger(),
    crashPoint: () => {},
    settled,
  })
  const incidents = createIncidentStore(database)
  const target = { desk: desk.name, placement: USUAL_PLACE, route: null, dryRun: false }
  const outbox = createDeliveryOutbox(database, () => [target])
  const selectStates = database.prepare('SELECT incident_id AS id, kind, state FROM deliveries ORDER BY id')
  const waiting = database.prepare(`SELECT 1 FROM deliveries WHERE state IN ('waiting', 'unknown')`)

  const incidentOf = (id: string) => incidents.byId(id) ?? deskIncident(id, incidents.nextNumber('main'), clock.now())
  const states: DeliveryWorld['states'] = id =>
    selectStates.all().flatMap(row => (id === undefined || row['id'] === id ? `${row['kind']} ${row['state']}` : []))
  const until: DeliveryWorld['until'] = async isSo => {
    const endsAt = performance.now() + patienceMs
    while (!isSo()) {
      if (performance.now() > endsAt) throw new Error(`still: ${[...new Set(states())].join(', ')}`)
      await new Promise(resolve => setTimeout(resolve, 2))
    }
  }
  await runner.start()
  return {
    clock,
    database,
    runner,
    ...line,
    tell: (id, kind, text, priority = 3) => {
      const incident = incidentOf(id)
      incidents.save({ ...incident, priority })
      const subject = {
        ...{ incidentId: id, number: incident.number, key: incident.deskKey, episode: 1, causeClass: 'ofd' },
        ...{ itemId: incident.itemId, ci: 'ШТРИХ-М 1', site: null, client: null },
        openedAt: new Date(clock.now()).toISOString(),
      }
      const both = { ru: text, en: text }
      outbox.add(incident, kind, { title: incident.title, text: both, priority, subject }, clock.now())
      runner.wake()
    },
    states,
    keyOf: id => incidentOf(id).deskKey,
    until,
    settled: () => until(() => waiting.get() === undefined),
    stop: async () => {
      await runner.stop()
      database.close()
    },
  }
}

/** Time that passes as soon as somebody waits for it. Deadlines pass with the time of day: an answer comes over a real socket. */
function impatientClock(): Clock {
  const startedAt = Date.now()
  let now = startedAt
  return {
    now: () => now,
    monotonic: () => now - startedAt,
    sleep: async (ms, signal) => {
      if (!signal?.aborted) now += ms
      await new Promise(resolve => setImmediate(resolve))
    },
    after: (ms, work) => systemClock.after(Math.min(ms, DEADLINE_MS), work),
  }
}

/** Notes what comes to the desk, at the desk. */
function watchLine({ imitation }: KindOfDesk, clock: Clock) {
  const arrivals: number[] = []
  let most = 0
  imitation.heard = underWay => {
    arrivals.push(clock.now())
    most = Math.max(most, underWay)
  }
  return { arrivals, together: () => most }
}
