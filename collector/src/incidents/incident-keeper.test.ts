import { DatabaseSync } from 'node:sqlite'
import type { Bilingual, Level, Priority } from '@tillwatch/rules'
import { beforeEach, describe, expect, it } from 'vitest'
import { createDeliveryOutbox } from '../deliveries/outbox.ts'
import { toHouseDesk } from '../routing/testing/house-desk.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { ticketWords } from '../templates/testing/ticket-words.ts'
import type { HeldCondition, Incident } from './incident.ts'
import { createIncidentKeeper, type IncidentKeeper, type TenantWishes } from './incident-keeper.ts'
import { createIncidentStore } from './incident-store.ts'
import { createOverrideRoom } from './override-room.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR
const ITEM = 'register:main:1'
const ANNA = { name: 'Анна', side: 'support' } as const
const both = (text: string): Bilingual => ({ ru: text, en: text })

let database: DatabaseSync
let keeper: IncidentKeeper
const rows = (sql: string) => database.prepare(sql).all() as Record<string, unknown>[]

beforeEach(() => {
  database = new DatabaseSync(':memory:')
  migrate(database, STATE_MIGRATIONS)
  database.exec(`
    INSERT INTO clients (id, tenant_id, code, name) VALUES ('c1', 'main', 'one', 'One'), ('c2', 'main', 'two', 'Two');
    INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone)
      VALUES ('s1', 'main', 'c1', 's1', 'First', 'Main st.', 'Europe/Moscow'), ('s2', 'main', 'c2', 's2', 'Second', 'Main st.', 'Europe/Moscow');
    INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at) VALUES ('a1', 'main', 's1', '', 0, 0);
    INSERT INTO items (id, tenant_id, kind, agent_id, slot, state_json, facts_at, order_epoch, order_seq, updated_at)
      VALUES ('${ITEM}', 'main', 'register', 'a1', 'com1', '{"facts":{}}', 0, 0, 0, 0);
  `)
  const store = createIncidentStore(database)
  const rooms = [createOverrideRoom(database)]
  const wishes: TenantWishes = {
    workingDaysLater: (_, at, days) => at + days * DAY,
    unfixedPolicyOf: () => 'after_grace',
  }
  const outbox = createDeliveryOutbox(database, toHouseDesk)
  keeper = createIncidentKeeper(database, store, outbox, rooms, wishes, ticketWords(database))
})

const condition = (level: Level): HeldCondition => ({
  rule: 'ofd.queue_age',
  causeClass: 'ofd',
  subject: ITEM,
  level,
  stop: 'none',
  onSiteWorkaround: false,
  onsetAt: NOW,
  since: NOW,
  value: 3,
  title: both('queue stands'),
  explanation: both('since Thursday'),
  expected: both('queue empty'),
  component: both('OFD'),
  runbook: 'ofd.md',
})
const follow = (now: number, level: Level | null, priority: Priority = 3) =>
  keeper.follow(
    {
      item: { id: ITEM, tenantId: 'main', agentId: 'a1', kind: 'register' },
      conditions: level === null ? [] : [condition(level)],
      timeToStop: null,
      priorityOf: () => ({ priority, reason: both(`because ${priority}`) }),
    },
    now,
  )
const latest = (): Incident => {
  const found = createIncidentStore(database).latest(`main|${ITEM}|ofd`)
  if (!found) throw new Error('no incident')
  return found
}
const statuses = () => rows('SELECT status, resolution FROM incidents ORDER BY episode').map(row => Object.values(row))

