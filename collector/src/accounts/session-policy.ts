/** A session that nobody uses ends after this long: a shift of a support desk. */
export const SESSION_IDLE_MS = 12 * 3_600_000
/** However busy, a session ends after this long and the password is asked for again. */
export const SESSION_LIFE_MS = 14 * 24 * 3_600_000
/** The last use is written down at most this often: reading a page must not become a write. */
export const SESSION_TOUCH_MS = 60_000
/** Open sessions of one user; the oldest goes first. */
export const SESSIONS_PER_USER_MAX = 20
/** A one-time link serves this long: a weekend. */
export const INVITATION_LIFE_MS = 72 * 3_600_000
/** The first administrator's link, and those made on the machine itself, are used at once or made anew. */
export const LOGIN_LINK_LIFE_MS = 3_600_000
/** Users of one tenant. */
export const USERS_PER_TENANT_MAX = 1_000

/** Until when a session is good if nobody uses it again. */
export const sessionGoodUntil = (session: { readonly lastSeenAt: number; readonly expiresAt: number }): number =>
  Math.min(session.lastSeenAt + SESSION_IDLE_MS, session.expiresAt)
