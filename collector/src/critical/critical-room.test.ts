import { DatabaseSync } from 'node:sqlite'
import type { Bilingual, Priority } from '@tillwatch/rules'
import { beforeEach, describe, expect, it } from 'vitest'
import { createDeliveryOutbox } from '../deliveries/outbox.ts'
import { hoursJson } from '../fleet/hours.ts'
import type { Incident } from '../incidents/incident.ts'
import { createIncidentKeeper, type IncidentKeeper } from '../incidents/incident-keeper.ts'
import { createIncidentStore, type IncidentStore } from '../incidents/incident-store.ts'
import type { IncidentRoom } from '../incidents/room.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { type CriticalRules, createCriticalPart } from './critical-part.ts'

/** A Monday, 12:00 in Moscow; the site is open from 9 to 21. */
const NOON = Date.parse('2026-11-23T09:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ANNA = { name: 'Анна', side: 'support' } as const
const both = (text: string): Bilingual => ({ ru: text, en: text })

import { ticketWords } from '../templates/testing/ticket-words.ts'

let database: DatabaseSync
let store: IncidentStore
let keeper: IncidentKeeper
let room: IncidentRoom
let critical: CriticalRules

beforeEach(() => {
  database = new DatabaseSync(':memory:')
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO tenants (id, name, created_at) VALUES ('other', 'Other', 0);
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c1', 'main', 'one', 'One'), ('c9', 'other', 'nine', 'Nine');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone, hours_json)
      VALUES ('s1', 'main', 'c1', 'first', 'First', 'Main st.', 'Europe/Moscow', '${hoursJson('09:00-21:00')}'),
             ('s9', 'other', 'c9', 'ninth', 'Ninth', 'Main st.', 'Europe/Moscow', NULL);
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at) VALUES ('a1', 'main', 's1', '', 0, 0);
  `)
  for (const serial of ['1', '2'])
    database.exec(
      `INSERT INTO items (id, tenant_id, kind, agent_id, slot, state_json, facts_at, order_epoch, order_seq, updated_at, can_sell)
         VALUES ('register:${serial}', 'main', 'register', 'a1', 'com${serial}', '{"facts":{}}', 0, 0, 0, 0, 'yes')`,
    )
  store = createIncidentStore(database)
  const rooms: IncidentRoom[] = []
  keeper = createIncidentKeeper(
    database,
    store,
    createDeliveryOutbox(database, () => []),
    rooms,
    { workingDaysLater: (_, at) => at, unfixedPolicyOf: () => 'after_grace' },
    ticketWords(database),
  )
  const part = createCriticalPart(database, store, keeper)
  rooms.push(part.room)
  room = part.room
  critical = part.critical
})

const open = (serial: string, priority: Priority, now: number): string => {
  keeper.follow(
    {
      item: { id: `register:${serial}`, tenantId: 'main', agentId: 'a1', kind: 'register' },
      conditions: [
        {
          rule: 'fn.phase',
          causeClass: 'fn_state',
          subject: `register:${serial}`,
          level: 'critical',
          stop: 'stopped',
          onSiteWorkaround: false,
          onsetAt: now,
          since: now,
          value: null,
          title: both('stopped'),
          explanation: both('it stands'),
          expected: both('it sells'),
          component: both('drive'),
          runbook: 'fn.md',
        },
      ],
      timeToStop: null,
      priorityOf: () => ({ priority, reason: both('because') }),
    },
    now,
  )
  return store.latest(`main|register:${serial}|fn_state`)?.id ?? ''
}
const wake = (now: number) =>
  room.wake?.(
    now,
    () => true,
    () => {},
  ) ?? []
const due = () => room.nextDueAt?.() ?? null
const incident = (id: string): Incident => {
  const found = store.byId(id)
  if (!found) throw new Error('no incident')
  return found
}
const act = (id: string, action: Parameters<IncidentKeeper['act']>[1], now: number) =>
  keeper.act(incident(id), action, ANNA, now)
/** Wakes the room whenever it asks for it, up to and including `until`. */
const pass = (until: number) => {
  for (let at = due(); at !== null && at <= until; at = due()) wake(at)
}

describe('domain 18.45: an incident becomes critical', () => {
  it('when it was Blocking for an hour of opening time in sum, and says why', () => {
    const late = NOON + 8.5 * HOUR
    const id = open('1', 1, late)
    pass(late + HOUR)
    expect(incident(id).criticalAt).toBeNull()
    // Half an hour until closing, the rest after the next opening at 9.
    const nine = NOON + 21 * HOUR
    pass(nine + 29 * MINUTE)
    expect(incident(id).criticalAt).toBeNull()
    pass(nine + 30 * MINUTE)
    expect(incident(id)).toMatchObject({ criticalAt: nine + 30 * MINUTE, criticalBy: 'tillwatch' })
    expect(incident(id).criticalReason?.ru).toContain('60 минут рабочего времени')
    expect(due()).toBeNull()
  })

  it('time in Solved is no time of Blocking', () => {
    const id = open('1', 1, NOON)
    act(id, { action: 'solve', text: '' }, NOON + 40 * MINUTE)
    act(id, { action: 'reopen', text: '' }, NOON + 3 * HOUR)
    pass(NOON + 3 * HOUR + 19 * MINUTE)
    expect(incident(id).criticalAt).toBeNull()
    pass(NOON + 3 * HOUR + 20 * MINUTE)
    expect(incident(id).criticalAt).toBe(NOON + 3 * HOUR + 20 * MINUTE)
  })

  it('when no register of the site has sold for five minutes of opening time; one of them carries the mark', () => {
    database.exec(`UPDATE items SET can_sell = 'no' WHERE id = 'register:1'`)
    const first = open('1', 2, NOON)
    expect(due()).toBeNull()
    database.exec(`UPDATE items SET can_sell = 'no'`)
    const second = open('2', 1, NOON + MINUTE)
    pass(NOON + 5 * MINUTE)
    expect([incident(first).criticalAt, incident(second).criticalAt]).toEqual([null, null])
    pass(NOON + 6 * MINUTE)
    expect([incident(first).criticalAt, incident(second).criticalAt]).toEqual([null, NOON + 6 * MINUTE])
  })

  it('the mark of a stopped site goes to a register, not to what else is wrong there', () => {
    database.exec(`INSERT INTO items (id, tenant_id, kind, agent_id, slot, state_json, facts_at, order_epoch, order_seq, updated_at)
      VALUES ('register:pc', 'main', 'pc', 'a1', '', '{"facts":{}}', 0, 0, 0, 0)`)
    const pc = open('pc', 2, NOON)
    database.exec(`UPDATE items SET can_sell = 'no' WHERE kind = 'register'`)
    const id = open('1', 2, NOON + MINUTE)
    pass(NOON + HOUR)
    expect([incident(pc).criticalAt, incident(id).criticalAt]).toEqual([null, NOON + 6 * MINUTE])
  })

  it('a request for service never does', () => {
    const id = open('1', 1, NOON)
    act(id, { action: 'classify', kind: 'service_request', type: 'setting', category: 'register' }, NOON + MINUTE)
    pass(NOON + 5 * HOUR)
    expect([incident(id).criticalAt, due()]).toEqual([null, null])
  })

  it('not while one register of the site sells again', () => {
    database.exec(`UPDATE items SET can_sell = 'no'`)
    const id = open('1', 2, NOON)
    database.exec(`UPDATE items SET can_sell = 'yes' WHERE id = 'register:2'`)
    pass(NOON + HOUR)
    expect(incident(id).criticalAt).toBeNull()
  })

  it('R85: at a marked site, from the agreed priority on, also when the mark comes later', async () => {
    const id = open('1', 2, NOON)
    const minor = open('2', 3, NOON)
    const usual = { blockingMinutes: null, siteStoppedMinutes: null, markedPriority: 2 } as const
    await critical.replace('main', { usual, clients: [], sites: ['first'] }, 'Пётр', NOON + HOUR)
    pass(NOON + HOUR)
    expect([incident(id).criticalAt, incident(minor).criticalAt]).toEqual([NOON + HOUR, null])
  })

  it('R85: by the criteria of its own client where he has some', async () => {
    const usual = { blockingMinutes: 60, siteStoppedMinutes: 5, markedPriority: 2 } as const
    const own = { code: 'one', blockingMinutes: 10, siteStoppedMinutes: null, markedPriority: null }
    await critical.replace('main', { usual, clients: [own], sites: [] }, 'Пётр', NOON)
    const id = open('1', 1, NOON)
    pass(NOON + 10 * MINUTE)
    expect(incident(id).criticalAt).toBe(NOON + 10 * MINUTE)
  })

  it('R84: by hand; it never falls by itself, and what a person has removed the machine does not set again', () => {
    const id = open('1', 1, NOON)
    act(id, { action: 'critical', reason: 'the whole chain calls' }, NOON + MINUTE)
    pass(NOON + 2 * HOUR)
    expect(incident(id)).toMatchObject({ criticalAt: NOON + MINUTE, criticalBy: 'Анна' })
    act(id, { action: 'uncritical', reason: 'it was a drill' }, NOON + 3 * HOUR)
    pass(NOON + 20 * HOUR)
    expect(incident(id).criticalAt).toBeNull()
  })
})

it("another tenant's client and site are as if they did not exist", async () => {
  const usual = { blockingMinutes: 60, siteStoppedMinutes: 5, markedPriority: 2 } as const
  await expect(critical.replace('main', { usual, clients: [], sites: ['ninth'] }, 'Пётр', NOON)).rejects.toMatchObject({
    code: 'site.unknown',
  })
  const foreign = { ...usual, code: 'nine' }
  await expect(critical.replace('main', { usual, clients: [foreign], sites: [] }, 'Пётр', NOON)).rejects.toMatchObject({
    code: 'client.unknown',
  })
  expect(database.prepare('SELECT count(*) AS n FROM critical_criteria').get()).toEqual({ n: 0 })
})
