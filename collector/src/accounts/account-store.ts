import type { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import { inTransaction } from '../store/sqlite/database.ts'
import { queriesOf } from '../store/sqlite/queries.ts'
import { type Identity, nameKeyOf } from './identity.ts'
import { createInvitations, type InvitationStore } from './invitation-store.ts'
import {
  type AccountTables,
  createSessions,
  insertSession,
  type NewSession,
  type SessionStore,
} from './session-store.ts'
import { createUsers, type UserStore } from './user-store.ts'

/** What a login is checked against. */
export interface Credentials {
  readonly userId: string
  readonly passwordHash: string | null
}

/** Service `accounts` of the state thread: users, sessions and one-time links. It sees hashes only, never a password or a token. */
export interface AccountStore extends UserStore, InvitationStore, SessionStore {
  /** By name, or null when there is nobody who could log in under it. */
  credentialsOf(name: string): Promise<Credentials | null>
  credentialsById(tenantId: string, userId: string): Promise<Credentials | null>
  openSession(session: NewSession, now: number): Promise<Identity>
}

/** The store over the writer's connection. Calls must come one after another. */
export function createAccountStore(database: DatabaseSync): AccountStore {
  const queries = queriesOf<AccountTables>(database)
  const openSession = (session: NewSession, now: number) =>
    inTransaction(database, () => insertSession(queries, session, now))
  return {
    ...createUsers(database, queries),
    ...createInvitations(database, queries),
    ...createSessions(queries),
    openSession,
    async credentialsOf(name) {
      const row = await selectCredentials(queries).where('name_key', '=', nameKeyOf(name)).executeTakeFirst()
      return row ?? null
    },
    async credentialsById(tenantId, userId) {
      const row = await selectCredentials(queries)
        .where('tenant_id', '=', tenantId)
        .where('id', '=', userId)
        .executeTakeFirst()
      return row ?? null
    },
  }
}

const selectCredentials = (queries: Kysely<AccountTables>) =>
  queries.selectFrom('users').where('disabled_at', 'is', null).select(['id as userId', 'password_hash as passwordHash'])
