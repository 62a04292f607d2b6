import { incidentStatus, MASS_KEY_KINDS, type MassView, priority } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { keyWords } from '../noise/mass-words.ts'
import { instant, instantOrNull } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

const SITES_MAX = 200
const CHILDREN_MAX = 500

/** What a mass incident holds together; null when the incident is none or the tenant has no such incident. */
export async function readMass(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incidentId: string,
): Promise<MassView | null> {
  const mass = await queries
    .selectFrom('mass_incidents')
    .where('incident_id', '=', incidentId)
    .where('tenant_id', '=', tenantId)
    .selectAll()
    .executeTakeFirst()
  const kind = MASS_KEY_KINDS.find(each => each === mass?.key_kind)
  if (!mass || !kind) return null
  const wider = await queries
    .selectFrom('mass_incidents')
    .where('outage_id', '=', mass.outage_id)
    .where('tenant_id', '!=', tenantId)
    .where('next_at', 'is not', null)
    .select('incident_id')
    .executeTakeFirst()
  const name = await keyName(queries, tenantId, kind, mass.key_value)
  return {
    key: { kind, value: mass.key_value, words: keyWords(kind, mass.key_value, name) },
    memberKind: mass.member_kind === 'pc' ? 'pc' : 'register',
    affected: mass.affected,
    peak: mass.peak,
    live: mass.live,
    belowSince: instantOrNull(mass.below_since),
    wider: wider !== undefined,
    sites: await readSites(queries, tenantId, incidentId),
    ...(await readChildren(queries, tenantId, incidentId)),
  }
}

async function keyName(queries: Kysely<ReadTables>, tenantId: string, kind: string, value: string) {
  if (kind !== 'site' && kind !== 'client') return null
  const named = await queries
    .selectFrom(kind === 'site' ? 'sites' : 'clients')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', value)
    .select('name')
    .executeTakeFirst()
  return named?.name ?? null
}

async function readSites(queries: Kysely<ReadTables>, tenantId: string, parentId: string): Promise<MassView['sites']> {
  const rows = await queries
    .selectFrom('incidents')
    .leftJoin('mass_onsets', join =>
      join.onRef('mass_onsets.incident_id', '=', 'incidents.id').on('mass_onsets.parent_id', '=', parentId),
    )
    .leftJoin('sites', join =>
      join.onRef('sites.id', '=', 'incidents.site_id').onRef('sites.tenant_id', '=', 'incidents.tenant_id'),
    )
    .leftJoin('clients', 'clients.id', 'sites.client_id')
    .where('incidents.tenant_id', '=', tenantId)
    .where('incidents.parent_id', '=', parentId)
    .groupBy('incidents.site_id')
    .select(['sites.code', 'sites.name', 'sites.address', 'clients.name as client'])
    .select([sql<number>`count(distinct mass_onsets.member_id)`.as('affected'), sql<number>`count(*)`.as('children')])
    .orderBy('affected', 'desc')
    .orderBy('children', 'desc')
    .orderBy('sites.name')
    .limit(SITES_MAX)
    .execute()
  return rows
}

async function readChildren(
  queries: Kysely<ReadTables>,
  tenantId: string,
  parentId: string,
): Promise<Pick<MassView, 'children' | 'childrenTotal'>> {
  const children = queries
    .selectFrom('incidents')
    .where('incidents.tenant_id', '=', tenantId)
    .where('incidents.parent_id', '=', parentId)
  const { total } = await children.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()
  const rows = await children
    .leftJoin('sites', join =>
      join.onRef('sites.id', '=', 'incidents.site_id').onRef('sites.tenant_id', '=', 'incidents.tenant_id'),
    )
    .orderBy(sql`incidents.status IN ('solved', 'closed')`)
    .orderBy('incidents.priority')
    .orderBy('incidents.number')
    .limit(CHILDREN_MAX)
    .select(['incidents.id', 'incidents.number', 'incidents.title_ru', 'incidents.title_en', 'incidents.status'])
    .select(['incidents.priority', 'incidents.firing', 'incidents.untold', 'incidents.agent_id', 'incidents.opened_at'])
    .select('sites.name as site')
    .execute()
  return {
    children: rows.map(row => ({
      id: row.id,
      number: row.number,
      title: { ru: row.title_ru, en: row.title_en },
      status: incidentStatus.parse(row.status),
      priority: priority.parse(row.priority),
      firing: row.firing === 1,
      told: row.untold === null,
      site: row.site,
      agentId: row.agent_id,
      openedAt: instant(row.opened_at),
    })),
    childrenTotal: total,
  }
}
