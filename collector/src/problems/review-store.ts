import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import { DUE_PER_QUERY } from '../store/sqlite/due.ts'
import type { IncidentReviewsTable, ProblemMeasuresTable } from '../store/sqlite/tables/problems-tables.ts'
import { upsertOf } from '../store/sqlite/upsert.ts'

/** The review of one critical or mass incident. */
export interface Review {
  readonly incidentId: string
  readonly tenantId: string
  readonly problemId: string
  readonly reason: 'mass' | 'critical'
  readonly summary: string
  readonly prevention: string
  readonly restoredAt: EpochMs | null
  readonly restoredBy: string | null
  readonly doneAt: EpochMs | null
  readonly doneBy: string | null
}

/** Something promised so that a problem does not return. */
export interface Measure {
  readonly id: string
  readonly tenantId: string
  readonly problemId: string
  readonly incidentId: string | null
  readonly text: string
  readonly owner: string
  /** Last day for it, a local date. */
  readonly dueOn: string
  /** When its owner is reminded next. */
  readonly remindAt: EpochMs
  readonly doneAt: EpochMs | null
  readonly doneBy: string | null
  readonly createdAt: EpochMs
  readonly createdBy: string
}

/** Reviews and measures in the relational file. Synchronous: it belongs to the state thread and runs inside its transactions. */
export interface ReviewStore {
  review(tenantId: string, incidentId: string): Review | null
  saveReview(review: Review): void
  /** What was restored with a workaround is not restored any more. */
  relock(incidentId: string): void
  /** Whether the incident has children: a mass incident. */
  hasChildren(tenantId: string, incidentId: string): boolean
  measure(tenantId: string, id: string): Measure | null
  measuresOf(tenantId: string, problemId: string): readonly Measure[]
  saveMeasure(measure: Measure): void
  /** Measures whose owners are to be reminded now. */
  overdue(now: EpochMs): readonly Measure[]
  addVendorPackage(
    sent: {
      readonly tenantId: string
      readonly incidentId: string
      readonly vendor: string
      readonly reference: string
    },
    actor: string,
    now: EpochMs,
  ): void
}

/** The store on an open connection whose schema is up to date. */
export function createReviewStore(database: DatabaseSync): ReviewStore {
  const selectReview = database.prepare('SELECT * FROM incident_reviews WHERE tenant_id = ? AND incident_id = ?')
  const upsertReview = database.prepare(
    `INSERT INTO incident_reviews (incident_id, tenant_id, problem_id, reason, summary, prevention, restored_at, restored_by, done_at, done_by)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (incident_id) DO UPDATE SET problem_id = excluded.problem_id, summary = excluded.summary,
        prevention = excluded.prevention, restored_at = excluded.restored_at, restored_by = excluded.restored_by,
        done_at = excluded.done_at, done_by = excluded.done_by`,
  )
  const relock = database.prepare(
    'UPDATE incident_reviews SET restored_at = NULL, restored_by = NULL WHERE incident_id = ?',
  )
  const selectChild = database.prepare('SELECT 1 FROM incidents WHERE parent_id = ? AND tenant_id = ? LIMIT 1')
  const selectMeasure = database.prepare('SELECT * FROM problem_measures WHERE tenant_id = ? AND id = ?')
  const selectMeasures = database.prepare(
    'SELECT * FROM problem_measures WHERE tenant_id = ? AND problem_id = ? ORDER BY created_at, id',
  )
  const selectOverdue = database.prepare(
    `SELECT * FROM problem_measures WHERE done_at IS NULL AND remind_at <= ? ORDER BY remind_at LIMIT ${DUE_PER_QUERY}`,
  )
  const upsertMeasure = upsertOf<ProblemMeasuresTable>(database, 'problem_measures')
  const insertPackage = database.prepare(
    'INSERT INTO vendor_packages (tenant_id, incident_id, vendor, reference, sent_at, sent_by) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const measures = (found: unknown) => (found as ProblemMeasuresTable[]).map(measureOf)
  return {
    review: (tenantId, incidentId) => {
      const row = selectReview.get(tenantId, incidentId) as unknown as IncidentReviewsTable | undefined
      return row ? reviewOf(row) : null
    },
    saveReview: review => {
      const { incidentId, tenantId, problemId, reason, summary, prevention } = review
      const { restoredAt, restoredBy, doneAt, doneBy } = review
      const told = [incidentId, tenantId, problemId, reason, summary, prevention]
      upsertReview.run(...told, restoredAt, restoredBy, doneAt, doneBy)
    },
    relock: incidentId => {
      relock.run(incidentId)
    },
    hasChildren: (tenantId, incidentId) => selectChild.get(incidentId, tenantId) !== undefined,
    measure: (tenantId, id) => measures(selectMeasure.all(tenantId, id))[0] ?? null,
    measuresOf: (tenantId, problemId) => measures(selectMeasures.all(tenantId, problemId)),
    saveMeasure: measure => upsertMeasure(rowOf(measure)),
    overdue: now => measures(selectOverdue.all(now)),
    addVendorPackage: ({ tenantId, incidentId, vendor, reference }, actor, now) => {
      insertPackage.run(tenantId, incidentId, vendor, reference, now, actor)
    },
  }
}

const reviewOf = (row: IncidentReviewsTable): Review => ({
  incidentId: row.incident_id,
  tenantId: row.tenant_id,
  problemId: row.problem_id,
  reason: row.reason as Review['reason'],
  summary: row.summary,
  prevention: row.prevention,
  restoredAt: row.restored_at,
  restoredBy: row.restored_by,
  doneAt: row.done_at,
  doneBy: row.done_by,
})

const measureOf = (row: ProblemMeasuresTable): Measure => ({
  id: row.id,
  tenantId: row.tenant_id,
  problemId: row.problem_id,
  incidentId: row.incident_id,
  text: row.text,
  owner: row.owner,
  dueOn: row.due_on,
  remindAt: row.remind_at,
  doneAt: row.done_at,
  doneBy: row.done_by,
  createdAt: row.created_at,
  createdBy: row.created_by,
})

const rowOf = (measure: Measure): ProblemMeasuresTable => ({
  id: measure.id,
  tenant_id: measure.tenantId,
  problem_id: measure.problemId,
  incident_id: measure.incidentId,
  text: measure.text,
  owner: measure.owner,
  due_on: measure.dueOn,
  remind_at: measure.remindAt,
  done_at: measure.doneAt,
  done_by: measure.doneBy,
  created_at: measure.createdAt,
  created_by: measure.createdBy,
})
