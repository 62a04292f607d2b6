import type { Role } from '@tillwatch/shared/api'

/** Who asks: taken from the session, never from the request. Every query is sealed by `tenantId`. */
export interface Identity {
  readonly userId: string
  readonly name: string
  readonly role: Role
  readonly tenantId: string
  readonly tenantName: string
  readonly sessionId: string
  readonly lastSeenAt: number
  /** When the session ends however busy it is. */
  readonly expiresAt: number
}

/** The spelling by which names are compared. */
export const nameKeyOf = (name: string): string => name.trim().normalize('NFKC').toLowerCase()
