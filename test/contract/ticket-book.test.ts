import type { DatabaseSync } from 'node:sqlite'
import type { DeskComment, TicketState } from '@tillwatch/collector/connectors/ticket-state'
import { createDeliveryOutbox } from '@tillwatch/collector/deliveries/outbox'
import type { DeliveryKind } from '@tillwatch/collector/deliveries/payload'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { createIncidentPart, type IncidentPart } from '@tillwatch/collector/incidents/state-part'
import { HOUSE_DESK, toHouseDesk } from '@tillwatch/collector/routing/testing/house-desk'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { ManualClock } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deskIncident } from './connector-incident.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const ANNA = { name: 'anna', side: 'support' } as const
let database: DatabaseSync
let part: IncidentPart
let now: number

beforeEach(() => {
  database = openDatabase(':memory:')
  migrate(database, STATE_MIGRATIONS)
  part = createIncidentPart(database, { packs: [], overrides: [], desks: [HOUSE_DESK] }, new ManualClock(NOW))
  now = NOW
})
afterEach(() => database.close())

const store = () => createIncidentStore(database)
const statusOf = (id: string) => store().byId(id)?.status
const said = (id: string): readonly string[] =>
  database
    .prepare('SELECT text_en AS text FROM timeline WHERE incident_id = ? ORDER BY id')
    .all(id)
    .map(row => String(row['text']))

/** An incident that is there, its ticket still to be opened. */
function raise(id: string): void {
  const open = { ...deskIncident(id, store().nextNumber('main'), NOW), firing: false }
  store().save(open)
  send(id, 'open')
}

function send(id: string, kind: DeliveryKind): void {
  const incident = store().byId(id)
  if (!incident) throw new Error('no incident')
  const both = { ru: kind, en: kind }
  const subject = {
    ...{ incidentId: id, number: incident.number, key: incident.deskKey, episode: 1, causeClass: 'ofd' },
    ...{ itemId: incident.itemId, ci: 'ШТРИХ-М 1', site: null, client: null, openedAt: new Date(NOW).toISOString() },
  }
  const payload = { title: both, text: both, priority: incident.priority, subject }
  createDeliveryOutbox(database, toHouseDesk).add(incident, kind, payload, now)
}

/** The next message begins; what is returned ends it well. */
async function sending(ticketId: string): Promise<() => Promise<void>> {
  const delivery = await part.deliveries.begin('desk', now)
  if (!delivery) throw new Error('nothing to send')
  const ticket = { id: ticketId, number: ticketId, url: null, written: {} }
  return () => part.deliveries.settle(delivery.id, { kind: 'delivered', ticket, adopted: false }, ++now)
}
async function opened(id: string, ticketId: string): Promise<void> {
  raise(id)
  await (await sending(ticketId))()
  await look(ticketId)
}

const comment = (id: string, text: string): DeskComment => ({
  ...{ id, at: NOW, author: 'Field Engineer', text, internal: true, ours: false },
})
const stateOf = (id: string, more: Partial<TicketState>): TicketState => ({
  ticket: { id, number: id, url: null, written: {} },
  ...{ status: 'New', phase: 'open', priority: 3, assignee: null, comments: [], rating: null },
  ...{ updatedAt: NOW, mergedInto: null, ...more },
})
const look = (id: string, more: Partial<TicketState> = {}) => {
  const startedAt = ++now
  return part.tickets.took({ desk: 'desk', id, startedAt, state: stateOf(id, more) }, ++now)
}

describe('a ticket that people merged into another', () => {
  beforeEach(async () => {
    await opened('i1', '1')
    await opened('i2', '2')
  })

  it('what was last said in it is taken along; what was said in the other before is not about the incident', async () => {
    await look('1', { mergedInto: '2', comments: [comment('11', 'the same cable')] })
    await look('2', { comments: [comment('21', 'about the other till')] })
    await look('2', { comments: [comment('21', 'about the other till'), comment('22', 'both are mended')] })
    expect(said('i1')).toContain('the same cable')
    expect(said('i1')).not.toContain('about the other till')
    expect(said('i1')).toContain('both are mended')
  })

  it('what we write into it for the other incident is no person’s word about this one', async () => {
    await look('1', { mergedInto: '2' })
    await look('2')
    await part.incidents.act('main', 'i2', { action: 'solve', text: 'mended' }, ANNA, now)
    const settle = await sending('2')
    await look('2', { phase: 'solved' })
    await settle()
    await look('2', { phase: 'solved' })
    await look('2', { phase: 'solved' })
    expect(statusOf('i2')).toBe('solved')
    expect(statusOf('i1')).toBe('open')
  })

  it('tickets merged in a ring are not followed for ever', async () => {
    for (let turn = 0; turn < 20; turn++) {
      await look('1', { mergedInto: '3' })
      await look('3', { mergedInto: '1' })
    }
    expect(said('i1').filter(text => text.includes('was merged')).length).toBeLessThan(6)
  })

  it('one that is said to be merged into itself stays where it is', async () => {
    await look('1', { mergedInto: '1' })
    expect(said('i1').filter(text => text.includes('was merged'))).toEqual([])
  })
})

describe('a look while we are writing', () => {
  it('does not take our own status for a person’s, and loses nothing that people did', async () => {
    await opened('i1', '1')
    await part.incidents.act('main', 'i1', { action: 'solve', text: 'mended' }, ANNA, now)
    const settle = await sending('1')
    await part.incidents.act('main', 'i1', { action: 'reopen', text: 'it is not' }, ANNA, ++now)
    await look('1', { phase: 'solved', comments: [comment('11', 'on my way')] })
    expect(statusOf('i1')).not.toBe('solved')
    expect(said('i1')).toContain('on my way')
    await settle()
    await look('1', { phase: 'solved' })
    expect(statusOf('i1')).not.toBe('solved')
  })

  it('a person’s status during an attempt that failed is told afterwards', async () => {
    await opened('i1', '1')
    send('i1', 'priority')
    const delivery = await part.deliveries.begin('desk', now)
    await look('1', { phase: 'in_work' })
    expect(statusOf('i1')).toBe('open')
    await part.deliveries.settle(delivery?.id ?? 0, { kind: 'failed', error: 'no', pauseDesk: false }, ++now)
    await look('1', { phase: 'in_work' })
    expect(statusOf('i1')).toBe('in_work')
  })
})

it('a ticket that was gone and is there again goes on', async () => {
  await opened('i1', '1')
  await part.tickets.took({ desk: 'desk', id: '1', startedAt: ++now, state: null }, ++now)
  now += 7 * 3_600_000
  const due = await part.tickets.unread('desk', now - 1, 10)
  expect(due.map(({ id }) => id)).toEqual(['1'])
  await look('1', { phase: 'in_work' })
  expect(statusOf('i1')).toBe('in_work')
  send('i1', 'comment')
  expect(await part.deliveries.begin('desk', now)).toMatchObject({ ticket: { id: '1' } })
})

it('a solution that was refused before the incident was opened again is not sent after the return', async () => {
  await opened('i1', '1')
  send('i1', 'solve')
  const solve = await part.deliveries.begin('desk', now)
  await part.deliveries.settle(solve?.id ?? 0, { kind: 'failed', error: 'no', pauseDesk: false }, now)
  send('i1', 'reopen')
  await (await sending('1'))()
  await part.deliveries.retryDesk('main', 'desk', now)
  expect(await part.deliveries.begin('desk', now)).toBeNull()
})
