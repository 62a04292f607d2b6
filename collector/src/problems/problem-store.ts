import type { DatabaseSync } from 'node:sqlite'
import type { Bilingual } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { LinkKind, ProblemStatus } from '@tillwatch/shared/api'
import { DUE_PER_QUERY } from '../store/sqlite/due.ts'
import type { ProblemsTable } from '../store/sqlite/tables/problems-tables.ts'
import { upsertOf } from '../store/sqlite/upsert.ts'
import { LIVE_STATUSES, type Problem } from './problem.ts'

/** A workaround that an incident is still to be told of. */
export interface PendingTelling {
  readonly problemId: string
  readonly incidentId: string
}

/** When it was found that they are to be told. */
export interface DueTelling extends PendingTelling {
  readonly at: EpochMs
}

/** Problems, their audit trail and the incidents linked to them. Synchronous: it belongs to the state thread and runs inside its transactions. */
export interface ProblemStore {
  byId(tenantId: string, id: string): Problem | null
  /** Problems of a tenant with root cause and workaround, oldest first. */
  documented(tenantId: string): readonly Problem[]
  /** The problem that somebody is to work on and that was made from this signature. */
  live(tenantId: string, signatureKey: string): Problem | null
  /** The last rejection of a signature. */
  rejected(tenantId: string, signatureKey: string): { readonly at: EpochMs; readonly count: number } | null
  /** A live problem that an incident is linked to. */
  liveOf(tenantId: string, incidentId: string): Problem | null
  count(tenantId: string): number
  nextNumber(tenantId: string): number
  /** Adds or overwrites. */
  save(problem: Problem): void
  addEntry(problem: Pick<Problem, 'id' | 'tenantId'>, actor: string, text: Bilingual, at: EpochMs): void

  /**
   * Links an incident; keeps how it came first when it is linked already. False when a person said that it has another cause and the
   * machine would guess again.
   */
  link(
    problem: Pick<Problem, 'id' | 'tenantId'>,
    incidentId: string,
    how: LinkKind,
    actor: string,
    now: EpochMs,
  ): boolean
  /** A person says that the incident has another cause. False when it was not linked. */
  refuse(problem: Pick<Problem, 'id' | 'tenantId'>, incidentId: string): boolean
  /** False when it was not linked. */
  unlink(problem: Pick<Problem, 'id' | 'tenantId'>, incidentId: string): boolean
  /** Known errors that an incident was matched with. */
  matchedOf(tenantId: string, incidentId: string): readonly string[]
  tellAt(link: PendingTelling, at: EpochMs | null): void
  /** Incidents that are to be told of a workaround now. */
  tellings(now: EpochMs): readonly DueTelling[]
  nextTellingAt(): EpochMs | null
  clientId(tenantId: string, code: string): string | null
  incidentId(tenantId: string, number: number): string | null
}

const rowOf = (problem: Problem): ProblemsTable => ({
  id: problem.id,
  tenant_id: problem.tenantId,
  number: problem.number,
  title_ru: problem.title.ru,
  title_en: problem.title.en,
  status: problem.status,
  client_id: problem.clientId,
  origin: problem.origin,
  signature_key: problem.signatureKey,
  signature_json: problem.signature && JSON.stringify(problem.signature),
  root_cause: problem.rootCause,
  workaround: problem.workaround,
  client_hint: problem.clientHint,
  steps: problem.steps,
  runbook: problem.runbook,
  recurrences: problem.recurrences,
  recurred_at: problem.recurredAt,
  rejected_at: problem.rejectedAt,
  rejected_count: problem.rejectedCount,
  solved_at: problem.solvedAt,
  created_at: problem.createdAt,
  created_by: problem.createdBy,
  changed_at: problem.changedAt,
})

const problemOf = (row: ProblemsTable): Problem => ({
  id: row.id,
  tenantId: row.tenant_id,
  number: row.number,
  title: { ru: row.title_ru, en: row.title_en },
  status: row.status as ProblemStatus,
  clientId: row.client_id,
  origin: row.origin as Problem['origin'],
  signatureKey: row.signature_key,
  signature: row.signature_json === null ? null : JSON.parse(row.signature_json),
  rootCause: row.root_cause,
  workaround: row.workaround,
  clientHint: row.client_hint,
  steps: row.steps,
  runbook: row.runbook,
  recurrences: row.recurrences,
  recurredAt: row.recurred_at,
  rejectedAt: row.rejected_at,
  rejectedCount: row.rejected_count,
  solvedAt: row.solved_at,
  createdAt: row.created_at,
  createdBy: row.created_by,
  changedAt: row.changed_at,
})

const LIVE = LIVE_STATUSES.map(status => `'${status}'`).join(', ')

const idOf = (row: Record<string, unknown> | undefined): string | null => (row ? String(row['id']) : null)

