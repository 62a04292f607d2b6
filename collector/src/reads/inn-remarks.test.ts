import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { seededRandom } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createReadServices } from './read-services.ts'
import { seededIds, seedFleet } from './testing/seeded-fleet.ts'

const NOW = Date.parse('2026-11-22T09:00:00Z')
const { agentId, itemId } = seededIds('main', 1)
let folder: string
let database: DatabaseSync

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-inn-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  seedFleet(database, { tenantId: 'main', registers: 4, now: NOW, random: seededRandom(1) })
  database.prepare('UPDATE items SET inn = ? WHERE id = ?').run('7709990015', itemId)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true, force: true })
})

const tellTerminal = (inn: string) =>
  database.prepare('UPDATE terminals SET inn = ? WHERE agent_id = ?').run(inn, agentId)
/** What the page of the terminal and the gaps of the directory say of INNs. */
async function told() {
  const { reads } = createReadServices({ databasePath: join(folder, 'state.db') })
  const onPage = (await reads.terminal('main', agentId, NOW))?.remarks.map(({ ru }) => ru)
  const gaps = (await reads.directory('main')).gaps.filter(({ where }) => where.endsWith(' inn'))
  expect(gaps.map(({ message }) => message.ru)).toEqual(onPage)
  return onPage
}

test('a register of another legal entity than its terminal names is told', async () => {
  tellTerminal('7709990008')
  expect(await told()).toEqual([
    expect.stringMatching(/^ККТ \d+ зарегистрирована на ИНН 7709990015, а в справочнике здесь 7709990008$/),
  ])
})

test('a terminal without an INN takes any entity of its client', async () => {
  const entity = database.prepare(
    `INSERT INTO legal_entities (id, tenant_id, client_id, name, inn)
      SELECT ?, 'main', s.client_id, 'ООО', ? FROM terminals t JOIN sites s ON s.id = t.site_id WHERE t.agent_id = ?`,
  )
  expect(await told()).toEqual([])
  entity.run('e1', '7709990008', agentId)
  expect(await told()).toHaveLength(1)
  entity.run('e2', '7709990015', agentId)
  expect(await told()).toEqual([])
})

test('what fits is not spoken of', async () => {
  tellTerminal('7709990015')
  expect(await told()).toEqual([])
})
