import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IncidentQuery, incidentQuery } from '@tillwatch/shared/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Incident } from '../incidents/incident.ts'
import { createIncidentStore } from '../incidents/incident-store.ts'
import { raisedIncident } from '../incidents/new-incident.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { overridesCsv } from './overrides-csv.ts'
import { createReadServices } from './read-services.ts'
import type { Reads } from './reads.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const HOUR = 3_600_000

let folder: string
let database: ReturnType<typeof openDatabase>
let reads: Reads
let numbers = 0

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-queue-'))
  const databasePath = join(folder, 'state.db')
  database = openDatabase(databasePath, { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
  database.exec(`INSERT INTO tenants (id, name, created_at) VALUES ('other', 'Other', 0)`)
  reads = createReadServices({ databasePath }).reads
  numbers = 0
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

interface Queued {
  readonly change?: Partial<Incident>
  readonly dueAt?: number
  readonly urgentAt?: number
}

/** Adds an incident that is called by its title. */
function add(name: string, { change = {}, dueAt, urgentAt }: Queued = {}, tenantId = 'main'): string {
  numbers += 1
  const both = { ru: name, en: name }
  const draft = {
    ...{ tenantId, dedupKey: `${tenantId}|${name}|ofd`, itemId: name, agentId: 'a1', subject: name, causeClass: 'ofd' },
    ...{ priority: 3 as const, priorityReason: both, title: both, explanation: both, expected: both, component: both },
    ...{ runbook: 'ofd.md', onsetAt: NOW },
  }
  const incident = { ...raisedIncident(draft, null, numbers, NOW + numbers), ...change }
  createIncidentStore(database).save(incident)
  database
    .prepare(
      `INSERT INTO sla_clocks (incident_id, tenant_id, policy_id, policy_version, rank, zone, class_a, log_json, deadline_at, urgent_at)
       VALUES (?, ?, 'p', '1', 'tenant', 'UTC', 0, '[]', ?, ?)`,
    )
    .run(incident.id, tenantId, dueAt ?? null, urgentAt ?? null)
  return incident.id
}
const list = async (query: Partial<Record<keyof IncidentQuery, unknown>> = {}): Promise<string[]> => {
  const { rows } = await reads.incidents('main', incidentQuery.parse(query), NOW)
  return rows.map(row => row.title.en)
}

describe('the queue (R54-R56, domain 18.20)', () => {
  it('goes by priority, then short or unknown work, then the deadline, then registration', async () => {
    add('long, near', { change: { estimateMinutes: 300 }, dueAt: NOW + HOUR, urgentAt: NOW + HOUR / 2 })
    add('no deadline')
    add('short, far', { change: { estimateMinutes: 240 }, dueAt: NOW + 9 * HOUR, urgentAt: NOW + 8 * HOUR })
    add('unknown, nearer', { dueAt: NOW + 5 * HOUR })
    add('blocking', { change: { priority: 1 }, dueAt: NOW + 99 * HOUR })
    expect(await list()).toEqual(['blocking', 'unknown, nearer', 'short, far', 'no deadline', 'long, near'])
  })

  it('from 70 % of the time on, long work no longer waits behind short work', async () => {
    add('short', { change: { estimateMinutes: 10 }, dueAt: NOW + 5 * HOUR })
    add('long', { change: { estimateMinutes: 300 }, dueAt: NOW + HOUR, urgentAt: NOW - 1 })
    expect(await list()).toEqual(['long', 'short'])
  })

  it('keeps its order over pages although time goes on between them', async () => {
    for (const index of [1, 2, 3, 4, 5, 6]) {
      const estimateMinutes = index % 2 ? 300 : 10
      add(`i${index}`, { change: { estimateMinutes }, dueAt: NOW + index * HOUR, urgentAt: NOW + index })
    }
    const seen: string[] = []
    let after: string | undefined
    for (let page = 0; page < 6; page++) {
      const query = incidentQuery.parse({ limit: 1, ...(after === undefined ? {} : { after }) })
      const answer = await reads.incidents('main', query, NOW + page)
      seen.push(...answer.rows.map(row => row.title.en))
      after = answer.next ?? undefined
    }
    expect(seen).toEqual(['i2', 'i4', 'i6', 'i1', 'i3', 'i5'])
  })

  it('R38: is narrowed by what people look for, and shows nothing of another tenant', async () => {
    add('mine', { change: { assignee: 'Анна', line: 2, status: 'waiting', openedAt: NOW - 100 * HOUR } })
    add('late', { dueAt: NOW - 1 })
    const mass = add('mass', { change: { criticalAt: NOW, source: 'phone', kind: 'service_request' } })
    add('child', { change: { parentId: mass, untold: 'mass' } })
    add('foreign', { change: { criticalAt: NOW } }, 'other')
    expect(await list({ status: 'waiting' })).toEqual(['mine'])
    expect(await list({ assignee: 'Анна' })).toEqual(['mine'])
    expect(await list({ assignee: '-', missed: 'true' })).toEqual(['late'])
    expect(await list({ line: '2' })).toEqual(['mine'])
    expect(await list({ openedBefore: new Date(NOW - HOUR).toISOString() })).toEqual(['mine'])
    expect(await list({ critical: 'true' })).toEqual(['mass'])
    expect(await list({ source: 'phone', kind: 'service_request' })).toEqual(['mass'])
    expect(await list({ mass: 'true' })).toEqual(['mass', 'child'])
    expect(await list({ untold: 'true' })).toEqual(['child'])
    const page = await reads.incident('main', mass, NOW)
    expect(page).toMatchObject({ children: 1, held: [{ title: { en: 'child' } }], critical: true })
  })
})

describe('an incident that has no equipment of its own', () => {
  it('shows its client, and neither a chart nor a device that is not there', async () => {
    database.exec(`INSERT INTO clients (id, tenant_id, code, name) VALUES ('c1', 'main', 'one', 'One')`)
    const id = add('request', { change: { itemId: '', agentId: '', clientId: 'c1' } })
    const page = await reads.incident('main', id, NOW)
    expect(page).toMatchObject({ client: 'One', site: null, agentId: null, itemTitle: '', chart: null })
  })

  it('names the one before it however many it holds together', async () => {
    const before = add('before')
    const mass = add('mass', { change: { previousId: before } })
    for (let index = 0; index < 120; index++) add(`child ${index}`, { change: { parentId: mass } })
    const page = await reads.incident('main', mass, NOW)
    expect([page?.previous?.id, page?.held.length, page?.children]).toEqual([before, 100, 120])
  })
})

describe('R50: the report of overrides', () => {
  const write = (tenantId: string, incidentId: string, set: number, more: { at?: number; reached?: number } = {}) =>
    database
      .prepare(
        `INSERT INTO priority_overrides (tenant_id, incident_id, at, author, side, rule, from_priority, computed, to_priority, reason_json, reached_at)
         VALUES (?, ?, ?, '=Анна', 'support', 'ofd.queue_age', 3, 3, ?, '{"ru":"r","en":"r"}', ?)`,
      )
      .run(tenantId, incidentId, more.at ?? NOW, set, more.reached ?? null)

  it('counts raised, lowered and inflated ones of the tenant by check and author, within the period', async () => {
    const id = add('one')
    write('main', id, 1)
    write('main', id, 2, { reached: NOW + 1 })
    write('main', id, 4)
    write('main', id, 1, { at: NOW + HOUR })
    write('other', add('foreign', {}, 'other'), 1)
    const period = { from: new Date(NOW).toISOString(), before: new Date(NOW + HOUR).toISOString() }
    const report = await reads.overrides('main', period)
    const counts = { total: 3, raised: 2, lowered: 1, inflated: 1 }
    expect(report).toMatchObject({ ...counts, groups: [{ rule: 'ofd.queue_age', author: '=Анна', ...counts }] })
    expect(report.rows.map(row => [row.set, row.inflated])).toEqual([
      [4, false],
      [2, false],
      [1, true],
    ])
    // A cell that begins like a formula must not become one.
    expect(overridesCsv(report)).toContain(`"ofd.queue_age";"'=Анна";"3";"2";"1";"1"`)
  })
})
