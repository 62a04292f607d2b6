import type { EpochMs } from '@tillwatch/shared'
import { health, type TerminalView } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { readInnRemarks } from './inn-remarks.ts'
import { factViews, instant, instantOrNull, itemTitle, parseState, parseSummary, stopView } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

/** Changes on the page of a terminal, newest first. */
const CHANGES_MAX = 50
/** Items of one PC on its page. */
const ITEMS_MAX = 200

type Items = TerminalView['items']
const KIND_ORDER: readonly Items[number]['kind'][] = ['register', 'pc', 'volume', 'service']

/** One PC with everything on it, or null when the tenant has no such agent. */
export async function readTerminal(
  queries: Kysely<ReadTables>,
  tenantId: string,
  agentId: string,
  now: EpochMs,
): Promise<TerminalView | null> {
  const agent = await queries
    .selectFrom('agents')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', agentId)
    .select(['state', 'last_heard_at', 'site_id'])
    .executeTakeFirst()
  if (!agent) return null
  const terminal = await queries
    .selectFrom('terminals')
    .where('tenant_id', '=', tenantId)
    .where('agent_id', '=', agentId)
    .select(['code', 'name'])
    .executeTakeFirst()
  const place = await readPlace(queries, tenantId, agent.site_id)
  const incidents = await queries
    .selectFrom('incidents')
    .where('tenant_id', '=', tenantId)
    .where('agent_id', '=', agentId)
    .where('status', 'in', ['open', 'in_work', 'waiting'])
    .orderBy('priority')
    .orderBy('opened_at')
    .select('id')
    .execute()
  const items = await readItems(queries, tenantId, agentId, now)
  return {
    agentId,
    agentState: agent.state,
    heardAt: instantOrNull(agent.last_heard_at),
    terminal: terminal ? { code: terminal.code, name: terminal.name } : null,
    ...place,
    remarks: (await readInnRemarks(queries, tenantId, agentId)).map(({ message }) => message),
    items,
    incidentIds: incidents.map(incident => incident.id),
    changes: await readChanges(queries, tenantId, items),
  }
}

async function readPlace(
  queries: Kysely<ReadTables>,
  tenantId: string,
  siteId: string | null,
): Promise<Pick<TerminalView, 'site' | 'client'>> {
  const row = await queries
    .selectFrom('sites')
    .leftJoin('clients', 'clients.id', 'sites.client_id')
    .where('sites.tenant_id', '=', tenantId)
    .where('sites.id', '=', siteId ?? '')
    .select([
      'sites.code',
      'sites.name',
      'sites.address',
      'sites.timezone',
      'sites.hours_text as hours',
      'sites.class',
      'sites.contact',
      'sites.access',
      'clients.name as client',
    ])
    .executeTakeFirst()
  if (!row) return { site: null, client: null }
  const { client, ...site } = row
  return { site, client }
}

async function readItems(queries: Kysely<ReadTables>, tenantId: string, agentId: string, now: EpochMs): Promise<Items> {
  const rows = await queries
    .selectFrom('items')
    .where('tenant_id', '=', tenantId)
    .where('agent_id', '=', agentId)
    // The site's own item hangs on one of its PCs by chance.
    .where('kind', '<>', 'site')
    .orderBy('slot')
    .orderBy('id')
    .limit(ITEMS_MAX)
    .selectAll()
    .execute()
  const items = rows.map(row => {
    const state = parseState(row.state_json)
    const summary = parseSummary(row.view_json)
    return {
      id: row.id,
      kind: KIND_ORDER.find(kind => kind === row.kind) ?? 'service',
      slot: row.slot,
      title: itemTitle(row, state),
      health: health.parse(row.health),
      timeToStop: stopView(summary),
      replacementUntil: instantOrNull(row.replacement_until),
      facts: factViews(state, now),
      conditions: (summary?.conditions ?? []).map(({ rule, level, since, title }) => ({
        rule,
        level,
        since: instant(since),
        title,
      })),
    }
  })
  return items.sort((a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind))
}

async function readChanges(
  queries: Kysely<ReadTables>,
  tenantId: string,
  items: Items,
): Promise<TerminalView['changes']> {
  if (items.length === 0) return []
  const rows = await queries
    .selectFrom('changes')
    .where('tenant_id', '=', tenantId)
    .where(
      'item_id',
      'in',
      items.map(item => item.id),
    )
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(CHANGES_MAX)
    .select(['item_id', 'fact', 'value_json', 'at'])
    .execute()
  return rows.map(row => ({
    itemId: row.item_id,
    fact: row.fact,
    value: JSON.parse(row.value_json) as TerminalView['changes'][number]['value'],
    at: instant(row.at),
  }))
}

/** Open incidents by priority, agents by state. */
export async function readCounts(queries: Kysely<ReadTables>, tenantId: string) {
  const incidents = await queries
    .selectFrom('incidents')
    .where('tenant_id', '=', tenantId)
    .where('status', 'in', ['open', 'in_work', 'waiting'])
    .groupBy('priority')
    .select(['priority', sql<number>`count(*)`.as('rows')])
    .execute()
  const agents = await queries
    .selectFrom('agents')
    .where('tenant_id', '=', tenantId)
    .where('revoked_at', 'is', null)
    .groupBy('state')
    .select(['state', sql<number>`count(*)`.as('rows')])
    .execute()
  const ofPriority = (priority: number) => incidents.find(row => row.priority === priority)?.rows ?? 0
  const inState = (state: string) => agents.find(row => row.state === state)?.rows ?? 0
  return {
    openIncidents: { p1: ofPriority(1), p2: ofPriority(2), p3: ofPriority(3), p4: ofPriority(4) },
    agents: { online: inState('online'), offline: inState('offline'), never: inState('never') },
  }
}
