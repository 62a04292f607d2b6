import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { NoticeDraft } from '../notices/notice.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { launchEnd } from './launch.ts'
import { createLaunches } from './launch-part.ts'

const HEARD = Date.parse('2026-11-20T09:00:00Z')
const DAY = 24 * 3_600_000
let folder: string
let database: DatabaseSync
let told: NoticeDraft[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-launch-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'c', 'Пекарня'), ('d', 'main', 'd', 'Книги');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone)
      VALUES ('s', 'main', 'c', 's', 'На Мира', 'x', 'Europe/Moscow'), ('old', 'main', 'd', 'old', 'Старый', 'x', 'Europe/Moscow'),
             ('first', 'main', 'c', 'first', 'На Ленина', 'x', 'Europe/Moscow');
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at, first_heard_at)
      VALUES ('a', 'main', 's', 'x', 0, 0, ${HEARD}), ('b', 'main', 'old', 'x', 0, 0, ${HEARD - 90 * DAY}),
             ('f', 'main', 'first', 'x', 0, 0, ${HEARD - 14 * DAY});
    INSERT INTO items (id, tenant_id, kind, agent_id, slot, state_json, facts_at, order_epoch, order_seq, updated_at)
      VALUES ('r1', 'main', 'register', 'a', '1', '{"facts":{"daily.checked_to":{"value":"2026-11-22"}}}', 0, 1, 1, 0),
             ('r2', 'main', 'register', 'a', '2', '{"facts":{"daily.checked_to":{"value":"2026-11-21"}}}', 0, 1, 1, 0);`)
  told = []
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const summarise = (at: string) =>
  createLaunches(database, {
    add: draft => {
      told.push(draft)
      return 'told'
    },
  }).summarise(Date.parse(at))

describe('the morning’s word on new outlets (R11)', () => {
  it('goes to the manager of each client that has one, from 09:00 on, under the day’s key', async () => {
    await summarise('2026-11-23T05:59:00Z')
    expect(told).toEqual([])
    await summarise('2026-11-23T06:00:00Z')
    await summarise('2026-11-23T08:00:00Z')
    expect(told.map(({ key, role, clientId }) => [key, role, clientId])).toEqual([
      ['launch.c.2026-11-23', 'manager', 'c'],
      ['launch.c.2026-11-23', 'manager', 'c'],
    ])
    expect(told[0]?.text.ru).toBe(
      'На Мира, запуск до 2026-12-04\nКасс: 2, вчера проверены полностью: 1, заявок в работе: 0.\nОшибок настройки нет.',
    )
  })

  it('R12: ends by itself, and with the directory’s date', async () => {
    await summarise('2026-12-05T08:00:00Z')
    expect(told).toEqual([])
    database.exec(`UPDATE sites SET launch_until = '2026-12-05' WHERE id = 'old'`)
    await summarise('2026-12-05T08:00:00Z')
    await summarise('2026-12-06T08:00:00Z')
    expect(told.map(({ clientId }) => clientId)).toEqual(['d'])
  })

  it('leaves out the sites with which a client came: they are old, only the monitoring is new', async () => {
    database.exec(`UPDATE agents SET first_heard_at = first_heard_at + 1 WHERE id = 'f'`)
    await summarise('2026-11-23T08:00:00Z')
    expect(told).toEqual([])
  })

  it('counts the directory’s day to its end at the site', () => {
    const heard = { first_heard_at: HEARD, client_heard_at: HEARD - 14 * DAY }
    const dates = { timezone: 'Asia/Vladivostok', launch_until: '2026-12-05', ...heard }
    expect(launchEnd(dates)).toBe(Date.parse('2026-12-05T14:00:00Z'))
    expect(launchEnd({ ...dates, launch_until: null })).toBe(HEARD + 14 * DAY)
    expect(launchEnd({ ...dates, launch_until: null, first_heard_at: null })).toBeNull()
  })
})
