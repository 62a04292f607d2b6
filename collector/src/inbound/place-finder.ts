import type { DatabaseSync } from 'node:sqlite'
import type { InboundPlace } from '@tillwatch/shared/api'

/** Where something from elsewhere belongs, as far as the directory knows it. */
export interface Place {
  /** Null when only a site or a client is known. */
  readonly itemId: string | null
  readonly agentId: string | null
  readonly siteId: string | null
  readonly clientId: string | null
}

/** Finds what is named, inside one tenant; null when the narrowest name stands for nothing there. */
export type PlaceFinder = (
  tenantId: string,
  named: InboundPlace & { readonly client?: string | undefined },
) => Place | null

/** The finder over an open connection. What another tenant has does not exist for it. */
export function createPlaceFinder(database: DatabaseSync): PlaceFinder {
  const bySerial = database.prepare(
    `SELECT i.id AS itemId, i.agent_id AS agentId, s.id AS siteId, s.client_id AS clientId
       FROM items i LEFT JOIN agents a ON a.id = i.agent_id AND a.tenant_id = i.tenant_id
       LEFT JOIN terminals t ON t.agent_id = i.agent_id AND t.tenant_id = i.tenant_id
       LEFT JOIN sites s ON s.id = coalesce(a.site_id, t.site_id) AND s.tenant_id = i.tenant_id
      WHERE i.id = 'register:' || :tenant || ':' || :name AND i.tenant_id = :tenant`,
  )
  const byTerminal = database.prepare(
    `SELECT CASE WHEN t.agent_id IS NULL THEN NULL ELSE 'pc:' || t.agent_id END AS itemId, t.agent_id AS agentId,
            s.id AS siteId, s.client_id AS clientId
       FROM terminals t JOIN sites s ON s.id = t.site_id AND s.tenant_id = t.tenant_id
      WHERE t.code = :name AND t.tenant_id = :tenant`,
  )
  const bySite = database.prepare(
    `SELECT NULL AS itemId, NULL AS agentId, id AS siteId, client_id AS clientId FROM sites WHERE code = :name AND tenant_id = :tenant`,
  )
  const byClient = database.prepare(
    `SELECT NULL AS itemId, NULL AS agentId, NULL AS siteId, id AS clientId FROM clients WHERE code = :name AND tenant_id = :tenant`,
  )
  return (tenantId, { serial, terminal, site, client }) => {
    const asked = [
      [bySerial, serial],
      [byTerminal, terminal],
      [bySite, site],
      [byClient, client],
    ] as const
    const narrowest = asked.find(([, name]) => name !== undefined)
    if (!narrowest) return null
    const [statement, name = ''] = narrowest
    return (statement.get({ tenant: tenantId, name }) as unknown as Place | undefined) ?? null
  }
}
