import type { EpochMs } from '@tillwatch/shared'
import {
  INCIDENT_STATUSES,
  type IncidentQuery,
  type IncidentRow,
  type IncidentStatus,
  incidentKind,
  incidentSource,
  incidentStatus,
  pendingParty,
  priority,
  resolution,
  supportLine,
} from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import type { IncidentsTable } from '../store/sqlite/tables/incidents-tables.ts'
import { instant, instantOrNull } from './item-facts.ts'
import { parsePosition, positionText } from './page-position.ts'
import type { ReadTables } from './read-tables.ts'
import { searchWords } from './search-text.ts'

/** What goes on is where its equipment stands now; what is over stays where it was. */
const PLACE = sql<string>`CASE WHEN incidents.status IN ('solved', 'closed')
  THEN coalesce(incidents.site_id, agents.site_id) ELSE coalesce(agents.site_id, incidents.site_id) END`

/** A request may name its client and no site. */
const CLIENT = sql<string>`coalesce(sites.client_id, incidents.client_id)`

/** Incidents with the place they happened at. Both ends of every join are of one tenant. */
export const incidentsWithPlace = (queries: Kysely<ReadTables>, tenantId: string) =>
  queries
    .selectFrom('incidents')
    .leftJoin('agents', join =>
      join.onRef('agents.id', '=', 'incidents.agent_id').onRef('agents.tenant_id', '=', 'incidents.tenant_id'),
    )
    .leftJoin('terminals', join =>
      join
        .onRef('terminals.agent_id', '=', 'incidents.agent_id')
        .onRef('terminals.tenant_id', '=', 'incidents.tenant_id'),
    )
    .leftJoin('sites', join => join.on('sites.id', '=', PLACE).onRef('sites.tenant_id', '=', 'incidents.tenant_id'))
    .leftJoin('clients', join =>
      join.on('clients.id', '=', CLIENT).onRef('clients.tenant_id', '=', 'incidents.tenant_id'),
    )
    .leftJoin('sla_clocks', 'sla_clocks.incident_id', 'incidents.id')
    .where('incidents.tenant_id', '=', tenantId)

const CHILDREN = sql<number>`(SELECT count(*) FROM incidents child WHERE child.parent_id = incidents.id)`.as('children')

/** Columns of one row of the list. */
export const INCIDENT_COLUMNS = [
  'incidents.id',
  'incidents.number',
  'incidents.title_ru',
  'incidents.title_en',
  'incidents.status',
  'incidents.priority',
  'incidents.cause_class',
  'incidents.agent_id',
  'incidents.assignee',
  'incidents.opened_at',
  'incidents.changed_at',
  'incidents.solved_at',
  'incidents.silenced_until',
  'incidents.reopens_human',
  'incidents.reopens_unfixed',
  'incidents.reopens_return',
  'incidents.kind',
  'incidents.source',
  'incidents.line',
  'incidents.resolution',
  'incidents.critical_at',
  'incidents.parent_id',
  'incidents.untold',
  'incidents.waiting_since',
  'incidents.pending_on',
  'incidents.pinned',
  'incidents.estimate_minutes',
  'sla_clocks.deadline_at',
  'sla_clocks.urgent_at',
  'sla_clocks.reaction_met',
  'sla_clocks.solution_met',
  CHILDREN,
  'sites.code as site_code',
  'sites.name as site_name',
  'clients.name as client',
] as const

type IncidentWithPlace = Pick<
  IncidentsTable,
  | 'id'
  | 'number'
  | 'title_ru'
  | 'title_en'
  | 'status'
  | 'priority'
  | 'cause_class'
  | 'agent_id'
  | 'assignee'
  | 'opened_at'
  | 'changed_at'
  | 'solved_at'
  | 'silenced_until'
  | 'reopens_human'
  | 'reopens_unfixed'
  | 'reopens_return'
  | 'kind'
  | 'source'
  | 'line'
  | 'resolution'
  | 'critical_at'
  | 'parent_id'
  | 'untold'
  | 'waiting_since'
  | 'pending_on'
  | 'pinned'
  | 'estimate_minutes'
> & {
  deadline_at: number | null
  urgent_at: number | null
  reaction_met: number | null
  solution_met: number | null
  children: number
  site_code: string | null
  site_name: string | null
  client: string | null
}

const isFinished = (status: string): boolean => status === 'solved' || status === 'closed'

/** A row as the API shows it. */
export const incidentRowOf = (row: IncidentWithPlace, now: EpochMs): IncidentRow => ({
  id: row.id,
  number: row.number,
  title: { ru: row.title_ru, en: row.title_en },
  status: incidentStatus.parse(row.status),
  priority: priority.parse(row.priority),
  causeClass: row.cause_class,
  client: row.client,
  site: row.site_code === null ? null : { code: row.site_code, name: row.site_name ?? row.site_code },
  // A mass incident has no agent of its own.
  agentId: row.agent_id || null,
  assignee: row.assignee,
  openedAt: instant(row.opened_at),
  changedAt: instant(row.changed_at),
  solvedAt: instantOrNull(row.solved_at),
  silencedUntil: instantOrNull(row.silenced_until),
  reopens: row.reopens_human + row.reopens_unfixed + row.reopens_return,
  kind: incidentKind.parse(row.kind),
  source: incidentSource.parse(row.source),
  line: supportLine.parse(row.line),
  resolution: row.resolution === null ? null : resolution.parse(row.resolution),
  critical: row.critical_at !== null,
  parentId: row.parent_id,
  children: row.children,
  untold: row.untold,
  waitingSince: instantOrNull(row.waiting_since),
  pendingOn: row.pending_on === null ? null : pendingParty.parse(row.pending_on),
  pinned: row.pinned === 1,
  estimateMinutes: row.estimate_minutes,
  dueAt: isFinished(row.status) ? null : instantOrNull(row.deadline_at),
  urgentAt: isFinished(row.status) ? null : instantOrNull(row.urgent_at),
  missed:
    row.reaction_met === 0 ||
    row.solution_met === 0 ||
    (!isFinished(row.status) && row.deadline_at !== null && row.deadline_at < now),
})

