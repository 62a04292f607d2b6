import type { Kysely } from 'kysely'
import type { InboundTables } from '../store/sqlite/tables/inbound-tables.ts'
import type { Machine } from './inbound.ts'

/** The machine behind the hash of its token; null when there is none or it was revoked. */
export async function findMachine(queries: Kysely<InboundTables>, tokenHash: string): Promise<Machine | null> {
  const row = await queries
    .selectFrom('machine_tokens')
    .where('token_hash', '=', tokenHash)
    .where('revoked_at', 'is', null)
    .select(['id', 'tenant_id as tenantId', 'name', 'scope'])
    .executeTakeFirst()
  return row ?? null
}
