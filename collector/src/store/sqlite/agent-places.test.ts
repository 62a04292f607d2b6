import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { STATE_MIGRATIONS } from './state-schema.ts'

let folder: string
let database: DatabaseSync
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-places-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const seed = () =>
  database.exec(`
    INSERT INTO tenants (id, name, created_at) VALUES ('other', 'Other', 0);
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'c', 'C');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone)
      VALUES ('s1', 'main', 'c', 's1', 'One', '', 'UTC'), ('s2', 'main', 'c', 's2', 'Two', '', 'UTC')`)
const agent = (id: string, site: string | null, tenant = 'main') =>
  database
    .prepare(
      'INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at) VALUES (?, ?, ?, ?, 0, 0)',
    )
    .run(id, tenant, site, 'x')
const terminal = (code: string, site: string, agentId: string | null) =>
  database
    .prepare(
      `INSERT INTO terminals (id, tenant_id, site_id, code, name, agent_id) VALUES (?1, 'main', ?2, ?1, ?1, ?3)
       ON CONFLICT (tenant_id, code) DO UPDATE SET site_id = excluded.site_id, agent_id = excluded.agent_id`,
    )
    .run(code, site, agentId)
const places = () =>
  Object.fromEntries(
    database
      .prepare('SELECT id, site_id FROM agents ORDER BY id')
      .all()
      .map(row => [row['id'], row['site_id']]),
  )

it('an agent stands where its terminal stands, whichever of the two is written first', () => {
  migrate(database, STATE_MIGRATIONS)
  seed()
  agent('a', null)
  agent('alone', 's2')
  terminal('k1', 's1', 'a')
  terminal('k2', 's2', 'b')
  agent('b', 's1')
  // Of another tenant: the terminal of ours speaks of somebody else.
  terminal('k3', 's2', 'foreign')
  agent('foreign', null, 'other')
  expect(places()).toEqual({ a: 's1', alone: 's2', b: 's2', foreign: null })
  terminal('k1', 's2', 'a')
  expect(places()).toMatchObject({ a: 's2' })
  terminal('k1', 's1', null)
  expect(places()).toMatchObject({ a: 's2' })
})

it('files of earlier versions are brought in line', () => {
  migrate(database, STATE_MIGRATIONS.slice(0, 4))
  seed()
  agent('a', 's2')
  agent('alone', 's2')
  terminal('k1', 's1', 'a')
  migrate(database, STATE_MIGRATIONS)
  expect(places()).toEqual({ a: 's1', alone: 's2' })
})
