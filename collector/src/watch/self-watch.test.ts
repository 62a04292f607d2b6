import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIncidentPart, type IncidentPart } from '../incidents/state-part.ts'
import { createLiveBus } from '../live/live-bus.ts'
import { HOUSE_DESK } from '../routing/testing/house-desk.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createSelfWatch, type OwnReadings, type SelfWatch } from './self-watch.ts'
import type { WatchBook } from './watch-book.ts'

const MINUTE = 60_000
const well: OwnReadings = {
  intakeShare: 0,
  batchMs: 10,
  statePending: 0,
  diskFreeBytes: 50e9,
  storeBytes: 1e9,
  itemFailures: 0,
  connections: 10,
  refusedFiles: [],
  refusedRoutes: [],
  isUnrouted: false,
  missingYears: [],
  deskProblems: [],
}

let folder: string
let database: DatabaseSync
let part: IncidentPart
let clock: ManualClock
let own: OwnReadings
let log: ReturnType<typeof recordingLogger>
let registry: Registry
let watch: SelfWatch

const watching = (book: WatchBook) =>
  createSelfWatch({ own: () => own, book, registry, live: createLiveBus(), clock, log })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-watch-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  clock = new ManualClock()
  part = createIncidentPart(database, { packs: [], overrides: [], desks: [HOUSE_DESK] }, clock)
  own = well
  log = recordingLogger()
  registry = new Registry()
  watch = watching(part.watch)
})
afterEach(async () => {
  await watch.stop()
  database.close()
  rmSync(folder, { recursive: true })
})

const incidents = () =>
  database.prepare('SELECT tenant_id, status, priority, cause_class FROM incidents').all() as Record<string, unknown>[]
const pass = async (ms: number) => {
  for (let gone = 0; gone < ms; gone += 30_000) await clock.advance(30_000)
}
const level = async () => /tillwatch_self_check\{check="disk"\} (\d)/.exec(await registry.metrics())?.[1]

test('domain 15: trouble is one incident of the operators, in health, metrics and log; it ends after ten calm minutes', async () => {
  await watch.start()
  await pass(MINUTE)
  expect([watch.isHealthy(), await level(), incidents()]).toEqual([true, '0', []])

  own = { ...well, diskFreeBytes: 0.1e9 }
  await pass(2 * MINUTE)
  expect(incidents()).toEqual([{ tenant_id: 'main', status: 'open', priority: 2, cause_class: 'collector' }])
  expect(watch.checks().find(check => check.name === 'disk')).toMatchObject({ ok: false, reason: expect.any(String) })
  expect([watch.isHealthy(), await level()]).toEqual([false, '2'])
  expect(log.lines.filter(line => line.level === 'warn')).toHaveLength(1)

  own = well
  await pass(5 * MINUTE)
  expect(incidents()).toMatchObject([{ status: 'open' }])
  expect(watch.isHealthy()).toBe(true)
  await pass(7 * MINUTE)
  expect(incidents()).toMatchObject([{ status: 'solved' }])

  own = { ...well, diskFreeBytes: 0.1e9 }
  await pass(MINUTE)
  expect(incidents()).toMatchObject([{ status: 'open' }])
})

test('after a restart nothing is called over before ten minutes were calm', async () => {
  own = { ...well, diskFreeBytes: 0.1e9 }
  await watch.start()
  await pass(2 * MINUTE)
  await watch.stop()

  own = well
  registry = new Registry()
  watch = watching(part.watch)
  await watch.start()
  await pass(9 * MINUTE)
  expect(incidents()).toMatchObject([{ status: 'open' }])
  await pass(3 * MINUTE)
  expect(incidents()).toMatchObject([{ status: 'solved' }])
})

