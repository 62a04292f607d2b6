import { type IncidentQuery, type IncidentRow, incidentStatus, priority } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { instant, instantOrNull } from './item-facts.ts'
import { parsePosition, positionText } from './page-position.ts'
import type { ReadTables } from './read-tables.ts'
import { searchWords } from './search-text.ts'

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
    .leftJoin('sites', join =>
      join
        .on('sites.id', '=', sql<string>`coalesce(terminals.site_id, agents.site_id)`)
        .onRef('sites.tenant_id', '=', 'incidents.tenant_id'),
    )
    .leftJoin('clients', 'clients.id', 'sites.client_id')
    .where('incidents.tenant_id', '=', tenantId)

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
  'sites.code as site_code',
  'sites.name as site_name',
  'clients.name as client',
] as const

type IncidentWithPlace = ReadTables['incidents'] extends infer Table
  ? Pick<
      Table,
      Extract<
        keyof Table,
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
      >
    > & {
      reopens_human: number
      reopens_unfixed: number
      reopens_return: number
      site_code: string | null
      site_name: string | null
      client: string | null
    }
  : never

/** A row as the API shows it. */
export const incidentRowOf = (row: IncidentWithPlace): IncidentRow => ({
  id: row.id,
  number: row.number,
  title: { ru: row.title_ru, en: row.title_en },
  status: incidentStatus.parse(row.status),
  priority: priority.parse(row.priority),
  causeClass: row.cause_class,
  client: row.client,
  site: row.site_code === null ? null : { code: row.site_code, name: row.site_name ?? row.site_code },
  agentId: row.agent_id,
  assignee: row.assignee,
  openedAt: instant(row.opened_at),
  changedAt: instant(row.changed_at),
  solvedAt: instantOrNull(row.solved_at),
  silencedUntil: instantOrNull(row.silenced_until),
  reopens: row.reopens_human + row.reopens_unfixed + row.reopens_return,
})

const STATUSES = {
  active: ['open', 'in_work', 'waiting'],
  solved: ['solved'],
  closed: ['closed'],
  all: incidentStatus.options,
} as const satisfies Record<IncidentQuery['status'], readonly string[]>

/** One page of incidents, by priority, then registration. */
export async function readIncidents(queries: Kysely<ReadTables>, tenantId: string, query: IncidentQuery) {
  const words = searchWords(query.search)
  let filtered = incidentsWithPlace(queries, tenantId).where('incidents.status', 'in', STATUSES[query.status])
  if (query.priority !== undefined) filtered = filtered.where('incidents.priority', '=', query.priority)
  if (query.assignee !== undefined) filtered = filtered.where('incidents.assignee', '=', query.assignee)
  if (words) {
    const searched = sql`concat_ws(char(10), incidents.number, incidents.title_ru, incidents.title_en, incidents.assignee,
      incidents.agent_id, incidents.item_id, sites.code, sites.name, sites.address, clients.name, terminals.name)`
    filtered = filtered.where(sql<boolean>`has_words(${searched}, ${words}) = 1`)
  }
  const { total } = await filtered.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()
  let page = filtered
  if (query.after !== undefined) {
    const after = parsePosition(query.after, ['number', 'number', 'string'])
    page = page.where(sql<boolean>`(incidents.priority, incidents.opened_at, incidents.id) > (${sql.join(after)})`)
  }
  const rows = await page
    .orderBy('incidents.priority')
    .orderBy('incidents.opened_at')
    .orderBy('incidents.id')
    .limit(query.limit + 1)
    .select(INCIDENT_COLUMNS)
    .execute()
  const shown = rows.slice(0, query.limit)
  const last = shown.at(-1)
  return {
    rows: shown.map(incidentRowOf),
    next: rows.length > shown.length && last ? positionText([last.priority, last.opened_at, last.id]) : null,
    total,
  }
}
