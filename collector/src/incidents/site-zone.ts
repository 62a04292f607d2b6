import type { DatabaseSync } from 'node:sqlite'
import { DEFAULT_ZONE } from '@tillwatch/rules'

/** In whose time people are told of an incident: its site, else where its agent stands, else the usual zone (domain ruling 18.7). */
type SiteZones = (place: { readonly siteId: string | null; readonly agentId: string }) => string

/** Looks it up inside whatever transaction is open. */
export function createSiteZones(database: DatabaseSync): SiteZones {
  const select = database.prepare(
    'SELECT timezone FROM sites WHERE id = coalesce(?, (SELECT site_id FROM agents WHERE id = ?))',
  )
  return ({ siteId, agentId }) => {
    const row = select.get(siteId, agentId) as { timezone: string } | undefined
    return row?.timezone ?? DEFAULT_ZONE
  }
}
