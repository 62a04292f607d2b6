import { type CauseLink, type IncidentLinks, incidentStatus } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import type { ReadTables } from './read-tables.ts'

/** Incidents of the same cause and who asked for this one, or null when the tenant has no incident of that id. */
export async function readIncidentLinks(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incidentId: string,
): Promise<IncidentLinks | null> {
  const own = await queries
    .selectFrom('incidents')
    .leftJoin('inbound_incidents', 'inbound_incidents.incident_id', 'incidents.id')
    .where('incidents.id', '=', incidentId)
    .where('incidents.tenant_id', '=', tenantId)
    .select(['inbound_incidents.author', 'inbound_incidents.contact'])
    .executeTakeFirst()
  if (!own) return null
  const rows = await queries
    .selectFrom('incident_links')
    .innerJoin('incidents', join =>
      join
        .on(eb =>
          eb.or([
            eb.and([eb('inbound_id', '=', incidentId), eb('incidents.id', '=', eb.ref('automatic_id'))]),
            eb.and([eb('automatic_id', '=', incidentId), eb('incidents.id', '=', eb.ref('inbound_id'))]),
          ]),
        )
        .onRef('incidents.tenant_id', '=', 'incident_links.tenant_id'),
    )
    .where('incident_links.tenant_id', '=', tenantId)
    .where('incident_links.state', '!=', 'rejected')
    .orderBy('incidents.number')
    .select(['incidents.id', 'number', 'title_ru', 'title_en', 'incidents.status', 'incident_links.state'])
    .execute()
  const links = rows.map(
    (row): CauseLink => ({
      id: row.id,
      number: row.number,
      title: { ru: row.title_ru, en: row.title_en },
      status: incidentStatus.parse(row.status),
      state: row.state === 'linked' ? 'linked' : 'proposed',
    }),
  )
  const isAsked = own.author !== null || own.contact !== null
  return { links, author: isAsked ? { name: own.author, contact: own.contact } : null }
}
