import type { Kysely } from 'kysely'
import type { AccountsTables } from '../store/sqlite/tables/accounts-tables.ts'
import type { FleetTables } from '../store/sqlite/tables/fleet-tables.ts'
import type { Identity } from './identity.ts'
import { SESSION_IDLE_MS } from './session-policy.ts'

/** The identity behind a session token's hash, or null: unknown, revoked, idle too long, expired, or its user disabled. */
export async function findSession(
  queries: Kysely<AccountsTables & Pick<FleetTables, 'tenants'>>,
  tokenHash: string,
  now: number,
): Promise<Identity | null> {
  const row = await queries
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .innerJoin('tenants', 'tenants.id', 'sessions.tenant_id')
    .where('sessions.token_hash', '=', tokenHash)
    .where('sessions.expires_at', '>', now)
    .where('sessions.last_seen_at', '>', now - SESSION_IDLE_MS)
    .where('users.disabled_at', 'is', null)
    .select([
      'users.id as userId',
      'users.name',
      'users.role',
      'sessions.tenant_id as tenantId',
      'tenants.name as tenantName',
      'sessions.id as sessionId',
      'sessions.last_seen_at as lastSeenAt',
      'sessions.expires_at as expiresAt',
    ])
    .executeTakeFirst()
  return row ?? null
}
