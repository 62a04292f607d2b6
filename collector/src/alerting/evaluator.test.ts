import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SHIPPED_PACKS } from '@tillwatch/rules'
import { switchedOffReason } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createIncidentPart, type IncidentPart } from '../incidents/state-part.ts'
import type { AcceptedFact, AcceptedItem, AcceptedMessage } from '../ingest/batch.ts'
import { HOUSE_DESK } from '../routing/testing/house-desk.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR
const packs = SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') }))

let folder: string
let database: DatabaseSync
let part: IncidentPart
let seq: number

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-evaluator-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c', 'main', 'c', 'Пекарня');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone, hours_text, hours_json)
      VALUES ('s', 'main', 'c', 's', 'На Мира', 'Москва, ул. Мира, 1', 'Europe/Moscow', '24/7',
        '{"week":{"1":["00:00-24:00"],"2":["00:00-24:00"],"3":["00:00-24:00"],"4":["00:00-24:00"],"5":["00:00-24:00"],"6":["00:00-24:00"],"7":["00:00-24:00"]}}');
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at) VALUES ('a1', 'main', 's', 'x', 0, 0), ('a2', 'main', 's', 'x', 0, 0);
    INSERT INTO terminals (id, tenant_id, site_id, code, name, agent_id) VALUES ('t', 'main', 's', 't', 'Касса 1', 'a1');
    INSERT INTO collector_runs (started_at, alive_at) VALUES (0, 0);`)
  part = createIncidentPart(database, { packs, overrides: [], desks: [HOUSE_DESK] }, new ManualClock())
  seq = 0
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const SERIAL = '0000000000301234'
const ITEM = `register:main:${SERIAL}`
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
const backlog = { ...healthy, 'fiscal.ofd.unsent_documents': 12, 'fiscal.ofd.first_unsent_at': '2026-11-19T08:00:00' }

interface Said {
  readonly facts: Record<string, AcceptedFact['value']>
  readonly at: number
  readonly seq?: number
  readonly agentId?: string
  readonly slot?: string
  readonly identity?: string | null
  readonly kind?: AcceptedMessage['kind']
}

function message(said: Said): AcceptedMessage {
  const { at, agentId = 'a1', slot = 'com1', identity = SERIAL } = said
  seq = said.seq ?? seq + 1
  const facts = Object.fromEntries(
    Object.entries(said.facts).map(([name, value]) => [name, { value, at, source: 'register' as const }]),
  )
  const itemId = identity === null ? `register:${agentId}:${slot}` : `register:main:${identity}`
  const item: AcceptedItem = { itemId, kind: 'register', slot, identity, at, facts }
  const place = { agentId, tenantId: 'main', kind: said.kind ?? 'telemetry', epoch: 1, seq, lost: 0 } as const
  return { ...place, receivedAt: at, items: [item], event: null, refusal: null }
}

const say = (facts: Said['facts'], at: number, more: Partial<Said> = {}) =>
  part.evaluator.commit([message({ facts, at, ...more })], at)
const rows = (sql: string): Record<string, unknown>[] => database.prepare(sql).all() as Record<string, unknown>[]
const factOf = (name: string, item = ITEM): unknown => {
  const state = JSON.parse(String(rows(`SELECT state_json FROM items WHERE id = '${item}'`)[0]?.['state_json']))
  return state.facts[name]?.value
}

describe('commit', () => {
  it('opens one incident with its delivery for a queue that stands for three days, and solves it when the queue is empty', async () => {
    const outcome = await say(backlog, NOW)
    expect(outcome.failures).toEqual([])
    const [incident] = rows('SELECT * FROM incidents')
    expect(incident).toMatchObject({ cause_class: 'ofd', status: 'open', item_id: ITEM })
    expect(outcome.incidentIds).toEqual([incident?.['id']])
    await say(backlog, NOW + 60_000)
    expect(rows(`SELECT kind FROM deliveries`).map(row => row['kind'])).toEqual(['open'])

    await say(healthy, NOW + HOUR)
    await say(healthy, NOW + HOUR + HOUR / 2)
    await part.evaluator.tick(NOW + HOUR + HOUR / 2, 1000)
    expect(rows(`SELECT status FROM incidents WHERE cause_class = 'ofd'`)).toEqual([{ status: 'solved' }])
    expect(rows('SELECT kind FROM deliveries ORDER BY id').map(row => row['kind'])).toEqual(['open', 'solve'])
    expect(rows('SELECT kind FROM timeline ORDER BY id').map(row => row['kind'])).toEqual(['opened', 'solved'])
  })

  it('R19: the ticket says client, site, serials, frequency, gaps and ends with its key', async () => {
    await say(backlog, NOW)
    const payload = JSON.parse(String(rows('SELECT payload_json FROM deliveries')[0]?.['payload_json']))
    for (const part of ['Пекарня', 'ул. Мира', SERIAL, '9960440300112233', 'за сутки', 'порядок доступа не указан']) {
      expect(payload.text.ru).toContain(part)
    }
    expect(payload.text.ru.trim().endsWith(`[${payload.subject.key}]`)).toBe(true)
    expect(payload.text.ru).toContain('До остановки')
  })

  it('back-filled facts go to the change log at their own time and raise nothing', async () => {
    await say({ ...healthy, 'fiscal.register.firmware': 'B' }, NOW, { kind: 'snapshot', seq: 10 })
    const outcome = await say({ ...backlog, 'fiscal.register.firmware': 'A' }, NOW - 5 * DAY, { seq: 3 })
    expect(outcome.incidentIds).toEqual([])
    expect(factOf('fiscal.ofd.unsent_documents')).toBe(0)
    const log = rows(`SELECT value_json, at FROM changes WHERE fact = 'fiscal.register.firmware' ORDER BY at`)
    expect(log).toEqual([
      { value_json: '"A"', at: NOW - 5 * DAY },
      { value_json: '"B"', at: NOW },
    ])
    await say({ ...healthy, 'fiscal.register.firmware': 'B' }, NOW - 2 * DAY, { seq: 5 })
    expect(rows(`SELECT at FROM changes WHERE fact = 'fiscal.register.firmware' AND value_json = '"B"'`)).toEqual([
      { at: NOW - 2 * DAY },
    ])
  })

  it('a register that fell silent is the one last seen in its slot', async () => {
    await say(healthy, NOW)
    await say({ 'fiscal.register.link': 'silent' }, NOW + 60_000, { identity: null })
    expect(factOf('fiscal.register.link')).toBe('silent')
    expect(factOf('fiscal.fn.valid_until')).toBe('2027-12-01')
    expect(rows(`SELECT id FROM items WHERE kind = 'register'`)).toEqual([{ id: ITEM }])
  })

  it('a moved register keeps its identity; the move and a new drive are in log and timeline', async () => {
    await say(backlog, NOW)
    await say({ ...backlog, 'fiscal.fn.serial': '9960440300999999' }, NOW + HOUR, {
      agentId: 'a2',
      slot: 'usb',
      seq: 1,
    })
    expect(rows(`SELECT agent_id FROM items WHERE id = '${ITEM}'`)).toEqual([{ agent_id: 'a2' }])
    expect(rows(`SELECT fact FROM changes WHERE fact IN ('agent', 'slot') ORDER BY fact`)).toEqual([
      { fact: 'agent' },
      { fact: 'slot' },
    ])
    const notes = rows(`SELECT text_en FROM timeline WHERE kind = 'note'`).map(row => String(row['text_en']))
    expect(notes.some(text => text.includes('elsewhere'))).toBe(true)
    expect(notes.some(text => text.includes('9960440300112233 → 9960440300999999'))).toBe(true)
  })

  it('what the device cannot tell this time leaves the last known value', async () => {
    await say(healthy, NOW)
    const silent = message({ facts: {}, at: NOW + 60_000 })
    const unknown: AcceptedFact = { value: null, reason: 'fn does not answer', at: NOW + 60_000, source: 'register' }
    const items = silent.items.map(item => ({ ...item, facts: { 'fiscal.fn.valid_until': unknown } }))
    await part.evaluator.commit([{ ...silent, items }], NOW + 60_000)
    expect(factOf('fiscal.fn.valid_until')).toBe('2027-12-01')
  })

  it('domain 19.6: a key flag gives the drive a date that stays, however often the flag is told, and ends with the drive', async () => {
    const flagged = { ...healthy, 'fiscal.fn.flags': ['key_resource_ending'] }
    await say(healthy, NOW)
    await say(flagged, NOW + DAY)
    await say(flagged, NOW + 9 * DAY)
    expect(factOf('fiscal.fn.key_until')).toBe('2026-12-24')
    expect(rows(`SELECT value_json, raw FROM changes WHERE fact = 'fiscal.fn.key_until'`)).toEqual([
      { value_json: '"2026-12-24"', raw: 'medium' },
    ])
    await say({ ...healthy, 'fiscal.fn.serial': '9960440300999999' }, NOW + 10 * DAY)
    expect(factOf('fiscal.fn.key_until')).toBeNull()
  })

  it('a fact that breaks one item leaves the others and the mark', async () => {
    database.exec(
      `CREATE TRIGGER broken BEFORE INSERT ON items WHEN new.id = 'register:main:666' BEGIN SELECT raise(ABORT, 'disk'); END`,
    )
    const both = [
      message({ facts: healthy, at: NOW, identity: '666' }),
      message({ facts: backlog, at: NOW, slot: 'com2' }),
    ]
    const outcome = await part.evaluator.commit(both, NOW).catch((error: unknown) => error)
    expect(outcome).toMatchObject({ failures: [{ itemId: 'register:main:666' }] })
    expect(rows('SELECT count(*) AS n FROM incidents')).toEqual([{ n: 1 }])
    expect(rows('SELECT mark FROM marks')).toEqual([{ mark: 2 }])
  })

  it('a register that tells its serial at last ends what was said of its place', async () => {
    for (const minute of [0, 31]) {
      await say({ 'fiscal.register.link': 'silent' }, NOW + minute * 60_000, { identity: null })
    }
    expect(rows(`SELECT cause_class, status FROM incidents`)).toEqual([{ cause_class: 'link', status: 'open' }])
    await say(healthy, NOW + HOUR)
    expect(rows(`SELECT status FROM incidents`)).toEqual([{ status: 'solved' }])
    expect(rows(`SELECT id FROM items WHERE kind = 'register'`)).toEqual([{ id: ITEM }])
  })

  it('a register that tells its serial and falls silent within one batch is one register', async () => {
    const first = message({ facts: healthy, at: NOW })
    const then = message({ facts: { 'fiscal.register.link': 'silent' }, at: NOW + 60_000, identity: null })
    await part.evaluator.commit([first, then], NOW + 60_000)
    expect(rows(`SELECT id FROM items WHERE kind = 'register'`)).toEqual([{ id: ITEM }])
    expect(factOf('fiscal.register.link')).toBe('silent')
  })

  it('what one tenant has is never touched by another one’s agent', async () => {
    await say(healthy, NOW)
    const foreign = { ...message({ facts: backlog, at: NOW + HOUR }), tenantId: 'other' }
    const outcome = await part.evaluator.commit([foreign], NOW + HOUR)
    expect(outcome.failures).toMatchObject([{ itemId: ITEM }])
    expect(rows('SELECT id FROM incidents')).toEqual([])
  })

  it('a full disk is nobody’s item: nothing is committed, no mark moves', async () => {
    await say(healthy, NOW)
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
    database.exec(`PRAGMA max_page_count = ${pages}`)
    const many = Array.from({ length: 40 }, (_, n) => message({ facts: backlog, at: NOW, identity: `77${n}` }))
    await expect(part.evaluator.commit(many, NOW + 1)).rejects.toThrow(/full/)
    expect(rows('SELECT mark FROM marks')).toEqual([{ mark: 1 }])
  })

  it('an agent that invents names and places fills neither its rows nor the table', async () => {
    for (let round = 0; round < 4; round++) {
      const names = Array.from({ length: 90 }, (_, n) => [`made.up.r${round}n${n}`, 'x'])
      await say({ ...Object.fromEntries(names) }, NOW + round)
    }
    const state = JSON.parse(String(rows(`SELECT state_json FROM items WHERE id = '${ITEM}'`)[0]?.['state_json']))
    expect(Object.keys(state.facts).length).toBeLessThanOrEqual(192)
    expect(Number(rows('SELECT count(*) AS n FROM changes')[0]?.['n'])).toBeLessThanOrEqual(192)
    let refused = 0
    for (let round = 0; round < 3; round++) {
      const template = message({ facts: {}, at: NOW + 10 + round })
      const items = template.items.flatMap(item =>
        Array.from({ length: 60 }, (_, n) => ({
          ...item,
          kind: 'volume' as const,
          identity: null,
          slot: `d${round}-${n}`,
          itemId: `disk:a1:d${round}-${n}`,
        })),
      )
      refused += (await part.evaluator.commit([{ ...template, items }], NOW + 10 + round)).failures.length
    }
    expect(refused).toBeGreaterThan(0)
    expect(rows(`SELECT count(*) AS n FROM items WHERE agent_id = 'a1'`)[0]?.['n']).toBeLessThanOrEqual(128)
  })

  it('domain 17.13: a register that is switched off for the night stays a spare, one that was silent for 12 open hours does not', async () => {
    const critical = { ...healthy, 'fiscal.fn.flags': ['critical_error'] }
    await say(healthy, NOW, { identity: '0000000000305678', slot: 'com2', agentId: 'a2' })
    await part.evaluator.tick(NOW + 2 * HOUR + 1, 1000)
    const stopAt = async (at: number, identity: string) => {
      for (const minute of [0, 6]) await say(critical, at + minute * 60_000, { identity })
      return rows(
        `SELECT priority FROM incidents WHERE item_id = 'register:main:${identity}' AND cause_class = 'fn_state'`,
      )
    }
    expect(await stopAt(NOW + 5 * HOUR, '1')).toEqual([{ priority: 2 }])
    expect(await stopAt(NOW + 13 * HOUR, '2')).toEqual([{ priority: 1 }])
  })

  it('raises nothing for a register that is left alone on purpose, whatever its link said last', async () => {
    const leftAlone = (at: number): AcceptedMessage => {
      const told = message({ facts: { 'fiscal.register.link': null }, at })
      const reason = switchedOffReason('Анна', '2026-11-24T09:00:00.000Z')
      const link = { value: null, at, source: 'register' as const, reason }
      return { ...told, items: told.items.map(item => ({ ...item, facts: { 'fiscal.register.link': link } })) }
    }
    await say(healthy, NOW)
    await say({ 'fiscal.register.link': 'silent' }, NOW + 60_000)
    for (let minute = 2; minute < 200; minute += 5) {
      const at = NOW + minute * 60_000
      await part.evaluator.commit([leftAlone(at)], at)
      await part.evaluator.tick(at, 1000)
    }
    expect(rows("SELECT cause_class FROM incidents WHERE cause_class = 'link'")).toEqual([])
    expect(factOf('fiscal.register.link')).toBeNull()
    expect(factOf('fiscal.fn.valid_until')).toBe('2027-12-01')

    for (let minute = 200; minute < 240; minute += 5) {
      await say({ 'fiscal.register.link': 'silent' }, NOW + minute * 60_000)
    }
    expect(rows("SELECT status FROM incidents WHERE cause_class = 'link'")).toEqual([{ status: 'open' }])
  })

  it('derives the skew of a register clock in the site zone', async () => {
    const told = message({ facts: { 'fiscal.register.clock_at': '2026-11-23T12:07:00' }, at: NOW })
    const [derived] = await part.evaluator.derive([told])
    expect(derived?.items[0]?.facts['fiscal.register.clock_skew_ms']?.value).toBe(7 * 60_000)
  })

  it('works out no skew when the till’s clock may have been set since: a good register stays good after a hello', async () => {
    const read = message({ facts: { ...healthy, 'fiscal.register.clock_at': '2026-11-23T12:00:00' }, at: NOW })
    await part.evaluator.commit([read], NOW)
    const later = NOW + 40 * 60_000
    // Read at the same moment, dated by a clock that was 7 minutes behind then and is right now.
    const told = message({
      facts: { 'fiscal.register.clock_at': '2026-11-23T12:00:00' },
      ...{ at: NOW - 7 * 60_000, seq: read.seq, kind: 'snapshot' },
    })
    await part.evaluator.commit([{ ...told, receivedAt: later, isTimeGuessed: true }], later)
    await part.evaluator.tick(later + 11 * 60_000, 1000)
    expect(factOf('fiscal.register.clock_skew_ms')).toBe(0)
    expect(rows('SELECT cause_class FROM incidents')).toEqual([])
  })
})

describe('tick', () => {
  it('finds an agent that fell silent in opening hours, and hearing it solves that', async () => {
    await say(healthy, NOW)
    for (let minute = 1; minute <= 40; minute++) await part.evaluator.tick(NOW + minute * 60_000, 1000)
    expect(rows(`SELECT cause_class, item_id, status FROM incidents`)).toEqual([
      { cause_class: 'agent', item_id: 'pc:a1', status: 'open' },
    ])
    const back = NOW + 60 * 60_000
    await say(healthy, back)
    for (let minute = 1; minute <= 12; minute++) {
      await say(healthy, back + minute * 60_000)
      await part.evaluator.tick(back + minute * 60_000, 1000)
    }
    expect(rows('SELECT status FROM incidents')).toEqual([{ status: 'solved' }])
  })

  it('a row that cannot be read and an incident that cannot be moved block nothing else', async () => {
    await say(backlog, NOW)
    await say(healthy, NOW, { identity: '2', slot: 'com2' })
    database.exec(`UPDATE items SET state_json = '{', next_due_at = 1 WHERE id = '${ITEM}'`)
    database.exec(`UPDATE incidents SET conditions_json = '{', next_due_at = 1`)
    database.exec(`UPDATE items SET next_due_at = 2 WHERE id = 'register:main:2'`)
    const outcome = await part.evaluator.tick(NOW + 60_000, 1000)
    expect(outcome.failures.map(failure => failure.itemId)).toEqual([ITEM, ITEM])
    expect(outcome.itemIds).toContain('register:main:2')
    expect(outcome.nextDueAt).toBeGreaterThan(NOW + 60_000)
  })

  it('says when something falls due next', async () => {
    await say(healthy, NOW)
    const { nextDueAt } = await part.evaluator.tick(NOW, 1000)
    expect(nextDueAt).toBeGreaterThan(NOW)
  })
})

const ANNA = { name: 'Анна', side: 'support' } as const

describe('people', () => {
  it('act through one transaction; an unknown incident is refused in words', async () => {
    await say(backlog, NOW)
    const id = String(rows('SELECT id FROM incidents')[0]?.['id'])
    await part.incidents.act('main', id, { action: 'take' }, ANNA, NOW + 1000)
    expect(rows('SELECT status, assignee, reacted_at FROM incidents')).toEqual([
      { status: 'in_work', assignee: 'Анна', reacted_at: NOW + 1000 },
    ])
    await expect(part.incidents.act('other', id, { action: 'take' }, ANNA, NOW)).rejects.toMatchObject({
      code: 'incident.unknown',
    })
  })

  it('domain 18.25: facts that are gone do not prove that a solved incident was not fixed', async () => {
    const expired = { ...healthy, 'fiscal.shift.state': 'expired' }
    for (const minute of [0, 6]) await say(expired, NOW + minute * 60_000)
    const [incident] = rows(`SELECT id FROM incidents WHERE cause_class = 'shift'`)
    await part.incidents.act('main', String(incident?.['id']), { action: 'solve', text: '' }, ANNA, NOW + 7 * 60_000)
    for (let hour = 1; hour <= 80; hour++) await part.evaluator.tick(NOW + hour * HOUR, 1000)
    expect(rows(`SELECT status FROM incidents WHERE cause_class = 'shift'`)).toEqual([{ status: 'closed' }])
    // Nothing below a silent agent is opened before contact is back for good.
    for (let minute = 0; minute <= 30; minute++) {
      await say(expired, NOW + 81 * HOUR + minute * 60_000)
      await part.evaluator.tick(NOW + 81 * HOUR + minute * 60_000, 1000)
    }
    expect(rows(`SELECT status FROM incidents WHERE cause_class = 'shift' ORDER BY episode`)).toEqual([
      { status: 'closed' },
      { status: 'open' },
    ])
  })

  it('domain 17.22: a replacement mark makes phase 7 normal until it ends', async () => {
    const replacing = { ...healthy, 'fiscal.fn.phase': 'post_fiscal' }
    await say(healthy, NOW)
    await part.incidents.markReplacement('main', ITEM, NOW + 2 * HOUR, 'Анна', NOW)
    await say(replacing, NOW + HOUR)
    expect(rows(`SELECT id FROM incidents WHERE cause_class = 'fn_state'`)).toEqual([])
    for (let minute = 0; minute <= 60; minute += 5) {
      await say(replacing, NOW + 2 * HOUR + minute * 60_000)
      await part.evaluator.tick(NOW + 2 * HOUR + minute * 60_000, 1000)
    }
    expect(rows(`SELECT status FROM incidents WHERE cause_class = 'fn_state'`)).toEqual([{ status: 'open' }])
  })
})
