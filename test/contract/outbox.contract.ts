import type { Content, Outbox, OutboxLimits } from '@tillwatch/agent/outbox/outbox'
import { ManualClock } from '@tillwatch/shared/testing'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

/** How a suite gets an outbox of the kind under test. */
export type OpenOutbox = (clock: ManualClock, limits: Partial<OutboxLimits>) => Outbox

export const event = (n: number, text = ''): Content => ({
  kind: 'event',
  body: { name: 'something_happened', at: '2026-11-22T09:00:00Z', details: { n, text } },
})

const ALL = { messages: 1_000_000, bytes: Number.MAX_SAFE_INTEGER }
const numbersOf = (outbox: Outbox, after = 0): unknown[] =>
  outbox.take(after, ALL).map(message => (message.kind === 'event' ? message.body.details['n'] : null))

/** What every outbox promises; run on each implementation and on the twin that tests use in its place. */
export function outboxContract(name: string, open: OpenOutbox): void {
  describe(name, () => {
    let clock: ManualClock
    const opened: Outbox[] = []
    const outboxOf = (limits: Partial<OutboxLimits> = {}): Outbox => {
      const outbox = open(clock, limits)
      opened.push(outbox)
      return outbox
    }
    beforeEach(() => {
      clock = new ManualClock()
    })
    afterEach(() => {
      for (const outbox of opened.splice(0)) outbox.close()
    })
    const filled = (messages: number, limits: Partial<OutboxLimits> = {}): Outbox => {
      const outbox = outboxOf(limits)
      for (let n = 1; n <= messages; n++) outbox.append(event(n))
      return outbox
    }

    numbering(outboxOf, filled, () => clock)
    storing(filled, () => clock)
    epochs(filled)
    caps(filled, outboxOf)
  })
}

type Filled = (messages: number, limits?: Partial<OutboxLimits>) => Outbox

function numbering(empty: (limits?: Partial<OutboxLimits>) => Outbox, filled: Filled, clock: () => ManualClock): void {
  test('an empty outbox stands before its first message, in an epoch of the wall clock', () => {
    const { epoch, ...rest } = empty().position()
    expect(rest).toEqual({ base: 1, next: 1, mark: 0, offered: 0 })
    expect(epoch).toBe(Math.floor(clock().now() / 1000))
  })

  test('messages are numbered from 1 without gaps and come back as they went in', () => {
    const outbox = empty()
    expect([outbox.append(event(7)), outbox.append(event(8, 'касса'))]).toMatchObject([{ value: 1 }, { value: 2 }])
    expect(outbox.take(0, ALL)).toEqual([
      expect.objectContaining({
        ...event(7),
        seq: 1,
        recordedAt: clock().now(),
        recordedMonotonicMs: clock().monotonic(),
      }),
      expect.objectContaining({ ...event(8, 'касса'), seq: 2, epoch: outbox.position().epoch }),
    ])
  })

  test('take is repeatable and keeps the credit, but never returns nothing because one message is large', () => {
    const outbox = filled(5)
    expect(numbersOf(outbox, 2)).toEqual([3, 4, 5])
    expect(numbersOf(outbox, 2)).toEqual([3, 4, 5])
    expect(outbox.take(0, { messages: 2, bytes: ALL.bytes })).toHaveLength(2)
    expect(outbox.take(0, { messages: 5, bytes: 1 })).toHaveLength(1)
  })

  test('what was offered is remembered and only grows', () => {
    const outbox = filled(3)
    outbox.offer(2)
    outbox.offer(1)
    expect(outbox.position().offered).toBe(2)
  })
}

