import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '../store/sqlite/database.ts'
import { readDirectory } from '../store/sqlite/directory-view.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { queriesOf } from '../store/sqlite/queries.ts'
import { createDirectoryStore } from '../store/sqlite/sqlite-directory-store.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { readDirectoryFile } from './directory-file.ts'

const FILE = `
clients:
  - { code: coffee, name: Кофейни }
contracts:
  - number: D-17
    client: coffee
    policy: business-hours
    from: 2026-01-01
    services:
      - { name: Касса не бьёт чеки, reaction: 1h, solution: 4h, responsible: Анна, causes: [fn_state] }
responsibles:
  - { code: head, role: head, name: Анна, email: anna@example.test }
  - { code: kam, role: account_manager, contract: D-17, name: Борис, email: boris@example.test, language: en }
`
let folder: string
let database: DatabaseSync

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-agreements-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const load = (text: string, tenant = 'main') => {
  const file = readDirectoryFile(text, 'directory.yaml')
  let id = 0
  const store = createDirectoryStore(database, () => `${tenant}-${text.length}-${++id}`)
  return { file, done: store.importDirectory(tenant, file.directory, false, file.faulty) }
}

it('R62, R75, R77: contracts with their services and who is responsible come with the directory, and the same file changes nothing', async () => {
  const first = await load(FILE).done
  expect(first.problems).toEqual([])
  expect(first.created.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
    'clients coffee',
    'contracts D-17',
    'responsibles head',
    'responsibles kam',
  ])
  const again = await load(FILE).done
  expect([again.created, again.updated, again.unchanged]).toEqual([[], [], 4])
  const directory = await readDirectory(queriesOf(database), 'main')
  expect(directory.contracts[0]?.services?.[0]).toMatchObject({ name: 'Касса не бьёт чеки', causes: ['fn_state'] })
  expect(directory.responsibles).toMatchObject([
    { code: 'head', timezone: 'Europe/Moscow', language: 'ru' },
    { code: 'kam', contract: 'D-17', language: 'en' },
  ])
  const changed = await load(FILE.replace('solution: 4h', 'solution: 2h')).done
  expect(changed.updated).toEqual([{ kind: 'contracts', code: 'D-17', fields: ['services'] }])
})

it('says what is wrong with its line, and what points to nothing', async () => {
  const { file, done } = load(
    FILE.replace('role: head', 'role: chief').replace('solution: 4h', 'solution: soon').replace('D-17,', 'D-18,'),
  )
  expect(file.problems.map(({ line, field }) => `${line} ${field}`).sort()).toEqual(['12 role', '9 services'])
  expect((await done).problems.map(problem => problem.where)).toEqual(['responsibles kam contract'])
})

it('another tenant sees none of it', async () => {
  await load(FILE).done
  database.exec(`INSERT INTO tenants (id, name, parent_id, created_at) VALUES ('other', 'Чужой', NULL, 0)`)
  const other = await readDirectory(queriesOf(database), 'other')
  expect([other.contracts, other.responsibles]).toEqual([[], []])
})