const ACTIVE = ['open', 'in_work', 'waiting'] as const

const statusesOf = (status: IncidentQuery['status']): readonly IncidentStatus[] => {
  if (status === 'active') return ACTIVE
  return status === 'all' ? INCIDENT_STATUSES : [status]
}

/** Everything but the place in the list. */
function filteredBy(queries: Kysely<ReadTables>, tenantId: string, query: IncidentQuery, now: EpochMs) {
  const words = searchWords(query.search)
  let rows = incidentsWithPlace(queries, tenantId).where('incidents.status', 'in', statusesOf(query.status))
  if (query.priority !== undefined) rows = rows.where('incidents.priority', '=', query.priority)
  if (query.assignee === NOBODY) rows = rows.where('incidents.assignee', 'is', null)
  else if (query.assignee !== undefined) rows = rows.where('incidents.assignee', '=', query.assignee)
  if (query.openedFrom !== undefined) rows = rows.where('incidents.opened_at', '>=', Date.parse(query.openedFrom))
  if (query.openedBefore !== undefined) rows = rows.where('incidents.opened_at', '<', Date.parse(query.openedBefore))
  if (query.line !== undefined) rows = rows.where('incidents.line', '=', query.line)
  if (query.kind !== undefined) rows = rows.where('incidents.kind', '=', query.kind)
  if (query.source !== undefined) rows = rows.where('incidents.source', '=', query.source)
  if (query.missed) {
    rows = rows.where(
      sql<boolean>`(sla_clocks.reaction_met = 0 OR sla_clocks.solution_met = 0 OR
        (incidents.status IN ('open', 'in_work', 'waiting') AND sla_clocks.deadline_at < ${now}))`,
    )
  }
  if (query.critical) rows = rows.where('incidents.critical_at', 'is not', null)
  if (query.untold) rows = rows.where('incidents.untold', 'is not', null)
  if (query.mass) {
    rows = rows.where(
      sql<boolean>`(incidents.parent_id IS NOT NULL OR EXISTS (SELECT 1 FROM incidents child WHERE child.parent_id = incidents.id))`,
    )
  }
  if (words) {
    const searched = sql`concat_ws(char(10), incidents.number, incidents.title_ru, incidents.title_en, incidents.assignee,
      incidents.agent_id, incidents.item_id, sites.code, sites.name, sites.address, clients.name, terminals.name)`
    rows = rows.where(sql<boolean>`has_words(${searched}, ${words}) = 1`)
  }
  return rows
}

/** What the queue asks for as the assignee of those that nobody has. */
const NOBODY = '-'

/** One page of incidents in the order of the queue (R54-R56, domain ruling 18.20). */
export async function readIncidents(queries: Kysely<ReadTables>, tenantId: string, query: IncidentQuery, now: EpochMs) {
  const filtered = filteredBy(queries, tenantId, query, now)
  const { total } = await filtered.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()
  // A page says by which clock it was sorted: the order must not move between two pages of one list.
  const after = query.after === undefined ? null : parsePosition(query.after, POSITION)
  const sortedAt = Number(after?.[5] ?? now)
  const effort = effortAt(sortedAt)
  const page = after
    ? filtered.where(
        sql<boolean>`(incidents.priority, ${effort}, ${DEADLINE}, incidents.opened_at, incidents.id) > (${sql.join(after.slice(0, 5))})`,
      )
    : filtered
  const rows = await page
    .orderBy('incidents.priority')
    .orderBy(effort)
    .orderBy(DEADLINE)
    .orderBy('incidents.opened_at')
    .orderBy('incidents.id')
    .limit(query.limit + 1)
    .select(INCIDENT_COLUMNS)
    .select([effort.as('effort'), DEADLINE.as('deadline')])
    .execute()
  const shown = rows.slice(0, query.limit)
  const last = rows.length > shown.length ? shown.at(-1) : undefined
  const position = last && [last.priority, last.effort, last.deadline, last.opened_at, last.id, sortedAt]
  return { rows: shown.map(row => incidentRowOf(row, now)), next: position ? positionText(position) : null, total }
}

const POSITION = ['number', 'number', 'number', 'number', 'string', 'number'] as const
const EFFORT_MINUTES_MAX = 240
/** Later than any promise. */
const NO_DEADLINE = 8_640_000_000_000_000

/** Longer work waits behind what is done in four hours, or in nobody knows how long, until 70 % of its time is used. */
const effortAt = (now: EpochMs) =>
  sql<number>`(coalesce(incidents.estimate_minutes, 0) > ${EFFORT_MINUTES_MAX} AND coalesce(sla_clocks.urgent_at, ${NO_DEADLINE}) > ${now})`

const DEADLINE = sql<number>`coalesce(sla_clocks.deadline_at, ${NO_DEADLINE})`
