import type { Status } from '@tillwatch/shared'
import type { AbsenceManner } from './silence-cause.ts'

/** Whether an agent is connected, and by which connection of its own naming. */
export interface Presence {
  readonly state: 'never' | 'online' | 'offline'
  readonly connection: string | null
  /** How the connection ended; absent while online and where it is not known. */
  readonly manner?: AbsenceManner
}

/**
 * What a status changes, or null when nothing. `offline` counts only from the connection that is the present one: the will of an older
 * connection arrives late, when the agent has long been back.
 */
export function afterStatus(
  presence: Presence,
  status: Pick<Status, 'state' | 'connection' | 'reason'>,
): Presence | null {
  if (status.state === 'offline') {
    const isPresent = status.connection === presence.connection && presence.state === 'online'
    if (!isPresent) return null
    return { state: 'offline', connection: status.connection, manner: status.reason ?? 'unknown' }
  }
  const same = presence.state === 'online' && presence.connection === status.connection
  return same ? null : { state: 'online', connection: status.connection }
}