/** The store on an open connection whose schema is up to date. */
export function createProblemStore(database: DatabaseSync): ProblemStore {
  const many = (where: string) =>
    database.prepare(`SELECT problems.* FROM problems WHERE problems.tenant_id = ? AND ${where}`)
  const selectById = many('problems.id = ?')
  const selectDocumented = many(
    `problems.root_cause <> '' AND problems.workaround <> '' AND problems.signature_json IS NOT NULL ORDER BY problems.number`,
  )
  const selectLive = many(
    `problems.signature_key = ? AND problems.status IN (${LIVE}) ORDER BY problems.number LIMIT 1`,
  )
  const selectRejected = database.prepare(
    `SELECT rejected_at AS at, rejected_count AS count FROM problems
      WHERE tenant_id = ? AND signature_key = ? AND status = 'rejected' ORDER BY rejected_at DESC LIMIT 1`,
  )
  const selectLiveOf = database.prepare(
    `SELECT p.* FROM problem_incidents l JOIN problems p ON p.id = l.problem_id AND p.tenant_id = l.tenant_id
      WHERE l.tenant_id = ? AND l.incident_id = ? AND p.status IN (${LIVE}) ORDER BY p.number LIMIT 1`,
  )
  const selectCount = database.prepare('SELECT count(*) AS n FROM problems WHERE tenant_id = ?')
  const selectNumber = database.prepare('SELECT coalesce(max(number), 0) + 1 AS n FROM problems WHERE tenant_id = ?')
  const insertEntry = database.prepare(
    'INSERT INTO problem_entries (tenant_id, problem_id, at, actor, text_ru, text_en) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const insertLink = database.prepare(
    `INSERT INTO problem_incidents (problem_id, incident_id, tenant_id, how, linked_at, linked_by) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET how = excluded.how WHERE excluded.how = 'matched'`,
  )
  const deleteLink = database.prepare(
    'DELETE FROM problem_incidents WHERE tenant_id = ? AND problem_id = ? AND incident_id = ?',
  )
  const insertRefusal = database.prepare(
    'INSERT OR IGNORE INTO problem_refusals (problem_id, incident_id, tenant_id) VALUES (?, ?, ?)',
  )
  const deleteRefusal = database.prepare(
    'DELETE FROM problem_refusals WHERE tenant_id = ? AND problem_id = ? AND incident_id = ?',
  )
  const selectRefusal = database.prepare(
    'SELECT 1 FROM problem_refusals WHERE tenant_id = ? AND problem_id = ? AND incident_id = ?',
  )
  const selectMatched = database.prepare(
    `SELECT problem_id AS id FROM problem_incidents WHERE tenant_id = ? AND incident_id = ? AND how = 'matched'`,
  )
  const updateTelling = database.prepare(
    'UPDATE problem_incidents SET tell_at = ? WHERE problem_id = ? AND incident_id = ?',
  )
  const selectTellings = database.prepare(
    `SELECT problem_id AS problemId, incident_id AS incidentId, tell_at AS at FROM problem_incidents
      WHERE tell_at <= ? ORDER BY tell_at LIMIT ${DUE_PER_QUERY}`,
  )
  const selectNextTelling = database.prepare(
    'SELECT min(tell_at) AS at FROM problem_incidents WHERE tell_at IS NOT NULL',
  )
  const selectClient = database.prepare('SELECT id FROM clients WHERE tenant_id = ? AND code = ?')
  const selectIncident = database.prepare('SELECT id FROM incidents WHERE tenant_id = ? AND number = ?')
  const upsert = upsertOf<ProblemsTable>(database, 'problems')
  const rows = (found: unknown) => (found as ProblemsTable[]).map(problemOf)
  const number = (found: unknown) => (found as { n: number }).n
  return {
    byId: (tenantId, id) => rows(selectById.all(tenantId, id))[0] ?? null,
    documented: tenantId => rows(selectDocumented.all(tenantId)),
    live: (tenantId, key) => rows(selectLive.all(tenantId, key))[0] ?? null,
    rejected: (tenantId, key) =>
      (selectRejected.get(tenantId, key) as { at: number; count: number } | undefined) ?? null,
    liveOf: (tenantId, incidentId) => rows(selectLiveOf.all(tenantId, incidentId))[0] ?? null,
    count: tenantId => number(selectCount.get(tenantId)),
    nextNumber: tenantId => number(selectNumber.get(tenantId)),
    save: problem => upsert(rowOf(problem)),
    addEntry: ({ id, tenantId }, actor, text, at) => {
      insertEntry.run(tenantId, id, at, actor, text.ru, text.en)
    },
    link: ({ id, tenantId }, incidentId, how, actor, now) => {
      if (how === 'person') deleteRefusal.run(tenantId, id, incidentId)
      else if (how !== 'review' && selectRefusal.get(tenantId, id, incidentId)) return false
      insertLink.run(id, incidentId, tenantId, how, now, actor)
      return true
    },
    refuse: ({ id, tenantId }, incidentId) => {
      if (deleteLink.run(tenantId, id, incidentId).changes === 0) return false
      insertRefusal.run(id, incidentId, tenantId)
      return true
    },
    unlink: ({ id, tenantId }, incidentId) => deleteLink.run(tenantId, id, incidentId).changes > 0,
    matchedOf: (tenantId, incidentId) => selectMatched.all(tenantId, incidentId).map(row => String(row['id'])),
    tellAt: ({ problemId, incidentId }, at) => {
      updateTelling.run(at, problemId, incidentId)
    },
    tellings: now => selectTellings.all(now) as unknown as DueTelling[],
    nextTellingAt: () => (selectNextTelling.get() as { at: number | null }).at,
    clientId: (tenantId, code) => idOf(selectClient.get(tenantId, code)),
    incidentId: (tenantId, number) => idOf(selectIncident.get(tenantId, number)),
  }
}
