import type { AcceptedFact, AcceptedMessage } from '@tillwatch/collector/ingest/batch'
import type { SeriesStore } from '@tillwatch/collector/store/series-store'
import { describe, expect, test } from 'vitest'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const start = Date.parse('2026-11-01T00:00:00Z')
const item = 'register:main:0000000000301234'
const fact = 'fiscal.fn.last_document'

function message(seq: number, facts: Readonly<Record<string, AcceptedFact>>, more: Partial<AcceptedMessage> = {}) {
  const own: AcceptedMessage = {
    ...{ agentId: 'till-0001', tenantId: 'main', kind: 'telemetry', epoch: 1, seq, lost: 0, receivedAt: start },
    items: [{ itemId: item, kind: 'register', slot: 'r1', identity: '0000000000301234', at: start, facts }],
    ...{ event: null, refusal: null },
  }
  return { ...own, ...more }
}
const number = (at: number, value: number, name = fact): Readonly<Record<string, AcceptedFact>> => ({
  [name]: { value, at, source: 'register' },
})

/** What every series store promises. `open` gives an empty one. */
export function seriesStoreContract(name: string, open: () => Promise<SeriesStore>): void {
  const all = { itemId: item, fact, from: start, to: start + 10 * DAY, points: 2000 }
  const raw = { ...all, to: start + HOUR, points: 2000 }

  describe(`series store: ${name}`, () => {
    test('R34: what was appended comes back in the order of time', async () => {
      const store = await open()
      await store.append([message(1, number(start + 120_000, 20)), message(2, number(start + 60_000, 10))])
      expect(await store.query(raw)).toEqual([
        { at: start + 60_000, mean: 10, min: 10, max: 10 },
        { at: start + 120_000, mean: 20, min: 20, max: 20 },
      ])
    })

    test('a message taken once is skipped the next time, whatever it says then', async () => {
      const store = await open()
      await store.append([message(1, number(start, 1)), message(2, number(start + HOUR, 2))])
      await store.append([message(2, number(start + HOUR + 7, 3)), message(1, number(start + 9, 9))])
      const points = await store.query({ ...all, to: start + 2 * HOUR })
      expect(points.map(point => point.mean)).toEqual([1, 2])
    })

    test('epochs and agents number for themselves', async () => {
      const store = await open()
      await store.append([message(5, number(start, 1))])
      await store.append([message(1, number(start + 60_000, 2), { epoch: 2 })])
      await store.append([message(1, number(start + 120_000, 3), { agentId: 'till-0002' })])
      expect((await store.query(raw)).map(point => point.mean)).toEqual([1, 2, 3])
    })

    test('of two values at one instant the later in sequence stays, in the roll-up too', async () => {
      const store = await open()
      await store.append([
        message(1, number(start, 100)),
        message(2, number(start, 4)),
        message(3, number(start + 60_000, 6)),
      ])
      expect((await store.query(raw)).map(point => point.mean)).toEqual([4, 6])
      expect(await store.query({ ...all, points: 10 })).toEqual([{ at: start, mean: 5, min: 4, max: 6 }])
    })

    test('only numbers that draw a chart are kept; snapshots have no place of their own and are not', async () => {
      const store = await open()
      await store.append([
        message(1, { 'fiscal.register.mode': { value: 'ready', at: start, source: 'register' } }),
        message(2, number(start, 41, 'fiscal.shift.number')),
        message(3, { [fact]: { value: null, at: start, source: 'register', reason: 'silent' } }),
        message(4, number(start, 7), { kind: 'snapshot' }),
      ])
      for (const name of ['fiscal.register.mode', 'fiscal.shift.number', fact])
        expect(await store.query({ ...raw, fact: name })).toEqual([])
    })

    test('a long range comes in at most the wanted number of points, with mean and both extremes', async () => {
      const store = await open()
      const values = Array.from({ length: 600 }, (_, index) => index)
      await store.append(values.map(value => message(value + 1, number(start + value * 60_000, value))))
      const points = await store.query({ ...all, to: start + 10 * HOUR, points: 20 })
      expect(points.length).toBeLessThanOrEqual(20)
      expect(points.length).toBeGreaterThanOrEqual(10)
      expect(points[0]?.min).toBe(0)
      expect(points.at(-1)?.max).toBe(599)
      expect(points[0]?.mean).toBeCloseTo(((points[0]?.min ?? 0) + (points[0]?.max ?? 0)) / 2)
    })

    test('points older than the raw retention live on as hours, and hours go at their own', async () => {
      const store = await open()
      const now = start + 100 * DAY
      await store.append([
        message(1, number(start, 5)),
        message(2, number(start + 60_000, 9)),
        message(3, number(now, 1)),
      ])
      while (await store.thin({ rawDays: 30, hourlyDays: 400 }, now));
      expect(await store.query({ ...raw, to: start + 2 * HOUR })).toEqual([{ at: start, mean: 7, min: 5, max: 9 }])
      expect(await store.query({ ...raw, from: now, to: now + HOUR })).toHaveLength(1)
      while (await store.thin({ rawDays: 30, hourlyDays: 60 }, now));
      expect(await store.query({ ...raw, to: start + 2 * HOUR })).toEqual([])
    })

    test('a reading that arrives after its hour was thinned out still counts in it', async () => {
      const store = await open()
      const now = start + 100 * DAY
      await store.append([message(1, number(start, 5))])
      while (await store.thin({ rawDays: 30, hourlyDays: 400 }, now));
      await store.append([message(2, number(start + 60_000, 9))])
      expect(await store.query({ ...all, points: 10 })).toEqual([{ at: start, mean: 7, min: 5, max: 9 }])
    })

    test('days are the calendar days of the zone', async () => {
      const store = await open()
      const evening = Date.parse('2026-11-02T20:30:00Z')
      const night = Date.parse('2026-11-02T21:30:00Z')
      await store.append([
        message(1, number(evening, 10)),
        message(2, number(night, 12)),
        message(3, number(night + HOUR, 15)),
      ])
      const request = { itemId: item, fact, from: start, to: start + 5 * DAY }
      const moscow = await store.days({ ...request, timezone: 'Europe/Moscow' })
      expect(moscow.map(({ day, min, max }) => ({ day, min, max }))).toEqual([
        { day: '2026-11-02', min: 10, max: 10 },
        { day: '2026-11-03', min: 12, max: 15 },
      ])
      expect(await store.days({ ...request, timezone: 'UTC' })).toEqual([
        {
          day: '2026-11-02',
          min: 10,
          max: 15,
          firstAt: Date.parse('2026-11-02T20:00:00Z'),
          lastAt: Date.parse('2026-11-02T22:00:00Z'),
        },
      ])
    })

    test('items are found by the facts that they have', async () => {
      const store = await open()
      await store.append([message(1, number(start, 1))])
      expect(await store.itemsWith(fact, start)).toEqual([item])
      expect(await store.itemsWith(fact, start + DAY)).toEqual([])
      expect(await store.itemsWith('host.cpu.load', start)).toEqual([])
    })
  })
}
