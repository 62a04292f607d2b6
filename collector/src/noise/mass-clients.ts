import type { DatabaseSync } from 'node:sqlite'
import type { MassClients } from '../sla/client-news.ts'
import type { KeyNames } from './mass-raise.ts'
import type { MassStore } from './mass-store.ts'
import { keyWords, massClientTexts } from './mass-words.ts'

interface Row {
  readonly clientId: string
  readonly contract: string | null
  readonly site: string | null
  readonly affected: number
}

/** Clients below a mass incident: each reads of his own sites alone, whatever else the outage has hit (domain ruling 18.40). */
export function createMassClients(
  database: DatabaseSync,
  masses: Pick<MassStore, 'ofIncident'>,
  nameOf: KeyNames,
): MassClients {
  const select = database.prepare(
    `SELECT i.client_id AS clientId, max(c.contract) AS contract, s.name AS site, count(DISTINCT i.item_id) AS affected
       FROM incidents i LEFT JOIN sites s ON s.id = i.site_id AND s.tenant_id = i.tenant_id
       LEFT JOIN sla_clocks c ON c.incident_id = i.id
      WHERE i.parent_id = ?1 AND i.tenant_id = ?2 AND i.client_id IS NOT NULL AND (?3 IS NULL OR i.client_id = ?3)
      GROUP BY i.client_id, i.site_id ORDER BY i.client_id, affected DESC, s.name`,
  )
  return ({ id, tenantId, component }, clientId) => {
    const mass = masses.ofIncident(id)
    if (!mass) return []
    const key = keyWords(mass.key.kind, mass.key.value, nameOf(tenantId, mass.key))
    const rows = select.all(id, tenantId, clientId) as unknown as readonly Row[]
    return [...Map.groupBy(rows, row => row.clientId)].map(([client, sites]) => ({
      clientId: client,
      contract: sites.find(({ contract }) => contract !== null)?.contract ?? null,
      ...massClientTexts({ key, component, memberKind: mass.memberKind, sites: sites.map(nameSite) }),
    }))
  }
}

const nameSite = ({ site, affected }: Row) => ({ name: site, affected })
