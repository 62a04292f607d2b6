import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SHIPPED_PACKS } from '@tillwatch/rules'
import { INBOUND_OPEN_MAX, MACHINE_TOKENS_MAX } from '@tillwatch/shared'
import { inboundAlert, inboundTicket } from '@tillwatch/shared/api'
import { ManualClock } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createIncidentPart, type IncidentPart } from '../incidents/state-part.ts'
import { HOUSE_DESK } from '../routing/testing/house-desk.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import type { InboundSource } from './inbound.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const HOUR = 3_600_000
const packs = SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') }))
const SERIAL = '0000000000301234'
const MONITOR: InboundSource = { tenantId: 'main', id: 'token-1', name: 'Zabbix' }
const DESK: InboundSource = { tenantId: 'main', id: 'token-2', name: 'Почта' }

let folder: string
let database: DatabaseSync
let part: IncidentPart
let seq: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-inbound-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO tenants (id, name, parent_id, created_at) VALUES ('other', 'Other', NULL, 0);
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'c', 'Пекарня'), ('d', 'other', 'd', 'Чужая');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone, hours_text, hours_json)
      VALUES ('s', 'main', 'c', 's-1', 'На Мира', 'Москва', 'Europe/Moscow', '24/7',
        '{"week":{"1":["00:00-24:00"],"2":["00:00-24:00"],"3":["00:00-24:00"],"4":["00:00-24:00"],"5":["00:00-24:00"],"6":["00:00-24:00"],"7":["00:00-24:00"]}}'),
        ('z', 'other', 'd', 'z-1', 'Чужой', 'Тверь', 'Europe/Moscow', NULL, NULL);
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at)
      VALUES ('a1', 'main', 's', 'x', 0, 0), ('b1', 'other', 'z', 'x', 0, 0);
    INSERT INTO terminals (id, tenant_id, site_id, code, name, agent_id) VALUES ('t', 'main', 's', 't-1', 'Касса 1', 'a1');
    INSERT INTO collector_runs (started_at, alive_at) VALUES (0, 0);`)
  part = createIncidentPart(database, { packs, overrides: [], desks: [HOUSE_DESK] }, new ManualClock())
  seq = 0
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const good = {
  'fiscal.register.link': 'ok',
  'fiscal.register.inn': '7701234567',
  'fiscal.fn.serial': '9960440300112233',
  'fiscal.fn.valid_until': '2027-12-01',
  'fiscal.ofd.unsent_documents': 0,
  'fiscal.ofd.first_unsent_at': null as string | null,
}
const backlog = { ...good, 'fiscal.ofd.unsent_documents': 12, 'fiscal.ofd.first_unsent_at': '2026-11-19T08:00:00' }

/** The register tells its facts; the queue of class `ofd` stands or is empty. */
const told = (facts: Record<string, string | number | null>, at: number, of = { agentId: 'a1', tenantId: 'main' }) =>
  part.evaluator.commit(
    [
      {
        ...of,
        kind: 'telemetry',
        epoch: 1,
        seq: ++seq,
        lost: 0,
        receivedAt: at,
        event: null,
        refusal: null,
        items: [
          {
            itemId: `register:${of.tenantId}:${SERIAL}`,
            kind: 'register',
            slot: 'com1',
            identity: SERIAL,
            at,
            facts: Object.fromEntries(
              Object.entries(facts).map(([name, value]) => [name, { value, at, source: 'register' as const }]),
            ),
          },
        ],
      },
    ],
    at,
  )
const rows = (sql: string) => database.prepare(sql).all() as Record<string, unknown>[]
const incidents = () => rows('SELECT number, source, status, cause_class FROM incidents ORDER BY number')
const links = () => rows('SELECT state FROM incident_links').map(row => row['state'])

const alert = (more: Record<string, unknown> = {}) =>
  inboundAlert.parse({
    id: 'ev-1',
    status: 'firing',
    item: { serial: SERIAL },
    class: 'ofd',
    title: 'OFD queue grows',
    ...more,
  })
const ticket = (more: Record<string, unknown> = {}) =>
  inboundTicket.parse({
    id: 'mail-1',
    channel: 'email',
    item: { serial: SERIAL },
    class: 'ofd',
    title: 'Чеки не уходят',
    ...more,
  })

describe('R99: alerts of another monitoring system', () => {
  test('a fault that nobody has seen opens an incident of the named item, told to desks', async () => {
    await told(good, NOW)
    const answer = await part.inbound.alert(MONITOR, alert(), NOW)
    expect(answer).toMatchObject({ outcome: 'opened', number: 1, placed: true })
    expect(incidents()).toEqual([{ number: 1, source: 'monitor', status: 'open', cause_class: 'ofd' }])
    const [delivery] = rows('SELECT kind, payload_json FROM deliveries')
    expect(String(delivery?.['payload_json'])).toContain('Пекарня')
  })

  test('a fault that is open already is joined: one incident for one cause, and the other system does not end it', async () => {
    await told(backlog, NOW)
    const answer = await part.inbound.alert(MONITOR, alert(), NOW + HOUR)
    expect(answer).toMatchObject({ outcome: 'joined', number: 1 })
    const over = await part.inbound.alert(MONITOR, alert({ status: 'resolved' }), NOW + 2 * HOUR)
    expect(over.outcome).toBe('joined')
    expect(incidents()).toEqual([{ number: 1, source: 'monitoring', status: 'open', cause_class: 'ofd' }])
    const notes = rows(`SELECT text_ru FROM timeline WHERE actor = 'Zabbix'`).map(row => row['text_ru'])
    expect(notes).toEqual(['То же видит Zabbix: OFD queue grows', 'Zabbix сообщает, что прошло; решают показания'])
  })

  test('a fault that a person called solved while its readings are bad is joined: the readings open it again, there is no second ticket', async () => {
    await told(backlog, NOW)
    const [own] = rows('SELECT id FROM incidents')
    const actor = { name: 'Анна', side: 'support' } as const
    await part.incidents.act('main', String(own?.['id']), { action: 'solve', text: 'готово' }, actor, NOW + HOUR)
    const answer = await part.inbound.alert(MONITOR, alert(), NOW + HOUR + 1)
    expect(answer).toMatchObject({ outcome: 'joined', number: 1 })
    expect(incidents()).toEqual([{ number: 1, source: 'monitoring', status: 'solved', cause_class: 'ofd' }])
    await told(good, NOW + 1.5 * HOUR)
    await told(good, NOW + 2 * HOUR)
    await part.evaluator.tick(NOW + 2 * HOUR, 1000)
    const other = await part.inbound.alert(MONITOR, alert({ id: 'ev-2' }), NOW + 3 * HOUR)
    expect(other.outcome).toBe('opened')
  })

  test('the same alert again changes nothing; resolved ends it; a return within 72 hours reopens it, later opens a new one', async () => {
    const said = async (status: string, at: number) =>
      (await part.inbound.alert(MONITOR, alert({ status }), at)).outcome
    expect(await said('firing', NOW)).toBe('opened')
    expect(await said('firing', NOW + 1)).toBe('repeated')
    expect(await said('resolved', NOW + HOUR)).toBe('solved')
    expect(await said('resolved', NOW + 2 * HOUR)).toBe('repeated')
    expect(await said('firing', NOW + 3 * HOUR)).toBe('reopened')
    expect(await said('resolved', NOW + 4 * HOUR)).toBe('solved')
    expect(await said('firing', NOW + 100 * HOUR)).toBe('opened')
    expect(incidents().map(row => row['status'])).toEqual(['solved', 'open'])
  })

  test('an old word that is played again changes nothing', async () => {
    const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString()
    await part.inbound.alert(MONITOR, alert({ at: at(0) }), NOW)
    await part.inbound.alert(MONITOR, alert({ status: 'resolved', at: at(1) }), NOW + HOUR)
    const again = await part.inbound.alert(MONITOR, alert({ at: at(0) }), NOW + 5 * HOUR)
    expect(again.outcome).toBe('ignored')
    expect(incidents()).toMatchObject([{ status: 'solved' }])
  })

  test('an item of another tenant does not exist: the incident is placed nowhere, and theirs hears nothing', async () => {
    await told(backlog, NOW, { agentId: 'b1', tenantId: 'other' })
    const theirs = rows('SELECT count(*) AS n FROM timeline')
    const answer = await part.inbound.alert(MONITOR, alert({ item: { site: 'z-1', serial: SERIAL } }), NOW)
    expect(answer).toMatchObject({ outcome: 'opened', number: 1, placed: false })
    const [mine] = rows(`SELECT item_id, site_id, client_id, explanation_json FROM incidents WHERE tenant_id = 'main'`)
    expect(mine).toMatchObject({ item_id: '', site_id: null, client_id: null })
    expect(String(mine?.['explanation_json'])).toContain('В справочнике не найдено')
    expect(rows(`SELECT count(*) AS n FROM timeline WHERE tenant_id = 'other'`)).toEqual(theirs)
  })

  test('domain 18.26: solved by a person while the source goes on: quiet for the grace, then reopened as unfixed, not as a return', async () => {
    const { incidentId } = await part.inbound.alert(MONITOR, alert({ item: {} }), NOW)
    const actor = { name: 'Анна', side: 'support' } as const
    await part.incidents.act('main', incidentId ?? '', { action: 'solve', text: 'готово' }, actor, NOW + HOUR)
    const again = async (at: number) => (await part.inbound.alert(MONITOR, alert({ item: {} }), at)).outcome
    expect(await again(NOW + HOUR + 1)).toBe('repeated')
    expect(await again(NOW + 24 * HOUR)).toBe('repeated')
    expect(await again(NOW + 25 * HOUR)).toBe('reopened')
    expect(rows('SELECT status, reopens_unfixed, reopens_return FROM incidents')).toEqual([
      { status: 'in_work', reopens_unfixed: 1, reopens_return: 0 },
    ])
  })

  test('domain 18.27: what support rejected stays quiet until the source has said that it is over', async () => {
    const { incidentId } = await part.inbound.alert(MONITOR, alert({ item: {} }), NOW)
    const actor = { name: 'Анна', side: 'support' } as const
    const reject = { action: 'discard', as: 'rejected', reason: 'ложная' } as const
    await part.incidents.act('main', incidentId ?? '', reject, actor, NOW + HOUR)
    const said = async (status: string, at: number) =>
      (await part.inbound.alert(MONITOR, alert({ item: {}, status }), at)).outcome
    expect(await said('firing', NOW + 2 * HOUR)).toBe('repeated')
    expect(await said('firing', NOW + 200 * HOUR)).toBe('repeated')
    expect(incidents()).toHaveLength(1)
    expect(await said('resolved', NOW + 201 * HOUR)).toBe('repeated')
    expect(await said('firing', NOW + 202 * HOUR)).toBe('opened')
  })

  test('domain 18.23: closed early and back within 72 hours of Solved is the same incident', async () => {
    const said = (status: string, at: number) => part.inbound.alert(MONITOR, alert({ item: {}, status }), at)
    const { incidentId } = await said('firing', NOW)
    await said('resolved', NOW + HOUR)
    const actor = { name: 'Анна', side: 'support' } as const
    await part.incidents.act('main', incidentId ?? '', { action: 'close', text: '' }, actor, NOW + 2 * HOUR)
    expect((await said('firing', NOW + 3 * HOUR)).outcome).toBe('reopened')
  })

  test('a word of the source does not end what a person keeps open', async () => {
    const { incidentId } = await part.inbound.alert(MONITOR, alert({ item: {} }), NOW)
    database.prepare('UPDATE incidents SET pinned = 1 WHERE id = ?').run(incidentId)
    const over = await part.inbound.alert(MONITOR, alert({ status: 'resolved' }), NOW + HOUR)
    expect(over.outcome).toBe('joined')
    expect(incidents()).toMatchObject([{ status: 'open' }])
  })

  test('another system sees it first: its end solves neither incident while the readings are bad, theirs ends both', async () => {
    await told(good, NOW)
    await part.inbound.alert(MONITOR, alert(), NOW + 1)
    await told(backlog, NOW + HOUR)
    expect(links()).toEqual(['linked'])
    expect((await part.inbound.alert(MONITOR, alert({ status: 'resolved' }), NOW + 2 * HOUR)).outcome).toBe('joined')
    expect(incidents().map(row => row['status'])).toEqual(['open', 'open'])
    await told(good, NOW + 3 * HOUR)
    await told(good, NOW + 3.5 * HOUR)
    await part.evaluator.tick(NOW + 3.5 * HOUR, 1000)
    expect(incidents().map(row => row['status'])).toEqual(['solved', 'solved'])
  })

  test('R27: an unknown register at a known site is placed at the site, and the ticket says both', async () => {
    const answer = await part.inbound.alert(MONITOR, alert({ item: { site: 's-1', serial: '404' } }), NOW)
    expect(answer).toMatchObject({ outcome: 'opened', placed: false })
    expect(rows('SELECT site_id, client_id, item_id FROM incidents')).toEqual([
      { site_id: 's', client_id: 'c', item_id: '' },
    ])
    const [delivery] = rows('SELECT payload_json FROM deliveries')
    const { text } = JSON.parse(String(delivery?.['payload_json'])) as { text: { ru: string } }
    expect(text.ru).toContain('В справочнике не найдено: ККТ 404.')
    expect(text.ru).toContain('Объект: На Мира, Москва')
    expect(text.ru).toContain('Клиент: Пекарня')
    expect(text.ru).not.toMatch(/Оборудование|объект не указан/)
  })

  test('R22: requests about nothing in particular are not each other’s repetitions', async () => {
    for (let index = 0; index < 5; index++)
      await part.inbound.ticket(DESK, ticket({ id: `mail-${index}`, item: {}, class: undefined }), NOW + index)
    const texts = rows(`SELECT payload_json FROM deliveries WHERE kind = 'open'`).map(row =>
      String(row['payload_json']),
    )
    expect(texts).toHaveLength(5)
    for (const text of texts) expect(text).toContain('Частота: один раз')
  })

  test('two tokens may use the same id: each speaks of its own', async () => {
    await part.inbound.alert(MONITOR, alert({ item: {} }), NOW)
    expect(await part.inbound.alert(DESK, alert({ item: {} }), NOW)).toMatchObject({ outcome: 'opened', number: 2 })
    expect((await part.inbound.alert(DESK, alert({ status: 'resolved' }), NOW)).number).toBe(2)
  })

  test(`a broken source is stopped at ${INBOUND_OPEN_MAX} unfinished incidents, people are not`, async () => {
    const { incidentId } = await part.inbound.alert(MONITOR, alert({ item: {} }), NOW)
    const known = database.prepare(`INSERT INTO inbound_records VALUES ('main', 'token-1', ?, ?, 0, 1, 0, 0)`)
    for (let index = 1; index < INBOUND_OPEN_MAX; index++) known.run(`more-${index}`, incidentId)
    const more = part.inbound.alert(MONITOR, alert({ id: 'one-more', item: {} }), NOW)
    await expect(more).rejects.toMatchObject({ code: 'inbound.too_many_open' })
    expect((await part.inbound.ticket({ ...DESK, id: 'portal' }, ticket(), NOW)).outcome).toBe('opened')
  })
})

describe('domain 18.31: a person’s ticket and the automatic incident of one cause', () => {
  test('item and class are named: linked, both numbers live and end together', async () => {
    await told(backlog, NOW)
    expect(await part.inbound.ticket(DESK, ticket(), NOW + HOUR)).toMatchObject({ outcome: 'opened', number: 2 })
    expect(links()).toEqual(['linked'])
    await told(good, NOW + 2 * HOUR)
    await told(good, NOW + 2.5 * HOUR)
    await part.evaluator.tick(NOW + 2.5 * HOUR, 1000)
    expect(incidents().map(row => [row['number'], row['status']])).toEqual([
      [1, 'solved'],
      [2, 'solved'],
    ])
    const [together] = rows(`SELECT text_ru FROM timeline WHERE kind = 'solved' AND text_ru LIKE '%вместе%'`)
    expect(together?.['text_ru']).toBe('Решено вместе с №1: причина одна')
  })

  test('an automatic incident that opens later on the same cause is linked to the ticket', async () => {
    await told(good, NOW)
    await part.inbound.ticket(DESK, ticket(), NOW + 1)
    await told(backlog, NOW + HOUR)
    expect(incidents().map(row => row['source'])).toEqual(['email', 'monitoring'])
    expect(links()).toEqual(['linked'])
  })

  test('a person solves the ticket: the automatic one is solved by the same hand, and reopens with it', async () => {
    await told(backlog, NOW)
    const { incidentId } = await part.inbound.ticket(DESK, ticket(), NOW + HOUR)
    const id = incidentId ?? ''
    const actor = { name: 'Анна', side: 'support' } as const
    await part.incidents.act('main', id, { action: 'solve', text: 'готово' }, actor, NOW + 2 * HOUR)
    expect(rows('SELECT status, solved_by FROM incidents')).toEqual([
      { status: 'solved', solved_by: 'Анна' },
      { status: 'solved', solved_by: 'Анна' },
    ])
    await part.incidents.act('main', id, { action: 'reopen', text: '' }, actor, NOW + 2.5 * HOUR)
    expect(incidents().every(row => row['status'] !== 'solved')).toBe(true)
  })

  test('only the item is named: proposed; support decides, and no other tenant can', async () => {
    await told(backlog, NOW)
    const { incidentId } = await part.inbound.ticket(DESK, ticket({ class: undefined }), NOW + HOUR)
    const automatic = String(rows(`SELECT id FROM incidents WHERE source = 'monitoring'`)[0]?.['id'])
    const pair = [incidentId ?? '', automatic] as const
    expect(links()).toEqual(['proposed'])
    const foreign = part.inbound.decideLink('other', pair, 'linked', 'Чужой', NOW + HOUR)
    await expect(foreign).rejects.toMatchObject({ code: 'link.unknown' })
    await part.inbound.decideLink('main', pair, 'linked', 'Анна', NOW + HOUR)
    expect(links()).toEqual(['linked'])
    await expect(part.inbound.decideLink('main', pair, 'rejected', 'Анна', NOW)).rejects.toMatchObject({
      code: 'link.unknown',
    })
  })

  test('another class at the same item is another cause', async () => {
    await told(backlog, NOW)
    await part.inbound.ticket(DESK, ticket({ class: 'shift' }), NOW + HOUR)
    expect(links()).toEqual([])
  })

  test('R155: nothing is lost: a ticket about what is not in the directory is registered, once however often it is sent', async () => {
    const lost = ticket({ item: { terminal: 'nowhere' } })
    expect(await part.inbound.ticket(DESK, lost, NOW)).toMatchObject({ outcome: 'opened', placed: false })
    expect(await part.inbound.ticket(DESK, lost, NOW + 1)).toMatchObject({ outcome: 'repeated', number: 1 })
    expect(incidents()).toHaveLength(1)
  })
})

describe('R161: what was said is forgotten with time', () => {
  const said = () => rows('SELECT external_id FROM inbound_records').map(row => row['external_id'])
  const people = () => rows('SELECT author, contact FROM inbound_incidents WHERE author IS NOT NULL')

  test('records and contacts of closed incidents go, those of unfinished ones stay', async () => {
    const author = { name: 'Мария', contact: '+7 000 000-00-00' }
    const { incidentId } = await part.inbound.ticket(DESK, ticket({ id: 'done', author }), NOW)
    await part.inbound.ticket(DESK, ticket({ id: 'open', author }), NOW)
    database.prepare(`UPDATE incidents SET status = 'closed' WHERE id = ?`).run(incidentId)
    expect(await part.inbound.thinInbound(NOW)).toBe(false)
    expect([said(), people()]).toMatchObject([['done', 'open'], [author, author].map(({ name }) => ({ author: name }))])
    expect(await part.inbound.thinInbound(NOW + 1)).toBe(false)
    expect(said()).toEqual(['open'])
    expect(people()).toHaveLength(1)
  })
})

describe('tokens of machines', () => {
  const token = { id: 'k1', tenantId: 'main', name: 'Zabbix', scope: 'monitor' as const, hash: 'h', createdBy: 'Анна' }

  test('are listed without their hash and end once; another tenant sees and ends none', async () => {
    await part.inbound.addToken(token, NOW)
    expect(await part.inbound.tokens('other')).toEqual([])
    await expect(part.inbound.revokeToken('other', 'k1', NOW)).rejects.toMatchObject({ code: 'token.unknown' })
    await part.inbound.revokeToken('main', 'k1', NOW + 1)
    await part.inbound.revokeToken('main', 'k1', NOW + HOUR)
    const [row] = await part.inbound.tokens('main')
    expect(row).toMatchObject({ name: 'Zabbix', revokedAt: new Date(NOW + 1).toISOString() })
    expect(JSON.stringify(row)).not.toContain('"h"')
  })

  test('keys that were revoked do not use up the places for new ones', async () => {
    for (let index = 0; index < MACHINE_TOKENS_MAX; index++)
      await part.inbound.addToken({ ...token, id: `k${index}`, hash: `h${index}` }, NOW)
    const more = { ...token, id: 'more', hash: 'more' }
    await expect(part.inbound.addToken(more, NOW)).rejects.toMatchObject({ code: 'token.too_many' })
    await part.inbound.revokeToken('main', 'k7', NOW + 1)
    await part.inbound.addToken(more, NOW + 2)
    const ids = (await part.inbound.tokens('main')).map(row => row.id)
    expect([ids.includes('more'), ids.includes('k7')]).toEqual([true, false])
  })
})
