import { type DownMessage, topicOf } from '@tillwatch/shared'
import { ManualClock, recordingLogger, settle } from '@tillwatch/shared/testing'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createLiveBus } from '../live/live-bus.ts'
import type { AcceptedMessage } from './batch.ts'
import { createIngest } from './ingest.ts'
import { createIntake } from './intake.ts'
import { createUplinkMetrics } from './uplink-metrics.ts'

function world(refuses: (messages: readonly AcceptedMessage[]) => boolean) {
  const clock = new ManualClock()
  const marks = new Map<string, number>()
  const told: [string, DownMessage][] = []
  const steps: string[] = []
  const intake = createIntake()
  const ingest = createIngest({
    ...{ intake, clock, log: recordingLogger(), live: createLiveBus(), random: () => 0 },
    send: (agentId, message) => {
      steps.push('told')
      told.push([agentId, message])
    },
    fleet: {
      standingsOf: async ids =>
        Object.fromEntries(
          ids.map(id => {
            const position = { epoch: marks.has(id) ? 1 : 0, mark: marks.get(id) ?? 0 }
            return [id, { position, marks: [position], presence: { state: 'never', connection: null } }]
          }),
        ),
      note: async () => {},
    },
    series: { append: async () => void steps.push('series') },
    evaluator: {
      derive: async messages => messages,
      commit: async messages => {
        if (refuses(messages)) throw new Error('constraint failed')
        steps.push('state')
        for (const { agentId, seq } of messages) marks.set(agentId, seq)
        return { itemIds: [], incidentIds: [], failures: [] }
      },
    },
    metrics: createUplinkMetrics(new Registry(), { connections: () => 0, queued: () => intake.size }),
    crash: name => void steps.push(name),
  })
  const say = (agentId: string, message: object) =>
    ingest.take({
      ...{ agentId, tenantId: 'main', channel: 'up', payload: Buffer.from(JSON.stringify(message)) },
      ...{ receivedAt: clock.now(), session: 1, address: topicOf(agentId, 'up'), tookOver: false },
    })
  const send = (agentId: string, seq: number, more: object = {}) => {
    const at = new Date(clock.now()).toISOString()
    say(agentId, {
      ...{ v: 1, agent: agentId, epoch: 1, seq, base: 1, kind: 'event', recorded_at: at, sent_at: at, age_ms: 0 },
      ...{ body: { name: 'clock_stepped', at }, ...more },
    })
  }
  return { clock, ingest, marks, told, steps, say, send }
}

test('R10: series first, then the one transaction, and only then the agent is told', async () => {
  const { ingest, steps, send } = world(() => false)
  await ingest.start()
  send('till-0001', 1)
  await settle()
  await ingest.stop()
  expect(steps).toEqual([
    ...['before-series', 'series', 'after-series', 'before-commit', 'state', 'after-commit', 'told', 'after-stored'],
  ])
})

test("one agent whose messages cannot be stored does not stop the others'", async () => {
  const { ingest, marks, told, send } = world(messages => messages.some(({ agentId }) => agentId === 'till-0002'))
  for (const agentId of ['till-0001', 'till-0002', 'till-0003']) send(agentId, 1)
  await ingest.start()
  await settle()
  await ingest.stop()
  expect([...marks]).toEqual([
    ['till-0001', 1],
    ['till-0003', 1],
  ])
  expect(told.map(([agentId, { kind }]) => [agentId, kind])).toEqual([
    ['till-0001', 'stored'],
    ['till-0002', 'hold'],
    ['till-0003', 'stored'],
  ])
})

test('while nothing can be stored every agent is told to wait, and work goes on by itself afterwards', async () => {
  let broken = true
  const { clock, ingest, marks, told, send } = world(() => broken)
  send('till-0001', 1)
  await ingest.start()
  await settle()
  expect(told.map(([, { kind }]) => kind)).toEqual(['hold'])
  broken = false
  send('till-0001', 1)
  await clock.advance(20_000)
  await ingest.stop()
  expect(marks.get('till-0001')).toBe(1)
})

test('a time beyond all calendars stops nobody: the reading is dated inside them', async () => {
  const { ingest, marks, told, send } = world(() => false)
  send('till-0001', 1, { age_ms: Number.MAX_SAFE_INTEGER })
  send('till-0002', 1)
  await ingest.start()
  await settle()
  await ingest.stop()
  expect([...marks.keys()]).toEqual(['till-0001', 'till-0002'])
  expect(told.map(([, { kind }]) => kind)).toEqual(['stored', 'stored'])
})

test('a hello with an unreadable snapshot is answered all the same: the sequence behind it must go on', async () => {
  const { ingest, told, say } = world(() => false)
  await ingest.start()
  say('till-0001', { v: 1, kind: 'hello', agent: 'till-0001', epoch: 3, base: 1, next: 2, snapshot: 'none' })
  await settle()
  await ingest.stop()
  expect(told).toMatchObject([['till-0001', { kind: 'stored', epoch: 3, mark: 0 }]])
})

test('a refused message that comes again is named again: the first answer may be lost with its connection', async () => {
  const { ingest, told, send } = world(() => false)
  await ingest.start()
  for (let time = 0; time < 2; time++) {
    send('till-0001', 1, { body: 'none' })
    await settle()
  }
  await ingest.stop()
  expect(told).toHaveLength(2)
  for (const [, answer] of told) expect(answer).toMatchObject({ mark: 1, refused: [{ seq: 1 }] })
})

test('what was refused in one epoch is not named in the answer to another', async () => {
  const { ingest, told, send } = world(() => false)
  send('till-0001', 1, { body: 'none' })
  send('till-0001', 1, { epoch: 2 })
  await ingest.start()
  await settle()
  await ingest.stop()
  expect(told).toMatchObject([['till-0001', { epoch: 2, mark: 1, refused: [] }]])
})

test('when the disk fails for everybody not every agent is tried in vain', async () => {
  let tries = 0
  const { ingest, told, send } = world(() => ++tries > 0)
  for (let index = 0; index < 100; index++) send(`till-${index}`, 1)
  await ingest.start()
  await settle()
  await ingest.stop()
  expect(tries).toBeLessThan(20)
  expect(told.filter(([, { kind }]) => kind === 'hold')).toHaveLength(100)
})

test('a newer version is held even when its very header is another', async () => {
  const { ingest, told, send } = world(() => false)
  send('till-0001', 1, { v: 2, epoch: 'e-7' })
  await ingest.start()
  await settle()
  await ingest.stop()
  expect(told.map(([, { kind }]) => kind)).toEqual(['hold'])
})
