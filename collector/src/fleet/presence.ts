import type { Status } from '@tillwatch/shared'

/** Whether an agent is connected, and by which connection of its own naming. */
export interface Presence {
  readonly state: 'never' | 'online' | 'offline'
  readonly connection: string | null
}

/**
 * What a status changes, or null when nothing. `offline` counts only from the connection that is the present one: the will of an older
 * connection arrives late, when the agent has long been back.
 */
export function afterStatus(presence: Presence, status: Pick<Status, 'state' | 'connection'>): Presence | null {
  if (status.state === 'offline') {
    const isPresent = status.connection === presence.connection && presence.state === 'online'
    return isPresent ? { state: 'offline', connection: status.connection } : null
  }
  const same = presence.state === 'online' && presence.connection === status.connection
  return same ? null : { state: 'online', connection: status.connection }
}
