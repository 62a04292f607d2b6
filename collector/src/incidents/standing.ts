import type { DatabaseSync } from 'node:sqlite'

/** Where the directory says that an agent stands, and whether it still serves. */
export interface Standing {
  readonly clientId: string | null
  readonly siteId: string | null
  /** Its identity was revoked: what it watched is no longer in service. */
  readonly retired: boolean
}

const NOWHERE: Standing = { clientId: null, siteId: null, retired: false }

/** Looks it up, inside whatever transaction is open. */
export function createStandings(database: DatabaseSync): (agentId: string) => Standing {
  const select = database.prepare(
    `SELECT s.client_id AS clientId, s.id AS siteId, a.revoked_at IS NOT NULL AS retired
       FROM agents a
       LEFT JOIN sites s ON s.id = a.site_id AND s.tenant_id = a.tenant_id
      WHERE a.id = ?`,
  )
  return agentId => {
    const row = select.get(agentId) as { clientId: string | null; siteId: string | null; retired: number } | undefined
    return row ? { ...row, retired: row.retired === 1 } : NOWHERE
  }
}
