import { DEFAULT_ZONE } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { MaintenanceWindowView } from '@tillwatch/shared/api'
import type { Kysely, Selectable } from 'kysely'
import { type MaintenanceWindow, scopesOf, windowState } from '../noise/maintenance-window.ts'
import { windowOf } from '../noise/window-store.ts'
import { instant, instantOrNull, itemTitle, parseState } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

/** Windows that are over, on the page: the latest ones. */
const OVER_MAX = 200

type Row = Selectable<ReadTables['maintenance_windows']>

/** Windows of a tenant that are on or still to come, then, when asked for, the latest that are over. */
export async function readMaintenance(
  queries: Kysely<ReadTables>,
  tenantId: string,
  all: boolean,
  now: EpochMs,
): Promise<MaintenanceWindowView[]> {
  const ofTenant = queries.selectFrom('maintenance_windows').where('tenant_id', '=', tenantId).selectAll()
  const current = await ofTenant
    .where('ended_at', 'is', null)
    .where(eb => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', now)]))
    .orderBy('starts_at')
    .orderBy('id')
    .execute()
  const shown = new Set(current.map(({ id }) => id))
  const latest = all ? await ofTenant.orderBy('id', 'desc').limit(OVER_MAX).execute() : []
  const rows = [...current, ...latest.filter(({ id }) => !shown.has(id))]
  const zones = await zonesOf(queries, tenantId)
  return Promise.all(rows.map(row => viewOf(queries, row, zones, now)))
}

/** The windows that are on at a till now. */
export async function readMaintenanceAt(
  queries: Kysely<ReadTables>,
  tenantId: string,
  agentId: string,
  now: EpochMs,
): Promise<MaintenanceWindowView[]> {
  const place = await queries
    .selectFrom('agents')
    .leftJoin('sites', 'sites.id', 'agents.site_id')
    .where('agents.tenant_id', '=', tenantId)
    .where('agents.id', '=', agentId)
    .select(['sites.id as siteId', 'sites.client_id as clientId', 'sites.timezone'])
    .executeTakeFirst()
  if (!place) return []
  const items = await queries
    .selectFrom('items')
    .where('agent_id', '=', agentId)
    .where('tenant_id', '=', tenantId)
    .select('id')
    .execute()
  const { siteId, clientId, timezone } = place
  const scopes = new Set(
    [`pc:${agentId}`, ...items.map(({ id }) => id)].flatMap(itemId =>
      scopesOf({ tenantId, clientId, siteId, agentId, itemId }).map(({ scope, id }) => `${scope} ${id}`),
    ),
  )
  const rows = await queries
    .selectFrom('maintenance_windows')
    .where('tenant_id', '=', tenantId)
    .where('ended_at', 'is', null)
    .selectAll()
    .execute()
  const zone = timezone ?? DEFAULT_ZONE
  const here = rows.filter(
    row => scopes.has(`${row.scope} ${row.scope_id}`) && windowState(windowOf(row), zone, now).on,
  )
  return Promise.all(here.map(row => viewOf(queries, row, [zone], now)))
}

const zonesOf = async (queries: Kysely<ReadTables>, tenantId: string): Promise<readonly string[]> => {
  const rows = await queries
    .selectFrom('sites')
    .where('tenant_id', '=', tenantId)
    .select('timezone')
    .distinct()
    .execute()
  return rows.length === 0 ? [DEFAULT_ZONE] : rows.map(({ timezone }) => timezone)
}

async function viewOf(
  queries: Kysely<ReadTables>,
  row: Row,
  zones: readonly string[],
  now: EpochMs,
): Promise<MaintenanceWindowView> {
  const window = windowOf(row)
  const { id, scope, check, weekly, reason, author, agreed, source, endedBy } = window
  const own = scope === 'site' || scope === 'item' ? await zoneOf(queries, window) : null
  return {
    id: String(id),
    scope: { kind: scope, id: window.scopeId, name: await nameOf(queries, window) },
    ...{ check, weekly, reason, author, agreed, source, endedBy },
    startsAt: instant(window.startsAt),
    endsAt: instantOrNull(window.endsAt),
    endedAt: instantOrNull(window.endedAt),
    ...stateOf(window, own === null ? zones : [own], now),
  }
}

/** On while it is on anywhere; then until the last of those ends, else until the first begins. */
function stateOf(
  window: MaintenanceWindow,
  zones: readonly string[],
  now: EpochMs,
): Pick<MaintenanceWindowView, 'state' | 'until'> {
  const states = zones.map(zone => windowState(window, zone, now))
  const on = states.filter(each => each.on)
  const untils = (on.length > 0 ? on : states).flatMap(({ until }) => (until === null ? [] : [until]))
  if (on.length > 0) {
    return { state: 'on', until: untils.length < on.length ? null : instant(Math.max(...untils)) }
  }
  return untils.length === 0
    ? { state: 'over', until: null }
    : { state: 'waiting', until: instant(Math.min(...untils)) }
}

async function zoneOf(queries: Kysely<ReadTables>, { tenantId, scope, scopeId }: MaintenanceWindow) {
  const sites = queries.selectFrom('sites').where('sites.tenant_id', '=', tenantId).select('sites.timezone')
  const found =
    scope === 'site'
      ? await sites.where('sites.id', '=', scopeId).executeTakeFirst()
      : await sites
          .innerJoin('agents', 'agents.site_id', 'sites.id')
          .innerJoin('items', 'items.agent_id', 'agents.id')
          .where('items.id', '=', scopeId)
          .executeTakeFirst()
  return found?.timezone ?? DEFAULT_ZONE
}

/** What people call the scope; the bare id when it is gone. */
async function nameOf(queries: Kysely<ReadTables>, { tenantId, scope, scopeId }: MaintenanceWindow): Promise<string> {
  if (scope === 'tenant') return ''
  if (scope === 'item') {
    const item = await queries
      .selectFrom('items')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', scopeId)
      .select(['kind', 'slot', 'identity', 'state_json', 'agent_id'])
      .executeTakeFirst()
    if (!item) return scopeId
    return item.kind === 'pc' ? item.agent_id : itemTitle(item, parseState(item.state_json))
  }
  const named = await queries
    .selectFrom(scope === 'client' ? 'clients' : 'sites')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', scopeId)
    .select('name')
    .executeTakeFirst()
  return named?.name ?? scopeId
}
