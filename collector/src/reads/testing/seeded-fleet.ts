import type { DatabaseSync } from 'node:sqlite'
import type { Condition, FactState, TimeToStop } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { ItemState, ItemSummary } from '../../alerting/evaluator-port.ts'

/** How much to write and for whom. Everything follows from `random`, so that a seed gives the same fleet. */
export interface SeedOptions {
  readonly tenantId: string
  readonly registers: number
  readonly now: EpochMs
  readonly random: () => number
}

const DAY_MS = 86_400_000
const MODELS = ['ШТРИХ-М-01Ф', 'РИТЕЙЛ-01Ф', 'ЭЛВЕС-МФ']
const STREETS = ['ул. Ленина', 'ул. Садовая', 'пр. Мира', 'Тверская ул.', 'наб. Фонтанки']
const REGISTERS_PER_SITE = 3

const dayOf = (at: EpochMs): string => new Date(at).toISOString().slice(0, 10)
const json = JSON.stringify

/**
 * Fills a migrated database with a tenant's fleet: clients, sites, agents, registers with facts and a time to stop, PCs, and an incident
 * on every tenth register. Every seventh register has told nothing but its place, every fifth site is without hours.
 */
export function seedFleet(database: DatabaseSync, options: SeedOptions): void {
  database.exec('BEGIN')
  database
    .prepare('INSERT OR IGNORE INTO tenants (id, name, parent_id, created_at) VALUES (?, ?, NULL, 0)')
    .run(options.tenantId, `Tenant ${options.tenantId}`)
  seedDirectory(database, options)
  const insert = insertsOf(database)
  for (let index = 0; index < options.registers; index++) {
    const item = seededItem(options, index)
    insert.agent(item)
    insert.items(item)
    if (index % 10 === 0) insert.incident(item)
  }
  database.exec('COMMIT')
}

/** Ids as the seed gives them, for tests to ask for. */
export const seededIds = (tenantId: string, index: number) => ({
  agentId: `${tenantId}-agent-${index}`,
  itemId: index % 7 === 6 ? `register:${tenantId}-agent-${index}:1` : `register:${tenantId}:${serialOf(index)}`,
  pcId: `pc:${tenantId}-agent-${index}`,
  incidentId: `${tenantId}-incident-${index}`,
  siteCode: `site-${Math.floor(index / REGISTERS_PER_SITE)}`,
})

const serialOf = (index: number): string => String(1_000_000 + index).padStart(16, '0')

function seedDirectory(database: DatabaseSync, { tenantId, registers, random }: SeedOptions): void {
  const client = database.prepare('INSERT INTO clients (id, tenant_id, code, name) VALUES (?, ?, ?, ?)')
  const clients = Math.max(1, Math.ceil(registers / 60))
  for (let index = 0; index < clients; index++) {
    client.run(`${tenantId}-client-${index}`, tenantId, `client-${index}`, `Кафе № ${index} (${tenantId})`)
  }
  const site = database.prepare(
    `INSERT INTO sites (id, tenant_id, client_id, code, name, address, timezone, hours_text, hours_json, class, contact, access)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, NULL, NULL)`,
  )
  for (let index = 0; index < Math.ceil(registers / REGISTERS_PER_SITE); index++) {
    const street = STREETS[Math.floor(random() * STREETS.length)]
    site.run(
      `${tenantId}-site-${index}`,
      tenantId,
      `${tenantId}-client-${index % clients}`,
      `site-${index}`,
      `Точка ${index}`,
      `г. Москва, ${street}, д. ${1 + Math.floor(random() * 90)}`,
      'Europe/Moscow',
      index % 5 === 4 ? null : '10:00-23:00',
      index % 3 === 0 ? 'A' : null,
    )
  }
}

interface SeededItem {
  readonly tenantId: string
  readonly index: number
  readonly now: EpochMs
  readonly identity: string | null
  readonly state: ItemState
  readonly summary: ItemSummary
  readonly health: string
  readonly heardAt: EpochMs | null
}

