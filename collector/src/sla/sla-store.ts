import type { DatabaseSync } from 'node:sqlite'
import type { SlaEvent, SlaPolicy, SlaRank } from '@tillwatch/rules'
import { assert, type EpochMs } from '@tillwatch/shared'
import { DUE_PER_QUERY } from '../store/sqlite/due.ts'
import type { SlaClocksTable } from '../store/sqlite/tables/sla-tables.ts'
import type { PinnedCalendars } from './sla-book.ts'

/** What was done about a mark: somebody was called, a higher one spoke for it, or the log later turned out not to reach it. */
export interface Fired {
  readonly at: EpochMs
  readonly how: 'called' | 'passed_over' | 'withdrawn'
}
export type FiredMarks = Readonly<Record<string, Fired>>

/** The clocks of one incident as they are kept. */
export interface SlaRecord {
  readonly incidentId: string
  readonly tenantId: string
  readonly policyId: string
  readonly policyVersion: string
  readonly rank: SlaRank
  readonly contract: string | null
  /** Zone of the site, for calendars that count in it. */
  readonly zone: string
  readonly classA: boolean
  /** What it counted by when it ended: edited calendars change nothing about what is over (domain ruling 18.6). Null while it counts. */
  readonly calendars: PinnedCalendars | null
  readonly log: readonly SlaEvent[]
  readonly fired: FiredMarks
  readonly statusDueAt: EpochMs | null
}

/** What lists sort and filter by, worked out anew with each change of the log. */
export interface SlaColumns {
  readonly deadlineAt: EpochMs | null
  readonly urgentAt: EpochMs | null
  readonly reactionMet: boolean | null
  readonly solutionMet: boolean | null
  readonly nextDueAt: EpochMs | null
}

/** Clocks in the relational file. Belongs to the state thread and runs inside its transactions. */
export interface SlaStore {
  load(incidentId: string): SlaRecord | null
  save(record: SlaRecord, columns: SlaColumns): void
  due(now: EpochMs): readonly string[]
  /** It could not be worked out: it is tried again at `at`. */
  failed(incidentId: string, problem: string, at: EpochMs): void
  nextDueAt(): EpochMs | null
  /** Active incidents that have no clocks: those of an older version of the program. */
  unclocked(): readonly string[]
  /** Active incidents at an agent or a site, which a fault of it may explain. */
  around(tenantId: string, agentId: string, siteId: string | null): readonly string[]
  /** Active incidents; what counts in a calendar that was edited is looked at again. */
  hurryAll(now: EpochMs): void
  policy(id: string, version: string): SlaPolicy
  keepPolicy(policy: SlaPolicy, version: string): void
}

const ACTIVE = `status IN ('open', 'in_work', 'waiting')`
const flag = (met: boolean | null): number | null => (met === null ? null : met ? 1 : 0)

const recordOf = (row: SlaClocksTable): SlaRecord => ({
  incidentId: row.incident_id,
  tenantId: row.tenant_id,
  policyId: row.policy_id,
  policyVersion: row.policy_version,
  rank: row.rank as SlaRank,
  contract: row.contract,
  zone: row.zone,
  classA: row.class_a === 1,
  calendars: row.calendars_json === null ? null : JSON.parse(row.calendars_json),
  log: JSON.parse(row.log_json),
  fired: JSON.parse(row.fired_json),
  statusDueAt: row.status_due_at,
})

/** The store on an open connection whose schema is up to date. */
export function createSlaStore(database: DatabaseSync): SlaStore {
  const select = database.prepare('SELECT * FROM sla_clocks WHERE incident_id = ?')
  const upsert = database.prepare(
    `INSERT INTO sla_clocks (incident_id, tenant_id, policy_id, policy_version, rank, contract, zone, class_a, calendars_json, log_json,
       fired_json, deadline_at, urgent_at, reaction_met, solution_met, status_due_at, next_due_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (incident_id) DO UPDATE SET policy_id = excluded.policy_id, policy_version = excluded.policy_version,
       rank = excluded.rank, contract = excluded.contract, zone = excluded.zone, class_a = excluded.class_a,
       calendars_json = excluded.calendars_json, log_json = excluded.log_json, fired_json = excluded.fired_json,
       deadline_at = excluded.deadline_at, urgent_at = excluded.urgent_at, reaction_met = excluded.reaction_met,
       solution_met = excluded.solution_met, status_due_at = excluded.status_due_at, next_due_at = excluded.next_due_at, problem = NULL`,
  )
  const selectDue = database.prepare(
    `SELECT incident_id AS id FROM sla_clocks WHERE next_due_at <= ? ORDER BY next_due_at LIMIT ${DUE_PER_QUERY}`,
  )
  const markFailed = database.prepare('UPDATE sla_clocks SET problem = ?, next_due_at = ? WHERE incident_id = ?')
  const selectNext = database.prepare('SELECT min(next_due_at) AS at FROM sla_clocks WHERE next_due_at IS NOT NULL')
  const selectUnclocked = database.prepare(
    `SELECT id FROM incidents WHERE ${ACTIVE} AND NOT EXISTS (SELECT 1 FROM sla_clocks WHERE incident_id = incidents.id)`,
  )
  const selectAround = database.prepare(
    `SELECT id FROM incidents WHERE tenant_id = ? AND ${ACTIVE} AND (agent_id = ? OR site_id = ?)`,
  )
  const hurry = database.prepare(
    `UPDATE sla_clocks SET next_due_at = ? WHERE incident_id IN (SELECT id FROM incidents WHERE ${ACTIVE})`,
  )
  const selectPolicy = database.prepare('SELECT policy_json AS json FROM sla_policies WHERE id = ? AND version = ?')
  const insertPolicy = database.prepare(
    'INSERT INTO sla_policies (id, version, policy_json) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const known = new Map<string, SlaPolicy>()
  const ids = (rows: unknown): string[] => (rows as { id: string }[]).map(row => row.id)
  return {
    load: incidentId => {
      const row = select.get(incidentId) as unknown as SlaClocksTable | undefined
      return row ? recordOf(row) : null
    },
    save: (record, columns) => {
      const { incidentId, tenantId, policyId, policyVersion, rank, contract, zone, classA, calendars } = record
      upsert.run(
        ...[incidentId, tenantId, policyId, policyVersion, rank, contract, zone, classA ? 1 : 0],
        ...[calendars && JSON.stringify(calendars), JSON.stringify(record.log), JSON.stringify(record.fired)],
        ...[columns.deadlineAt, columns.urgentAt],
        ...[flag(columns.reactionMet), flag(columns.solutionMet), record.statusDueAt, columns.nextDueAt],
      )
    },
    due: now => ids(selectDue.all(now)),
    failed: (incidentId, problem, at) => {
      markFailed.run(problem, at, incidentId)
    },
    nextDueAt: () => (selectNext.get() as { at: number | null }).at,
    unclocked: () => ids(selectUnclocked.all()),
    around: (tenantId, agentId, siteId) => ids(selectAround.all(tenantId, agentId, siteId)),
    hurryAll: now => {
      hurry.run(now)
    },
    policy: (id, version) => {
      const key = `${id}#${version}`
      const policy = known.get(key)
      if (policy) return policy
      const row = selectPolicy.get(id, version) as { json: string } | undefined
      assert(row, `policy ${key} was kept when an incident was registered under it`)
      const read = JSON.parse(row.json) as SlaPolicy
      known.set(key, read)
      return read
    },
    keepPolicy: (policy, version) => {
      insertPolicy.run(policy.id, version, JSON.stringify(policy))
    },
  }
}
