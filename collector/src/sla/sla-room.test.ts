import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SHIPPED_PACKS } from '@tillwatch/rules'
import type { IncidentAction } from '@tillwatch/shared/api'
import { ManualClock } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createIncidentStore } from '../incidents/incident-store.ts'
import { raisedIncident } from '../incidents/new-incident.ts'
import { createIncidentPart, type IncidentPart } from '../incidents/state-part.ts'
import type { AcceptedFact, AcceptedMessage } from '../ingest/batch.ts'
import { createNoticeBook } from '../notices/notice-book.ts'
import type { ReadTables } from '../reads/read-tables.ts'
import { readIncidentSla } from '../reads/sla-read.ts'
import { HOUSE_DESK } from '../routing/testing/house-desk.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { queriesOf } from '../store/sqlite/queries.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createSlaBookKeeper } from './sla-book.ts'
import { shippedSlaTexts } from './sla-files.ts'
import { createSlaRoom } from './sla-room.ts'
import { createSlaStore } from './sla-store.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Monday noon in Moscow. */
const NOW = Date.parse('2026-11-23T09:00:00Z')
const packs = SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') }))

// Hours of a service minute by minute: work for a slow machine.
vi.setConfig({ testTimeout: 30_000 })

let folder: string
let database: DatabaseSync
let part: IncidentPart
let seq = 0

const open = () => {
  part = createIncidentPart(database, { packs, overrides: [], desks: [HOUSE_DESK] }, new ManualClock(NOW))
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-sla-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  const week = JSON.stringify({ week: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map(day => [day, ['00:00-24:00']])) })
  database.exec(`
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'bakery', 'Пекарня');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone, hours_text, hours_json)
      VALUES ('s', 'main', 'c', 's', 'На Мира', 'Москва, ул. Мира, 1', 'Europe/Moscow', '24/7', '${week}');
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at) VALUES ('a1', 'main', 's', 'x', 0, 0);
    INSERT INTO collector_runs (started_at, alive_at) VALUES (0, 0);`)
  seq = 0
  open()
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const SERIAL = '0000000000301234'
const ITEM = `register:main:${SERIAL}`
type Facts = Readonly<Record<string, AcceptedFact['value']>>
const healthy = {
  'fiscal.register.link': 'ok',
  'fiscal.register.inn': '7701234567',
  'fiscal.register.mode': 'shift_open',
  'fiscal.register.error': 'none',
  'fiscal.fn.phase': 'fiscal',
  'fiscal.fn.serial': '9960440300112233',
  'fiscal.fn.valid_until': '2027-12-01',
  'fiscal.fn.flags': [] as string[],
  'fiscal.ofd.unsent_documents': 0,
  'fiscal.ofd.first_unsent_at': null as string | null,
}
/** Stopped: nothing is sold and there is no spare, so Blocking. */
const stopped = { ...healthy, 'fiscal.fn.phase': 'post_fiscal' }
/** Three days of documents on the register: Important. */
const backlog = { ...healthy, 'fiscal.ofd.unsent_documents': 12, 'fiscal.ofd.first_unsent_at': '2026-11-19T08:00:00' }

async function say(facts: Facts, at: number): Promise<void> {
  const given = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, { value, at, source: 'register' as const }]),
  )
  const item = { itemId: ITEM, kind: 'register' as const, slot: 'com1', identity: SERIAL, at, facts: given }
  const message: AcceptedMessage = {
    ...{ agentId: 'a1', tenantId: 'main', kind: 'telemetry', epoch: 1, seq: ++seq, lost: 0 },
    ...{ receivedAt: at, items: [item], event: null, refusal: null },
  }
  await part.evaluator.commit([message], at)
}
/** Lets time pass in steps of a minute at which everything due is done; facts come every five. */
async function pass(from: number, to: number, facts?: Facts): Promise<void> {
  for (let at = from; at <= to; at += MINUTE) {
    if (facts && (at - from) % (5 * MINUTE) === 0) await say(facts, at)
    for (let due: number | null = at; due !== null && due <= at; ) due = (await part.evaluator.tick(at, 1000)).nextDueAt
  }
}
const rows = (sql: string) => database.prepare(sql).all() as Record<string, unknown>[]
const escalations = () =>
  rows(`SELECT at, text_ru FROM timeline WHERE kind = 'escalated' ORDER BY id`).map(
    row => [Number(row['at']), String(row['text_ru'])] as const,
  )
