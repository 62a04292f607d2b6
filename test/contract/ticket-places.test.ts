import type { DatabaseSync } from 'node:sqlite'
import type { DeskComment, TicketState } from '@tillwatch/collector/connectors/ticket-state'
import { createDeliveryOutbox } from '@tillwatch/collector/deliveries/outbox'
import type { DeliveryKind } from '@tillwatch/collector/deliveries/payload'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { createIncidentPart, type IncidentPart } from '@tillwatch/collector/incidents/state-part'
import type { RoutableDesk } from '@tillwatch/collector/routing/route-book'
import { openDatabase } from '@tillwatch/collector/store/sqlite/database'
import { migrate } from '@tillwatch/collector/store/sqlite/migrate'
import { STATE_MIGRATIONS } from '@tillwatch/collector/store/sqlite/state-schema'
import { ManualClock } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deskIncident } from './connector-incident.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const HERE = 'redmine old.example'
let database: DatabaseSync
let part: IncidentPart
let now: number

/** The collector starts with these desks over the file as it is. */
function start(...desks: readonly RoutableDesk[]): void {
  part = createIncidentPart(database, { packs: [], overrides: [], desks }, new ManualClock(now))
}
const desk = (more: Partial<RoutableDesk> = {}): RoutableDesk => ({
  ...{ name: 'desk', tenants: ['main'], place: HERE, ...more },
})

beforeEach(() => {
  database = openDatabase(':memory:')
  migrate(database, STATE_MIGRATIONS)
  now = NOW
  start(desk())
})
afterEach(() => database.close())

const store = () => createIncidentStore(database)
const statusOf = (id: string) => store().byId(id)?.status
const said = (id: string): readonly string[] =>
  database
    .prepare('SELECT text_en AS text FROM timeline WHERE incident_id = ? ORDER BY id')
    .all(id)
    .map(row => String(row['text']))

function send(id: string, kind: DeliveryKind, to: readonly string[] = ['desk']): void {
  const incident = store().byId(id)
  if (!incident) throw new Error('no incident')
  const both = { ru: kind, en: kind }
  const subject = {
    ...{ incidentId: id, number: incident.number, key: incident.deskKey, episode: 1, causeClass: 'ofd' },
    ...{ itemId: incident.itemId, ci: 'ШТРИХ-М 1', site: null, client: null, openedAt: new Date(NOW).toISOString() },
  }
  const targets = to.map(name => ({ route: null, desk: name, placement: NO_PLACE, dryRun: false }))
  const payload = { title: both, text: both, priority: incident.priority, subject }
  createDeliveryOutbox(database, () => targets).add(incident, kind, payload, now)
}
const NO_PLACE = { project: null, category: null, type: null, assignee: null, team: null, fields: {} }

/** The next message to a desk arrives. */
async function deliver(ticketId: string, name = 'desk', written: Record<string, number> = {}): Promise<void> {
  const delivery = await part.deliveries.begin(name, now)
  if (!delivery) throw new Error('nothing to send')
  const ticket = { id: ticketId, number: ticketId, url: null, written }
  await part.deliveries.settle(delivery.id, { kind: 'delivered', ticket, adopted: false }, ++now)
}
async function opened(id: string, ticketId: string, to: readonly string[] = ['desk']): Promise<void> {
  store().save({ ...deskIncident(id, store().nextNumber('main'), NOW), firing: false })
  send(id, 'open', to)
  for (const name of to) {
    await deliver(ticketId, name)
    await look(ticketId, {}, name)
  }
}
const comment = (id: string, text: string, more: Partial<DeskComment> = {}): DeskComment => ({
  ...{ id, at: NOW, author: 'Field Engineer', text, internal: true, ours: false, ...more },
})
const look = (id: string, more: Partial<TicketState> = {}, name = 'desk') => {
  const startedAt = ++now
  const state: TicketState = {
    ticket: { id, number: id, url: null, written: {} },
    ...{ status: 'New', phase: 'open', priority: 3, assignee: null, comments: [], rating: null },
    ...{ updatedAt: NOW, mergedInto: null, ...more },
  }
  return part.tickets.took({ desk: name, id, startedAt, state }, ++now)
}
const later = () => now + 24 * 3_600_000

describe('a tenant that a desk hears no more', () => {
  it('its tickets there are neither looked at, nor known, nor believed', async () => {
    await opened('i1', '1')
    start(desk({ tenants: ['other'] }))
    expect(await part.tickets.unread('desk', later(), 10)).toEqual([])
    expect(await part.tickets.known('desk', ['1'])).toEqual([])
    await look('1', { phase: 'solved', comments: [comment('c', 'for others’ eyes')] })
    expect(statusOf('i1')).toBe('open')
    expect(said('i1')).not.toContain('for others’ eyes')
  })
})

describe('a desk of the same name at another address', () => {
  const moved = () => start(desk({ place: 'redmine new.example' }))
  const ahead = () => part.deliveries.begin('desk', later())

  it('the numbers of the old one are neither read nor written to: there they are strangers’ tickets', async () => {
    await opened('i1', '1')
    moved()
    send('i1', 'solve')
    expect(await ahead()).toBeNull()
    expect(await part.tickets.unread('desk', later(), 10)).toEqual([])
    await look('1', { phase: 'solved' })
    expect(statusOf('i1')).toBe('open')
  })

  it('new incidents get their tickets there, and an equal number is no mistake', async () => {
    await opened('i1', '1')
    moved()
    await opened('i2', '1')
    await look('1', { phase: 'solved' })
    expect([statusOf('i1'), statusOf('i2')]).toEqual(['open', 'solved'])
  })

  it('back at its address all goes on, and what waited is sent', async () => {
    await opened('i1', '1')
    moved()
    send('i1', 'solve')
    start(desk())
    expect(await ahead()).toMatchObject({ kind: 'solve', ticket: { id: '1' } })
  })

  it('its changes are looked through from now on: the old cursor means nothing there', async () => {
    await opened('i1', '1')
    await part.tickets.told('desk', [], 'changes up to 700', now)
    start(desk())
    expect(await part.tickets.cursorOf('desk')).toBe('changes up to 700')
    moved()
    expect(await part.tickets.cursorOf('desk')).toBeNull()
  })

  it('tickets from before places were known are where the desk is', async () => {
    start(desk({ name: 'old' }))
    database.exec(`UPDATE desk_states SET place = NULL WHERE desk = 'desk'`)
    await opened('i1', '1')
    start(desk())
    expect(await part.tickets.known('desk', ['1'])).toHaveLength(1)
  })
})

