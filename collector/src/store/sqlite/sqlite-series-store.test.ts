import { expect, test } from 'vitest'
import type { AcceptedMessage } from '../../ingest/batch.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { SERIES_MIGRATIONS } from './series-schema.ts'
import { createSqliteSeriesStore } from './sqlite-series-store.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const start = Date.parse('2026-01-01T00:00:00Z')
const retention = { rawDays: 30, hourlyDays: 400 }

function world() {
  const database = openDatabase(':memory:')
  migrate(database, SERIES_MIGRATIONS)
  const rows = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])
  return { store: createSqliteSeriesStore(database), rows }
}
const reading = (seq: number, at: number, itemId = 'volume:till-0001:/'): AcceptedMessage => ({
  ...{ agentId: 'till-0001', tenantId: 'main', kind: 'telemetry', epoch: 1, seq, lost: 0, receivedAt: at, event: null },
  items: [
    {
      ...{ itemId, kind: 'volume', slot: '/', identity: null, at },
      facts: { 'host.disk.free_bytes': { value: seq, at, source: 'host' } },
    },
  ],
  refusal: null,
})

test('retention goes in small steps even when a whole year falls due at once', async () => {
  const { store, rows } = world()
  const many = 12_000
  await store.append(Array.from({ length: many }, (_, index) => reading(index + 1, start + index * MINUTE)))
  const now = start + 300 * DAY
  expect(await store.thin(retention, now)).toBe(true)
  expect(rows('points')).toBeGreaterThan(many - 10_000)
  while (await store.thin(retention, now));
  expect([rows('points'), rows('hours')]).toEqual([0, 200])
})

test('a series of which nothing is left goes, and begins anew when its item speaks again', async () => {
  const { store, rows } = world()
  await store.append([reading(1, start, 'volume:till-0001:usb')])
  const now = start + 500 * DAY
  while (await store.thin(retention, now));
  expect(rows('series')).toBe(0)
  await store.append([reading(2, now, 'volume:till-0001:usb')])
  const request = { itemId: 'volume:till-0001:usb', fact: 'host.disk.free_bytes', from: now - DAY, to: now + DAY }
  expect(await store.query({ ...request, points: 10 })).toHaveLength(1)
})

test('an hour is thinned whole: a value of its second half that comes again does not forget the first', async () => {
  const { store } = world()
  await store.append([reading(1, start + 10 * MINUTE), reading(2, start + 50 * MINUTE)])
  while (await store.thin(retention, start + 30 * DAY + 30 * MINUTE));
  await store.append([reading(3, start + 50 * MINUTE)])
  const request = { itemId: 'volume:till-0001:/', fact: 'host.disk.free_bytes', from: start, to: start + 10 * DAY }
  expect(await store.query({ ...request, points: 10 })).toMatchObject([{ min: 1, max: 3 }])
})
