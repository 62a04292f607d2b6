import type { DatabaseSync } from 'node:sqlite'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { redmineConfig } from '@tillwatch/collector/connectors/redmine/config'
import { createRedmineConnector } from '@tillwatch/collector/connectors/redmine/connector'
import type { Desk } from '@tillwatch/collector/connectors/registry'
import { noPace } from '@tillwatch/collector/connectors/testing/no-pace'
import { createDeliveryRunner } from '@tillwatch/collector/deliveries/delivery-runner'
import { createDeliveryOutbox } from '@tillwatch/collector/deliveries/outbox'
import type { Incident } from '@tillwatch/collector/incidents/incident'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { createIncidentPart, type IncidentPart } from '@tillwatch/collector/incidents/state-part'
import { HOUSE_DESK, toHouseDesk } from '@tillwatch/collector/routing/testing/house-desk'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { APART_MS } from '@tillwatch/collector/tickets/ticket-book'
import { createTicketWatch } from '@tillwatch/collector/tickets/ticket-watch'
import { type Component, systemClock } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deskIncident } from './connector-incident.ts'
import { ENGINEER, FAKE_KEY_FIELD, type FakeRedmine, startFakeRedmine } from './desks/redmine.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const LOOK_MS = 60_000

let database: DatabaseSync
let fake: FakeRedmine
let clock: ManualClock
let part: IncidentPart
let running: Component[]

beforeEach(async () => {
  database = openDatabase(':memory:')
  migrate(database, STATE_MIGRATIONS)
  fake = await startFakeRedmine()
  process.env['TILLWATCH_TEST_KEY'] = 'key'
  clock = new ManualClock(NOW)
  part = createIncidentPart(database, { packs: [], overrides: [], desks: [HOUSE_DESK] }, clock)
  running = []
})
afterEach(async () => {
  await Promise.all(running.map(each => each.stop()))
  await fake.stop()
  database.close()
})

const desk = (): Desk => {
  const config = redmineConfig.parse({
    ...{ kind: 'redmine', name: 'desk', url: fake.url, secret: { env: 'TILLWATCH_TEST_KEY' } },
    ...{ project: 'tills', tracker: 'Bug', key_field: FAKE_KEY_FIELD, allow_private: true },
  })
  const connector = createRedmineConnector(config, createHttpClient(systemClock, 1_000))
  return { connector, tenants: ['main'], fallback: null, pace: noPace, pollMs: LOOK_MS }
}

const store = () => createIncidentStore(database)
const incident = (): Incident => {
  const found = store().byId('i1')
  if (!found) throw new Error('no incident')
  return found
}
const issue = () => {
  const [first] = fake.issues
  if (!first) throw new Error('no issue')
  return first
}
const timeline = () =>
  database.prepare(`SELECT actor, text_en AS text FROM timeline WHERE incident_id = 'i1' ORDER BY id`).all() as {
    actor: string
    text: string
  }[]

/** Waits until something is so: the desk answers over a real socket. */
async function until(isSo: () => boolean, stepMs = 0): Promise<void> {
  for (let turn = 0; turn < 2_000 && !isSo(); turn++) {
    await new Promise(resolve => setTimeout(resolve, 2))
    if (stepMs > 0) await clock.advance(stepMs)
  }
  expect(isSo()).toBe(true)
}

/** An incident whose ticket is in the desk. */
async function openedTicket(): Promise<void> {
  const open = { ...deskIncident('i1', store().nextNumber('main'), NOW), firing: false }
  store().save(open)
  const both = { ru: 'Очередь стоит', en: 'The queue stands' }
  const subject = {
    ...{ incidentId: 'i1', number: open.number, key: open.deskKey, episode: 1, causeClass: 'ofd' },
    ...{ itemId: open.itemId, ci: 'ШТРИХ-М 1', site: null, client: null, openedAt: new Date(NOW).toISOString() },
  }
  const payload = { title: both, text: both, priority: open.priority, subject }
  createDeliveryOutbox(database, toHouseDesk).add(open, 'open', payload, NOW)
  const runner = createDeliveryRunner({
    ...{ desks: [desk()], deliveries: part.deliveries, publicUrl: null, clock, random: () => 0.5 },
    ...{ logger: recordingLogger(), crashPoint: () => {}, settled: () => {} },
  })
  running.push(runner)
  await runner.start()
  await until(() => database.prepare('SELECT 1 FROM tickets').get() !== undefined)
}

