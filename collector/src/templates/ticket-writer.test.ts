import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { fresh, NOW } from '../incidents/testing/incident-fixture.ts'
import { createTicketContextReader } from '../incidents/ticket-context.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import type { KnownErrorFacts } from './incident-record.ts'
import { createTemplateStore, type TemplateStore } from './template-store.ts'
import { createTicketWriter, type TicketWriter } from './ticket-writer.ts'

let database: DatabaseSync
let store: TemplateStore
let writer: TicketWriter
let known: KnownErrorFacts | null
beforeEach(() => {
  database = new DatabaseSync(':memory:')
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO tenants (id, name, created_at) VALUES ('other', 'Other', 0);
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c1', 'main', 'one', 'One');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone)
      VALUES ('s1', 'main', 'c1', 's1', 'First', 'Main st.', 'Asia/Vladivostok');
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at) VALUES ('a1', 'main', 's1', '', 0, 0);
    INSERT INTO items (id, tenant_id, kind, agent_id, slot, identity, state_json, facts_at, order_epoch, order_seq, updated_at) VALUES
      ('register:main:1', 'main', 'register', 'a1', 'com1', '0010670000', '{"facts":{}}', 0, 0, 0, 0),
      ('pc:a1', 'main', 'pc', 'a1', '', NULL, '{"facts":{"host.remote_access":{"value":["AnyDesk 123"]}}}', 0, 0, 0, 0),
      ('service:a1:front', 'main', 'service', 'a1', 'front', NULL,
       '{"facts":{"pos.app.name":{"value":"iikoFront"},"pos.app.version":{"value":"9.2"}}}', 0, 0, 0, 0);
  `)
  known = null
  store = createTemplateStore(database)
  writer = createTicketWriter(store, {
    knownErrorOf: () => known,
    publicUrl: 'https://till.example',
    runbookOf: () => null,
  })
})
const incident = fresh()
const write = (tenantId = 'main') => {
  const about = { ...incident, tenantId }
  return writer.textsOf(about, createTicketContextReader(database)(about, NOW), NOW)
}
const save = (text: string | null, kind: 'title' | 'body' = 'title') => {
  store.add({ tenantId: 'main', kind, language: 'ru' }, text, 'anna', NOW)
  writer.forget('main')
}

describe('texts of a ticket', () => {
  it('R20, R31: name the versions of what runs there and the ids for remote access, and the time of the site', () => {
    const { ru, en } = write().body()
    expect(ru).toContain('Версии: iikoFront 9.2')
    expect(ru).toContain('Удалённый доступ: AnyDesk 123')
    expect(ru).toContain('С какого времени: 23.11.2026 18:00 (UTC+10)')
    expect(en.endsWith(`\n\n[${incident.deskKey}]`)).toBe(true)
  })

  it('tell the known error and its workaround', () => {
    expect(write().body().ru).not.toContain('Известная ошибка')
    known = {
      number: 7,
      title: { ru: 'драйвер', en: 'driver' },
      workaround: 'прежняя версия',
      clientHint: 'ждать',
      runbook: null,
    }
    expect(write().body().ru).toContain(
      'Известная ошибка: №7 драйвер\nОбходное решение: прежняя версия\nЧто сказать клиенту: ждать\n',
    )
  })

  it('R31: never tell a secret, whoever wrote one into the passport or into a setting', () => {
    database.exec(`UPDATE sites SET access = 'ключ у охраны, пароль: qwerty1';
      UPDATE items SET state_json = '{"facts":{"host.remote_access":{"value":["AnyDesk 123456789 пароль Qw12er"]}}}' WHERE id = 'pc:a1'`)
    const { ru } = write().body()
    expect(ru).toContain('Доступ: ключ у охраны, пароль: [removed]')
    expect(ru).toContain('Удалённый доступ: AnyDesk 123456789 пароль [removed]')
  })

  it('tell the priority and the fault once each, and when it stops in the time of the site', () => {
    const about = {
      ...incident,
      priorityReason: {
        ru: '3 Важный: queue stands — уровень «важный».',
        en: '3 Important: queue stands — level important.',
      },
      timeToStop: {
        ...{ reason: 'fn_date' as const, confidence: 'high' as const, text: { ru: '', en: '' } },
        at: Date.parse('2026-12-01T14:00:00Z'),
      },
    }
    const { ru, en } = writer.textsOf(about, createTicketContextReader(database)(about, NOW), NOW).body()
    expect(ru).toContain('Приоритет: 3 Важный. Уровень «важный».\n')
    expect(en).toContain('Priority: 3 Important. Level important.\n')
    // It works to the end of its last day.
    expect(ru).toMatch(/До остановки: \d+ дн.*, 01\.12\.2026 23:59, заканчивается срок действия ФН\n/)
    const stopped = {
      ...about,
      timeToStop: { ...about.timeToStop, reason: 'stopped' as const, text: { ru: 'нет бумаги', en: 'no paper' } },
    }
    expect(writer.recordOf(stopped, createTicketContextReader(database)(stopped, NOW), 'ru', NOW)).toMatchObject({
      ...{ time_to_stop: 'нет бумаги', stops_at: null, stop_reason: null },
    })
  })

  it('R28: the same is there as values', () => {
    const record = writer.recordOf(incident, createTicketContextReader(database)(incident, NOW), 'en', NOW)
    expect(record).toMatchObject({
      ...{ kind_code: 'incident', type_code: 'failure', category_code: 'ofd', priority_level: 3, times_month: 0 },
      ...{ versions: [{ name: 'iikoFront', value: '9.2' }], remote_access: ['AnyDesk 123'] },
      link: `https://till.example/incidents/${incident.id}`,
    })
  })

  it('are those of the tenant’s own templates, and of nobody else’s', () => {
    save('{{ client }}:\n {{ title }}')
    expect(write().title()).toEqual({ ru: 'One: queue stands', en: 'queue stands' })
    expect(write('other').title().ru).toBe('queue stands')
    save(null)
    expect(write().title().ru).toBe('queue stands')
  })

  it('a saved template that does not suit an incident costs no ticket: the shipped one is taken, and people are told', () => {
    save('{{ likely_causes[0].text }}')
    const texts = write()
    expect(texts.title().ru).toBe('queue stands')
    expect(texts.remarks).toEqual([
      {
        ru: 'Шаблон заголовка заявки (ru) не подошёл, взят поставляемый. Строка 1: здесь нет значения likely_causes.0',
        en: expect.stringContaining('the shipped one was taken'),
      },
    ])
    expect(store.current({ tenantId: 'main', kind: 'title', language: 'ru' })).toMatchObject({ failedAt: NOW })
  })

  it('one that takes too much work for an incident is replaced as well, and people are told', () => {
    // As one from before there was a ceiling: it would not be saved any more.
    save('{% for i in (1..999) %}{% for k in (1..999) %}{% endfor %}{% endfor %}{{ title }}')
    const texts = write()
    expect(texts.title().ru).toBe('queue stands')
    expect(texts.remarks).toEqual([
      { ru: expect.stringContaining('Строка 1: слишком много шагов'), en: expect.stringContaining('too many steps') },
    ])
  })

  it('one that comes out empty or can no longer be read is replaced as well', () => {
    save('{% if client == "x" %}x{% endif %}')
    expect(write().title().ru).toBe('queue stands')
    save('{{ title | gone_filter }}')
    expect(write().title().ru).toBe('queue stands')
  })

  it('without a place and a device the text is still whole', () => {
    database.exec('DELETE FROM items')
    const text = write('other').body().ru
    expect(text).toContain('Не заполнено: объект не указан в справочнике; клиент не указан')
    expect(text).toContain('Источник: система мониторинга, инцидент №1')
  })
})
