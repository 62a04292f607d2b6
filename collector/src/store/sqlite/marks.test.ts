import { expect, test } from 'vitest'
import type { AcceptedMessage } from '../../ingest/batch.ts'
import { inTransaction, openDatabase } from './database.ts'
import { advanceMarks } from './marks.ts'
import { migrate } from './migrate.ts'
import { createFleet } from './sqlite-fleet.ts'
import { STATE_MIGRATIONS } from './state-schema.ts'

async function world() {
  const database = openDatabase(':memory:')
  migrate(database, STATE_MIGRATIONS)
  const fleet = createFleet(database)
  await fleet.addAgent({ id: 'till-0001', tenantId: 'main', site: null, secretHash: 'x' }, 1)
  return {
    database,
    fleet,
    advance: (...messages: AcceptedMessage[]) => inTransaction(database, () => advanceMarks(database, messages)),
    marks: () => database.prepare('SELECT epoch, mark, lost FROM marks ORDER BY epoch').all(),
    agent: () => database.prepare('SELECT epoch, last_heard_at AS heard, version FROM agents').get(),
    rows: (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get(),
  }
}
const message = (epoch: number, seq: number, more: Partial<AcceptedMessage> = {}): AcceptedMessage => ({
  ...{ agentId: 'till-0001', tenantId: 'main', kind: 'telemetry', epoch, seq, lost: 0, receivedAt: 1000 + seq },
  ...{ items: [], event: null, refusal: null },
  ...more,
})

test('marks and lost messages add up, epoch by epoch, and a repeated commit changes nothing', async () => {
  const { advance, marks, agent } = await world()
  await advance(message(1, 1), message(1, 5, { lost: 3 }), message(2, 1))
  await advance(message(1, 5, { lost: 3 }), message(2, 1))
  expect(marks()).toEqual([
    { epoch: 1, mark: 5, lost: 3 },
    { epoch: 2, mark: 1, lost: 0 },
  ])
  expect(agent()).toMatchObject({ epoch: 2, heard: 1005 })
})

test('a snapshot makes its epoch known and the agent heard, and moves no mark', async () => {
  const { advance, marks, agent } = await world()
  await advance(message(3, 0, { kind: 'snapshot' }))
  expect(marks()).toEqual([{ epoch: 3, mark: 0, lost: 0 }])
  await advance(message(3, 1), message(3, 1, { kind: 'snapshot', receivedAt: 9000 }))
  expect(marks()).toEqual([{ epoch: 3, mark: 1, lost: 0 }])
  expect(agent()).toMatchObject({ heard: 9000 })
})

test('derived facts are no sign of life', async () => {
  const { advance, marks, agent } = await world()
  await advance(message(3, 7, { kind: 'derived' }))
  expect([marks(), agent()]).toEqual([[], { epoch: null, heard: null, version: null }])
})

test('events and refused messages are kept once, the newest of them', async () => {
  const { advance, rows } = await world()
  const event = { name: 'clock_stepped', at: '2026-11-22T09:00:00.000Z', details: {} }
  const refused = (seq: number) => message(1, seq, { kind: 'refused', refusal: { reason: 'body', payload: '{}' } })
  await advance(message(1, 1, { kind: 'event', event }))
  await advance(message(1, 1, { kind: 'event', event }))
  expect(rows('agent_events')).toEqual({ n: 1 })
  await advance(...Array.from({ length: 300 }, (_, index) => refused(index + 2)))
  expect(rows('quarantine')).toEqual({ n: 200 })
})

test('an event of long ago that arrives last costs none of the newer ones', async () => {
  const { advance, database } = await world()
  const event = (seq: number, at: number) =>
    message(1, seq, { kind: 'event', event: { name: 'clock_stepped', at: new Date(at).toISOString(), details: {} } })
  await advance(...Array.from({ length: 1_000 }, (_, index) => event(index + 1, 1_000_000 + index)))
  await advance(event(1_001, 5))
  expect(database.prepare('SELECT count(*) AS n, min(at) AS oldest FROM agent_events').get()).toEqual({
    n: 1_000,
    oldest: 1_000_000,
  })
})

test('bytes without a place and repeated alarms of one agent are bounded too', async () => {
  const { fleet, rows } = await world()
  const many = Array.from({ length: 1_200 }, (_, at) => ({ agentId: 'till-0001', at, reason: 'x', payload: 'y' }))
  const duplicates = many.map(({ agentId, at }) => ({ agentId, at, details: '{}' }))
  await fleet.note({ presence: [], heard: [], unknown: [], duplicates, unplaced: many })
  expect([rows('quarantine'), rows('agent_events')]).toEqual([{ n: 200 }, { n: 1_000 }])
})

test('the version that an agent tells is shown', async () => {
  const { advance, agent } = await world()
  const facts = { 'agent.version': { value: '0.3.1', at: 1, source: 'agent' as const } }
  const pc = { itemId: 'pc:till-0001', kind: 'pc' as const, slot: 'pc', identity: null, at: 1, facts }
  await advance(message(1, 1, { items: [pc] }))
  expect(agent()).toMatchObject({ version: '0.3.1' })
})

test('outside a transaction nothing is written: a mark never stands without its message', async () => {
  const { database } = await world()
  expect(() => advanceMarks(database, [message(1, 1)])).toThrow('in the transaction')
})
