import type { EpochMs } from '@tillwatch/shared'
import {
  incidentStatus,
  linkKind,
  type MeasureQuery,
  type MeasureView,
  type ProblemView,
  priority,
} from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import { DateTime } from 'luxon'
import { HOUSE_ZONE } from '../problems/measures.ts'
import { nextStatuses } from '../problems/problem.ts'
import { isUnlocked } from '../problems/reviews.ts'
import { incidentsWithPlace } from './incident-list-read.ts'
import { instant, instantOrNull } from './item-facts.ts'
import { PROBLEM_COLUMNS, problemRowOf, problemsWithClient } from './problem-list-read.ts'
import type { ReadTables } from './read-tables.ts'

/** Newest incidents, entries and measures that a page shows; the store keeps them all. */
const LINKED_MAX = 200
const ENTRIES_MAX = 300
const MEASURES_SHOWN = 500

/** One problem with its story, or null when the tenant has none of that id. */
export async function readProblem(
  queries: Kysely<ReadTables>,
  tenantId: string,
  problemId: string,
  now: EpochMs,
): Promise<ProblemView | null> {
  const row = await problemsWithClient(queries, tenantId)
    .where('problems.id', '=', problemId)
    .select(PROBLEM_COLUMNS)
    .select([
      'clients.code as client_code',
      'problems.origin',
      'problems.signature_json',
      'problems.root_cause',
      'problems.workaround',
      'problems.client_hint',
      'problems.steps',
      'problems.runbook',
      'problems.recurred_at',
      'problems.solved_at',
      'problems.created_by',
    ])
    .executeTakeFirst()
  if (!row) return null
  const view = problemRowOf(row)
  return {
    ...view,
    clientCode: row.client_code,
    origin: row.origin as ProblemView['origin'],
    signature: row.signature_json === null ? null : JSON.parse(row.signature_json),
    rootCause: row.root_cause,
    workaround: row.workaround,
    clientHint: row.client_hint,
    steps: row.steps,
    runbook: row.runbook,
    recurredAt: instantOrNull(row.recurred_at),
    solvedAt: instantOrNull(row.solved_at),
    createdBy: row.created_by,
    nextStatuses: [...nextStatuses(view.status)],
    linked: await readLinked(queries, tenantId, problemId),
    measures: await measuresOf(queries, tenantId, now, query =>
      query.where('problem_measures.problem_id', '=', problemId),
    ),
    reviews: await readReviews(queries, tenantId, problemId),
    entries: await readEntries(queries, tenantId, problemId),
  }
}

async function readLinked(
  queries: Kysely<ReadTables>,
  tenantId: string,
  problemId: string,
): Promise<ProblemView['linked']> {
  const rows = await incidentsWithPlace(queries, tenantId)
    .innerJoin('problem_incidents', 'problem_incidents.incident_id', 'incidents.id')
    .where('problem_incidents.problem_id', '=', problemId)
    .where('problem_incidents.tenant_id', '=', tenantId)
    .orderBy('incidents.opened_at', 'desc')
    .limit(LINKED_MAX)
    .select([
      'incidents.id',
      'incidents.number',
      'incidents.title_ru',
      'incidents.title_en',
      'incidents.status',
      'incidents.priority',
      'incidents.opened_at',
      'sites.name as site',
      'problem_incidents.how',
    ])
    .execute()
  return rows.map(row => ({
    id: row.id,
    number: row.number,
    title: { ru: row.title_ru, en: row.title_en },
    status: incidentStatus.parse(row.status),
    priority: priority.parse(row.priority),
    site: row.site,
    openedAt: instant(row.opened_at),
    how: linkKind.parse(row.how),
  }))
}

const measureRows = (queries: Kysely<ReadTables>, tenantId: string) =>
  queries
    .selectFrom('problem_measures')
    .innerJoin('problems', 'problems.id', 'problem_measures.problem_id')
    .leftJoin('incidents', 'incidents.id', 'problem_measures.incident_id')
    .where('problem_measures.tenant_id', '=', tenantId)
    .where('problems.tenant_id', '=', tenantId)

async function measuresOf(
  queries: Kysely<ReadTables>,
  tenantId: string,
  now: EpochMs,
  choose: (rows: ReturnType<typeof measureRows>) => ReturnType<typeof measureRows>,
): Promise<MeasureView[]> {
  const rows = await choose(measureRows(queries, tenantId))
    .orderBy('problem_measures.due_on')
    .orderBy('problem_measures.id')
    .limit(MEASURES_SHOWN)
    .selectAll('problem_measures')
    .select(['problems.number as problem_number', 'problems.title_ru', 'problems.title_en'])
    .select('incidents.number as incident_number')
    .execute()
  const today = dayOf(now)
  return rows.map(row => ({
    id: row.id,
    problemId: row.problem_id,
    problemNumber: row.problem_number,
    problemTitle: { ru: row.title_ru, en: row.title_en },
    incidentNumber: row.incident_number,
    text: row.text,
    owner: row.owner,
    dueOn: row.due_on,
    overdue: row.done_at === null && row.due_on < today,
    doneAt: instantOrNull(row.done_at),
    doneBy: row.done_by,
  }))
}

const dayOf = (now: EpochMs): string => DateTime.fromMillis(now, { zone: HOUSE_ZONE }).toFormat('yyyy-MM-dd')

/** What was promised under all problems, the nearest day first. */
export const readMeasures = (
  queries: Kysely<ReadTables>,
  tenantId: string,
  { state }: MeasureQuery,
  now: EpochMs,
): Promise<MeasureView[]> =>
  measuresOf(queries, tenantId, now, rows => {
    if (state === 'done') return rows.where('problem_measures.done_at', 'is not', null)
    const open = rows.where('problem_measures.done_at', 'is', null)
    return state === 'overdue' ? open.where('problem_measures.due_on', '<', dayOf(now)) : open
  })

async function readReviews(
  queries: Kysely<ReadTables>,
  tenantId: string,
  problemId: string,
): Promise<ProblemView['reviews']> {
  const rows = await queries
    .selectFrom('incident_reviews')
    .innerJoin('incidents', 'incidents.id', 'incident_reviews.incident_id')
    .where('incident_reviews.tenant_id', '=', tenantId)
    .where('incidents.tenant_id', '=', tenantId)
    .where('incident_reviews.problem_id', '=', problemId)
    .orderBy('incidents.opened_at', 'desc')
    .selectAll('incident_reviews')
    .select(['incidents.number', 'incidents.title_ru', 'incidents.title_en', 'incidents.status'])
    .execute()
  return rows.map(row => ({
    incidentId: row.incident_id,
    incidentNumber: row.number,
    incidentTitle: { ru: row.title_ru, en: row.title_en },
    reason: row.reason as 'mass' | 'critical',
    unlocked: isUnlocked({ status: incidentStatus.parse(row.status) }, { restoredAt: row.restored_at }),
    summary: row.summary,
    prevention: row.prevention,
    doneAt: instantOrNull(row.done_at),
    doneBy: row.done_by,
  }))
}

async function readEntries(
  queries: Kysely<ReadTables>,
  tenantId: string,
  problemId: string,
): Promise<ProblemView['entries']> {
  const rows = await queries
    .selectFrom('problem_entries')
    .where('tenant_id', '=', tenantId)
    .where('problem_id', '=', problemId)
    .orderBy('id', 'desc')
    .limit(ENTRIES_MAX)
    .selectAll()
    .execute()
  return rows.map(row => ({
    id: String(row.id),
    at: instant(row.at),
    actor: row.actor,
    text: { ru: row.text_ru, en: row.text_en },
  }))
}
