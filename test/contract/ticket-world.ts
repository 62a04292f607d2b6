import type { DatabaseSync } from 'node:sqlite'
import type { Connector } from '@tillwatch/collector/connectors/connector'
import type { Desk } from '@tillwatch/collector/connectors/registry'
import { noPace } from '@tillwatch/collector/connectors/testing/no-pace'
import { createDeliveryRunner } from '@tillwatch/collector/deliveries/delivery-runner'
import { createDeliveryOutbox } from '@tillwatch/collector/deliveries/outbox'
import type { DeliveryKind } from '@tillwatch/collector/deliveries/payload'
import type { Incident } from '@tillwatch/collector/incidents/incident'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { createIncidentPart, type IncidentPart, type IncidentPartData } from '@tillwatch/collector/incidents/state-part'
import { HOUSE_DESK, toHouseDesk } from '@tillwatch/collector/routing/testing/house-desk'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { createTicketWatch } from '@tillwatch/collector/tickets/ticket-watch'
import type { Component } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect } from 'vitest'
import { deskIncident } from './connector-incident.ts'

export const WORLD_NOW = Date.parse('2026-11-23T09:00:00Z')
/** How often the desk is looked at. */
const LOOK_MS = 10 * 60_000

/** Incidents, the lane to one desk and the watch over it, over one file in memory and a clock by hand. */
export interface TicketWorld {
  readonly database: DatabaseSync
  readonly part: IncidentPart
  readonly clock: ManualClock
  incident(): Incident
  /** What the audit trail says, oldest first. */
  timeline(): readonly string[]
  /** Opens an incident whose ticket then is in the desk, and begins to watch it. */
  open(more?: Partial<Incident>): Promise<void>
  /** A message about an incident, the one that was opened unless another is named, that the desk is to hear. */
  send(kind: DeliveryKind, id?: string): void
  /** Time passes, what is due happens, and everything that follows has arrived in the desk. */
  pass(ms: number): Promise<void>
  stop(): Promise<void>
}

/** The world around a desk that a connector named `desk` speaks to. */
export function createTicketWorld(connector: Connector, more: Partial<IncidentPartData> = {}): TicketWorld {
  const database = openDatabase(':memory:')
  migrate(database, STATE_MIGRATIONS)
  const clock = new ManualClock(WORLD_NOW)
  const part = createIncidentPart(database, { packs: [], overrides: [], desks: [HOUSE_DESK], ...more }, clock)
  const desk: Desk = { connector, tenants: ['main'], fallback: null, pace: noPace, pollMs: LOOK_MS }
  const store = createIncidentStore(database)
  const running: Component[] = []
  const runner = createDeliveryRunner({
    ...{ desks: [desk], deliveries: part.deliveries, publicUrl: null, clock, random: () => 0.5 },
    ...{ logger: recordingLogger(), crashPoint: () => {}, settled: () => {} },
  })
  const watch = createTicketWatch({
    ...{ desk, tickets: part.tickets, clock, random: () => 0.5, log: recordingLogger(), changed: () => {} },
  })
  if (!watch) throw new Error('the desk cannot be read')

  const incident = (id = 'i1'): Incident => {
    const found = store.byId(id)
    if (!found) throw new Error('no incident')
    return found
  }
  const send = (kind: DeliveryKind, id = 'i1'): void => {
    const now = incident(id)
    const both = { ru: 'Очередь стоит', en: 'The queue stands' }
    const subject = {
      ...{ incidentId: id, number: now.number, key: now.deskKey, episode: 1, causeClass: 'ofd' },
      ...{ itemId: now.itemId, ci: 'ШТРИХ-М 1', site: null, client: null, openedAt: new Date(WORLD_NOW).toISOString() },
    }
    const payload = { title: both, text: both, priority: now.priority, subject }
    createDeliveryOutbox(database, toHouseDesk).add(now, kind, payload, clock.now())
  }
  const isQuiet = () =>
    database.prepare(`SELECT 1 FROM deliveries WHERE state IN ('waiting', 'unknown')`).get() === undefined
  const looks = () => Number(database.prepare('SELECT max(looked_at) AS at FROM desk_states').get()?.['at'] ?? 0)
  /** The desk answers over a real socket. */
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 2_000 && !isSo(); turn++) await new Promise(resolve => setTimeout(resolve, 2))
    expect(isSo()).toBe(true)
  }
  const lookAgain = async (): Promise<void> => {
    await clock.advance(LOOK_MS)
    const at = clock.now()
    watch.look()
    await until(() => looks() >= at)
  }
  const deliverAll = async (): Promise<void> => {
    runner.wake()
    await until(isQuiet)
  }
  return {
    database,
    part,
    clock,
    incident: () => incident(),
    timeline: () =>
      database
        .prepare(`SELECT text_en AS text FROM timeline WHERE incident_id = 'i1' ORDER BY id`)
        .all()
        .map(row => String(row['text'])),
    open: async (about = {}) => {
      store.save({ ...deskIncident('i1', store.nextNumber('main'), WORLD_NOW), firing: false, ...about })
      send('open')
      await runner.start()
      running.push(runner)
      await until(isQuiet)
      await watch.start()
      running.push(watch)
      await until(() => looks() > 0)
      await lookAgain()
    },
    send,
    pass: async ms => {
      if (ms > 0) await clock.advance(ms)
      await lookAgain()
      await part.evaluator.tick(clock.now(), 1_000)
      await deliverAll()
      // What we wrote is looked at before people go on.
      await lookAgain()
    },
    stop: async () => {
      await Promise.all(running.map(each => each.stop()))
      database.close()
    },
  }
}
