import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createHistory, type History } from './history.ts'

const DAY = 24 * 3_600_000
const NOW = 10_000 * DAY
const KEEP = { changesDays: 400 }
let folder: string
let database: DatabaseSync
let history: History

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-history-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  database.exec('PRAGMA foreign_keys = OFF')
  migrate(database, STATE_MIGRATIONS)
  history = createHistory(database)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const change = (item: string, fact: string, value: string, days: number, receivedDays = days) =>
  database
    .prepare(
      `INSERT INTO changes (tenant_id, item_id, fact, value_json, source, at, received_at) VALUES ('main', ?, ?, ?, 'register', ?, ?)`,
    )
    .run(item, fact, value, NOW - days * DAY, NOW - receivedDays * DAY)
const delivery = (event: string, state: string, createdDays: number, settledDays: number | null) =>
  database
    .prepare(
      `INSERT INTO deliveries (tenant_id, incident_id, desk, event_id, kind, priority, payload_json, state, next_at, created_at, settled_at)
       VALUES ('main', 'i', 'desk', ?, 'open', 3, '{}', ?, 0, ?, ?)`,
    )
    .run(event, state, NOW - createdDays * DAY, settledDays === null ? null : NOW - settledDays * DAY)
const left = (sql: string) =>
  database
    .prepare(sql)
    .all()
    .map(row => Object.values(row)[0])
async function walk(): Promise<number> {
  let steps = 1
  while (await history.thin(KEEP, NOW)) steps++
  return steps
}

describe('retention', () => {
  it('keeps changes for their days, and the newest of every item and fact for ever', async () => {
    change('r1', 'firmware', 'A', 900)
    change('r1', 'firmware', 'B', 500)
    change('r1', 'serial', 'S', 900)
    change('r2', 'firmware', 'A', 900)
    change('r1', 'firmware', 'C', 30)
    change('r2', 'firmware', 'late', 950, 10)
    await walk()
    expect(left('SELECT value_json FROM changes ORDER BY id')).toEqual(['S', 'A', 'C', 'late'])
  })

  it('keeps audit trails for five years', async () => {
    for (const days of [2000, 1800, 1])
      database
        .prepare(
          `INSERT INTO timeline (tenant_id, incident_id, at, kind, actor, text_ru, text_en) VALUES ('main', 'i', ?, 'note', 'x', '', ?)`,
        )
        .run(NOW - days * DAY, String(days))
    await walk()
    expect(left('SELECT text_en FROM timeline ORDER BY id')).toEqual(['1800', '1'])
  })

  it('keeps settled deliveries for a year and unsettled ones until they are', async () => {
    delivery('waits', 'waiting', 800, null)
    delivery('late', 'delivered', 800, 100)
    delivery('old', 'delivered', 800, 799)
    delivery('refused', 'failed', 700, 699)
    delivery('young', 'delivered', 100, 100)
    await walk()
    expect(left('SELECT event_id FROM deliveries ORDER BY id')).toEqual(['waits', 'late', 'young'])
  })

  it('goes in small steps past what must stay, and begins anew the next time', async () => {
    database.exec('BEGIN')
    for (let n = 0; n < 1_200; n++) change(`r${n}`, 'serial', 'S', 900)
    for (let n = 0; n < 600; n++) change('r', 'phase', `${n}`, 800 - n / 10)
    change('r', 'phase', 'now', 1)
    database.exec('COMMIT')
    await history.thin(KEEP, NOW)
    expect(left('SELECT count(*) FROM changes')).toEqual([1_801])
    expect(await walk()).toBe(3)
    expect(left('SELECT count(*) FROM changes')).toEqual([1_201])
    change('r0', 'serial', 'T', 1)
    await walk()
    expect(left('SELECT count(*) FROM changes')).toEqual([1_201])
  })
})
