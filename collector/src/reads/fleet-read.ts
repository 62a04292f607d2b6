import type { TimeToStop } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { FleetQuery, FleetRow, HEALTHS } from '@tillwatch/shared/api'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { instantOrNull, numberFact, parseState, parseSummary, stopOf, stopView, textFact } from './item-facts.ts'
import { parsePosition, positionText } from './page-position.ts'
import type { ReadTables } from './read-tables.ts'
import { searchWords } from './search-text.ts'

/** Silence after which green turns grey: as long as an agent may be silent in opening hours (domain section 3, `agent.silent`). */
export const HEARD_LATELY_MS = 15 * 60_000
/** Sorts after every time to stop. */
const NEVER = 8_640_000_000_000_000

/** Colours from the most urgent; the index is the rank in the sort. */
const RANKED = ['red', 'yellow', 'grey', 'green'] as const satisfies readonly (typeof HEALTHS)[number][]

interface FleetEntry {
  readonly agent_id: string
  readonly item_id: string | null
  readonly stop: number
  readonly rank: number
  readonly name: string
  readonly key: string
  readonly open_incidents: number
  readonly total: number
}

/** What a search looks into. Read only for a search: the document is long, and there are many. */
const SEARCHED = sql`concat_ws(char(10), c.name, s.name, s.code, s.address, t.name, t.code, a.id, i.identity, i.inn,
  json_extract(i.state_json, '$.facts."fiscal.register.model".value', '$.facts."fiscal.register.serial".value',
    '$.facts."fiscal.register.inn".value'))`

/**
 * Every row of the fleet with its sort key: the registers, and the agents that have told of none. A row is as bad as the worst of the
 * register and of the PC that it hangs on. Revoked agents are out of the fleet.
 */
const fleetEntries = (tenantId: string, now: EpochMs, words = ''): RawBuilder<unknown> => sql`
  WITH around AS (
    SELECT agent_id, min(CASE health WHEN 'red' THEN 0 WHEN 'yellow' THEN 1 WHEN 'green' THEN 3 ELSE 2 END) AS rank
    FROM items WHERE tenant_id = ${tenantId} AND kind NOT IN ('register', 'site') GROUP BY agent_id
  ), open AS (
    SELECT agent_id, count(*) AS incidents
    FROM incidents WHERE tenant_id = ${tenantId} AND status IN ('open', 'in_work', 'waiting') GROUP BY agent_id
  ), joined AS (
    SELECT a.id AS agent_id, i.id AS item_id, a.last_heard_at, coalesce(i.stop_at, ${NEVER}) AS stop,
      coalesce(t.name, s.name, a.id) AS name, coalesce(i.id, a.id) AS key,
      coalesce(o.incidents, 0) AS open_incidents,
      CASE i.health WHEN 'red' THEN 0 WHEN 'yellow' THEN 1 WHEN 'green' THEN 3 ELSE 2 END AS own,
      around.rank AS around
    FROM agents a
    LEFT JOIN items i ON i.tenant_id = a.tenant_id AND i.agent_id = a.id AND i.kind = 'register'
    LEFT JOIN terminals t ON t.agent_id = a.id AND t.tenant_id = a.tenant_id
    LEFT JOIN sites s ON s.id = a.site_id AND s.tenant_id = a.tenant_id
    LEFT JOIN clients c ON c.id = s.client_id
    LEFT JOIN around ON around.agent_id = a.id
    LEFT JOIN open o ON o.agent_id = a.id
    WHERE a.tenant_id = ${tenantId} AND a.revoked_at IS NULL
      ${words ? sql`AND has_words(${SEARCHED}, ${words})` : sql``}
  ), entries AS MATERIALIZED (
    SELECT *, CASE
      WHEN min(own, coalesce(around, 3)) < 2 THEN min(own, coalesce(around, 3))
      WHEN coalesce(last_heard_at, 0) <= ${now - HEARD_LATELY_MS} THEN 2
      WHEN item_id IS NULL THEN coalesce(around, 2)
      ELSE own END AS rank
    FROM joined
  )`

/** One page of the fleet, sorted by time to stop, then health, then name. */
export async function readFleet(queries: Kysely<ReadTables>, tenantId: string, query: FleetQuery, now: EpochMs) {
  const words = searchWords(query.search)
  const entries = fleetEntries(tenantId, now, words)
  const coloured = query.health ? sql`rank = ${RANKED.indexOf(query.health)}` : sql`true`
  const after = query.after === undefined ? null : parsePosition(query.after, ['number', 'number', 'string', 'string'])
  const beyond = after ? sql`(stop, rank, name, key) > (${sql.join(after)})` : sql`true`
  const { rows } = await sql<FleetEntry>`${entries}
    SELECT agent_id, item_id, stop, rank, name, key, open_incidents,
      (SELECT count(*) FROM entries WHERE ${coloured}) AS total
    FROM entries WHERE ${coloured} AND ${beyond}
    ORDER BY stop, rank, name, key LIMIT ${query.limit + 1}`.execute(queries)
  const shown = rows.slice(0, query.limit)
  const last = shown.at(-1)
  return {
    rows: await fleetRows(queries, tenantId, shown),
    next: rows.length > shown.length && last ? positionText([last.stop, last.rank, last.name, last.key]) : null,
    total: rows[0]?.total ?? 0,
  }
}

