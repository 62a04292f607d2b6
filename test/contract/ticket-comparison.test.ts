import { type Connector, delivered, type FoundTicket, type Outcome } from '@tillwatch/collector/connectors/connector'
import { noPace } from '@tillwatch/collector/connectors/testing/no-pace'
import { createIncidentStore } from '@tillwatch/collector/incidents/incident-store'
import { deskKeyOf } from '@tillwatch/collector/incidents/new-incident'
import { createTicketComparison, type TicketComparison } from '@tillwatch/collector/tickets/ticket-comparison'
import { recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deskIncident } from './connector-incident.ts'
import { createTicketWorld, type TicketWorld, WORLD_NOW } from './ticket-world.ts'

const DAY = 24 * 3_600_000
let world: TicketWorld
let comparison: TicketComparison
let searched: string[]
let hinted: readonly string[]
/** What the desk holds under a key; null: it does not answer. */
let held: ((key: string) => readonly FoundTicket[]) | null

const found = (id: string, open = true): FoundTicket => ({ id, number: id, url: null, written: {}, open })

beforeEach(() => {
  searched = []
  hinted = []
  held = () => []
  const connector = {
    name: 'desk',
    read: async () => delivered(null),
    find: async (key: string): Promise<Outcome<readonly FoundTicket[]>> => {
      searched.push(key)
      return held ? delivered(held(key)) : { kind: 'retry', message: 'away' }
    },
  } as unknown as Connector
  world = createTicketWorld(connector, { desks: [{ name: 'desk', tenants: ['main', 'other'] }] })
  comparison = createTicketComparison({
    ...{ desks: [{ connector, pace: noPace }], reconciliation: world.part.reconciliation, clock: world.clock },
    watchOf: () => ({
      hint: ids => {
        hinted = ids
      },
    }),
    ...{ told: () => {}, changed: () => {} },
    log: recordingLogger(),
  })
})
afterEach(async () => {
  await comparison.stop()
  await world.stop()
})

const store = () => createIncidentStore(world.database)
/** An incident, with a ticket in the desk unless there is none. */
async function raise(id: string, ticketId: string | null): Promise<void> {
  store().save({ ...deskIncident(id, store().nextNumber('main'), WORLD_NOW), firing: false })
  world.send('open', id)
  const delivery = await world.part.deliveries.begin('desk', world.clock.now())
  const ticket = { id: ticketId ?? 'lost', number: ticketId, url: null, written: {} }
  await world.part.deliveries.settle(delivery?.id ?? 0, { kind: 'delivered', ticket, adopted: false }, WORLD_NOW)
  if (ticketId === null) world.database.exec(`DELETE FROM tickets WHERE incident_id = '${id}'`)
}
const agreement = async () => (await world.part.reconciliation.agreements('main', ['desk']))[0]
const said = (id: string) =>
  world.database
    .prepare('SELECT text_en AS text FROM timeline WHERE incident_id = ? ORDER BY id')
    .all(id)
    .map(row => String(row['text']))
const solve = (id: string) =>
  world.part.incidents.act('main', id, { action: 'solve', text: '' }, { name: 'anna', side: 'support' }, WORLD_NOW)

