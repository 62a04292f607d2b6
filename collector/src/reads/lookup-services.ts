import type { LiveEvent } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import { findSession } from '../accounts/session-lookup.ts'
import { findMachine } from '../inbound/machine-lookup.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { queriesOf } from '../store/sqlite/queries.ts'
import type { Services } from '../threads/thread.ts'
import type { ReadThreadData } from './read-services.ts'
import type { ReadTables } from './read-tables.ts'
import type { Lookups } from './reads.ts'

/** The services of the thread that answers what every request asks. The file must have been migrated by its writer. */
export function createLookupServices(data: ReadThreadData): Services & { readonly lookups: Lookups } {
  return { lookups: createLookups(queriesOf<ReadTables>(openDatabase(data.databasePath, { readOnly: true }))) }
}

function createLookups(queries: Kysely<ReadTables>): Lookups {
  return {
    session: (tokenHash, now) => findSession(queries, tokenHash, now),
    machine: tokenHash => findMachine(queries, tokenHash),
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
