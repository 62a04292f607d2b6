import type { LiveEvent } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import { findSession } from '../accounts/session-lookup.ts'
import { openDatabase, queriesOf } from '../store/sqlite/database.ts'
import { readDirectoryView } from '../store/sqlite/directory-view.ts'
import type { Services } from '../threads/thread.ts'
import { readCommandLog, readCommands } from './command-read.ts'
import { readFleet, readHealthCounts } from './fleet-read.ts'
import { readIncidents } from './incident-list-read.ts'
import { readIncident } from './incident-read.ts'
import { readInnRemarks } from './inn-remarks.ts'
import type { ReadTables } from './read-tables.ts'
import type { Lookups, Reads } from './reads.ts'
import { readReplacements } from './replacement-read.ts'
import { replacementSheet } from './replacement-sheet.ts'
import { addSearchFunction } from './search-text.ts'
import { readCounts, readTerminal } from './terminal-read.ts'

/** What the read thread is given; plain data. */
export interface ReadThreadData {
  readonly databasePath: string
}

/** The services of a thread that only reads. The file must have been migrated by its writer. */
export function createReadServices(
  data: ReadThreadData,
): Services & { readonly reads: Reads; readonly lookups: Lookups } {
  const database = openDatabase(data.databasePath, { readOnly: true })
  // Lists are sorted in memory, and the pages of the indexes they walk stay there.
  database.exec('PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536')
  addSearchFunction(database)
  const queries = queriesOf<ReadTables>(database)
  return { reads: createReads(queries), lookups: createLookups(queries) }
}

function createLookups(queries: Kysely<ReadTables>): Lookups {
  return {
    session: (tokenHash, now) => findSession(queries, tokenHash, now),
    hasItem: async (tenantId, itemId) =>
      (await queries
        .selectFrom('items')
        .where('tenant_id', '=', tenantId)
        .where('id', '=', itemId)
        .select('id')
        .executeTakeFirst()) !== undefined,
    tenantsOf: events => Promise.all(events.map(event => tenantOf(queries, event))),
  }
}

function createReads(queries: Kysely<ReadTables>): Reads {
  return {
    fleet: (tenantId, query, now) => readFleet(queries, tenantId, query, now),
    terminal: (tenantId, agentId, now) => readTerminal(queries, tenantId, agentId, now),
    commands: (tenantId, agentId, now) => readCommands(queries, tenantId, agentId, now),
    commandLog: (tenantId, agentId, commandId) => readCommandLog(queries, tenantId, agentId, commandId),
    summary: async (tenantId, now) => ({
      health: await readHealthCounts(queries, tenantId, now),
      ...(await readCounts(queries, tenantId)),
    }),
    incidents: (tenantId, query) => readIncidents(queries, tenantId, query),
    incident: (tenantId, incidentId) => readIncident(queries, tenantId, incidentId),
    replacements: (tenantId, months, now) => readReplacements(queries, tenantId, months, now),
    replacementSheet: async (tenantId, months, lang, now) =>
      replacementSheet(await readReplacements(queries, tenantId, months, now), lang),
    directory: async tenantId => {
      const view = await readDirectoryView(queries, tenantId)
      return { ...view, gaps: [...view.gaps, ...(await readInnRemarks(queries, tenantId))] }
    },
    ping: async () => {
      await queries.selectFrom('tenants').select('id').limit(1).execute()
    },
  }
}

/** A delivery is named by its own id or by its incident's. */
async function tenantOf(queries: Kysely<ReadTables>, event: LiveEvent): Promise<string | null> {
  const { topic, id } = event
  const owned = (table: 'items' | 'agents' | 'incidents') =>
    queries.selectFrom(table).where('id', '=', id).select('tenant_id').executeTakeFirst()
  if (topic === 'item') return (await owned('items'))?.tenant_id ?? null
  if (topic === 'agent') return (await owned('agents'))?.tenant_id ?? null
  if (topic === 'delivery' && /^\d{1,15}$/.test(id)) {
    const delivery = await queries
      .selectFrom('deliveries')
      .where('id', '=', Number(id))
      .select('tenant_id')
      .executeTakeFirst()
    if (delivery) return delivery.tenant_id
  }
  return (await owned('incidents'))?.tenant_id ?? null
}
