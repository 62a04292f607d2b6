import type { DatabaseSync } from 'node:sqlite'
import type { Directory } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import type { DirectoryView, Fleet } from '../../fleet/fleet.ts'
import { hoursJson, hoursProblem } from '../../fleet/hours.ts'
import { type Entry, type EntryKind, gapsOf, planImport } from '../../fleet/import-plan.ts'
import { inTransaction, queriesOf } from './database.ts'
import type { FleetTables } from './tables/fleet-tables.ts'

/** A duplicate identity is shown for this long after it was last seen. */
const DUPLICATE_SHOWN_MS = 24 * 3_600_000

type Queries = Kysely<FleetTables>

/** Directory of clients, legal entities, sites and terminals over the relational file. */
export function createDirectoryStore(
  database: DatabaseSync,
  newId: () => string,
): Pick<Fleet, 'importDirectory' | 'directoryView'> {
  const queries = queriesOf<FleetTables>(database)
  return {
    importDirectory: (tenantId, incoming, dryRun) =>
      inTransaction(database, async () => {
        const { report, writes } = planImport(await readDirectory(queries, tenantId), incoming, hoursProblem)
        if (!dryRun && report.problems.length === 0) {
          const ids = await idsOf(queries, tenantId)
          for (const { kind, entry } of writes) await writeEntry(queries, tenantId, kind, entry, ids, newId)
        }
        return { dryRun, ...report }
      }),
    directoryView: async tenantId => {
      const directory = await readDirectory(queries, tenantId)
      const agents = await readAgents(queries, tenantId)
      return { directory, gaps: gapsOf(directory), agents, unknownAgents: await readUnknown(queries, tenantId) }
    },
  }
}

/** Optional fields are absent rather than null, as in the file. */
const present = <T extends object>(row: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as { [K in keyof T]: NonNullable<T[K]> }

async function readDirectory(queries: Queries, tenantId: string): Promise<Directory> {
  const clients = await queries
    .selectFrom('clients')
    .where('tenant_id', '=', tenantId)
    .select(['code', 'name'])
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
    .select(['s.class', 's.contact', 's.access'])
    .orderBy('s.code')
    .execute()
  const terminals = await queries
    .selectFrom('terminals as t')
    .innerJoin('sites as s', 's.id', 't.site_id')
    .where('t.tenant_id', '=', tenantId)
    .select(['t.code', 's.code as site', 't.name', 't.agent_id as agent', 't.inn'])
    .orderBy('t.code')
    .execute()
  return {
    clients,
    legal_entities: entities.map(present),
    sites: sites.map(present),
    terminals: terminals.map(present),
  }
}

interface Ids {
  readonly clients: Map<string, string>
  readonly sites: Map<string, string>
}

async function idsOf(queries: Queries, tenantId: string): Promise<Ids> {
  const of = async (table: 'clients' | 'sites') => {
    const rows = await queries.selectFrom(table).where('tenant_id', '=', tenantId).select(['code', 'id']).execute()
    return new Map(rows.map(({ code, id }) => [code, id]))
  }
  return { clients: await of('clients'), sites: await of('sites') }
}

/** Creates or updates one entry. What it points to was written before it, or was there. */
async function writeEntry(
  queries: Queries,
  tenantId: string,
  kind: EntryKind,
  entry: Entry,
  ids: Ids,
  newId: () => string,
): Promise<void> {
  const base = { id: newId(), tenant_id: tenantId }
  const idIn = (map: Map<string, string>, code: string): string => map.get(code) ?? ''
  if (kind === 'clients') {
    const { code, name } = entry as Entry<'clients'>
    const written = await queries
      .insertInto('clients')
      .values({ ...base, code, name })
      .onConflict(conflict => conflict.columns(['tenant_id', 'code']).doUpdateSet({ name }))
      .returning('id')
      .executeTakeFirstOrThrow()
    ids.clients.set(code, written.id)
  } else if (kind === 'legal_entities') {
    const { client, name, inn, kpp = null } = entry as Entry<'legal_entities'>
    await queries
      .insertInto('legal_entities')
      .values({ ...base, client_id: idIn(ids.clients, client), name, inn, kpp })
      .onConflict(conflict => conflict.columns(['tenant_id', 'client_id', 'inn']).doUpdateSet({ name, kpp }))
      .execute()
  } else if (kind === 'sites') {
    const { client, code, hours = null, ...site } = entry as Entry<'sites'>
    const { class: siteClass = null, contact = null, access = null, name, address, timezone } = site
    const values = {
      ...{ client_id: idIn(ids.clients, client), name, address, timezone, class: siteClass, contact, access },
      ...{ hours_text: hours, hours_json: hoursJson(hours) },
    }
    const written = await queries
      .insertInto('sites')
      .values({ ...base, code, ...values })
      .onConflict(conflict => conflict.columns(['tenant_id', 'code']).doUpdateSet(values))
      .returning('id')
      .executeTakeFirstOrThrow()
    ids.sites.set(code, written.id)
  } else {
    await writeTerminal(queries, base, entry as Entry<'terminals'>, idIn(ids.sites, (entry as Entry<'terminals'>).site))
  }
}

/** The agent on a terminal stands where the terminal stands. */
async function writeTerminal(
  queries: Queries,
  base: { readonly id: string; readonly tenant_id: string },
  { code, name, agent, inn }: Entry<'terminals'>,
  siteId: string,
): Promise<void> {
  const values = { site_id: siteId, name, agent_id: agent ?? null, inn: inn ?? null }
  if (agent !== undefined) {
    // Agents may change places within one file; the unique index must not see the moment between.
    await queries
      .updateTable('terminals')
      .set({ agent_id: null })
      .where('agent_id', '=', agent)
      .where('code', '!=', code)
      .execute()
    await queries
      .updateTable('agents')
      .set({ site_id: siteId })
      .where('id', '=', agent)
      .where('tenant_id', '=', base.tenant_id)
      .execute()
  }
  await queries
    .insertInto('terminals')
    .values({ ...base, code, ...values })
    .onConflict(conflict => conflict.columns(['tenant_id', 'code']).doUpdateSet(values))
    .execute()
}

const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

async function readAgents(queries: Queries, tenantId: string): Promise<DirectoryView['agents']> {
  const rows = await queries
    .selectFrom('agents as a')
    .leftJoin('sites as s', 's.id', 'a.site_id')
    .leftJoin('terminals as t', 't.agent_id', 'a.id')
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
