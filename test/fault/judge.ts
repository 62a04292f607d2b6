import { expect } from 'vitest'
import { type CollectorBooks, type OutboxBook, pointsOf } from './books.ts'

/** Facts that the collector works out itself; no outbox knows them. */
const DERIVED = /^\S+ (host\.clock\.skew_ms|fiscal\.register\.clock_skew_ms|forecast\.\S+) /

/**
 * The books against what the agent had to say: every reading up to the mark is there with its own time and value, none that was never
 * said, none counted twice, every event once. `lives` are outboxes of the same agent, the last one being the living one.
 */
export function expectStoredOnce(books: CollectorBooks, agent: string, lives: readonly OutboxBook[]): void {
  const said = lives.flatMap(life => {
    const mark = books.mark(agent, life.epoch)
    expect(mark, 'the collector has nothing that the agent never said').toBeLessThan(life.next)
    return life.messages.filter(message => message.seq <= mark)
  })
  const waiting = lives.flatMap(life => life.messages.filter(message => message.seq > books.mark(agent, life.epoch)))
  const expected = pointsOf(agent, said)
  const points = books.points()
  expect(expected.size, 'the run was long enough to prove something').toBeGreaterThan(10)
  expect(
    [...expected].filter(point => !points.has(point)),
    'lost',
  ).toEqual([])
  const known = new Set([...expected, ...pointsOf(agent, waiting)])
  expect(
    [...points].filter(point => !known.has(point) && !DERIVED.test(point)),
    'never said',
  ).toEqual([])
  expect(books.pointsByHours(), 'counted twice').toBe(points.size)
  expect(books.lost(agent), 'lost messages').toBe(0)
}

/** Every event of the outbox is in the books once, in order. */
export function expectEventsOnce(books: CollectorBooks, agent: string, outbox: OutboxBook): void {
  const mark = books.mark(agent, outbox.epoch)
  const said = outbox.messages
    .filter(message => message.kind === 'event' && message.seq <= mark)
    .map(message => (message.body as { name: string }).name)
  expect(books.eventNames(agent).filter(name => name !== 'duplicate_identity')).toEqual(said)
}
