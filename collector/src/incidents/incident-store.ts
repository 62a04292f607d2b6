import type { DatabaseSync } from 'node:sqlite'
import type { Priority } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { IncidentStatus } from '@tillwatch/shared/api'
import { DUE_PER_QUERY } from '../store/sqlite/due.ts'
import type { IncidentsTable } from '../store/sqlite/tables/incidents-tables.ts'
import { upsertOf } from '../store/sqlite/upsert.ts'
import type { Incident, TimelineDraft } from './incident.ts'

/** Of an incident what tells whether there is anything to do about it: most evaluations of an item find nothing. */
export type StandingIncident = Pick<Incident, 'id' | 'dedupKey' | 'status' | 'firing' | 'clientId' | 'siteId'>

/** Incidents and their audit trail in the relational file. Synchronous: it belongs to the state thread and runs inside its transactions. */
export interface IncidentStore {
  byId(id: string): Incident | null
  /** The newest incident of a dedup key, finished or not. */
  latest(dedupKey: string): Incident | null
  /** The tenant's incident of that number. */
  idOfNumber(tenantId: string, number: number): string | null
  /** Incidents of an item that are not closed, and closed ones whose fault lasts. */
  ofItem(itemId: string): readonly StandingIncident[]
  /** Which incidents time alone moves now; read one by one, so that a row that cannot be read hides no other. */
  due(now: EpochMs): readonly Pick<Incident, 'id' | 'itemId'>[]
  setDue(id: string, at: EpochMs): void
  nextDueAt(): EpochMs | null
  nextNumber(tenantId: string): number
  /** Adds or overwrites. */
  save(incident: Incident): void
  addEntry(incident: Pick<Incident, 'id' | 'tenantId'>, entry: TimelineDraft, at: EpochMs): void
}

const rowOf = (incident: Incident): IncidentsTable => ({
  id: incident.id,
  tenant_id: incident.tenantId,
  number: incident.number,
  dedup_key: incident.dedupKey,
  episode: incident.episode,
  desk_key: incident.deskKey,
  item_id: incident.itemId,
  agent_id: incident.agentId,
  subject: incident.subject,
  cause_class: incident.causeClass,
  status: incident.status,
  resolution: incident.resolution,
  firing: incident.firing ? 1 : 0,
  priority: incident.priority,
  priority_computed: incident.priorityComputed,
  priority_told: incident.priorityTold,
  priority_reason_json: JSON.stringify(incident.priorityReason),
  priority_author: incident.priorityAuthor,
  priority_override_of: incident.priorityOverrideOf,
  priority_manual_at: incident.priorityManualAt,
  title_ru: incident.title.ru,
  title_en: incident.title.en,
  explanation_json: JSON.stringify(incident.explanation),
  expected_json: JSON.stringify(incident.expected),
  component_json: JSON.stringify(incident.component),
  runbook: incident.runbook,
  time_to_stop_json: incident.timeToStop ? JSON.stringify(incident.timeToStop) : null,
  conditions_json: JSON.stringify(incident.conditions),
  gaps_json: JSON.stringify(incident.gaps),
  onset_at: incident.onsetAt,
  opened_at: incident.openedAt,
  reacted_at: incident.reactedAt,
  solved_at: incident.solvedAt,
  closed_at: incident.closedAt,
  changed_at: incident.changedAt,
  good_since: incident.goodSince,
  solved_by: incident.solvedBy,
  assignee: incident.assignee,
  silenced_until: incident.silencedUntil,
  silence_reason: incident.silenceReason,
  reopens_human: incident.reopensHuman,
  reopens_unfixed: incident.reopensUnfixed,
  reopens_return: incident.reopensReturn,
  unfixed_at: incident.unfixedAt,
  unfixed_policy: incident.unfixedPolicy,
  returns_json: JSON.stringify(incident.returns),
  follow_up_at: incident.followUpAt,
  follow_up_owed: incident.followUpOwed ? 1 : 0,
  previous_id: incident.previousId,
  untold: incident.untold,
  parent_id: incident.parentId,
  kind: incident.kind,
  type: incident.type,
  category: incident.category,
  source: incident.source,
  line: incident.line,
  resolution_mode: incident.resolutionMode,
  solved_by_line: incident.solvedByLine,
  acted_line: incident.actedLine,
  duplicate_of: incident.duplicateOf,
  priority_side: incident.prioritySide,
  executed_at: incident.executedAt,
  clearing_since: incident.clearingSince,
  pinned: incident.pinned ? 1 : 0,
  muted: incident.muted ? 1 : 0,
  muted_until: incident.mutedUntil,
  waiting_since: incident.waitingSince,
  waiting_for: incident.waitingFor,
  waiting_marks_json: incident.waitingMarks === null ? null : JSON.stringify(incident.waitingMarks),
  waiting_reminders: incident.waitingReminders,
  pending_on: incident.pendingOn,
  estimate_minutes: incident.estimateMinutes,
  critical_at: incident.criticalAt,
  critical_by: incident.criticalBy,
  critical_reason_json: incident.criticalReason === null ? null : JSON.stringify(incident.criticalReason),
  reopens_flap: incident.reopensFlap,
  client_id: incident.clientId,
  site_id: incident.siteId,
  priority_manual: incident.priorityManual,
  next_due_at: incident.nextDueAt,
})

