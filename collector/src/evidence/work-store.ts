import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'

export type EvidenceStep = 'chart' | 'ask' | 'log'

/** An incident whose evidence is being gathered. */
export interface EvidenceWork {
  readonly incidentId: string
  readonly step: EvidenceStep
  /** Until when the agent's answer is waited for; null while nothing was asked. */
  readonly until: EpochMs | null
  readonly commandId: string | null
  readonly createdAt: EpochMs
}

/** What is still to be gathered, inside the caller's transaction. */
export interface WorkStore {
  begin(incident: { readonly id: string; readonly tenantId: string }, now: EpochMs): void
  /** What is due first. */
  due(now: EpochMs): EvidenceWork | null
  of(incidentId: string): EvidenceWork | null
  nextAt(): EpochMs | null
  moveTo(incidentId: string, step: EvidenceStep, dueAt: EpochMs): void
  /** The agent was asked, or another incident did that. */
  waitFor(incidentId: string, commandId: string | null, until: EpochMs, dueAt: EpochMs): void
  end(incidentId: string): void
}

interface Row {
  incident_id: string
  step: EvidenceStep
  until: number | null
  command_id: string | null
  created_at: number
}

const workOf = (row: Row): EvidenceWork => ({
  incidentId: row.incident_id,
  step: row.step,
  until: row.until,
  commandId: row.command_id,
  createdAt: row.created_at,
})

/** The store over an open connection. */
export function createWorkStore(database: DatabaseSync): WorkStore {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO evidence_work (incident_id, tenant_id, step, due_at, created_at) VALUES (?, ?, 'chart', ?, ?)`,
  )
  const selectDue = database.prepare('SELECT * FROM evidence_work WHERE due_at <= ? ORDER BY due_at LIMIT 1')
  const selectOne = database.prepare('SELECT * FROM evidence_work WHERE incident_id = ?')
  const selectNext = database.prepare('SELECT min(due_at) AS at FROM evidence_work')
  const updateStep = database.prepare('UPDATE evidence_work SET step = ?, due_at = ? WHERE incident_id = ?')
  const updateWait = database.prepare(
    `UPDATE evidence_work SET step = 'log', command_id = ?, until = ?, due_at = ? WHERE incident_id = ?`,
  )
  const remove = database.prepare('DELETE FROM evidence_work WHERE incident_id = ?')
  const rowOrNull = (row: unknown) => (row === undefined ? null : workOf(row as Row))
  return {
    begin: ({ id, tenantId }, now) => void insert.run(id, tenantId, now, now),
    due: now => rowOrNull(selectDue.get(now)),
    of: incidentId => rowOrNull(selectOne.get(incidentId)),
    nextAt: () => (selectNext.get() as { at: number | null }).at,
    moveTo: (incidentId, step, dueAt) => void updateStep.run(step, dueAt, incidentId),
    waitFor: (incidentId, commandId, until, dueAt) => void updateWait.run(commandId, until, dueAt, incidentId),
    end: incidentId => void remove.run(incidentId),
  }
}