function storing(filled: Filled, clock: () => ManualClock): void {
  test('stored messages no longer wait but stay as a tail for 72 hours', async () => {
    const outbox = filled(3)
    outbox.settle(2)
    expect(outbox.counts().waiting).toBe(1)
    expect(outbox.position()).toMatchObject({ base: 1, mark: 2, next: 4 })
    await clock().advance(73 * 3_600_000)
    outbox.settle(3)
    expect(outbox.position()).toMatchObject({ base: 3, mark: 3 })
    expect(outbox.counts()).toMatchObject({ waiting: 0, dropped: 0, oldestAt: null })
  })

  test('a restored collector can be filled again from the tail', () => {
    const outbox = filled(5)
    outbox.settle(5)
    outbox.rewind(2)
    expect(outbox.position().mark).toBe(2)
    expect(outbox.counts().waiting).toBe(3)
    expect(numbersOf(outbox, 2)).toEqual([3, 4, 5])
  })

  test('rewinding further than the tail goes back to where it begins', async () => {
    const outbox = filled(2)
    outbox.settle(2)
    await clock().advance(73 * 3_600_000)
    outbox.append(event(3))
    outbox.settle(3)
    outbox.rewind(0)
    expect(outbox.position()).toMatchObject({ base: 3, mark: 2 })
  })

  test('settling backwards or beyond the end changes nothing that is not so', () => {
    const outbox = filled(3)
    outbox.settle(2)
    outbox.settle(1)
    expect(outbox.position().mark).toBe(2)
    outbox.settle(99)
    expect(outbox.position().mark).toBe(3)
  })

  test('a refused message is kept once with its reason, and only the newest of them', () => {
    const outbox = filled(4, { quarantineMax: 2 })
    outbox.quarantine([{ seq: 1, reason: 'kind: unknown' }])
    outbox.quarantine([
      { seq: 1, reason: 'kind: unknown' },
      { seq: 99, reason: 'never existed' },
    ])
    expect(outbox.quarantined()).toMatchObject([{ seq: 1, reason: 'kind: unknown' }])
    outbox.quarantine([
      { seq: 2, reason: 'b' },
      { seq: 3, reason: 'c' },
    ])
    expect(outbox.quarantined().map(({ seq }) => seq)).toEqual([2, 3])
    expect(outbox.counts().refused).toBe(3)
  })
}

function epochs(filled: Filled): void {
  test('a new epoch takes along what is not stored, numbered from 1, and lets the tail go', () => {
    const outbox = filled(5)
    outbox.offer(5)
    outbox.settle(2)
    const epoch = outbox.position().epoch + 10
    outbox.beginEpoch(epoch)
    expect(outbox.position()).toEqual({ epoch, base: 1, next: 4, mark: 0, offered: 0 })
    expect(outbox.take(0, ALL).map(({ seq, epoch: of }) => [seq, of])).toEqual([
      [1, epoch],
      [2, epoch],
      [3, epoch],
    ])
    expect(numbersOf(outbox)).toEqual([3, 4, 5])
  })

  test('epochs only grow', () => {
    const outbox = filled(1)
    const before = outbox.position()
    outbox.beginEpoch(before.epoch)
    expect(outbox.position()).toEqual(before)
  })
}

function caps(filled: Filled, empty: (limits?: Partial<OutboxLimits>) => Outbox): void {
  test('over the cap of messages the oldest go first, are counted, and base moves', () => {
    const outbox = filled(5, { messages: 3 })
    expect(outbox.counts()).toMatchObject({ waiting: 3, dropped: 2 })
    expect(outbox.position()).toMatchObject({ base: 3, next: 6, mark: 0 })
    expect(numbersOf(outbox)).toEqual([3, 4, 5])
  })

  test('over the cap of bytes likewise; stored ones go uncounted', () => {
    const outbox = empty({ bytes: 3_000 })
    for (let n = 1; n <= 2; n++) outbox.append(event(n, 'x'.repeat(1_000)))
    outbox.settle(1)
    for (let n = 3; n <= 4; n++) outbox.append(event(n, 'x'.repeat(1_000)))
    expect(outbox.counts().dropped).toBe(1)
    expect(outbox.counts().bytes).toBeLessThanOrEqual(3_000)
    expect(numbersOf(outbox)).toEqual([3, 4])
  })

  test('a message that fits into no packet is refused, counted, and uses up no number', () => {
    const outbox = empty()
    expect(outbox.append(event(1, 'x'.repeat(70_000)))).toMatchObject({
      ok: false,
      error: { code: 'outbox.message_too_large' },
    })
    expect(outbox.counts()).toMatchObject({ waiting: 0, dropped: 1 })
    expect(outbox.position().next).toBe(1)
  })

  test('whatever happens, the numbers held have no gap and every message is waiting, stored or counted', () => {
    const step = fc.oneof(
      fc.constant({ do: 'append' as const }),
      fc.record({ do: fc.constantFrom('settle' as const, 'rewind' as const, 'offer' as const), at: fc.nat(30) }),
      fc.constant({ do: 'epoch' as const }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const outbox = empty({ messages: 6 })
        for (const action of steps) {
          if (action.do === 'append') outbox.append(event(1))
          else if (action.do === 'epoch') outbox.beginEpoch(outbox.position().epoch + 1)
          else outbox[action.do](action.at)
          const { base, next, mark } = outbox.position()
          const held = outbox.take(0, ALL).map(({ seq }) => seq)
          expect(held).toEqual(Array.from({ length: next - base }, (_, index) => base + index))
          expect(mark).toBeLessThan(next)
          expect(outbox.counts().waiting).toBe(held.filter(seq => seq > mark).length)
        }
      }),
      { numRuns: 30 },
    )
  })
}
