import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { topicOf } from '@tillwatch/shared'
import mqtt from 'mqtt'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  clientOptions,
  closed,
  connectAgent,
  createIngestWorld,
  hello,
  type IngestWorld,
  removeWorlds,
  telemetry,
} from './ingest-world.ts'

const id = 'till-0001'
const up = topicOf(id, 'up')
let world: IngestWorld
beforeEach(async () => {
  world = await createIngestWorld()
  await world.addAgent(id)
})
afterEach(() => world.stop())
afterAll(removeWorlds)

const seqs = () => world.stored.filter(({ kind }) => kind !== 'snapshot').map(({ seq }) => seq)

describe('messages', () => {
  test('R10: hello is answered with the mark and the window; then every message is stored once and said so', async () => {
    const agent = await connectAgent(world, id)
    agent.publish(up, hello(id, { epoch: 7, base: 1, next: 3 }))
    expect(await agent.answer('stored')).toMatchObject({
      epoch: 7,
      mark: 0,
      highest_epoch: 7,
      window: { messages: 64 },
    })
    agent.publish(up, telemetry(id, { epoch: 7, seq: 1, base: 1 }))
    expect(await agent.answer('stored')).toMatchObject({ mark: 1 })
    agent.publish(up, telemetry(id, { epoch: 7, seq: 1, base: 1 }))
    expect(await agent.answer('stored')).toMatchObject({ mark: 1 })
    agent.publish(up, telemetry(id, { epoch: 7, seq: 3, base: 1 }))
    expect(await agent.answer('stored')).toMatchObject({ mark: 1 })
    agent.publish(up, telemetry(id, { epoch: 7, seq: 2, base: 1 }))
    expect(await agent.answer('stored')).toMatchObject({ mark: 2 })
    agent.publish(up, telemetry(id, { epoch: 7, seq: 6, base: 6 }))
    expect(await agent.answer('stored')).toMatchObject({ mark: 6 })
    expect(seqs()).toEqual([1, 2, 6])
    expect(await world.count('tillwatch_uplink_lost_total', {})).toBe(3)
    expect(await world.count('tillwatch_uplink_not_taken_total', { reason: 'duplicate' })).toBe(1)
    await agent.end()
  })

  test('a malformed message is put aside, named and passed over; a newer one is held', async () => {
    const agent = await connectAgent(world, id)
    agent.publish(up, { ...telemetry(id, { epoch: 1, seq: 1, base: 1 }), body: { items: 'none' } })
    const stored = await agent.answer('stored')
    expect(stored).toMatchObject({ mark: 1, refused: [{ seq: 1 }] })
    const kept = world.database.prepare('SELECT seq, reason FROM quarantine').all()
    expect(kept).toEqual([{ seq: 1, reason: stored.refused[0]?.reason }])
    agent.publish(up, 'no JSON at all')
    agent.publish(up, { ...telemetry(id, { epoch: 1, seq: 2, base: 1 }), v: 2 })
    expect((await agent.answer('hold')).reason).toContain('version 1')
    expect(await world.count('tillwatch_uplink_not_taken_total', { reason: 'unplaced' })).toBe(1)
    agent.publish(up, telemetry(id, { epoch: 1, seq: 2, base: 1 }))
    expect(await agent.answer('stored')).toMatchObject({ mark: 2 })
    await agent.end()
  })

  test('when nothing can be stored the agent is told to wait, and what it sends again goes through', async () => {
    world.failures = 1
    const agent = await connectAgent(world, id)
    agent.publish(up, telemetry(id, { epoch: 1, seq: 1, base: 1 }))
    expect(await agent.answer('hold')).toMatchObject({ reason: 'the collector cannot store now' })
    expect(world.stored).toEqual([])
    agent.publish(up, telemetry(id, { epoch: 1, seq: 1, base: 1 }))
    expect(await agent.answer('stored')).toMatchObject({ mark: 1 })
    await agent.end()
  })

  test('a restarted collector answers with what is on its disk; a restored one asks for more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillwatch-ingest-'))
    const first = await createIngestWorld(folder)
    await first.addAgent(id)
    const before = await connectAgent(first, id)
    for (const seq of [1, 2, 3]) before.publish(up, telemetry(id, { epoch: 1, seq, base: 1 }))
    await vi.waitFor(() => expect(first.stored).toHaveLength(3))
    await before.end()
    await first.stop()
    const second = await createIngestWorld(folder)
    const after = await connectAgent(second, id)
    after.publish(up, hello(id, { epoch: 1, base: 1, next: 4 }))
    expect(await after.answer('stored')).toMatchObject({ mark: 3 })
    await after.end()
    second.database.exec('UPDATE marks SET mark = 1')
    await second.stop()
    const restored = await createIngestWorld(folder)
    const again = await connectAgent(restored, id)
    again.publish(up, hello(id, { epoch: 1, base: 1, next: 4 }))
    expect(await again.answer('stored')).toMatchObject({ mark: 1 })
    await again.end()
    await restored.stop()
  })
})