describe('a fault that a person has cancelled while it lasts', () => {
  const cancelled = (until?: number) => {
    follow(NOW, 'important')
    const iso = until === undefined ? {} : { until: new Date(until).toISOString() }
    keeper.act(latest(), { action: 'discard', as: 'cancelled', reason: 'the shop is being rebuilt', ...iso }, ANNA, NOW)
  }

  it('domain 18.27: opens nothing until it clears and comes back, even past the reopen window', () => {
    cancelled()
    follow(NOW + 5 * DAY, 'critical', 2)
    expect(statuses()).toEqual([['closed', 'cancelled']])
    follow(NOW + 6 * DAY, null)
    follow(NOW + 6 * DAY + HOUR, 'important')
    expect(statuses()).toEqual([
      ['closed', 'cancelled'],
      ['open', null],
    ])
    expect(latest().previousId).not.toBeNull()
    expect(rows(`SELECT text_en FROM timeline WHERE kind = 'note' ORDER BY id DESC LIMIT 1`)).toEqual([
      { text_en: 'The same cause as incident #1, which was closed without a solution' },
    ])
  })

  it('domain 18.27: a rise to Blocking opens a new incident at once', () => {
    cancelled()
    follow(NOW + HOUR, 'critical', 1)
    expect(statuses()).toEqual([
      ['closed', 'cancelled'],
      ['open', null],
    ])
    expect(latest()).toMatchObject({ priority: 1, firing: true })
  })

  it('domain 18.27: the given moment ends the mute, and the item is asked anew', () => {
    cancelled(NOW + DAY)
    const { id, nextDueAt } = latest()
    expect(nextDueAt).toBe(NOW + DAY)
    keeper.wake(id, NOW + DAY)
    expect(rows('SELECT next_due_at FROM items')).toEqual([{ next_due_at: NOW + DAY }])
    follow(NOW + DAY, 'important')
    expect(latest()).toMatchObject({ status: 'open', episode: 2 })
  })

  it('may be opened again by a person, but not while its cause has a newer incident', () => {
    cancelled()
    const first = latest()
    keeper.act(first, { action: 'reopen', text: '' }, ANNA, NOW + HOUR)
    expect(latest()).toMatchObject({ status: 'in_work', muted: false, resolution: null })
    keeper.act(latest(), { action: 'discard', as: 'rejected', reason: 'no fault' }, ANNA, NOW + 2 * HOUR)
    follow(NOW + 3 * HOUR, 'critical', 1)
    const old = createIncidentStore(database).byId(first.id)
    expect(() => old && keeper.act(old, { action: 'reopen', text: '' }, ANNA, NOW + 4 * HOUR)).toThrow(/same cause/)
  })
})

describe('equipment that leaves', () => {
  it('domain 18.25: to another client: withdrawn here, opened anew there', () => {
    follow(NOW, 'important')
    expect(latest()).toMatchObject({ clientId: 'c1', siteId: 's1' })
    database.exec(`UPDATE agents SET site_id = 's2'`)
    follow(NOW + HOUR, 'important')
    expect(statuses()).toEqual([
      ['closed', 'withdrawn'],
      ['open', null],
    ])
    expect(latest()).toMatchObject({ clientId: 'c2', siteId: 's2' })
  })

  it('domain 18.25: out of service: withdrawn, and nothing new is opened', () => {
    follow(NOW, 'important')
    database.exec(`UPDATE agents SET revoked_at = ${NOW}`)
    expect(follow(NOW + HOUR, 'important').changed).toEqual([latest().id])
    follow(NOW + 2 * HOUR, 'critical', 1)
    expect(statuses()).toEqual([['closed', 'withdrawn']])
    expect(rows(`SELECT kind FROM deliveries ORDER BY id`)).toEqual([{ kind: 'open' }, { kind: 'solve' }])
    const reopen = () => keeper.act(latest(), { action: 'reopen', text: '' }, ANNA, NOW + 2 * HOUR)
    expect(reopen).toThrow(/withdrawn with its equipment/)
  })
})

describe('what people set is written down', () => {
  it('R50: each override with its rule, what was computed, and whether the method came to it', () => {
    follow(NOW, 'important')
    keeper.act(latest(), { action: 'priority', priority: 2, reason: 'the director asked' }, ANNA, NOW + HOUR)
    const row = () =>
      rows('SELECT author, side, rule, from_priority, computed, to_priority, reached_at FROM priority_overrides')
    const written = {
      ...{ author: 'Анна', side: 'support', rule: 'ofd.queue_age' },
      ...{ from_priority: 3, computed: 3, to_priority: 2 },
    }
    expect(row()).toEqual([{ ...written, reached_at: null }])
    follow(NOW + 2 * HOUR, 'critical', 2)
    expect(row()).toEqual([{ ...written, reached_at: NOW + 2 * HOUR }])
  })
})