async function fleetRows(
  queries: Kysely<ReadTables>,
  tenantId: string,
  entries: readonly FleetEntry[],
): Promise<FleetRow[]> {
  if (entries.length === 0) return []
  const items = await queries
    .selectFrom('items')
    // Joined to nothing, so that the planner finds the few rows by their ids instead of walking all of the tenant's.
    .where(sql<string>`tenant_id || ''`, '=', tenantId)
    .where(
      'id',
      'in',
      entries.map(entry => entry.item_id ?? ''),
    )
    .select(['id', 'state_json', 'view_json', 'identity'])
    .execute()
  const itemById = new Map(items.map(item => [item.id, item]))
  const places = await placesOf(
    queries,
    tenantId,
    entries.map(entry => entry.agent_id),
  )
  const stops = await siteStops(
    queries,
    tenantId,
    [...places.values()].flatMap(({ siteId }) => siteId ?? []),
  )
  return entries.map(entry => {
    const item = entry.item_id === null ? undefined : itemById.get(entry.item_id)
    const state = item ? parseState(item.state_json) : { facts: {} }
    const place = places.get(entry.agent_id)
    return {
      itemId: entry.item_id,
      agentId: entry.agent_id,
      terminal: place?.terminal ?? null,
      agentState: place?.agentState ?? 'never',
      site: place?.site ?? null,
      client: place?.client ?? null,
      model: textFact(state, 'fiscal.register.model'),
      serial: textFact(state, 'fiscal.register.serial') ?? item?.identity ?? null,
      health: RANKED[entry.rank] ?? 'grey',
      timeToStop: stopView(parseSummary(item?.view_json ?? null)),
      siteTimeToStop: stops.get(place?.siteId ?? '') ?? null,
      link: textFact(state, 'fiscal.register.link'),
      unsentDocuments: numberFact(state, 'fiscal.ofd.unsent_documents'),
      firstUnsentAt: textFact(state, 'fiscal.ofd.first_unsent_at'),
      fnValidUntil: textFact(state, 'fiscal.fn.valid_until'),
      incidents: entry.open_incidents,
      heardAt: instantOrNull(place?.heardAt ?? null),
    }
  })
}

/** The earliest stop of each site's registers. */
async function siteStops(queries: Kysely<ReadTables>, tenantId: string, siteIds: readonly string[]) {
  if (siteIds.length === 0) return new Map()
  const sites = sql.join([...new Set(siteIds)])
  const { rows } = await sql<{ site_id: string; stop_json: string | null }>`
    SELECT site_id, (SELECT json_extract(view_json, '$.timeToStop') FROM items WHERE id = item_id) AS stop_json FROM (
      SELECT a.site_id, i.id AS item_id, min(i.stop_at) FROM agents a JOIN items i INDEXED BY items_by_tenant ON i.agent_id = a.id AND i.kind = 'register'
      WHERE a.tenant_id = ${tenantId} AND i.tenant_id = ${tenantId} AND a.revoked_at IS NULL AND a.site_id IN (${sites})
        AND i.stop_at IS NOT NULL
      GROUP BY a.site_id
    )`.execute(queries)
  return new Map(
    rows.map(row => [row.site_id, row.stop_json === null ? null : stopOf(JSON.parse(row.stop_json) as TimeToStop)]),
  )
}

async function placesOf(queries: Kysely<ReadTables>, tenantId: string, agentIds: readonly string[]) {
  const rows = await queries
    .selectFrom('agents')
    .leftJoin('terminals', join =>
      join.onRef('terminals.agent_id', '=', 'agents.id').onRef('terminals.tenant_id', '=', 'agents.tenant_id'),
    )
    .leftJoin('sites', join =>
      join.onRef('sites.id', '=', 'agents.site_id').onRef('sites.tenant_id', '=', 'agents.tenant_id'),
    )
    .leftJoin('clients', 'clients.id', 'sites.client_id')
    .where('agents.tenant_id', '=', tenantId)
    .where('agents.id', 'in', agentIds)
    .select([
      'agents.id',
      'agents.state',
      'agents.last_heard_at as heardAt',
      'terminals.code as terminalCode',
      'terminals.name as terminalName',
      'sites.id as siteId',
      'sites.code as siteCode',
      'sites.name as siteName',
      'sites.address',
      'sites.timezone',
      'clients.name as client',
    ])
    .execute()
  return new Map(
    rows.map(row => [
      row.id,
      {
        agentState: row.state,
        heardAt: row.heardAt,
        siteId: row.siteId,
        client: row.client,
        terminal:
          row.terminalCode === null ? null : { code: row.terminalCode, name: row.terminalName ?? row.terminalCode },
        site:
          row.siteCode === null
            ? null
            : {
                code: row.siteCode,
                name: row.siteName ?? '',
                address: row.address ?? '',
                timezone: row.timezone ?? 'UTC',
              },
      },
    ]),
  )
}

/** How many rows of the fleet have which colour. */
export async function readHealthCounts(queries: Kysely<ReadTables>, tenantId: string, now: EpochMs) {
  const { rows } = await sql<{ rank: number; rows: number }>`${fleetEntries(tenantId, now)}
    SELECT rank, count(*) AS rows FROM entries GROUP BY rank`.execute(queries)
  const countOf = (rank: number) => rows.find(row => row.rank === rank)?.rows ?? 0
  return { red: countOf(0), yellow: countOf(1), grey: countOf(2), green: countOf(3) }
}