describe('who is there', () => {
  const state = () =>
    world.database.prepare('SELECT state, connection, duplicate_at IS NOT NULL AS twice FROM agents').get()
  const status = (word: string, connection: string) => JSON.stringify({ v: 1, state: word, connection })

  test('a will takes an agent offline; the will of an older connection does not', async () => {
    const topic = topicOf(id, 'status')
    const will = (connection: string) => ({
      topic,
      payload: Buffer.from(status('offline', connection)),
      qos: 1 as const,
      retain: true,
    })
    const first = await connectAgent(world, id, { will: will('first-01') })
    first.publish(topic, status('online', 'first-01'), { retain: true })
    await vi.waitFor(() => expect(state()).toMatchObject({ state: 'online', connection: 'first-01' }))
    const second = await connectAgent(world, id, { will: will('second-1') })
    second.publish(topic, status('online', 'second-1'), { retain: true })
    await vi.waitFor(() => expect(state()).toMatchObject({ state: 'online', connection: 'second-1' }))
    second.publish(topic, status('offline', 'first-01'))
    await vi.waitFor(async () =>
      expect(await world.count('tillwatch_uplink_not_taken_total', { reason: 'old_will' })).toBeGreaterThan(0),
    )
    expect(state()).toMatchObject({ state: 'online' })
    second.client.stream.destroy()
    await vi.waitFor(() => expect(state()).toMatchObject({ state: 'offline', connection: 'second-1' }))
  })

  test('two live holders of one identity are told', async () => {
    const original = await connectAgent(world, id)
    original.publish(up, hello(id, { epoch: 1, base: 1, next: 9 }, 'original'))
    await original.answer('stored')
    const clone = await connectAgent(world, id)
    clone.publish(up, hello(id, { epoch: 1, base: 1, next: 4 }, 'cloned-1'))
    await clone.answer('stored')
    expect(state()).toMatchObject({ twice: 1 })
    await clone.end()
  })

  test('a stranger is refused and told to the collector', async () => {
    await expect(mqtt.connectAsync(clientOptions(world, 'till-9999'))).rejects.toThrow(/Not authorized/i)
    expect(world.strangers).toEqual(['till-9999'])
  })

  test('a revoked agent is cut off while it is connected, and does not come back', async () => {
    const agent = await connectAgent(world, id)
    await world.fleet.revokeAgent('main', id, Date.now())
    await closed(agent)
    await expect(mqtt.connectAsync(clientOptions(world, id))).rejects.toThrow(/Not authorized/i)
  })
})

describe('attacks', () => {
  test.each([
    ['a wrong secret', { password: 'b'.repeat(43) }, 'secret'],
    ['no secret', { password: undefined }, 'secret'],
    ["another's client id", { clientId: 'till-0002' }, 'client_id'],
    ['a session for the broker to keep', { clean: false }, 'session_kept'],
    [
      'a will on a foreign topic',
      { will: { topic: topicOf('till-0002', 'status'), payload: Buffer.from('x'), qos: 0, retain: false } },
      'will_topic',
    ],
  ] as const)('connecting with %s', async (_what, options, reason) => {
    const attempt = mqtt.connectAsync(clientOptions(world, id, options as object))
    await expect(attempt).rejects.toThrow()
    expect(await world.count('tillwatch_broker_refused_total', { reason })).toBe(1)
  })

  test.each([
    ["another's topic", topicOf('till-0002', 'up'), {}, 'topic'],
    ['its own down topic', topicOf(id, 'down'), {}, 'topic'],
    ['QoS 2', up, { qos: 2 }, 'qos'],
    ['a retained message on up', up, { retain: true }, 'retained'],
  ] as const)('publishing: %s', async (_what, topic, options, reason) => {
    const agent = await connectAgent(world, id)
    agent.publish(topic, telemetry(id, { epoch: 1, seq: 1, base: 1 }), options)
    await closed(agent)
    expect(await world.count('tillwatch_broker_refused_total', { reason })).toBe(1)
    expect(world.stored).toEqual([])
  })

  test.each(['#', 'tillwatch/v1/+/+/down', '$SYS/#', topicOf('till-0002', 'down')])(
    'subscribing to %s',
    async filter => {
      const agent = await connectAgent(world, id)
      agent.client.subscribe(filter, () => {})
      await closed(agent)
      expect(await world.count('tillwatch_broker_refused_total', { reason: 'topic' })).toBe(1)
    },
  )

  test('a packet over 64 kB ends the connection; the largest one below does not', async () => {
    const agent = await connectAgent(world, id)
    agent.publish(up, 'x'.repeat(65_000))
    await vi.waitFor(async () =>
      expect(await world.count('tillwatch_uplink_not_taken_total', { reason: 'unplaced' })).toBe(1),
    )
    agent.publish(up, 'x'.repeat(66_000))
    await closed(agent)
    expect(await world.count('tillwatch_broker_refused_total', { reason: 'packet_too_long' })).toBe(1)
  })

  test('before authentication even 5 kB are too much', async () => {
    const client = mqtt.connect(clientOptions(world, id, { password: 'x'.repeat(5000) }))
    client.on('error', () => {})
    await new Promise<void>(resolve => client.once('close', () => resolve()))
    expect(await world.count('tillwatch_broker_refused_total', { reason: 'packet_too_long_before_auth' })).toBe(1)
  })

  test('one agent in the name of another is put aside', async () => {
    const agent = await connectAgent(world, id)
    agent.publish(up, telemetry('till-0002', { epoch: 1, seq: 1, base: 1 }))
    expect((await agent.answer('stored')).refused).toEqual([{ seq: 1, reason: 'agent: names another agent' }])
    await agent.end()
  })
})