const texts = () => escalations().map(([, text]) => text)
const person = { name: 'Анна', side: 'support' } as const
const act = (action: IncidentAction, at: number) => {
  const [incident] = rows(`SELECT id FROM incidents WHERE cause_class = 'fn_state'`)
  return part.incidents.act('main', String(incident?.['id']), action, person, at)
}
const told = () =>
  rows(`SELECT role, email, state FROM notices WHERE role <> 'client_contact' ORDER BY id`).map(row =>
    Object.values(row).join(' '),
  )
const respond = (code: string, role: string, more: { client?: string; zone?: string } = {}) =>
  database
    .prepare(
      `INSERT INTO responsibles (id, tenant_id, code, role, contract, client_id, name, email, timezone, language)
       VALUES (?1, 'main', ?1, ?2, NULL, ?3, ?1, ?1 || '@example.test', ?4, 'ru')`,
    )
    .run(code, role, more.client ?? null, more.zone ?? 'Europe/Moscow')

/** A stop that is seen for long enough to be an incident; the instant of its registration. */
async function stop(): Promise<number> {
  await pass(NOW, NOW + 10 * MINUTE, stopped)
  const [incident] = rows(`SELECT opened_at, priority FROM incidents WHERE cause_class = 'fn_state'`)
  expect(incident?.['priority']).toBe(1)
  return Number(incident?.['opened_at'])
}

describe('marks call people once (R64–R66, domain 18.32)', () => {
  it('reaction 70 and 100 %, solution 70, 100 and 150 %; at 70 % of the solution the next line takes over', async () => {
    for (const [code, role] of [
      ['lead', 'line1_lead'],
      ['two', 'line2'],
      ['boss', 'head'],
    ] as const)
      respond(code, role)
    const at = await stop()
    await pass(at, at + 6.2 * HOUR, stopped)
    expect(escalations().map(([when, text]) => [Math.round((when - at) / MINUTE), text.split(':')[0]])).toEqual([
      [11, 'Использовано 70 % времени реакции'],
      [60, 'Критичный инцидент. Сообщено'],
      // Critical after an hour of Blocking: a quarter of an hour is left of the reaction (domain 18.10, 18.44).
      [76, 'Использовано 100 % времени реакции'],
      [169, 'Использовано 70 % времени решения'],
      [241, 'Использовано 100 % времени решения'],
      [361, 'Использовано 150 % времени решения'],
    ])
    expect(texts().find(text => text.includes('70 % времени решения'))).toContain('Передано на линию 2.')
    expect(rows('SELECT line FROM incidents')).toEqual([{ line: 2 }])
    expect(told()).toContain('line1_lead lead@example.test no_channel')
    expect(told()).toContain('line2 two@example.test no_channel')
    expect(told()).toContain('head boss@example.test no_channel')
    expect(texts().find(text => text.includes('150 %'))).toContain('Не требуется и не указаны')
    expect(
      rows(
        `SELECT count(*) AS n FROM deliveries WHERE kind = 'comment' AND payload_json LIKE '%70 % времени решения%'`,
      ),
    ).toEqual([{ n: 1 }])
  })

  it('after downtime only the highest passed mark of each kind speaks, with the time at which it was due (domain 18.15)', async () => {
    const at = await stop()
    open()
    await part.evaluator.tick(at + 5 * HOUR, 1000)
    await part.evaluator.tick(at + 5 * HOUR + 1, 1000)
    const said = texts().filter(text => text.startsWith('Использовано'))
    expect(said).toHaveLength(2)
    expect(said[0]).toMatch(/^Использовано 100 % времени реакции.*Отметка пройдена/)
    expect(said[1]).toMatch(/^Использовано 100 % времени решения.*Отметка пройдена/)
    await part.evaluator.tick(at + 5.5 * HOUR, 1000)
    expect(texts().filter(text => text.startsWith('Использовано'))).toHaveLength(2)
  })

  it('a role that nobody holds goes to the next authority, and never nowhere (domain 18.34)', async () => {
    const at = await stop()
    await pass(at, at + 20 * MINUTE, stopped)
    expect(told()).toEqual(['line1_lead  nobody'])
    expect(texts()[0]).toContain('Некому сообщить, в справочнике нет ответственных: старший первой линии')
    respond('boss', 'manager')
    await pass(at + 168 * MINUTE, at + 170 * MINUTE, stopped)
    expect(rows(`SELECT role, via, email FROM notices WHERE role = 'line2'`)).toEqual([
      { role: 'line2', via: 'manager', email: 'boss@example.test' },
    ])
  })

  it('people are not woken for priorities 3 and 4: their message waits for nine in their morning', async () => {
    respond('lead', 'line1_lead', { zone: 'Asia/Vladivostok' })
    await pass(NOW, NOW + 128 * MINUTE, backlog)
    const [incident] = rows(`SELECT opened_at, priority FROM incidents WHERE cause_class = 'ofd'`)
    expect(Number(incident?.['priority'])).toBeGreaterThanOrEqual(3)
    // 14:07 in Moscow is 21:07 in Vladivostok.
    expect(rows(`SELECT next_at, created_at FROM notices WHERE role = 'line1_lead'`)).toEqual([
      { created_at: NOW + 127 * MINUTE, next_at: Date.parse('2026-11-24T09:00:00+10:00') },
    ])
  })
})