const incidentOf = (row: IncidentsTable): Incident => ({
  id: row.id,
  tenantId: row.tenant_id,
  number: row.number,
  dedupKey: row.dedup_key,
  episode: row.episode,
  deskKey: row.desk_key,
  itemId: row.item_id,
  agentId: row.agent_id,
  subject: row.subject,
  causeClass: row.cause_class,
  status: row.status as IncidentStatus,
  resolution: row.resolution as Incident['resolution'],
  firing: row.firing === 1,
  priority: row.priority as Priority,
  priorityComputed: row.priority_computed as Priority,
  priorityTold: row.priority_told as Priority,
  priorityReason: JSON.parse(row.priority_reason_json),
  priorityAuthor: row.priority_author,
  priorityOverrideOf: row.priority_override_of as Priority | null,
  priorityManualAt: row.priority_manual_at,
  title: { ru: row.title_ru, en: row.title_en },
  explanation: JSON.parse(row.explanation_json),
  expected: JSON.parse(row.expected_json),
  component: JSON.parse(row.component_json),
  runbook: row.runbook,
  timeToStop: row.time_to_stop_json === null ? null : JSON.parse(row.time_to_stop_json),
  conditions: JSON.parse(row.conditions_json),
  gaps: JSON.parse(row.gaps_json),
  onsetAt: row.onset_at,
  openedAt: row.opened_at,
  reactedAt: row.reacted_at,
  solvedAt: row.solved_at,
  closedAt: row.closed_at,
  changedAt: row.changed_at,
  goodSince: row.good_since,
  solvedBy: row.solved_by,
  assignee: row.assignee,
  silencedUntil: row.silenced_until,
  silenceReason: row.silence_reason,
  reopensHuman: row.reopens_human,
  reopensUnfixed: row.reopens_unfixed,
  reopensReturn: row.reopens_return,
  unfixedAt: row.unfixed_at,
  unfixedPolicy: row.unfixed_policy as Incident['unfixedPolicy'],
  returns: JSON.parse(row.returns_json),
  followUpAt: row.follow_up_at,
  followUpOwed: row.follow_up_owed === 1,
  previousId: row.previous_id,
  untold: row.untold,
  parentId: row.parent_id,
  kind: row.kind as Incident['kind'],
  type: row.type as Incident['type'],
  category: row.category as Incident['category'],
  source: row.source as Incident['source'],
  line: row.line as Incident['line'],
  resolutionMode: row.resolution_mode as Incident['resolutionMode'],
  solvedByLine: row.solved_by_line as Incident['solvedByLine'],
  actedLine: row.acted_line as Incident['actedLine'],
  duplicateOf: row.duplicate_of,
  prioritySide: row.priority_side as Incident['prioritySide'],
  executedAt: row.executed_at,
  clearingSince: row.clearing_since,
  pinned: row.pinned === 1,
  muted: row.muted === 1,
  mutedUntil: row.muted_until,
  waitingSince: row.waiting_since,
  waitingFor: row.waiting_for,
  waitingMarks: row.waiting_marks_json === null ? null : JSON.parse(row.waiting_marks_json),
  waitingReminders: row.waiting_reminders,
  pendingOn: row.pending_on as Incident['pendingOn'],
  estimateMinutes: row.estimate_minutes,
  criticalAt: row.critical_at,
  criticalBy: row.critical_by,
  criticalReason: row.critical_reason_json === null ? null : JSON.parse(row.critical_reason_json),
  reopensFlap: row.reopens_flap,
  clientId: row.client_id,
  siteId: row.site_id,
  priorityManual: row.priority_manual as Priority | null,
  nextDueAt: row.next_due_at,
})

