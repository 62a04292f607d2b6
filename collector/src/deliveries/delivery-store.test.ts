import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Priority } from '@tillwatch/rules'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toHouseDesk, UNPLACED } from '../routing/testing/house-desk.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import type { Deliveries } from './delivery-port.ts'
import { createDeliveries } from './delivery-store.ts'
import { createDeliveryOutbox } from './outbox.ts'
import type { DeliveryKind } from './payload.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
let folder: string
let database: DatabaseSync
let deliveries: Deliveries

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-deliveries-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  deliveries = createDeliveries(database)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

function tell(id: string, kind: DeliveryKind, priority: Priority): void {
  database
    .prepare(
      `INSERT INTO incidents (id, tenant_id, number, dedup_key, episode, desk_key, item_id, agent_id, subject, cause_class, status, firing,
         priority, priority_computed, priority_told, priority_reason_json, title_ru, title_en, explanation_json, expected_json,
         component_json, runbook, conditions_json, onset_at, opened_at, changed_at)
       VALUES (?1, 'main', (SELECT count(*) + 1 FROM incidents), ?1, 1, ?1, 'i', 'a', 's', 'ofd', 'open', 1,
         ?2, ?2, ?2, '{}', '', '', '{}', '{}', '{}', '', '[]', 0, 0, 0)
       ON CONFLICT (id) DO UPDATE SET priority = excluded.priority`,
    )
    .run(id, priority)
  const text = { ru: kind, en: kind }
  const subject = { incidentId: id, number: 1, key: id, episode: 1, causeClass: 'ofd', itemId: 'i', ci: 'c' }
  const payload = { title: text, text, priority, subject: { ...subject, site: null, client: null, openedAt: '' } }
  createDeliveryOutbox(database, toHouseDesk).add({ ...UNPLACED, id, priority }, kind, payload, NOW)
}
const lost = { kind: 'again', at: NOW, error: 'cut', mayHaveArrived: true } as const
const ticket = { id: '1', number: '1', url: null, written: {} }
const states = () => database.prepare('SELECT kind, state FROM deliveries ORDER BY id').all().map(Object.values)

describe('a rise of priority around an opening whose answer was lost', () => {
  it('is still told: the ticket may have been born before it', async () => {
    tell('i1', 'open', 3)
    const first = await deliveries.begin('desk', NOW)
    await deliveries.settle(first?.id ?? 0, lost, NOW)
    tell('i1', 'priority', 2)
    const second = await deliveries.begin('desk', NOW)
    expect(second).toMatchObject({ kind: 'open', mayHaveArrived: true, payload: { priority: 3 } })
    await deliveries.settle(second?.id ?? 0, { kind: 'delivered', ticket, adopted: true }, NOW)
    expect(await deliveries.begin('desk', NOW)).toMatchObject({ kind: 'priority', payload: { priority: 2 } })
  })

  it('once it is part of the opening it stays so on every attempt', async () => {
    tell('i1', 'open', 3)
    tell('i1', 'priority', 2)
    const first = await deliveries.begin('desk', NOW)
    expect(first?.payload.priority).toBe(2)
    await deliveries.settle(first?.id ?? 0, lost, NOW)
    tell('i1', 'priority', 1)
    expect((await deliveries.begin('desk', NOW))?.payload.priority).toBe(2)
    expect(states()).toEqual([
      ['open', 'unknown'],
      ['priority', 'skipped'],
      ['priority', 'waiting'],
    ])
  })
})

it('an incident that became Blocking while its opening waited is opened before the others', async () => {
  tell('i1', 'open', 2)
  tell('i2', 'open', 3)
  tell('i2', 'priority', 1)
  expect(await deliveries.begin('desk', NOW)).toMatchObject({ incidentId: 'i2', payload: { priority: 1 } })
})

it('what was refused and is sent again may have arrived before', async () => {
  tell('i1', 'open', 3)
  const opening = await deliveries.begin('desk', NOW)
  await deliveries.settle(opening?.id ?? 0, { kind: 'delivered', ticket, adopted: false }, NOW)
  tell('i1', 'comment', 3)
  const first = await deliveries.begin('desk', NOW)
  await deliveries.settle(first?.id ?? 0, { kind: 'failed', error: 'expired', pauseDesk: false }, NOW)
  expect(await deliveries.retryDesk('main', 'desk', NOW)).toBe(1)
  expect(await deliveries.begin('desk', NOW)).toMatchObject({ kind: 'comment', mayHaveArrived: true })
})

it('the next attempt is awaited exactly, whatever is held back behind it', async () => {
  tell('i1', 'open', 3)
  tell('i1', 'comment', 3)
  const first = await deliveries.begin('desk', NOW)
  await deliveries.settle(first?.id ?? 0, { ...lost, at: NOW + 5_000 }, NOW)
  expect(await deliveries.begin('desk', NOW + 1)).toBeNull()
  expect(await deliveries.nextAt('desk', NOW + 1)).toBe(NOW + 5_000)
})