describe('what stands in the way', () => {
  it('R67: a question to the client freezes the solution, and the answer lets it go on', async () => {
    const at = await stop()
    await act({ action: 'take' }, at + MINUTE)
    await act({ action: 'wait', question: 'Когда можно приехать?' } as IncidentAction, at + HOUR)
    await pass(at + HOUR, at + 9 * HOUR, stopped)
    // Lists promise no end of a time that stands.
    expect(rows('SELECT deadline_at, urgent_at FROM sla_clocks')).toEqual([{ deadline_at: null, urgent_at: null }])
    expect(texts().filter(text => text.includes('времени решения'))).toEqual([])
    expect(texts().filter(text => text.includes('времени реакции'))).toEqual([])
  })

  it('a reopen goes on with the same clock, and what was called is not called again (domain 18.29)', async () => {
    const at = await stop()
    await act({ action: 'take' }, at + MINUTE)
    await pass(at + 2 * MINUTE, at + 170 * MINUTE, stopped)
    await act({ action: 'solve', text: 'Перезапущено' }, at + 175 * MINUTE)
    await act({ action: 'reopen', text: '' }, at + 190 * MINUTE)
    await pass(at + 190 * MINUTE, at + 260 * MINUTE, stopped)
    const said = escalations().filter(([, text]) => text.includes('времени решения'))
    expect(said.map(([when]) => Math.round((when - at) / MINUTE))).toEqual([169, 256])
  })

  it('work planned with nobody’s consent holds back steps, and the breach is written down quietly (domain 18.14)', async () => {
    const at = await stop()
    const iso = (instant: number) => new Date(instant).toISOString()
    await part.maintenance.open(
      'main',
      {
        ...{ scope: { kind: 'site', id: 's' }, check: null, weekly: null, reason: 'Замена проводки', agreed: false },
        ...{ startsAt: iso(at + HOUR), endsAt: iso(at + 6 * HOUR) },
      },
      'Анна',
      at,
    )
    await pass(at, at + 7.9 * HOUR, stopped)
    const said = escalations().map(([when, text]) => [Math.round((when - at) / MINUTE), text.split(/[:,]/)[0]])
    expect(said.filter(([, text]) => String(text).includes('решения'))).toEqual([
      [241, 'Срок решения истёк'],
      [469, 'Использовано 70 % времени решения'],
    ])
    expect(texts().find(text => text.startsWith('Срок решения'))).toContain('никто не вызван: окно работ')
  })

  it('a mark that a reopening brings to light inside a window calls people when it is over (domain 18.14, 18.29)', async () => {
    const at = await stop()
    const iso = (instant: number) => new Date(instant).toISOString()
    await act({ action: 'take' }, at + MINUTE)
    await pass(at + 2 * MINUTE, at + 174 * MINUTE, stopped)
    await act({ action: 'solve', text: 'Перезапущено' }, at + 175 * MINUTE)
    await part.maintenance.open(
      'main',
      {
        ...{ scope: { kind: 'site', id: 's' }, check: null, weekly: null, reason: 'Замена проводки', agreed: false },
        ...{ startsAt: iso(at + 250 * MINUTE), endsAt: iso(at + 400 * MINUTE) },
      },
      'Анна',
      at + 175 * MINUTE,
    )
    // It was never fixed: opened again after two hours, with all the time since.
    await pass(at + 176 * MINUTE, at + 410 * MINUTE, stopped)
    expect(rows(`SELECT at FROM timeline WHERE kind = 'reopened'`)).toEqual([{ at: at + 295 * MINUTE }])
    const said = escalations().filter(([, text]) => text.includes('времени решения'))
    expect(said.map(([when, text]) => [Math.round((when - at) / MINUTE), text.split(' времени')[0]])).toEqual([
      [169, 'Использовано 70 %'],
      [400, 'Использовано 100 %'],
    ])
  })
})

