import type { Directory } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import type { Profile } from '../../conclusions/profile.ts'
import type { DirectoryView } from '../../fleet/fleet.ts'
import { gapsOf } from '../../fleet/import-plan.ts'
import { readAgreements } from './agreements.ts'
import type { FleetTables } from './tables/fleet-tables.ts'
import type { SlaTables } from './tables/sla-tables.ts'

/** A duplicate identity is shown for this long after it was last seen. */
const DUPLICATE_SHOWN_MS = 24 * 3_600_000

type Queries = Kysely<FleetTables & SlaTables>

/** The whole directory of a tenant with its gaps and its agents, over any connection. */
export async function readDirectoryView(queries: Queries, tenantId: string): Promise<DirectoryView> {
  const directory = await readDirectory(queries, tenantId)
  const agents = await readAgents(queries, tenantId)
  return { directory, gaps: gapsOf(directory), agents, unknownAgents: await readUnknown(queries, tenantId) }
}

/** Optional fields are absent rather than null, as in the file. */
const present = <T extends object>(row: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as { [K in keyof T]: NonNullable<T[K]> }

/** The directory as its file would tell it. */
export async function readDirectory(queries: Queries, tenantId: string): Promise<Directory> {
  const clients = await queries
    .selectFrom('clients')
    .where('tenant_id', '=', tenantId)
    .select(['code', 'name', 'profile_json'])
    .orderBy('code')
    .execute()
  const entities = await queries
    .selectFrom('legal_entities as e')
    .innerJoin('clients as c', 'c.id', 'e.client_id')
    .where('e.tenant_id', '=', tenantId)
    .select(['c.code as client', 'e.name', 'e.inn', 'e.kpp'])
    .orderBy('e.inn')
    .execute()
  const sites = await queries
    .selectFrom('sites as s')
    .innerJoin('clients as c', 'c.id', 's.client_id')
    .where('s.tenant_id', '=', tenantId)
    .select(['s.code', 'c.code as client', 's.name', 's.address', 's.timezone', 's.hours_text as hours'])
    .select(['s.region', 's.city', 's.provider'])
    .select(['s.class', 's.contact', 's.access', 's.launch_until', 's.ofd_contract_until', 's.profile_json'])
    .orderBy('s.code')
    .execute()
  const terminals = await queries
    .selectFrom('terminals as t')
    .innerJoin('sites as s', 's.id', 't.site_id')
    .where('t.tenant_id', '=', tenantId)
    .select(['t.code', 's.code as site', 't.name', 't.agent_id as agent', 't.inn', 't.ofd_contract_until'])
    .orderBy('t.code')
    .execute()
  return {
    clients: clients.map(row => present(withProfile(row))),
    legal_entities: entities.map(present),
    sites: sites.map(row => present(withProfile(row))),
    terminals: terminals.map(present),
    ...(await readAgreements(queries, tenantId)),
  }
}

const withProfile = <Row extends { readonly profile_json: string | null }>({ profile_json: json, ...row }: Row) => ({
  ...row,
  profile: json === null ? null : (JSON.parse(json) as Profile),
})

const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

async function readAgents(queries: Queries, tenantId: string): Promise<DirectoryView['agents']> {
  const rows = await queries
    .selectFrom('agents as a')
    .leftJoin('sites as s', 's.id', 'a.site_id')
    .leftJoin('terminals as t', join => join.onRef('t.agent_id', '=', 'a.id').onRef('t.tenant_id', '=', 'a.tenant_id'))
    .where('a.tenant_id', '=', tenantId)
    .select(['a.id', 's.code as site', 't.code as terminal', 'a.state', 'a.last_heard_at', 'a.version'])
    .select(['a.revoked_at', 'a.duplicate_at'])
    .orderBy('a.id')
    .execute()
  const newest = Math.max(0, ...rows.map(row => row.last_heard_at ?? 0))
  return rows.map(row => ({
    id: row.id,
    site: row.site,
    terminal: row.terminal,
    state: row.state,
    lastHeardAt: isoOf(row.last_heard_at),
    version: row.version,
    revoked: row.revoked_at !== null,
    duplicateIdentity: row.duplicate_at !== null && newest - row.duplicate_at < DUPLICATE_SHOWN_MS,
  }))
}

async function readUnknown(queries: Queries, tenantId: string): Promise<DirectoryView['unknownAgents']> {
  const rows = await queries
    .selectFrom('unknown_agents')
    .where('tenant_id', '=', tenantId)
    .selectAll()
    .orderBy('last_at', 'desc')
    .execute()
  return rows.map(row => ({
    id: row.id,
    address: row.address,
    attempts: row.attempts,
    firstAt: new Date(row.first_at).toISOString(),
    lastAt: new Date(row.last_at).toISOString(),
  }))
}