describe('desks and incidents are compared', () => {
  it('at the start and once a day, and say so', async () => {
    await raise('i1', '1')
    expect((await agreement())?.comparedAt).toBeNull()
    await comparison.start()
    await world.clock.advance(60_000)
    const first = (await agreement())?.comparedAt
    expect(first).not.toBeNull()
    await world.clock.advance(DAY + 60_000)
    expect((await agreement())?.comparedAt).not.toBe(first)
    expect(searched).toEqual(['tw-i1', 'tw-i1'])
  })

  it('an opening that left no ticket is sent again, looking for its traces first', async () => {
    await raise('i1', null)
    await comparison.start()
    await world.clock.advance(60_000)
    expect(await agreement()).toMatchObject({ repaired: 1 })
    expect(await world.part.deliveries.begin('desk', world.clock.now())).toMatchObject({
      ...{ kind: 'open', mayHaveArrived: true },
    })
  })

  it('a second open ticket with our key is told once, and left to people; a closed one is none', async () => {
    await raise('i1', '1')
    held = () => [found('1'), found('7'), found('8', false)]
    await comparison.start()
    await world.clock.advance(DAY + 60_000)
    expect(said('i1').filter(text => text.includes('other open tickets') && text.includes(': 7.'))).toHaveLength(1)
    expect(await agreement()).toMatchObject({ found: { twins: 1 } })
    held = () => [found('1')]
    await world.clock.advance(DAY)
    expect((await agreement())?.found).toEqual({})
  })

  it('after a restore: a ticket about a return that is not known here is told', async () => {
    await raise('i1', '1')
    await solve('i1')
    const next = deskKeyOf('main|register:main:i1|ofd', 2)
    held = key => (key === next ? [found('9')] : [])
    await comparison.start()
    await world.clock.advance(60_000)
    expect(said('i1').some(text => text.includes('not known here: 9'))).toBe(true)
    expect(await agreement()).toMatchObject({ found: { orphans: 1 } })
  })

  it('twins that were found while it lasted are no tickets of a return once it has ended', async () => {
    await raise('i1', '1')
    held = () => [found('7')]
    await comparison.start()
    await world.clock.advance(60_000)
    expect(await agreement()).toMatchObject({ found: { twins: 1 } })
    await world.part.incidents.act(
      ...(['main', 'i1', { action: 'solve', text: '' }, { name: 'anna', side: 'support' }] as const),
      world.clock.now(),
    )
    await world.part.reconciliation.end('desk', world.clock.now())
    expect((await agreement())?.found).toEqual({})
  })

  it('a ticket of a return is settled once the fault came back and took it over', async () => {
    await raise('i1', '1')
    await solve('i1')
    held = key => (key === 'tw-i1' ? [] : [found('9')])
    await comparison.start()
    await world.clock.advance(60_000)
    expect(await agreement()).toMatchObject({ found: { orphans: 1 } })
    const first = store().byId('i1')
    if (!first) throw new Error('no incident')
    const next = deskIncident('i2', store().nextNumber('main'), world.clock.now())
    store().save({ ...next, dedupKey: first.dedupKey, episode: 2, firing: false })
    await world.part.reconciliation.end('desk', world.clock.now())
    expect((await agreement())?.found).not.toHaveProperty('orphans')
  })

  it('a tenant with very many tickets takes no other’s turn', async () => {
    for (let index = 1; index <= 101; index++) await raise(`i${index}`, `${index}`)
    world.database.exec(
      `UPDATE tickets SET searched_at = 5; UPDATE tickets SET searched_at = 1, tenant_id = 'other' WHERE incident_id = 'i101';
       UPDATE incidents SET tenant_id = 'other' WHERE id = 'i101'`,
    )
    const { searches } = await world.part.reconciliation.begin('desk', world.clock.now())
    expect([searches.length, searches[0]?.incidentId]).toEqual([100, 'i101'])
  })

  it('a ticket that was open when its incident was closed is looked at once more', async () => {
    await raise('i1', '1')
    await solve('i1')
    world.database.exec(
      `UPDATE incidents SET status = 'closed', closed_at = ${WORLD_NOW};
       UPDATE tickets SET seen_json = '{"phase":"in_work","comments":[]}'`,
    )
    await comparison.start()
    await world.clock.advance(60_000)
    expect(hinted).toEqual(['1'])
  })

  it('counts what people have to settle: refused openings, deleted tickets, incidents that no desk was told of', async () => {
    await raise('i1', '1')
    await raise('i2', null)
    store().save({ ...deskIncident('i3', store().nextNumber('main'), WORLD_NOW), firing: false })
    world.database.exec(
      `UPDATE deliveries SET state = 'failed' WHERE incident_id = 'i2';
       UPDATE tickets SET gone_at = 1 WHERE incident_id = 'i1'`,
    )
    await comparison.start()
    await world.clock.advance(60_000)
    expect((await agreement())?.found).toEqual({ refused: 1, gone: 1, unheard: 1 })
  })

  it('a desk that does not answer is asked again in an hour, not key by key', async () => {
    await raise('i1', '1')
    await raise('i2', '2')
    held = null
    await comparison.start()
    await world.clock.advance(60_000)
    expect(searched).toHaveLength(1)
    held = () => []
    await world.clock.advance(3_700_000)
    expect(searched).toHaveLength(3)
  })

  it('another tenant’s tickets are no part of it', async () => {
    await raise('i1', '1')
    world.database.exec(`UPDATE tickets SET gone_at = 1`)
    await comparison.start()
    await world.clock.advance(60_000)
    const [others] = await world.part.reconciliation.agreements('other', ['desk'])
    expect(others).toEqual({
      ...{ desk: 'desk', comparedAt: expect.any(String), repaired: 0, found: {}, elsewhere: 0, leftThere: 0 },
    })
  })
})

describe('a desk at another address', () => {
  it('is told with what to do, until a person confirms that it kept its numbers', async () => {
    await raise('i1', '1')
    await raise('i2', '2')
    world.database.exec(
      `UPDATE tickets SET place = 'redmine old.example';
       UPDATE incidents SET status = 'closed', solved_at = 1, closed_at = 1 WHERE id = 'i2'`,
    )
    await comparison.start()
    await world.clock.advance(60_000)
    expect(comparison.problems).toEqual([{ desk: 'desk', problem: expect.stringContaining('1 tickets') }])
    expect(await agreement()).toMatchObject({ elsewhere: 1 })
    await world.part.reconciliation.confirm('other', 'desk', 'mallory', WORLD_NOW)
    expect(await agreement()).toMatchObject({ elsewhere: 1 })
    await world.part.reconciliation.confirm('main', 'desk', 'anna', WORLD_NOW)
    await comparison.refresh()
    expect(comparison.problems).toEqual([])
    expect(await world.part.tickets.known('desk', ['1'])).toHaveLength(1)
    expect(await world.part.tickets.known('desk', ['2'])).toHaveLength(1)
    expect(said('i1')).toContain('Confirmed: desk moved and kept its numbers, the ticket goes on')
    expect(said('i2').join()).not.toContain('Confirmed')
  })
})