describe('what people did before the first look', () => {
  const fresh = async () => {
    store().save({ ...deskIncident('i1', store().nextNumber('main'), NOW), firing: false })
    send('i1', 'open')
    await deliver('1', 'desk', { priorityId: 4, statusId: 1 })
  }
  const ticket = (priorityId: number, statusId: number) => ({
    ticket: { id: '1', number: '1', url: null, written: { priorityId, statusId } },
  })

  it('the person for whom we opened the ticket is no news', async () => {
    await fresh()
    const before = said('i1')
    await look('1', { ...ticket(4, 1), assignee: 'Field Engineer' })
    expect(said('i1')).toEqual(before)
    await look('1', { ...ticket(4, 1), assignee: 'Second Engineer' })
    expect(store().byId('i1')?.assignee).toBe('Second Engineer')
  })

  it('R43: a priority that is not what we wrote is a person’s; what we wrote is not', async () => {
    await fresh()
    await look('1', { ...ticket(5, 1), priority: 1 })
    expect(store().byId('i1')).toMatchObject({ priority: 1, priorityManual: 1 })
  })

  it('R36: closed before we looked is closed by a person; put to work by the desk itself is nobody’s work', async () => {
    await fresh()
    await look('1', { ...ticket(4, 2), phase: 'in_work' })
    expect(store().byId('i1')).toMatchObject({ status: 'open', reactedAt: null })
    store().save({ ...deskIncident('i2', store().nextNumber('main'), NOW), firing: false })
    send('i2', 'open')
    await deliver('2', 'desk', { priorityId: 4, statusId: 1 })
    await look('2', { ticket: { ...ticket(4, 5).ticket, id: '2' }, phase: 'closed' })
    expect(statusOf('i2')).toBe('solved')
  })

  it('a status that we wrote and a look that began before are no person’s', async () => {
    await fresh()
    await look('1', ticket(4, 1))
    send('i1', 'solve')
    const delivery = await part.deliveries.begin('desk', now)
    const startedAt = ++now
    const settled = { ...ticket(4, 3).ticket }
    await part.deliveries.settle(delivery?.id ?? 0, { kind: 'delivered', ticket: settled, adopted: false }, ++now)
    const stale = { status: 'Feedback', phase: 'waiting' as const, priority: 3 as const, assignee: null, comments: [] }
    const state: TicketState = { ...stale, ...ticket(4, 1), rating: null, updatedAt: NOW, mergedInto: null }
    await part.tickets.took({ desk: 'desk', id: '1', startedAt, state }, ++now)
    expect(statusOf('i1')).toBe('open')
  })
})

describe('desks that answer by themselves', () => {
  const TWO = [desk({ name: 'one', place: 'redmine one' }), desk({ name: 'two', place: 'redmine two' })]
  const other = (name: string) => (name === 'one' ? 'two' : 'one')

  it('what a person writes in one desk is told in the other, and not in its own', async () => {
    start(...TWO)
    await opened('i1', '1', ['one', 'two'])
    await look('1', { comments: [comment('c1', 'on my way')] }, 'one')
    expect(await part.deliveries.begin('two', now)).toMatchObject({ kind: 'comment' })
    expect(await part.deliveries.begin('one', now)).toBeNull()
  })

  it('end: beyond thirty comments an hour they stay where they are, told once, and status goes on', async () => {
    start(...TWO)
    await opened('i1', '1', ['one', 'two'])
    const texts: Record<string, DeskComment[]> = { one: [comment('0', 'Спасибо за обращение')], two: [] }
    let told = 0
    let from = 'one'
    for (let turn = 0; turn < 200; turn++) {
      await look('1', { comments: texts[from] ?? [] }, from)
      const to = other(from)
      if (!(await part.deliveries.begin(to, now))) break
      await part.deliveries.settle(
        Number(database.prepare('SELECT max(id) AS id FROM deliveries').get()?.['id']),
        { kind: 'delivered', ticket: { id: '1', number: '1', url: null, written: {} }, adopted: false },
        ++now,
      )
      told++
      texts[to]?.push(comment(`${turn}`, `Спасибо за обращение ${turn}`))
      from = to
    }
    expect(told).toBe(60)
    expect(said('i1').filter(text => text.includes('answer one another'))).toHaveLength(1)
    await look('1', { comments: texts['one'] ?? [], phase: 'solved' }, 'one')
    expect(statusOf('i1')).toBe('solved')

    now += 3_600_000
    await look('1', { comments: [...(texts['one'] ?? []), comment('later', 'mended')], phase: 'solved' }, 'one')
    expect(said('i1')).toContain('mended')
  })
})

it('what we have just written into is looked at first, however many wait since long ago', async () => {
  for (let index = 1; index <= 3; index++) await opened(`i${index}`, `${index}`)
  send('i3', 'priority')
  await deliver('3')
  const due = await part.tickets.unread('desk', later(), 2)
  expect(due.map(({ id }) => id)).toEqual(['3', '1'])
})