function seededItem({ tenantId, now, random }: SeedOptions, index: number): SeededItem {
  const known = index % 7 !== 6
  const stopAt = now + Math.floor((random() * 500 - 20) * DAY_MS)
  const incident = index % 10 === 0
  const at = now - Math.floor(random() * 60_000)
  const timeToStop: TimeToStop | null = known
    ? {
        at: stopAt,
        reason: 'fn_date',
        confidence: 'high',
        text: { ru: `ФН до ${dayOf(stopAt)}`, en: `FN until ${dayOf(stopAt)}` },
      }
    : null
  return {
    tenantId,
    index,
    now,
    identity: known ? serialOf(index) : null,
    state: { facts: known ? seededFacts(index, stopAt, at, random) : { 'fiscal.register.link': factOf('silent', at) } },
    summary: {
      canSell: { value: 'yes', reasons: [] },
      timeToStop,
      conditions: incident ? [seededCondition(seededIds(tenantId, index).itemId, now)] : [],
    },
    health: incident ? (index % 20 === 0 ? 'red' : 'yellow') : known ? 'green' : 'grey',
    heardAt: index % 11 === 5 ? null : index % 13 === 7 ? now - 3 * 3_600_000 : at,
  }
}

const factOf = (value: FactState['value'], at: EpochMs): FactState => ({
  value,
  at,
  receivedAt: at,
  source: 'register',
})

function seededFacts(index: number, stopAt: EpochMs, at: EpochMs, random: () => number): Record<string, FactState> {
  const unsent = index % 10 === 0 ? 5 + Math.floor(random() * 200) : 0
  const values: Record<string, FactState['value']> = {
    'fiscal.register.link': 'ok',
    'fiscal.register.vendor': 'ШТРИХ-М',
    'fiscal.register.model': MODELS[index % MODELS.length] ?? '',
    'fiscal.register.serial': serialOf(index),
    'fiscal.register.registration_number': String(index).padStart(16, '0'),
    'fiscal.register.inn': String(7_700_000_000 + index),
    'fiscal.register.ffd': '1.2',
    'fiscal.shift.state': 'open',
    'fiscal.ofd.unsent_documents': unsent,
    'fiscal.ofd.first_unsent_at': unsent > 0 ? `${dayOf(at - 3 * DAY_MS)}T10:00:00` : null,
    'fiscal.fn.serial': String(9_960_000_000_000_000 + index),
    'fiscal.fn.phase': 'fiscal',
    'fiscal.fn.flags': unsent > 0 ? ['ofd_timeout'] : [],
    'fiscal.fn.valid_until': dayOf(stopAt),
    'fiscal.fn.last_document': 1000 + Math.floor(random() * 100_000),
    ...(index % 4 === 0 ? { 'fiscal.fn.exhausted_at': dayOf(stopAt - 30 * DAY_MS) } : {}),
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, factOf(value, at)]))
}

const both = (text: string) => ({ ru: text, en: text })

const seededCondition = (itemId: string, now: EpochMs): Condition => ({
  rule: 'ofd.queue_age',
  causeClass: 'ofd',
  subject: itemId,
  level: 'important',
  stop: 'none',
  onSiteWorkaround: false,
  onsetAt: now - 3 * DAY_MS,
  since: now - 2 * DAY_MS,
  value: 72,
  title: { ru: 'Чеки не уходят в ОФД', en: 'Receipts do not reach the OFD' },
  explanation: { ru: 'Очередь старше 72 ч', en: 'The queue is older than 72 h' },
  expected: both('0'),
  component: both('ОФД'),
  runbook: 'ofd.queue_age',
})