test('a message that a desk does not take for half an hour is told, with a reason that names no size', async () => {
  const at = clock.now()
  database
    .prepare(
      `INSERT INTO deliveries (tenant_id, desk, event_id, kind, priority, payload_json, state, next_at, created_at)
       VALUES ('main', 'desk', 'e', 'open', 3, '{}', 'waiting', ?, ?)`,
    )
    .run(at, at)
  await watch.start()
  await pass(32 * MINUTE)
  expect(watch.checks().find(check => check.name === 'deliveries')).toEqual({
    name: 'deliveries',
    ok: true,
    reason: 'messages to desks are stuck',
  })
  expect(incidents()).toMatchObject([{ priority: 3 }])
})

test('a state store that never answers is noticed without waiting for it', async () => {
  const silent = new Promise<never>(() => undefined)
  registry = new Registry()
  watch = watching({ oldestDelivery: () => silent, report: () => silent })
  await watch.start()
  await pass(2 * MINUTE)
  expect(watch.checks().find(check => check.name === 'state_thread')).toMatchObject({ ok: false })
  expect(watch.isHealthy()).toBe(false)
})

const disk = (diskFreeBytes: number) => {
  own = { ...well, diskFreeBytes }
}
const person = { name: 'Анна', side: 'support' } as const
const onlyId = () => String(database.prepare('SELECT id FROM incidents').get()?.['id'])

test('a watch that cannot look any more is not well, so the watcher outside misses it', async () => {
  await watch.start()
  await pass(MINUTE)
  expect(watch.isHealthy()).toBe(true)
  watch = createSelfWatch({
    own: () => {
      throw new Error('the folder is gone')
    },
    ...{ book: part.watch, registry: new Registry(), live: createLiveBus(), clock, log },
  })
  await watch.start()
  await pass(5 * MINUTE)
  expect(watch.isHealthy()).toBe(false)
})

test('what grows worse raises the priority of its incident', async () => {
  await watch.start()
  disk(1.5e9)
  await pass(2 * MINUTE)
  expect(incidents()).toMatchObject([{ priority: 3 }])
  disk(0.1e9)
  await pass(2 * MINUTE)
  expect(incidents()).toMatchObject([{ priority: 2, status: 'open' }])
})

test('domain 18.27: what an operator rejected stays quiet while it lasts; once over it may come again', async () => {
  await watch.start()
  disk(1.5e9)
  await pass(2 * MINUTE)
  const reject = { action: 'discard', as: 'rejected', reason: 'знаем' } as const
  await part.incidents.act('main', onlyId(), reject, person, clock.now())
  await pass(5 * MINUTE)
  expect(incidents()).toMatchObject([{ status: 'closed' }])
  disk(50e9)
  await pass(15 * MINUTE)
  disk(1.5e9)
  await pass(2 * MINUTE)
  expect(incidents().map(row => row['status'])).toEqual(['closed', 'open'])
})

test('domain 18.26: solved by a person while it lasts: left alone for the grace', async () => {
  // That no desk takes a message is found too.
  const ofDisk = () =>
    database
      .prepare(`SELECT status FROM incidents WHERE subject = 'disk'`)
      .all()
      .map(row => row['status'])
  await watch.start()
  disk(0.1e9)
  await pass(2 * MINUTE)
  await part.incidents.act('main', onlyId(), { action: 'solve', text: '' }, person, clock.now())
  await pass(110 * MINUTE)
  expect(ofDisk()).toEqual(['solved'])
  await pass(15 * MINUTE)
  expect(ofDisk()).toEqual(['in_work'])
})

test('domain 18.6: a year without its holidays becomes an incident of the operators in words of its own, and ends with the file', async () => {
  await watch.start()
  own = { ...well, missingYears: [{ calendar: { ru: 'Пн–пт', en: 'Mon–Fri' }, year: 2027 }] }
  await pass(2 * MINUTE)
  const titles = () => database.prepare('SELECT title_ru, status FROM incidents').all()
  expect(titles()).toMatchObject([{ title_ru: 'Настройки Tillwatch требуют внимания', status: 'open' }])
  own = well
  await pass(12 * MINUTE)
  expect(titles()).toMatchObject([{ status: 'solved' }])
})