type StandingRow = Omit<StandingIncident, 'firing'> & { readonly firing: number }

/** The incident store on an open connection whose schema is up to date. */
export function createIncidentStore(database: DatabaseSync): IncidentStore {
  const one = (where: string) => database.prepare(`SELECT * FROM incidents WHERE ${where}`)
  const selectById = one('id = ?')
  const selectLatest = one('dedup_key = ? ORDER BY episode DESC LIMIT 1')
  const standing = 'id, dedup_key AS dedupKey, status, firing, client_id AS clientId, site_id AS siteId, opened_at'
  const selectOfItem = database.prepare(
    `SELECT ${standing} FROM incidents WHERE item_id = ?1 AND status IN ('open', 'in_work', 'waiting', 'solved')
      UNION ALL SELECT ${standing} FROM incidents WHERE item_id = ?1 AND status = 'closed' AND firing = 1 ORDER BY opened_at`,
  )
  const selectDue = database.prepare(
    `SELECT id, item_id AS itemId FROM incidents WHERE next_due_at <= ? ORDER BY next_due_at LIMIT ${DUE_PER_QUERY}`,
  )
  const updateDue = database.prepare('UPDATE incidents SET next_due_at = ? WHERE id = ?')
  const selectNextDue = database.prepare('SELECT min(next_due_at) AS at FROM incidents WHERE next_due_at IS NOT NULL')
  const selectNumber = database.prepare(
    'SELECT coalesce(max(number), 0) + 1 AS number FROM incidents WHERE tenant_id = ?',
  )
  const selectOfNumber = database.prepare('SELECT id FROM incidents WHERE tenant_id = ? AND number = ?')
  const insertEntry = database.prepare(
    'INSERT INTO timeline (tenant_id, incident_id, at, kind, actor, text_ru, text_en) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const upsert = upsertOf<IncidentsTable>(database, 'incidents')
  const rows = (found: unknown): Incident[] => (found as IncidentsTable[]).map(incidentOf)
  return {
    byId: id => rows(selectById.all(id))[0] ?? null,
    latest: dedupKey => rows(selectLatest.all(dedupKey))[0] ?? null,
    ofItem: itemId =>
      (selectOfItem.all(itemId) as unknown as StandingRow[]).map(row => ({ ...row, firing: row.firing === 1 })),
    due: now => selectDue.all(now) as unknown as Pick<Incident, 'id' | 'itemId'>[],
    setDue: (id, at) => {
      updateDue.run(at, id)
    },
    nextDueAt: () => (selectNextDue.get() as { at: number | null }).at,
    idOfNumber: (tenantId, number) => (selectOfNumber.get(tenantId, number) as { id: string } | undefined)?.id ?? null,
    nextNumber: tenantId => (selectNumber.get(tenantId) as { number: number }).number,
    save: incident => {
      upsert(rowOf(incident))
    },
    addEntry: (incident, { kind, actor, text }, at) => {
      insertEntry.run(incident.tenantId, incident.id, at, kind, actor, text.ru, text.en)
    },
  }
}
