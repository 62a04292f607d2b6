import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAgentComings } from '../store/sqlite/agent-comings.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createIncidentHistoryReader, type HistorySubject } from './incident-history.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 10, 20, 9)
const ITEM = 'register:main:0000000000301234'

let folder: string
let database: DatabaseSync

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-history-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'c', 'Пекарня');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone)
      VALUES ('s', 'main', 'c', 's', 'На Мира', 'Москва', 'Europe/Moscow');
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at, state, last_heard_at)
      VALUES ('a1', 'main', 's', 'x', 0, 0, 'offline', ${NOW - HOUR}), ('a2', 'main', 's', 'x', 0, 0, 'offline', ${NOW - HOUR + 60_000});
    INSERT INTO items (id, tenant_id, kind, agent_id, slot, state_json, facts_at, order_epoch, order_seq, updated_at)
      VALUES ('pos', 'main', 'service', 'a1', 'pos-front', '{"facts":{"pos.app.name":{"value":"Front"}}}', 0, 1, 1, 0)`)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const changed = (item: string, fact: string, value: unknown, at: number, tenant = 'main') =>
  database
    .prepare(
      `INSERT INTO changes (tenant_id, item_id, fact, value_json, source, at, received_at) VALUES (?, ?, ?, ?, 'register', ?, ?)`,
    )
    .run(tenant, item, fact, JSON.stringify(value), at, at)
const subject = (more: Partial<HistorySubject> = {}): HistorySubject => ({
  tenantId: 'main',
  itemId: ITEM,
  agentId: 'a1',
  causeClass: 'ofd',
  dedupKey: `main|${ITEM}|ofd`,
  episode: 1,
  onsetAt: NOW - HOUR,
  status: 'open',
  ...more,
})
const historyOf = (more: Partial<HistorySubject> = {}) =>
  createIncidentHistoryReader(database)(subject(more), 'Europe/Moscow', NOW)

describe('R23: what may explain a fault', () => {
  test('updates, settings, drives and addresses of the last 14 days come in order, with what they were before', () => {
    changed(ITEM, 'fiscal.register.ofd_host', 'old.ofd.example', NOW - 40 * DAY)
    changed(ITEM, 'fiscal.register.ofd_host', 'new.ofd.example', NOW - 2 * DAY)
    changed('pos', 'pos.app.version', '8.5', NOW - 20 * DAY)
    changed('pos', 'pos.app.version', '8.6', NOW - 3 * DAY)
    const comings = createAgentComings(database)
    comings.came('a1', '203.0.113.1', NOW - 30 * DAY)
    comings.came('a1', '203.0.113.9', NOW - DAY)
    expect(historyOf().related.map(event => [event.kind, event.text.ru])).toEqual([
      ['update', 'обновление: Версия программы, Front: 8.5 → 8.6'],
      ['setting', 'изменена настройка: Адрес ОФД: old.ofd.example → new.ofd.example'],
      ['network', 'сменился внешний адрес: 203.0.113.1 → 203.0.113.9'],
    ])
  })

  test('a value seen for the first time, an old change, another tenant’s row and a fact that tells nothing are left out', () => {
    changed(ITEM, 'fiscal.register.firmware', 'A', NOW - DAY)
    changed(ITEM, 'fiscal.register.ffd', '1.05', NOW - 30 * DAY)
    changed(ITEM, 'fiscal.register.ffd', '1.2', NOW - 20 * DAY)
    changed(ITEM, 'fiscal.register.inn', '7701234567', NOW - 3 * DAY, 'other')
    changed(ITEM, 'fiscal.register.inn', '7701234568', NOW - 2 * DAY, 'other')
    changed(ITEM, 'fiscal.shift.number', 1, NOW - 2 * DAY)
    changed(ITEM, 'fiscal.shift.number', 2, NOW - DAY)
    expect(historyOf().related).toEqual([])
  })

  test('values are told in words, not in codes', () => {
    for (const [fact, from, to] of [
      ['fiscal.fn.phase', 'fiscal', 'post_fiscal'],
      ['fiscal.register.autonomous', false, true],
      ['fiscal.register.ofd_port', 7777, 21101],
    ] as const) {
      changed(ITEM, fact, from, NOW - 3 * DAY)
      changed(ITEM, fact, to, NOW - 2 * DAY)
    }
    expect(historyOf().related.map(event => event.text.ru)).toEqual([
      'фискальный накопитель: Фаза жизни ФН: фискальный режим → архив закрыт, идёт передача',
      'изменена настройка: Автономный режим: нет → да',
      'изменена настройка: Порт ОФД: 7777 → 21101',
    ])
  })

  test('antivirus definitions come every day: only those right before the fault are told', () => {
    for (let day = 10; day >= 0; day--)
      changed('pc:a1', 'host.antivirus_updated_on', `2026-11-${20 - day}`, NOW - day * DAY)
    expect(historyOf().related.map(event => event.text.en)).toEqual([
      'antivirus: Antivirus definitions of: 17 Nov 2026 → 18 Nov 2026',
      'antivirus: Antivirus definitions of: 18 Nov 2026 → 19 Nov 2026',
    ])
  })
})

describe('R24: what was done already', () => {
  test('commands since the fault began with what came of them, and earlier incidents with how they ended', () => {
    database.exec(`
      INSERT INTO agent_commands (id, tenant_id, agent_id, command_json, issued_by, issued_at, expires_at, outcome, text_json)
        VALUES ('k', 'main', 'a1', '{"do":"poll_now"}', 'Анна', ${NOW - HOUR / 2}, ${NOW}, 'failed', '{"ru":"порт занят","en":"port busy"}')`)
    expect(historyOf().done.map(step => step.text)).toEqual([
      { ru: 'внеочередной опрос (Анна): не получилось, порт занят', en: 'poll out of turn (Анна): failed, port busy' },
    ])
  })
})

describe('a silent agent', () => {
  test('two agents of a site that went together point at its line', () => {
    const comings = createAgentComings(database)
    comings.went('a1', 'lost', NOW - HOUR)
    comings.went('a2', 'lost', NOW - HOUR + 60_000)
    const silent = { itemId: 'pc:a1', causeClass: 'agent', onsetAt: NOW - HOUR / 2 }
    const [guess] = historyOf(silent).silence
    expect(guess).toMatchObject({ cause: 'site_link', confidence: 'high' })
    expect(historyOf({ ...silent, tenantId: 'other' }).silence).toEqual([])
  })

  test('other faults have no guess', () => {
    expect(historyOf().silence).toEqual([])
  })
})
