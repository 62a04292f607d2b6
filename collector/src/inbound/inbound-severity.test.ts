import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SHIPPED_PACKS } from '@tillwatch/rules'
import { inboundAlert } from '@tillwatch/shared/api'
import { ManualClock } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createIncidentPart, type IncidentPart } from '../incidents/state-part.ts'
import { HOUSE_DESK } from '../routing/testing/house-desk.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import type { InboundSource } from './inbound.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const packs = SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') }))
const SERIAL = '0000000000301234'
const MONITOR: InboundSource = { tenantId: 'main', id: 'token-1', name: 'Zabbix' }

let folder: string
let database: DatabaseSync
let part: IncidentPart

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-severity-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'c', 'Пекарня');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone) VALUES ('s', 'main', 'c', 's-1', 'На Мира', 'Москва', 'Europe/Moscow');
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at) VALUES ('a1', 'main', 's', 'x', 0, 0);
    INSERT INTO collector_runs (started_at, alive_at) VALUES (0, 0);`)
  part = createIncidentPart(database, { packs, overrides: [], desks: [HOUSE_DESK] }, new ManualClock())
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const rows = (sql: string) => database.prepare(sql).all() as Record<string, unknown>[]
const alert = (more: Record<string, unknown> = {}) =>
  inboundAlert.parse({ id: 'ev-1', status: 'firing', item: { serial: SERIAL }, title: 'OFD queue grows', ...more })

/** The register tells of documents that have waited for days: an incident of our own. */
async function backlog(seq: number, at: number): Promise<void> {
  const facts = {
    'fiscal.register.inn': '7701234567',
    'fiscal.ofd.unsent_documents': 12,
    'fiscal.ofd.first_unsent_at': '2026-11-19T08:00:00',
  }
  const given = Object.entries(facts).map(([name, value]) => [name, { value, at, source: 'register' as const }])
  const item = { itemId: `register:main:${SERIAL}`, kind: 'register' as const, slot: 'com1', identity: SERIAL, at }
  const message = {
    ...{ agentId: 'a1', tenantId: 'main', kind: 'telemetry' as const, epoch: 1, seq, lost: 0, receivedAt: at },
    ...{ items: [{ ...item, facts: Object.fromEntries(given) }], event: null, refusal: null },
  }
  await part.evaluator.commit([message], at)
}

describe('severity of what is said again (17.1, 18.16)', () => {
  const outside = (severity: string, at: number, more: Record<string, unknown> = {}) =>
    part.inbound.alert(MONITOR, alert({ severity, ...more }), at)
  const priority = () => rows('SELECT priority, priority_reason_json AS reason FROM incidents')[0]
  const said = () => rows(`SELECT kind, text_ru AS text FROM timeline WHERE kind <> 'opened' ORDER BY id`)

  test('worse raises it and tells desks, better only stands in the audit trail, the same says nothing', async () => {
    await outside('important', NOW)
    await outside('important', NOW + 1)
    expect(said()).toEqual([])
    await outside('stopped', NOW + 2)
    expect(priority()).toMatchObject({ priority: 1, reason: expect.stringContaining('работа остановлена') as string })
    expect(rows(`SELECT kind FROM deliveries WHERE kind = 'priority'`)).toHaveLength(1)
    await outside('minor', NOW + 3)
    await outside('minor', NOW + 4)
    expect(priority()).toMatchObject({ priority: 1 })
    expect(said().map(({ kind }) => kind)).toEqual(['priority', 'note'])
    expect(said()[1]?.['text']).toBe('Zabbix сообщает снова: незначительно. Приоритет остаётся 1')
  })

  test('a value of a person stands against anything but 1 and 2 (18.17)', async () => {
    await outside('minor', NOW)
    const [incident] = rows('SELECT id FROM incidents')
    const person = { name: 'Анна', side: 'support' } as const
    await part.incidents.act(
      'main',
      String(incident?.['id']),
      { action: 'priority', priority: 4, reason: 'учебная' },
      person,
      NOW + 1,
    )
    await outside('important', NOW + 2)
    expect(priority()).toMatchObject({ priority: 4 })
    expect(said().at(-1)?.['text']).toContain('Анна')
    await outside('critical', NOW + 3)
    expect(priority()).toMatchObject({ priority: 2 })
  })

  test('back within three days it has the priority that its source gives now, yet an incident of ours keeps its own', async () => {
    await outside('stopped', NOW)
    await outside('stopped', NOW + HOUR, { status: 'resolved' })
    await outside('important', NOW + 2 * HOUR)
    expect(priority()).toMatchObject({ priority: 3 })
    await backlog(1, NOW)
    await backlog(2, NOW + 6 * MINUTE)
    const before = rows(`SELECT priority FROM incidents WHERE source = 'monitoring'`)
    await part.inbound.alert(MONITOR, alert({ id: 'ev-2', class: 'ofd', severity: 'minor' }), NOW + HOUR)
    await part.inbound.alert(MONITOR, alert({ id: 'ev-2', class: 'ofd', severity: 'stopped' }), NOW + 2 * HOUR)
    expect(rows(`SELECT priority FROM incidents WHERE source = 'monitoring'`)).toEqual(before)
  })
})