describe('the client is informed (R79, R80, R82, domain 18.37)', () => {
  it('accepted, taken into work, every hour while Blocking, solved', async () => {
    respond('owner', 'client_contact', { client: 'c' })
    const at = await stop()
    await act({ action: 'take' }, at + 5 * MINUTE)
    await pass(at + 6 * MINUTE, at + 125 * MINUTE, stopped)
    await act({ action: 'solve', text: '' }, at + 130 * MINUTE)
    const bodies = rows(`SELECT body FROM notices WHERE role = 'client_contact' ORDER BY id`).map(
      row => String(row['body']).split('\n')[0],
    )
    expect(bodies[0]).toMatch(/^Обращение №\d+ принято\./)
    expect(bodies.slice(1)).toEqual([
      'Работа начата, ответственный: Анна.',
      expect.stringMatching(/^Состояние: в работе\. Срок: /),
      expect.stringMatching(/^Состояние: в работе\. Срок: /),
      'Решено.',
    ])
  })
})

describe('a child of a mass incident', () => {
  it('is silent below its parent, and its client is informed again once it is let go (domain 18.37, 18.42)', () => {
    respond('owner', 'client_contact', { client: 'c' })
    const both = { ru: 'Беда', en: 'Trouble' }
    const trouble = {
      ...{
        tenantId: 'main',
        dedupKey: 'k',
        itemId: ITEM,
        agentId: 'a1',
        subject: 'x',
        causeClass: 'ofd',
        runbook: 'x.md',
      },
      ...{
        priority: 1 as const,
        priorityReason: both,
        title: both,
        explanation: both,
        expected: both,
        component: both,
      },
      onsetAt: NOW,
    }
    const incidents = createIncidentStore(database)
    const parent = raisedIncident({ ...trouble, dedupKey: 'mass', subject: 'mass:x' }, null, 1, NOW)
    const child = { ...raisedIncident(trouble, null, 2, NOW), clientId: 'c', parentId: parent.id }
    for (const each of [parent, child]) incidents.save(each)
    const store = createSlaStore(database)
    const room = createSlaRoom(database, {
      ...{
        store,
        incidents,
        suppression: { standsStill: () => null },
        massClients: () => [],
        keeper: { write: () => {} },
      },
      books: createSlaBookKeeper(database, shippedSlaTexts(), () => {}, NOW),
      notices: createNoticeBook(database, false).notices,
    })
    const news = () => rows('SELECT key FROM notices').map(row => String(row['key']).split(':').slice(1).join(':'))
    room.moved?.({ before: null, after: child, entries: [] }, NOW)
    expect(news()).toEqual([])
    const freed = { ...child, parentId: null }
    incidents.save(freed)
    room.moved?.({ before: child, after: freed, entries: [] }, NOW + HOUR)
    room.wake?.(
      NOW + 2 * HOUR,
      () => true,
      () => {},
    )
    expect(news()).toEqual(expect.arrayContaining(['registered', `report:${NOW + 2 * HOUR}`]))
  })
})

