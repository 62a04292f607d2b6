import type { DatabaseSync } from 'node:sqlite'
import { DEFAULT_ZONE, type OpeningHours } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'

/** Where an agent stands and what that place shares with others. Null: nobody has said it. */
export interface Where {
  readonly siteId: string | null
  readonly clientId: string | null
  readonly clientCode: string | null
  readonly timezone: string
  readonly hours: OpeningHours | null
  readonly region: string | null
  readonly city: string | null
  readonly provider: string | null
  /** As the broker saw it. */
  readonly publicAddress: string | null
  /** False only when its connection is known to be gone. */
  readonly connected: boolean
  readonly lastHeardAt: EpochMs | null
}

const NOWHERE: Where = {
  siteId: null,
  clientId: null,
  clientCode: null,
  timezone: DEFAULT_ZONE,
  hours: null,
  region: null,
  city: null,
  provider: null,
  publicAddress: null,
  connected: true,
  lastHeardAt: null,
}

/** Reads the place of an agent of a tenant by its key. */
export function createWhere(database: DatabaseSync): (tenantId: string, agentId: string) => Where {
  const select = database.prepare(
    `SELECT a.state, a.last_heard_at, a.public_address, s.id AS site_id, s.client_id, c.code AS client_code, s.timezone,
            s.hours_json, s.region, s.city, s.provider
       FROM agents a
       LEFT JOIN sites s ON s.id = a.site_id AND s.tenant_id = a.tenant_id
       LEFT JOIN clients c ON c.id = s.client_id
      WHERE a.id = ? AND a.tenant_id = ?`,
  )
  return (tenantId, agentId) => {
    const row = select.get(agentId, tenantId) as unknown as Row | undefined
    if (!row) return NOWHERE
    return {
      siteId: row.site_id,
      clientId: row.client_id,
      clientCode: row.client_code,
      timezone: row.timezone ?? DEFAULT_ZONE,
      hours: row.hours_json === null ? null : (JSON.parse(row.hours_json) as OpeningHours),
      region: row.region,
      city: row.city,
      provider: row.provider,
      publicAddress: row.public_address,
      connected: row.state !== 'offline',
      lastHeardAt: row.last_heard_at,
    }
  }
}

interface Row {
  readonly state: string
  readonly last_heard_at: number | null
  readonly public_address: string | null
  readonly site_id: string | null
  readonly client_id: string | null
  readonly client_code: string | null
  readonly timezone: string | null
  readonly hours_json: string | null
  readonly region: string | null
  readonly city: string | null
  readonly provider: string | null
}
