import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { createFleet } from './sqlite-fleet.ts'
import { STATE_MIGRATIONS } from './state-schema.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tillwatch-migrate-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const open = () => openDatabase(join(root, 'state.db'))

test('a file of the first version is brought up to the newest and keeps what it held', async () => {
  const old = open()
  migrate(old, STATE_MIGRATIONS.slice(0, 1))
  old.exec(`INSERT INTO agents (id, tenant_id, secret_hash, created_at, credentials_changed_at)
            VALUES ('till-0001', 'main', 'hash', 1, 1)`)
  old.exec("INSERT INTO marks (tenant_id, agent_id, epoch, mark) VALUES ('main', 'till-0001', 7, 42)")
  old.close()
  const now = open()
  migrate(now, STATE_MIGRATIONS)
  expect(now.prepare('PRAGMA user_version').get()).toEqual({ user_version: STATE_MIGRATIONS.at(-1)?.number })
  const { 'till-0001': standing } = await createFleet(now).standingsOf(['till-0001'])
  expect(standing?.position).toEqual({ epoch: 7, mark: 42 })
  migrate(now, STATE_MIGRATIONS)
  now.close()
})

test('every table knows its tenant', () => {
  const database = open()
  migrate(database, STATE_MIGRATIONS)
  const tables = database
    .prepare(
      `SELECT name FROM sqlite_schema AS t WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'tenants'
       AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'tenant_id')`,
    )
    .all()
  expect(tables).toEqual([])
  database.close()
})

test('a file of a newer program is refused, not guessed at', () => {
  const database = open()
  database.exec('PRAGMA user_version = 9999')
  expect(() => migrate(database, STATE_MIGRATIONS)).toThrow(expect.objectContaining({ code: 'store.newer' }) as Error)
  database.close()
})

test('a step that another process took in the meantime is not taken twice', () => {
  const first = open()
  const second = open()
  /** What `second` read before `first` had taken its steps. */
  let stale = 1
  const late = new Proxy(second, {
    get: (target, name) => {
      if (name === 'prepare' && stale-- > 0) return () => ({ get: () => ({ user_version: 0 }) })
      const value = Reflect.get(target, name) as unknown
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  migrate(first, STATE_MIGRATIONS)
  migrate(late, STATE_MIGRATIONS)
  expect(second.prepare('PRAGMA user_version').get()).toEqual({ user_version: STATE_MIGRATIONS.at(-1)?.number })
  for (const database of [first, second]) database.close()
})