function insertsOf(database: DatabaseSync) {
  const agents = database.prepare(
    `INSERT INTO agents (id, tenant_id, site_id, secret_hash, created_at, credentials_changed_at, state, first_heard_at, last_heard_at, version)
      VALUES (?, ?, ?, '', 0, 0, ?, ?, ?, '0.1.0')`,
  )
  const terminals = database.prepare(
    'INSERT INTO terminals (id, tenant_id, site_id, code, name, agent_id, inn) VALUES (?, ?, ?, ?, ?, ?, NULL)',
  )
  const items = database.prepare(
    `INSERT INTO items (id, tenant_id, kind, agent_id, slot, identity, state_json, view_json, inn, can_sell, health, stop_at, facts_at,
      order_epoch, order_seq, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 'yes', ?, ?, ?, 1, 1, ?)`,
  )
  const changes = database.prepare(
    `INSERT INTO changes (tenant_id, item_id, fact, value_json, source, at, received_at) VALUES (?, ?, ?, ?, 'register', ?, ?)`,
  )
  return {
    agent({ tenantId, index, heardAt, now }: SeededItem): void {
      const { agentId } = seededIds(tenantId, index)
      const siteId = `${tenantId}-site-${Math.floor(index / REGISTERS_PER_SITE)}`
      const state = heardAt === null ? 'never' : now - heardAt > 600_000 ? 'offline' : 'online'
      agents.run(agentId, tenantId, siteId, state, heardAt, heardAt)
      if (index % 4 !== 3) {
        terminals.run(`${tenantId}-terminal-${index}`, tenantId, siteId, `till-${index}`, `Касса ${index}`, agentId)
      }
    },
    items({ tenantId, index, identity, state, summary, health, now }: SeededItem): void {
      const { agentId, itemId, pcId } = seededIds(tenantId, index)
      const stopAt = summary.timeToStop?.at ?? null
      items.run(
        itemId,
        tenantId,
        'register',
        agentId,
        '1',
        identity,
        json(state),
        json(summary),
        health,
        stopAt,
        now,
        now,
      )
      const pc = { facts: { 'host.name': factOf(`POS-${index}`, now) } }
      items.run(pcId, tenantId, 'pc', agentId, 'pc', null, json(pc), null, 'green', null, now, now)
      changes.run(tenantId, itemId, 'fiscal.shift.state', '"open"', now - 3_600_000, now - 3_600_000)
    },
    incident: incidentInsert(database),
  }
}

function incidentInsert(database: DatabaseSync): (item: SeededItem) => void {
  const incidents = database.prepare(
    `INSERT INTO incidents (id, tenant_id, number, dedup_key, episode, desk_key, item_id, agent_id, subject, cause_class, status, firing,
      priority, priority_computed, priority_told, priority_reason_json, title_ru, title_en, explanation_json, expected_json,
      component_json, runbook, conditions_json, onset_at, opened_at, changed_at)
      VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, 'ofd', 'open', 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'ofd.queue_age', ?, ?, ?, ?)`,
  )
  const timeline = database.prepare(
    `INSERT INTO timeline (tenant_id, incident_id, at, kind, actor, text_ru, text_en) VALUES (?, ?, ?, 'opened', 'tillwatch', ?, ?)`,
  )
  return ({ tenantId, index, summary, now }) => {
    const { itemId, agentId, incidentId } = seededIds(tenantId, index)
    const priority = index % 20 === 0 ? 2 : 3
    const key = `${tenantId}|${itemId}|ofd`
    const title = `Касса ${index}: чеки не уходят в ОФД`
    const opened = now - 2 * DAY_MS + index
    incidents.run(
      incidentId,
      tenantId,
      index + 1,
      key,
      `${key}|1`,
      itemId,
      agentId,
      itemId,
      priority,
      priority,
      priority,
      json(both('две строки метода')),
      title,
      `Till ${index}: receipts do not reach the OFD`,
      json(both('очередь старше 72 ч')),
      json(both('очередь пуста')),
      json(both('ОФД')),
      json(summary.conditions),
      opened - DAY_MS,
      opened,
      opened,
    )
    timeline.run(tenantId, incidentId, opened, 'Открыт', 'Opened')
  }
}
