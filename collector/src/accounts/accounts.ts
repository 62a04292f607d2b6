import { AppError } from '@tillwatch/shared'
import type { InvitationView, Role } from '@tillwatch/shared/api'
import type { AccountStore } from './account-store.ts'
import type { Identity } from './identity.ts'
import type { Passwords } from './password.ts'
import { INVITATION_LIFE_MS, LOGIN_LINK_LIFE_MS } from './session-policy.ts'
import { createToken, hashToken } from './token.ts'
import { unknownInvitation } from './unknown-invitation.ts'

/** A session just opened: the secret goes into the cookie and nowhere else. */
export interface OpenedSession {
  readonly secret: string
  readonly identity: Identity
}

/** Everything that turns passwords and secrets of people into identities. Hashing happens here, off the store's thread. */
export interface Accounts {
  /** Null when name and password do not belong together, for whatever reason. */
  login(attempt: { name: string; password: string; userAgent: string }, now: number): Promise<OpenedSession | null>
  checkInvitation(secret: string, now: number): Promise<InvitationView | null>
  acceptInvitation(
    accepted: { token: string; name: string; password: string; userAgent: string },
    now: number,
  ): Promise<OpenedSession>
  /** Rejects with `account.password` when the current one is wrong. Ends all the user's sessions: a stolen cookie dies with the old password. */
  changePassword(
    identity: Identity,
    change: { current: string; next: string; userAgent: string },
    now: number,
  ): Promise<OpenedSession>
  /** The one-time link of a new user. */
  invite(user: { tenantId: string; name: string; role: Role }, now: number): Promise<string>
  renewInvitation(user: { tenantId: string; userId: string }, now: number): Promise<string>
  /** A link made on the machine itself: a new administrator, or the named user once more. */
  loginLink(userName: string | null, now: number): Promise<string>
  /** The first administrator's link, or null when there is an administrator. Every call ends the link before it. Show it on a terminal, never log it. */
  firstLoginLink(now: number): Promise<string | null>
}

export interface AccountsOptions {
  readonly store: AccountStore
  readonly passwords: Passwords
  /** Address under which people reach the portal, without a slash at the end; asked when a link is made. */
  readonly publicUrl: () => string
  /** Tenant of administrators made on the machine. */
  readonly tenantId?: string
}

export function createAccounts({ store, passwords, publicUrl, tenantId = 'main' }: AccountsOptions): Accounts {
  const linkOf = (secret: string) => `${publicUrl()}/invitation#token=${secret}`
  const loginLink = async (userName: string | null, now: number): Promise<string> => {
    const token = createToken()
    await store.addLoginLink({ tenantId, userName, tokenHash: token.hash, expiresAt: now + LOGIN_LINK_LIFE_MS }, now)
    return linkOf(token.secret)
  }
  return {
    async login({ name, password, userAgent }, now) {
      const known = await store.credentialsOf(name)
      if (!(await passwords.verify(password, known?.passwordHash ?? null)) || known === null) return null
      const token = createToken()
      const identity = await store.openSession({ tokenHash: token.hash, userId: known.userId, userAgent }, now)
      return { secret: token.secret, identity }
    },
    async checkInvitation(secret, now) {
      const found = await store.invitation(hashToken(secret), now)
      return found && { ...found, expiresAt: new Date(found.expiresAt).toISOString() }
    },
    async acceptInvitation({ token, name, password, userAgent }, now) {
      const tokenHash = hashToken(token)
      // Looked up before the hashing: a wrong link must not cost a quarter of a second of a core.
      if (!(await store.invitation(tokenHash, now))) throw unknownInvitation()
      const passwordHash = await passwords.hash(password)
      const session = createToken()
      const identity = await store.acceptInvitation(
        { tokenHash, name, passwordHash, sessionTokenHash: session.hash, userAgent },
        now,
      )
      return { secret: session.secret, identity }
    },
    async changePassword({ tenantId, userId }, { current, next, userAgent }, now) {
      const known = await store.credentialsById(tenantId, userId)
      if (!(await passwords.verify(current, known?.passwordHash ?? null))) {
        throw new AppError('account.password', 'the current password is wrong')
      }
      const passwordHash = await passwords.hash(next)
      const token = createToken()
      const session = { tokenHash: token.hash, userId, userAgent }
      return { secret: token.secret, identity: await store.setPassword(tenantId, passwordHash, session, now) }
    },
    async invite(user, now) {
      const token = createToken()
      await store.inviteUser({ ...user, tokenHash: token.hash, expiresAt: now + INVITATION_LIFE_MS }, now)
      return linkOf(token.secret)
    },
    async renewInvitation(user, now) {
      const token = createToken()
      await store.renewInvitation({ ...user, tokenHash: token.hash, expiresAt: now + INVITATION_LIFE_MS }, now)
      return linkOf(token.secret)
    },
    loginLink,
    firstLoginLink: async now => ((await store.hasAdministrator()) ? null : loginLink(null, now)),
  }
}