/** A watch over the desk; `look` lets one more look happen and waits for its end. */
async function watching(): Promise<{ look(): Promise<void> }> {
  const changed: string[] = []
  const watch = createTicketWatch({
    ...{ desk: desk(), tickets: part.tickets, clock, random: () => 0.5, log: recordingLogger() },
    changed: id => void changed.push(id),
  })
  if (!watch) throw new Error('not watched')
  running.push(watch)
  const looks = () => Number(database.prepare('SELECT max(looked_at) AS at FROM desk_states').get()?.['at'] ?? 0)
  await watch.start()
  await until(() => looks() === NOW)
  return {
    look: async () => {
      await clock.advance(LOOK_MS)
      await until(() => looks() === clock.now())
    },
  }
}

/** What a person does in the desk's own pages. */
function person(work: (its: ReturnType<typeof issue>) => void): void {
  work(issue())
  issue().updatedAt = Date.now()
}

describe('R36, R168: a desk that people work in', () => {
  it('status, priority, person and words come back, once each, and are not echoed into the desk', async () => {
    await openedTicket()
    const { look } = await watching()
    person(its => {
      Object.assign(its, { statusId: 2, priorityId: 5, assignee: ENGINEER })
      its.notes.push('Выехал')
    })
    await look()
    expect(incident()).toMatchObject({ status: 'in_work', priority: 1, assignee: ENGINEER })
    expect(timeline().filter(({ text }) => text.includes('Выехал'))).toHaveLength(1)
    const before = timeline().length
    await look()
    expect(timeline()).toHaveLength(before)
    expect(issue().notes).toEqual(['Выехал'])
  })

  it('solved in the desk is solved here, with the words that were left there', async () => {
    await openedTicket()
    const { look } = await watching()
    person(its => {
      its.statusId = 3
      its.notes.push('Заменил кабель')
    })
    await look()
    expect(incident()).toMatchObject({ status: 'solved', resolution: 'person' })
    expect(timeline().some(({ text }) => text.includes('Заменил кабель'))).toBe(true)
  })

  it('what we wrote ourselves does not come back as a person’s', async () => {
    await openedTicket()
    const { look } = await watching()
    await part.incidents.act('main', 'i1', { action: 'solve', text: 'прошло' }, { name: 'anna', side: 'support' }, NOW)
    await part.incidents.act('main', 'i1', { action: 'reopen', text: 'нет' }, { name: 'anna', side: 'support' }, NOW)
    const waiting = database.prepare(`SELECT 1 FROM deliveries WHERE state IN ('waiting', 'unknown')`)
    await until(() => waiting.get() === undefined, 500)
    const before = incident()
    await look()
    await look()
    expect(incident()).toEqual(before)
  })

  it('a question asked in the desk makes the incident wait, and work there ends the waiting', async () => {
    await openedTicket()
    const { look } = await watching()
    person(its => {
      its.statusId = 4
    })
    await look()
    expect(incident().status).toBe('waiting')
    person(its => {
      its.statusId = 2
    })
    await look()
    expect(incident().status).toBe('in_work')
  })

  it('a deleted ticket is told once, and none is made in its place', async () => {
    await openedTicket()
    const { look } = await watching()
    fake.issues.length = 0
    await clock.advance(7 * 3_600_000)
    await until(() => timeline().some(({ text }) => text.includes('is in desk no more')))
    await look()
    expect(timeline().filter(({ text }) => text.includes('no more'))).toHaveLength(1)
    expect(fake.issues).toHaveLength(0)
    expect(incident().status).toBe('open')
  })

  it('a look that was cut is repeated from where it began', async () => {
    await openedTicket()
    const { look } = await watching()
    fake.faults = [{ on: 'read', how: 'error' }]
    person(its => {
      its.statusId = 2
    })
    await clock.advance(LOOK_MS)
    await until(() => fake.faults.length === 0)
    await look()
    expect(incident().status).toBe('in_work')
  })
})

it('a solution that the desk refused is sent again when the two stay apart; a person’s decision is only told', async () => {
  await openedTicket()
  const { look } = await watching()
  fake.forbiddenStatuses.add(3)
  await part.incidents.act('main', 'i1', { action: 'solve', text: 'прошло' }, { name: 'anna', side: 'support' }, NOW)
  const refused = () => database.prepare(`SELECT 1 FROM deliveries WHERE kind = 'solve' AND state = 'failed'`).get()
  await until(() => refused() !== undefined, 500)
  fake.forbiddenStatuses.clear()
  const touch = () => {
    issue().updatedAt = Date.now()
  }
  touch()
  await look()
  touch()
  await clock.advance(APART_MS)
  await look()
  await until(() => issue().statusId === 3, 500)
})
