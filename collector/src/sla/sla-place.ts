import type { DatabaseSync } from 'node:sqlite'
import {
  type ContractView,
  DEFAULT_ZONE,
  dateOfDay,
  localDay,
  type OpeningHours,
  type SlaPlace,
} from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { ContractService } from '@tillwatch/shared/api'
import type { Incident } from '../incidents/incident.ts'

/** What the directory says around an incident, as far as its agreement depends on it. */
export interface IncidentPlace extends SlaPlace {
  readonly timezone: string
  readonly hours: OpeningHours | null
}

interface PlaceRow {
  client: string | null
  timezone: string | null
  hours_json: string | null
  class: 'A' | 'B' | 'C' | null
}
interface ContractRow {
  number: string
  policy: string | null
  services_json: string
  from_date: string | null
  until_date: string | null
}

/** Looks it up inside whatever transaction is open. */
export function createPlaces(database: DatabaseSync): (incident: Incident, now: EpochMs) => IncidentPlace {
  const selectPlace = database.prepare(
    `SELECT c.code AS client, s.timezone, s.hours_json, s.class
       FROM (SELECT ? AS client_id, ? AS site_id) at LEFT JOIN sites s ON s.id = at.site_id AND s.tenant_id = ?
       LEFT JOIN clients c ON c.id = coalesce(at.client_id, s.client_id) AND c.tenant_id = ?`,
  )
  const selectContracts = database.prepare(
    `SELECT number, policy, services_json, from_date, until_date FROM contracts
      WHERE tenant_id = ? AND client_id = ? ORDER BY from_date DESC, number`,
  )
  return (incident, now) => {
    const { tenantId, clientId, siteId } = incident
    const row = selectPlace.get(clientId, siteId, tenantId, tenantId) as unknown as PlaceRow
    const timezone = row.timezone ?? DEFAULT_ZONE
    const today = dateOfDay(localDay(timezone, now))
    const contracts = (clientId === null ? [] : selectContracts.all(tenantId, clientId)) as unknown as ContractRow[]
    const held = contracts.find(
      ({ from_date, until_date }) => (from_date ?? today) <= today && today <= (until_date ?? today),
    )
    return {
      client: row.client,
      siteClass: row.class,
      contract: held ? contractOf(held, incident) : null,
      timezone,
      hours: row.hours_json === null ? null : (JSON.parse(row.hours_json) as OpeningHours),
    }
  }
}

/** The service that answers for the cause, else the one that answers for whatever no other does. */
function contractOf({ number, policy, services_json }: ContractRow, { causeClass }: Incident): ContractView {
  const services = JSON.parse(services_json) as readonly ContractService[]
  const service =
    services.find(({ causes }) => causes.includes(causeClass)) ?? services.find(({ causes }) => causes.length === 0)
  return { number, policy, service: service ? { ...service, policy: service.policy ?? null } : null }
}
