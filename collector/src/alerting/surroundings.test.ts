import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createSurroundings } from './surroundings.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const HOUR = 3_600_000
let database: DatabaseSync

beforeEach(() => {
  database = new DatabaseSync(':memory:')
  migrate(database, STATE_MIGRATIONS)
  database.exec(`INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'c', 'Пекарня');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone) VALUES ('s', 'main', 'c', 's', 'Кафе', 'Москва', 'Europe/Moscow');
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at) VALUES ('a', 'main', 's', 'x', 0, 0);`)
})
afterEach(() => database.close())

const register = (id: string, canSell: 'yes' | 'no', heardAt = NOW, inn = '7701234567') =>
  database
    .prepare(
      `INSERT INTO items (id, tenant_id, kind, agent_id, slot, state_json, inn, can_sell, facts_at, order_epoch, order_seq, updated_at)
       VALUES (?, 'main', 'register', 'a', ?, '{}', ?, ?, ?, 1, 1, 0)`,
    )
    .run(id, id, inn, canSell, heardAt)

const around = () => createSurroundings(database)()
const one = { id: 'one', agentId: 'a', inn: '7701234567' }

test('a spare can sell, is of the same legal entity and was heard within twelve opening hours (domain 17.13)', () => {
  register('one', 'yes')
  register('broken', 'no')
  register('stranger', 'yes', NOW, '7709999999')
  register('silent', 'yes', NOW - 13 * HOUR)
  expect(around().hasSpare(one, NOW)).toBe(false)
  register('spare', 'yes', NOW - 11 * HOUR)
  expect(around().hasSpare(one, NOW)).toBe(true)
})

test('others depend on a register only while fewer than two more can stand in for them', () => {
  register('one', 'no')
  register('two', 'yes')
  register('silent', 'yes', NOW - 13 * HOUR)
  expect(around().dependents(one, NOW).toSorted()).toEqual(['silent', 'two'])
  register('three', 'yes')
  expect(around().dependents(one, NOW)).toEqual([])
})
