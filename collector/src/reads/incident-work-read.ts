import {
  type BilingualText,
  type IncidentView,
  incidentCategory,
  incidentStatus,
  incidentType,
  priority,
  resolutionMode,
  supportLine,
} from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import type { IncidentsTable } from '../store/sqlite/tables/incidents-tables.ts'
import { instantOrNull } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

/** Incidents of a mass one that its page names. */
const HELD_MAX = 100

/** Columns of what people have said and done, beside those of the list. */
export const WORK_COLUMNS = [
  'incidents.type',
  'incidents.category',
  'incidents.priority_manual',
  'incidents.priority_computed',
  'incidents.reacted_at',
  'incidents.executed_at',
  'incidents.closed_at',
  'incidents.resolution_mode',
  'incidents.solved_by_line',
  'incidents.silence_reason',
  'incidents.waiting_for',
  'incidents.waiting_marks_json',
  'incidents.waiting_reminders',
  'incidents.critical_reason_json',
  'incidents.muted',
  'incidents.muted_until',
  'incidents.duplicate_of',
  'incidents.previous_id',
] as const

type WorkRow = Pick<
  IncidentsTable,
  | 'id'
  | 'priority'
  | 'critical_at'
  | 'parent_id'
  | 'type'
  | 'category'
  | 'priority_manual'
  | 'priority_computed'
  | 'reacted_at'
  | 'executed_at'
  | 'closed_at'
  | 'resolution_mode'
  | 'solved_by_line'
  | 'silence_reason'
  | 'waiting_for'
  | 'waiting_marks_json'
  | 'waiting_reminders'
  | 'critical_reason_json'
  | 'muted'
  | 'muted_until'
  | 'duplicate_of'
  | 'previous_id'
>
type Link = IncidentView['held'][number]

/** What the page of an incident says of the work on it and of the incidents around it. */
export async function workOf(queries: Kysely<ReadTables>, tenantId: string, row: WorkRow) {
  const links = await linksOf(queries, tenantId, row)
  const byId = (id: string | null) => (id === null ? null : (links.find(link => link.id === id) ?? null))
  const marks = row.waiting_marks_json === null ? [] : (JSON.parse(row.waiting_marks_json) as number[])
  return {
    priorityManual: row.priority_manual === row.priority,
    priorityComputed: priority.parse(row.priority_computed),
    type: incidentType.parse(row.type),
    category: incidentCategory.parse(row.category),
    reactedAt: instantOrNull(row.reacted_at),
    executedAt: instantOrNull(row.executed_at),
    closedAt: instantOrNull(row.closed_at),
    resolutionMode: row.resolution_mode === null ? null : resolutionMode.parse(row.resolution_mode),
    solvedByLine: row.solved_by_line === null ? null : supportLine.parse(row.solved_by_line),
    silenceReason: row.silence_reason,
    waitingFor: row.waiting_for,
    waitingUntil: instantOrNull(marks[row.waiting_reminders] ?? null),
    criticalSince: instantOrNull(row.critical_at),
    criticalReason: row.critical_reason_json === null ? null : (JSON.parse(row.critical_reason_json) as BilingualText),
    muted: row.muted === 1,
    mutedUntil: instantOrNull(row.muted_until),
    parent: byId(row.parent_id),
    duplicateOf: byId(row.duplicate_of),
    previous: byId(row.previous_id),
    held: links.filter(link => link.parentId === row.id).map(({ parentId: _, ...link }) => link),
  }
}

/** The incidents that it points to, and those that it holds together, the newest first. */
async function linksOf(
  queries: Kysely<ReadTables>,
  tenantId: string,
  row: WorkRow,
): Promise<readonly (Link & { parentId: string | null })[]> {
  const named = [row.parent_id, row.duplicate_of, row.previous_id].filter(id => id !== null)
  const found = await queries
    .selectFrom('incidents')
    .where('tenant_id', '=', tenantId)
    .where(({ eb, or }) => or([eb('parent_id', '=', row.id), ...(named.length > 0 ? [eb('id', 'in', named)] : [])]))
    // Those that it points to come first: many that it holds must not crowd them out.
    .orderBy(eb => eb('parent_id', 'is', row.id))
    .orderBy('opened_at', 'desc')
    .limit(HELD_MAX + named.length)
    .select(['id', 'number', 'title_ru', 'title_en', 'status', 'parent_id'])
    .execute()
  return found.map(one => ({
    id: one.id,
    number: one.number,
    title: { ru: one.title_ru, en: one.title_en },
    status: incidentStatus.parse(one.status),
    parentId: one.parent_id,
  }))
}
