import type { WireItem } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { MemoryOutbox } from '../outbox/memory-outbox.ts'
import { withLastSaid } from './last-said.ts'

const register = (slot: string, unsent: number): WireItem => ({
  ...{ kind: 'register', slot, id: null, at: '2026-11-22T09:00:00.000Z', source: 'register' },
  facts: { 'fiscal.ofd.unsent_documents': unsent },
})
const outboxOf = (...items: readonly WireItem[]): MemoryOutbox => {
  const outbox = new MemoryOutbox(new ManualClock())
  for (const item of items) outbox.append({ kind: 'telemetry', body: { items: [item] } })
  return outbox
}

test('an agent that starts with a backlog tells its end first: the last word of every place that was not looked at yet', () => {
  const outbox = outboxOf(register('front', 1), register('back', 2), register('front', 3))
  expect(withLastSaid([register('back', 9)], outbox)).toEqual([register('front', 3), register('back', 9)])
})

test('what the collector has is not told again', () => {
  const outbox = outboxOf(register('front', 1))
  outbox.settle(1)
  expect(withLastSaid([], outbox)).toEqual([])
})

test('of a very long backlog the newest messages are looked through', () => {
  const outbox = outboxOf(...Array.from({ length: 3_000 }, (_, n) => register('front', n)))
  expect(withLastSaid([], outbox)).toEqual([register('front', 2_999)])
})
