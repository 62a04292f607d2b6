import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '@tillwatch/shared'
import type { Role } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import { inTransaction } from '../store/sqlite/database.ts'
import type { Identity } from './identity.ts'
import { type AccountTables, insertSession, type NewSession } from './session-store.ts'

export interface UserEntry {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly disabled: boolean
  readonly lastSeenAt: number | null
}

/** The users of a tenant. */
export interface UserStore {
  /** True when somebody of the installation can log in as an administrator. */
  hasAdministrator(): Promise<boolean>
  users(tenantId: string): Promise<readonly UserEntry[]>
  /** Rejects with `account.unknown` and, when no administrator would be left, `account.last_administrator`. Disabling ends all sessions. */
  updateUser(
    tenantId: string,
    userId: string,
    change: { readonly role?: Role | undefined; readonly disabled?: boolean | undefined },
    now: number,
  ): Promise<void>
  /** Sets a new password, ends every session and link of the user, the one that asked too, and opens a new session. */
  setPassword(tenantId: string, passwordHash: string, session: NewSession, now: number): Promise<Identity>
}

const unknownUser = () =>
  new AppError('account.unknown', 'there is no such user', { nextStep: 'Open the list of users again.' })

const administrators = (queries: Kysely<AccountTables>) =>
  queries
    .selectFrom('users')
    .where('role', '=', 'administrator')
    .where('disabled_at', 'is', null)
    .where('password_hash', 'is not', null)

export function createUsers(database: DatabaseSync, queries: Kysely<AccountTables>): UserStore {
  return {
    async hasAdministrator() {
      return (await administrators(queries).select('id').limit(1).executeTakeFirst()) !== undefined
    },
    async users(tenantId) {
      const rows = await queries
        .selectFrom('users')
        .where('tenant_id', '=', tenantId)
        .orderBy('name_key')
        .select(['id', 'name', 'role', 'disabled_at', 'last_seen_at as lastSeenAt'])
        .execute()
      return rows.map(({ disabled_at, ...row }) => ({ ...row, disabled: disabled_at !== null }))
    },
    updateUser: (tenantId, userId, change, now) =>
      inTransaction(database, async () => {
        const updated = await queries
          .updateTable('users')
          .set({
            ...(change.role === undefined ? {} : { role: change.role }),
            ...(change.disabled === undefined ? {} : { disabled_at: change.disabled ? now : null }),
            tenant_id: tenantId,
          })
          .where('tenant_id', '=', tenantId)
          .where('id', '=', userId)
          .returning(['id', 'disabled_at'])
          .executeTakeFirst()
        if (!updated) throw unknownUser()
        const left = await administrators(queries).where('tenant_id', '=', tenantId).select('id').executeTakeFirst()
        if (!left) {
          throw new AppError('account.last_administrator', 'this is the last administrator', {
            nextStep: 'Make another user an administrator first.',
          })
        }
        if (updated.disabled_at !== null) {
          await queries.deleteFrom('sessions').where('user_id', '=', userId).execute()
          await queries.deleteFrom('invitations').where('user_id', '=', userId).execute()
        }
      }),
    setPassword: (tenantId, passwordHash, session, now) =>
      inTransaction(database, async () => {
        const { userId } = session
        const updated = await queries
          .updateTable('users')
          .set({ password_hash: passwordHash })
          .where('tenant_id', '=', tenantId)
          .where('id', '=', userId)
          .returning('id')
          .executeTakeFirst()
        if (!updated) throw unknownUser()
        // A link that was made for the old password must not outlive it.
        await queries.deleteFrom('invitations').where('user_id', '=', userId).execute()
        await queries.deleteFrom('sessions').where('user_id', '=', userId).execute()
        return insertSession(queries, session, now)
      }),
  }
}
