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

/** A place by its names; a client is named only where nothing narrower is known. */
export type NamedPlace = InboundPlace & { readonly client?: string | undefined }

/** The narrowest place that is known, null when none is, and the narrower names that stand for nothing. */
export interface Found {
  readonly place: Place | null
  readonly unknown: NamedPlace
}

/** Finds what is named, inside one tenant. */
export type PlaceFinder = (tenantId: string, named: NamedPlace) => Found

/** The finder over an open connection. What another tenant has does not exist for it. */
export function createPlaceFinder(database: DatabaseSync): PlaceFinder {
  const bySerial = database.prepare(
    `SELECT i.id AS itemId, i.agent_id AS agentId, s.id AS siteId, s.client_id AS clientId
       FROM items i LEFT JOIN agents a ON a.id = i.agent_id AND a.tenant_id = i.tenant_id
       LEFT JOIN sites s ON s.id = a.site_id AND s.tenant_id = i.tenant_id
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
  const narrowestFirst = [
    ['serial', bySerial],
    ['terminal', byTerminal],
    ['site', bySite],
    ['client', byClient],
  ] as const
  return (tenantId, named) => {
    let unknown: NamedPlace = {}
    for (const [kind, statement] of narrowestFirst) {
      const name = named[kind]
      if (name === undefined) continue
      const place = statement.get({ tenant: tenantId, name }) as unknown as Place | undefined
      if (place) return { place, unknown }
      unknown = { ...unknown, [kind]: name }
    }
    return { place: null, unknown }
  }
}
