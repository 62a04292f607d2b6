import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock, type WireItem } from '@tillwatch/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAKE_KEY_FIELD, type FakeRedmine, startFakeRedmine } from '../contract/desks/redmine.ts'
import type { Child } from '../stack/child-process.ts'
import { eventually } from '../stack/eventually.ts'
import { connectScripted, type ScriptedAgent } from '../stack/scripted-agent.ts'
import { booksOf, type CollectorBooks } from './books.ts'
import { createWorld, type World } from './world.ts'

const DAY_MS = 86_400_000

/** A register whose drive ends in five days: that opens an incident of its own for each serial. */
function endingRegister(serial: string): WireItem {
  const now = systemClock.now()
  return {
    kind: 'register',
    slot: serial,
    id: serial,
    at: new Date(now).toISOString(),
    source: 'register',
    facts: {
      'fiscal.register.link': 'ok',
      'fiscal.register.serial': serial,
      'fiscal.fn.serial': `99604403${serial.slice(-8)}`,
      'fiscal.fn.valid_until': new Date(now + 5 * DAY_MS).toISOString().slice(0, 10),
    },
  }
}

describe('one incident, one ticket, whatever dies or keeps silent on the way', () => {
  let desk: FakeRedmine
  let world: World
  let books: CollectorBooks
  let collector: Child
  let agent: ScriptedAgent
  let seq = 0

  const connect = async (): Promise<void> => {
    agent = await connectScripted(world.identity(), 1)
    await agent.hello({ base: 1, next: seq + 1 })
    await agent.stored(seq)
  }
  const ticketsOf = (serial: string): number => {
    const keys = books.state('SELECT desk_key FROM incidents WHERE item_id LIKE ?', `%${serial}`)
    return keys.flatMap(row => desk.issues.filter(issue => issue.fields.get(FAKE_KEY_FIELD) === row['desk_key'])).length
  }
  const compiledParts = (): number => readdirSync(join(world.collectorDir, 'compiled'), { recursive: true }).length
  const settled = (serial: string) =>
    eventually(
      `the desk has the incident of ${serial}`,
      () => {
        const states = books.state(
          `SELECT deliveries.state AS state FROM deliveries JOIN incidents ON incidents.id = incident_id WHERE item_id LIKE ?`,
          `%${serial}`,
        )
        return states.length > 0 && states.every(row => row['state'] === 'delivered')
      },
      45_000,
    )

  beforeAll(async () => {
    desk = await startFakeRedmine()
    const settings = { kind: 'redmine', name: 'desk', url: desk.url, secret: { env: 'TILLWATCH_FAULT_DESK' } }
    world = await createWorld({
      register: false,
      overrides: [fileURLToPath(new URL('short-holds.yaml', import.meta.url))],
      desks: [{ ...settings, project: 'tills', tracker: 'Bug', key_field: FAKE_KEY_FIELD, allow_private: true }],
      // Compiled code is kept where the collector itself keeps it, not where the environment of the tests says.
      env: { TILLWATCH_FAULT_DESK: 'not a real key', NODE_COMPILE_CACHE: '' },
    })
    books = booksOf(world.collectorDir)
  })
  afterAll(async () => {
    await agent?.close()
    await world.end()
    await desk.stop()
  })

  test.each([
    ['delivery-intent', '0000000000000001'],
    ['delivery-called', '0000000000000002'],
    ['delivery-closed', '0000000000000003'],
  ])('the collector is killed at %s', async (point, serial) => {
    collector = await world.stack.startCollector({ TILLWATCH_CRASH_AT: point })
    await connect()
    await agent.telemetry(++seq, [endingRegister(serial)])
    expect(await collector.ended).toBe('SIGKILL')
    await agent.close()
    expect(compiledParts(), 'the next start need not compile everything anew').toBeGreaterThan(1_500)
    collector = await world.stack.startCollector()
    await settled(serial)
    expect(ticketsOf(serial)).toBe(1)
    await collector.stop()
  })

  test('the desk creates the ticket and never answers', async () => {
    collector = await world.stack.startCollector()
    await connect()
    desk.faults = [{ on: 'create', how: 'silent_after' }]
    const serial = '0000000000000004'
    await agent.telemetry(++seq, [endingRegister(serial)])
    await settled(serial)
    expect(desk.faults, 'the fault was met').toEqual([])
    expect(ticketsOf(serial)).toBe(1)
  })

  test('the desk creates the ticket and the connection breaks, then it is down for a moment', async () => {
    desk.faults = [
      { on: 'create', how: 'cut_after' },
      { on: 'find', how: 'error' },
    ]
    const serial = '0000000000000005'
    await agent.telemetry(++seq, [endingRegister(serial)])
    await settled(serial)
    expect(desk.faults).toEqual([])
    expect(ticketsOf(serial)).toBe(1)
  })

  test('and in all there is a ticket for each incident and none besides', () => {
    const keys = books.state('SELECT desk_key FROM incidents').map(row => row['desk_key'])
    const told = desk.issues.map(issue => issue.fields.get(FAKE_KEY_FIELD))
    expect(keys).toHaveLength(5)
    expect(told).toHaveLength(5)
    expect(new Set(told)).toEqual(new Set(keys))
  })
})
