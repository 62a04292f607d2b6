import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '@tillwatch/shared'
import type { Role } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import { inTransaction } from '../store/sqlite/database.ts'
import { type Identity, nameKeyOf } from './identity.ts'
import { USERS_PER_TENANT_MAX } from './session-policy.ts'
import { type AccountTables, insertSession } from './session-store.ts'
import { createRowId } from './token.ts'
import { unknownInvitation } from './unknown-invitation.ts'

export interface InvitationEntry {
  /** Null: the holder chooses the name. */
  readonly name: string | null
  readonly role: Role
  readonly expiresAt: number
}

export interface AcceptedInvitation {
  readonly tokenHash: string
  readonly name: string
  readonly passwordHash: string
  readonly sessionTokenHash: string
  readonly userAgent: string
}

/** One-time links: each makes a user, or gives one a new password, once. */
export interface InvitationStore {
  /** Makes a user who cannot log in yet, and the link. Rejects with `account.name_taken`, `account.too_many`. */
  inviteUser(
    invitation: {
      readonly tenantId: string
      readonly name: string
      readonly role: Role
      readonly tokenHash: string
      readonly expiresAt: number
    },
    now: number,
  ): Promise<void>
  /** A new link for a user who lost the password; earlier links of the user end. Rejects with `account.unknown`. */
  renewInvitation(
    invitation: {
      readonly tenantId: string
      readonly userId: string
      readonly tokenHash: string
      readonly expiresAt: number
    },
    now: number,
  ): Promise<void>
  /** A link for an administrator, made on the machine itself: a new one, or (with `userName`) an existing user, enabled again. Earlier ones end. */
  addLoginLink(
    link: {
      readonly tenantId: string
      readonly userName: string | null
      readonly tokenHash: string
      readonly expiresAt: number
    },
    now: number,
  ): Promise<void>
  invitation(tokenHash: string, now: number): Promise<InvitationEntry | null>
  /** Uses the link up: sets name and password, ends the user's earlier sessions, opens one. Rejects with `invitation.unknown`, `invitation.name`, `account.name_taken`. */
  acceptInvitation(accepted: AcceptedInvitation, now: number): Promise<Identity>
}

const nameTaken = (name: string) =>
  new AppError('account.name_taken', `the name ${name} is taken`, { nextStep: 'Choose another name.' })

