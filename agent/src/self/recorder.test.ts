import type { WireItem } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { MemoryOutbox } from '../outbox/memory-outbox.ts'
import { createClockWatch } from './clock-watch.ts'
import { createRecorder } from './recorder.ts'

const ALL = { messages: 1_000, bytes: Number.MAX_SAFE_INTEGER }

function parts() {
  const clock = new ManualClock()
  const outbox = new MemoryOutbox(clock)
  const logger = recordingLogger()
  const recorder = createRecorder({ outbox, clock, logger, onRecorded: () => undefined })
  return { clock, outbox, logger, recorder }
}

const item = (slot: string, text = ''): WireItem => ({
  kind: 'register',
  slot,
  id: null,
  at: '2026-11-22T09:00:00Z',
  source: 'register',
  facts: { 'fiscal.register.model': text },
})

test('one round of readings is one message', () => {
  const { outbox, recorder } = parts()
  recorder.telemetry([item('a'), item('b')])
  expect(outbox.take(0, ALL)).toMatchObject([{ kind: 'telemetry', body: { items: [{ slot: 'a' }, { slot: 'b' }] } }])
})

test('a round too large for one packet becomes several, and nothing is left out', () => {
  const { outbox, recorder } = parts()
  const items = Array.from({ length: 100 }, (_, n) => item(`slot-${n}`, 'x'.repeat(1_000)))
  recorder.telemetry(items)
  const messages = outbox.take(0, ALL)
  expect(messages.length).toBeGreaterThan(1)
  expect(messages.flatMap(message => (message.kind === 'telemetry' ? message.body.items : []))).toEqual(items)
  expect(outbox.counts().dropped).toBe(0)
})

test('a full disk is said once with the next step, and told to the collector when there is room again', () => {
  const { outbox, logger, recorder } = parts()
  outbox.setFull(true)
  for (let n = 0; n < 5; n++) recorder.telemetry([item('a')])
  expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
  outbox.setFull(false)
  recorder.telemetry([item('a')])
  expect(outbox.take(0, ALL)).toMatchObject([
    { kind: 'telemetry' },
    { kind: 'event', body: { name: 'messages_dropped', details: { messages: 5 } } },
  ])
  expect(outbox.counts().dropped).toBe(5)
})

test('a step of the wall clock is seen, ordinary time is not', async () => {
  const clock = new ManualClock()
  const step = createClockWatch(clock)
  await clock.advance(3_600_000)
  expect(step()).toBe(0)
  clock.stepWall(-120_000)
  expect(step()).toBe(-120_000)
  expect(step()).toBe(0)
})
