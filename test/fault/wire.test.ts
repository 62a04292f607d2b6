import { PACKET_BYTES_MAX, systemClock, type WireItem } from '@tillwatch/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectScripted, type ScriptedAgent } from '../stack/scripted-agent.ts'
import { TERMINAL } from '../stack/stack.ts'
import { booksOf, type CollectorBooks } from './books.ts'
import { createWorld, type World } from './world.ts'

const { agent: AGENT } = TERMINAL
const FACT = 'host.disk.free_bytes'
const iso = (at: number): string => new Date(at).toISOString()

const disk = (at: number, freeBytes: number): WireItem => ({
  kind: 'volume',
  slot: '/',
  id: null,
  at: iso(at),
  source: 'host',
  facts: { [FACT]: freeBytes },
})

describe('what the wire may bring', () => {
  let world: World
  let books: CollectorBooks
  let agent: ScriptedAgent
  let seq = 0
  const now = (): number => systemClock.now()
  /** Time of the point with this value; every test writes values of its own. */
  const timeOf = (value: number): number => {
    const point = [...books.points()].find(each => each.includes(`${FACT} `) && each.endsWith(` ${value}`))
    return Number(point?.split(' ').at(-2))
  }
  const refused = (): Record<string, unknown>[] =>
    books.state('SELECT seq, reason, payload FROM quarantine WHERE agent_id = ? ORDER BY id', AGENT)

  beforeAll(async () => {
    world = await createWorld({ register: false })
    books = booksOf(world.collectorDir)
    await world.stack.startCollector()
    agent = await connectScripted(world.identity(), 7)
    await agent.hello({ base: 1, next: 1 })
    await agent.stored(0)
  })
  afterAll(async () => {
    await agent.close()
    await world.end()
  })

  test('a malformed message is put aside with its reason; the sequence goes on', async () => {
    await agent.telemetry(++seq, [disk(now(), 1001)])
    const bad = ++seq
    const wrong = { ...disk(now(), 1), kind: 'spaceship' } as unknown as WireItem
    await agent.telemetry(bad, [wrong])
    await agent.telemetry(++seq, [disk(now(), 1002)])
    await agent.stored(seq)
    const told = await agent.said(said => said.kind === 'stored' && said.refused.length > 0)
    expect(told).toMatchObject({ refused: [{ seq: bad, reason: expect.stringContaining('kind') as string }] })
    expect(refused()).toMatchObject([{ seq: bad, payload: expect.stringContaining('spaceship') as string }])
    expect([timeOf(1001), timeOf(1002)].every(Number.isFinite)).toBe(true)
  })

  test.each([
    ['no JSON', '{"v":1,'],
    ['no UTF-8', new Uint8Array([0xff, 0xfe, 0x00])],
    ['nothing', ''],
    ['a list', '[1,2,3]'],
    ['a deep nest', '['.repeat(20_000)],
  ])('%s is kept for a person to look at; the connection stays', async (_what, payload) => {
    const before = refused().length
    await agent.raw(payload)
    await agent.telemetry(++seq, [disk(now(), 2000 + seq)])
    await agent.stored(seq)
    expect(refused().length).toBe(before + 1)
    expect(agent.isOpen()).toBe(true)
  })

  test('a message of a newer version is not judged: the agent is told to hold, and nothing is skipped', async () => {
    const next = seq + 1
    await agent.telemetry(next, [disk(now(), 3001)], { v: 2 })
    expect(await agent.said(said => said.kind === 'hold')).toMatchObject({
      reason: expect.stringContaining('update') as string,
    })
    expect(books.mark(AGENT)).toBe(seq)
    await agent.telemetry(++seq, [disk(now(), 3002)])
    await agent.stored(seq)
    expect(timeOf(3001)).toBeNaN()
    expect(timeOf(3002)).toBeGreaterThan(0)
  })

  test('the same again, and one out of order, change nothing', async () => {
    await agent.telemetry(seq, [disk(now(), 4001)])
    await agent.telemetry(seq + 5, [disk(now(), 4002)])
    await agent.telemetry(++seq, [disk(now(), 4003)])
    await agent.stored(seq)
    expect([timeOf(4001), timeOf(4002)]).toEqual([Number.NaN, Number.NaN])
    expect(timeOf(4003)).toBeGreaterThan(0)
    expect(books.lost(AGENT)).toBe(0)
  })

  test('what the outbox no longer holds is counted as lost, and only that', async () => {
    seq += 4
    await agent.telemetry(seq, [disk(now(), 5001)], { base: seq })
    await agent.stored(seq)
    expect(books.lost(AGENT)).toBe(3)
  })

  test('a clock that stands in 2000 does not misdate a reading', async () => {
    const battery = Date.parse('2000-01-01T00:00:42Z')
    await agent.telemetry(++seq, [disk(battery - 60_000, 6001)], {
      recorded_at: iso(battery - 60_000),
      sent_at: iso(battery),
      age_ms: 60_000,
    })
    await agent.stored(seq)
    expect(Math.abs(now() - 60_000 - timeOf(6001))).toBeLessThan(10_000)
  })

  test('a clock that was set between reading and sending does not misdate a reading', async () => {
    const before = now() - 3 * 86_400_000
    await agent.telemetry(++seq, [disk(before, 6002)], { recorded_at: iso(before), age_ms: 90_000 })
    await agent.stored(seq)
    expect(Math.abs(now() - 90_000 - timeOf(6002))).toBeLessThan(10_000)
  })

  test('a reading from the future is dated with its receipt at the latest', async () => {
    const ahead = now() + 86_400_000
    await agent.telemetry(++seq, [disk(ahead, 6003)], { recorded_at: iso(ahead), age_ms: null })
    await agent.stored(seq)
    expect(timeOf(6003)).toBeLessThanOrEqual(now())
  })

  test('a packet over the ceiling ends that connection alone', async () => {
    await agent.raw('x'.repeat(PACKET_BYTES_MAX + 1)).catch(() => undefined)
    expect(agent.isOpen()).toBe(false)
    agent = await connectScripted(world.identity(), 7)
    await agent.hello({ base: 1, next: seq + 1 })
    await agent.telemetry(++seq, [disk(now(), 7001)])
    await agent.stored(seq)
    expect(timeOf(7001)).toBeGreaterThan(0)
  })

  test('after all of it health is good and the counters tell the story', async () => {
    const health = await fetch(`${world.stack.url}/health`)
    expect(health.status).toBe(200)
    const metrics = await (await fetch(`${world.stack.url}/metrics`)).text()
    for (const reason of ['malformed', 'newer', 'duplicate', 'gap', 'unplaced'])
      expect(metrics).toMatch(new RegExp(`reason="${reason}"[^\\n]* [1-9]`))
  })
})