export function createInvitations(database: DatabaseSync, queries: Kysely<AccountTables>): InvitationStore {
  const userByName = (name: string) =>
    queries
      .selectFrom('users')
      .where('name_key', '=', nameKeyOf(name))
      .select(['id', 'tenant_id', 'name'])
      .executeTakeFirst()
  const addUser = (user: { tenantId: string; name: string; role: Role; passwordHash: string | null }, now: number) =>
    insertUser(queries, user, now)
  const addLink = (
    link: { tenantId: string; userId: string | null; role: Role; tokenHash: string; expiresAt: number },
    now: number,
  ) => insertLink(queries, link, now)
  return {
    inviteUser: (invitation, now) =>
      inTransaction(database, async () => {
        if (await userByName(invitation.name)) throw nameTaken(invitation.name)
        const userId = await addUser({ ...invitation, passwordHash: null }, now)
        await addLink({ ...invitation, userId }, now)
      }),
    renewInvitation: (invitation, now) =>
      inTransaction(database, async () => {
        const user = await queries
          .selectFrom('users')
          .where('tenant_id', '=', invitation.tenantId)
          .where('id', '=', invitation.userId)
          .where('disabled_at', 'is', null)
          .select(['id', 'role'])
          .executeTakeFirst()
        if (!user) throw new AppError('account.unknown', 'there is no such active user')
        await addLink({ ...invitation, role: user.role }, now)
      }),
    addLoginLink: (link, now) =>
      inTransaction(database, async () => {
        const user = link.userName === null ? null : await userByName(link.userName)
        if (user === undefined) {
          throw new AppError('account.unknown', `there is no user ${link.userName}`, {
            nextStep: 'Leave the name out to make a new administrator.',
          })
        }
        if (user) await queries.updateTable('users').set({ disabled_at: null }).where('id', '=', user.id).execute()
        const role = user ? await roleOf(queries, user.id) : 'administrator'
        await addLink({ ...link, tenantId: user?.tenant_id ?? link.tenantId, userId: user?.id ?? null, role }, now)
      }),
    async invitation(tokenHash, now) {
      const row = await queries
        .selectFrom('invitations')
        .leftJoin('users', 'users.id', 'invitations.user_id')
        .where('invitations.token_hash', '=', tokenHash)
        .where('invitations.expires_at', '>', now)
        .select(['users.name', 'invitations.role', 'invitations.expires_at as expiresAt'])
        .executeTakeFirst()
      return row ?? null
    },
    acceptInvitation: (accepted, now) =>
      inTransaction(database, async () => {
        const link = await queries
          .deleteFrom('invitations')
          .where('token_hash', '=', accepted.tokenHash)
          .where('expires_at', '>', now)
          .returningAll()
          .executeTakeFirst()
        if (!link) throw unknownInvitation()
        const holder = await userByName(accepted.name)
        if (link.user_id === null && holder) throw nameTaken(accepted.name)
        if (link.user_id !== null && holder?.id !== link.user_id) {
          throw new AppError('invitation.name', 'this link is for another name', {
            nextStep: 'Keep the name that the link was made for.',
          })
        }
        const userId = link.user_id ?? (await addUser({ ...accepted, tenantId: link.tenant_id, role: link.role }, now))
        await queries
          .updateTable('users')
          .set({ password_hash: accepted.passwordHash })
          .where('id', '=', userId)
          .execute()
        await queries
          .deleteFrom('invitations')
          .where('user_id', link.user_id === null ? 'is' : '=', link.user_id)
          .execute()
        await queries.deleteFrom('sessions').where('user_id', '=', userId).execute()
        return insertSession(
          queries,
          { tokenHash: accepted.sessionTokenHash, userId, userAgent: accepted.userAgent },
          now,
        )
      }),
  }
}

async function roleOf(queries: Kysely<AccountTables>, userId: string): Promise<Role> {
  return (await queries.selectFrom('users').where('id', '=', userId).select('role').executeTakeFirstOrThrow()).role
}

async function insertUser(
  queries: Kysely<AccountTables>,
  user: { tenantId: string; name: string; role: Role; passwordHash: string | null },
  now: number,
): Promise<string> {
  const { count } = await queries
    .selectFrom('users')
    .where('tenant_id', '=', user.tenantId)
    .select(select => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (count >= USERS_PER_TENANT_MAX) {
    throw new AppError('account.too_many', `there are ${USERS_PER_TENANT_MAX} users already`)
  }
  const id = createRowId()
  await queries
    .insertInto('users')
    .values({
      id,
      tenant_id: user.tenantId,
      name: user.name.trim(),
      name_key: nameKeyOf(user.name),
      role: user.role,
      password_hash: user.passwordHash,
      created_at: now,
      disabled_at: null,
      last_seen_at: null,
    })
    .execute()
  return id
}

/** One link at a time for one user, and one for a new administrator. */
async function insertLink(
  queries: Kysely<AccountTables>,
  link: { tenantId: string; userId: string | null; role: Role; tokenHash: string; expiresAt: number },
  now: number,
): Promise<void> {
  await queries
    .deleteFrom('invitations')
    .where('user_id', link.userId === null ? 'is' : '=', link.userId)
    .execute()
  await queries
    .insertInto('invitations')
    .values({
      token_hash: link.tokenHash,
      tenant_id: link.tenantId,
      user_id: link.userId,
      role: link.role,
      created_at: now,
      expires_at: link.expiresAt,
    })
    .execute()
}