describe('what is kept', () => {
  it('lists sort by the nearest deadline; the policy is pinned at registration', async () => {
    const at = await stop()
    const [row] = rows(`SELECT * FROM sla_clocks`)
    expect(row).toMatchObject({
      ...{ policy_id: 'outsourcing-24x7', rank: 'default', zone: 'Europe/Moscow', class_a: 0 },
      ...{
        deadline_at: at + 3 * HOUR,
        urgent_at: at + 2.8 * HOUR,
        reaction_met: null,
        solution_met: null,
        problem: null,
      },
    })
    await act({ action: 'take' }, at + MINUTE)
    expect(rows('SELECT deadline_at, reaction_met FROM sla_clocks')).toEqual([
      { deadline_at: at + 4 * HOUR, reaction_met: 1 },
    ])
  })

  it('a contract decides the policy and its service the times (R62, R63, R75)', async () => {
    database.exec(`INSERT INTO contracts (id, tenant_id, number, client_id, policy, services_json, from_date, until_date)
      VALUES ('k', 'main', '17', 'c', 'business-hours', '[{"name":"Касса не работает","reaction":"30m","solution":"2h","responsible":"Анна","causes":["fn_state"]}]', '2026-01-01', '2026-12-31')`)
    const at = await stop()
    expect(rows('SELECT policy_id, rank, contract, deadline_at FROM sla_clocks')).toEqual([
      { policy_id: 'business-hours', rank: 'contract', contract: '17', deadline_at: at + 30 * MINUTE },
    ])
  })

  it('a kind changed by hand has its times from the registration on, there and back (domain 18.51)', async () => {
    const at = await stop()
    const deadlines = () => rows('SELECT deadline_at, solution_met FROM sla_clocks')
    const classify = (kind: 'incident' | 'service_request', when: number) =>
      act({ action: 'classify', kind, type: 'failure', category: 'register' }, when)
    await act({ action: 'take' }, at + MINUTE)
    // Six hours for four: broken, and its marks were called.
    await pass(at + MINUTE, at + 6 * HOUR, stopped)
    expect(deadlines()).toEqual([{ deadline_at: at + 4 * HOUR, solution_met: 0 }])
    await classify('service_request', at + 6 * HOUR)
    expect(deadlines()).toEqual([{ deadline_at: at + 14 * 24 * HOUR, solution_met: null }])
    await pass(at + 6 * HOUR, at + 6 * HOUR + MINUTE, stopped)
    expect(rows(`SELECT text_ru FROM timeline WHERE text_ru LIKE '%пересчёту%'`).length).toBeGreaterThan(0)
    await classify('incident', at + 7 * HOUR)
    expect(deadlines()).toEqual([{ deadline_at: at + 4 * HOUR, solution_met: 0 }])
  })

  it('a place that the directory learns of late is taken with its terms, never over one that is named (domain 18.9, 18.34)', async () => {
    database.exec(`UPDATE agents SET site_id = NULL;
      INSERT INTO contracts (id, tenant_id, number, client_id, policy, services_json) VALUES ('k', 'main', '17', 'c', 'business-hours', '[]')`)
    respond('owner', 'client_contact', { client: 'c' })
    const at = await stop()
    const terms = () => rows('SELECT policy_id, rank, contract, zone, deadline_at FROM sla_clocks')
    const place = () => rows('SELECT client_id, site_id FROM incidents')
    expect(place()).toEqual([{ client_id: null, site_id: null }])
    expect(terms()).toMatchObject([{ policy_id: 'outsourcing-24x7', rank: 'default' }])
    database.exec(
      `INSERT INTO terminals (id, tenant_id, site_id, code, name, agent_id) VALUES ('t', 'main', 's', 'K1', 'Касса 1', 'a1')`,
    )
    await part.evaluator.tick(at + 2 * MINUTE, 1000)
    expect(place()).toEqual([{ client_id: 'c', site_id: 's' }])
    expect(terms()).toEqual([
      { policy_id: 'business-hours', rank: 'contract', contract: '17', zone: 'Europe/Moscow', deadline_at: at + HOUR },
    ])
    const notes = rows(`SELECT text_ru FROM timeline WHERE kind = 'note'`).map(row => String(row['text_ru']))
    expect(
      notes.filter(text => text.startsWith('В справочнике появилось место: На Мира, клиент Пекарня')),
    ).toHaveLength(1)
    expect(rows(`SELECT count(*) AS n FROM notices WHERE role = 'client_contact'`)).toEqual([{ n: 1 }])
    expect(rows('SELECT gaps_json FROM incidents')[0]?.['gaps_json']).not.toContain('клиент')
    // A till that is carried to another outlet of the client leaves the incident where it was.
    database.exec(`INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone) VALUES ('s2', 'main', 'c', 's2', 'Вторая', '', 'Europe/Moscow');
      UPDATE terminals SET site_id = 's2'`)
    await say(stopped, at + 4 * MINUTE)
    expect(rows('SELECT site_id FROM agents')).toEqual([{ site_id: 's2' }])
    expect(place()).toEqual([{ client_id: 'c', site_id: 's' }])
  })

  it('an edited calendar recomputes what is unsolved, and nothing about what is over (domain 18.6)', async () => {
    const hours = (text: string) => ({
      calendars: [
        ...shippedSlaTexts().calendars,
        {
          file: 'own.yaml',
          text: `calendars:\n  - { id: business-hours, title: { ru: Свои, en: Own }, hours: ${text}, zone: Europe/Moscow }\n`,
        },
      ],
      policies: shippedSlaTexts().policies,
    })
    database.exec(`INSERT INTO contracts (id, tenant_id, number, client_id, policy, services_json)
      VALUES ('k', 'main', '17', 'c', 'business-hours', '[]')`)
    const at = await stop()
    const id = String(rows('SELECT id FROM incidents')[0]?.['id'])
    const used = async (now: number) => {
      const sla = await readIncidentSla(queriesOf<ReadTables>(database), 'main', id, now)
      return [sla?.solution.usedMs, sla?.met]
    }
    await act({ action: 'take' }, at + MINUTE)
    // Nobody works any more from one o'clock on, an hour after noon.
    await part.sla.load(hours('Mo-Fr 09:00-13:00'), at + MINUTE)
    await act({ action: 'solve', text: '' }, at + 3 * HOUR)
    const before = await used(at + 3 * HOUR)
    expect(before).toEqual([NOW + HOUR - at, true])
    await part.sla.load(hours('Mo-Fr 09:00-18:00'), at + 4 * HOUR)
    expect(await used(at + 4 * HOUR)).toEqual(before)
    await act({ action: 'close', text: '' }, at + 5 * HOUR)
    expect(await used(at + 80 * HOUR)).toEqual(before)
    expect(rows('SELECT solution_met FROM sla_clocks')).toEqual([{ solution_met: 1 }])
    // Open again, it counts as everything that is unsolved does.
    await act({ action: 'reopen', text: '' }, at + 5 * HOUR)
    expect((await used(at + 5 * HOUR))[0]).toBe(3 * HOUR)
  })

  it('clocks that cannot be read hold up no others and say so', async () => {
    await stop()
    database.exec(`UPDATE sla_clocks SET log_json = '{', next_due_at = 1`)
    const outcome = await part.evaluator.tick(NOW + 11 * MINUTE, 1000)
    expect(outcome.failures).toEqual([])
    expect(String(rows('SELECT problem FROM sla_clocks')[0]?.['problem'])).toContain('JSON')
  })
})
