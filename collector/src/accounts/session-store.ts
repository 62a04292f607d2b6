import { AppError } from '@tillwatch/shared'
import type { Kysely } from 'kysely'
import type { AccountsTables } from '../store/sqlite/tables/accounts-tables.ts'
import type { FleetTables } from '../store/sqlite/tables/fleet-tables.ts'
import type { Identity } from './identity.ts'
import { findSession } from './session-lookup.ts'
import { SESSION_IDLE_MS, SESSION_LIFE_MS, SESSIONS_PER_USER_MAX } from './session-policy.ts'
import { createRowId } from './token.ts'

export type AccountTables = AccountsTables & Pick<FleetTables, 'tenants'>

export interface NewSession {
  readonly tokenHash: string
  readonly userId: string
  readonly userAgent: string
}

export interface SessionEntry {
  readonly id: string
  readonly createdAt: number
  readonly lastSeenAt: number
  readonly userAgent: string
}

/** Open sessions, by the hash of their secret. */
export interface SessionStore {
  findSession(tokenHash: string, now: number): Promise<Identity | null>
  /** Writes down that a session was used. */
  touchSession(sessionId: string, now: number): Promise<void>
  sessions(tenantId: string, userId: string, now: number): Promise<readonly SessionEntry[]>
  /** False when the user has no such session. */
  closeSession(tenantId: string, userId: string, sessionId: string): Promise<boolean>
  closeSessions(tenantId: string, userId: string, exceptSessionId: string | null): Promise<void>
  /** Deletes sessions and links whose time is over. */
  forgetExpired(now: number): Promise<void>
}

/** Opens a session inside the caller's transaction. */
export async function insertSession(
  queries: Kysely<AccountTables>,
  session: NewSession,
  now: number,
): Promise<Identity> {
  const user = await queries
    .selectFrom('users')
    .where('id', '=', session.userId)
    .where('disabled_at', 'is', null)
    .select(['id', 'tenant_id'])
    .executeTakeFirst()
  if (!user) throw new AppError('account.disabled', 'this user may not log in')
  const open = await queries
    .selectFrom('sessions')
    .where('user_id', '=', user.id)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .select('id')
    .execute()
  const tooOld = open.slice(SESSIONS_PER_USER_MAX - 1).map(row => row.id)
  if (tooOld.length > 0) await queries.deleteFrom('sessions').where('id', 'in', tooOld).execute()
  await queries
    .insertInto('sessions')
    .values({
      id: createRowId(),
      token_hash: session.tokenHash,
      tenant_id: user.tenant_id,
      user_id: user.id,
      created_at: now,
      last_seen_at: now,
      expires_at: now + SESSION_LIFE_MS,
      user_agent: session.userAgent.slice(0, 200),
    })
    .execute()
  await queries.updateTable('users').set({ last_seen_at: now }).where('id', '=', user.id).execute()
  const identity = await findSession(queries, session.tokenHash, now)
  if (!identity) throw new Error('the session just opened is not found')
  return identity
}

export function createSessions(queries: Kysely<AccountTables>): SessionStore {
  return {
    findSession: (tokenHash, now) => findSession(queries, tokenHash, now),
    async touchSession(sessionId, now) {
      const row = await queries
        .updateTable('sessions')
        .set({ last_seen_at: now })
        .where('id', '=', sessionId)
        .where('last_seen_at', '<', now)
        .returning('user_id')
        .executeTakeFirst()
      if (row) await queries.updateTable('users').set({ last_seen_at: now }).where('id', '=', row.user_id).execute()
    },
    sessions: (tenantId, userId, now) =>
      queries
        .selectFrom('sessions')
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .where('expires_at', '>', now)
        .where('last_seen_at', '>', now - SESSION_IDLE_MS)
        .orderBy('last_seen_at', 'desc')
        .orderBy('id')
        .select(['id', 'created_at as createdAt', 'last_seen_at as lastSeenAt', 'user_agent as userAgent'])
        .execute(),
    async closeSession(tenantId, userId, sessionId) {
      const row = await queries
        .deleteFrom('sessions')
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .where('id', '=', sessionId)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
    async closeSessions(tenantId, userId, exceptSessionId) {
      let sessions = queries.deleteFrom('sessions').where('tenant_id', '=', tenantId).where('user_id', '=', userId)
      if (exceptSessionId !== null) sessions = sessions.where('id', '<>', exceptSessionId)
      await sessions.execute()
    },
    async forgetExpired(now) {
      await queries
        .deleteFrom('sessions')
        .where(where => where.or([where('expires_at', '<=', now), where('last_seen_at', '<=', now - SESSION_IDLE_MS)]))
        .execute()
      await queries.deleteFrom('invitations').where('expires_at', '<=', now).execute()
    },
  }
}
