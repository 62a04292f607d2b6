import type { DatabaseSync } from 'node:sqlite'
import { DEFAULT_ZONE, type FactState } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { ItemState } from '../alerting/evaluator-port.ts'
import { type Incident, isMass } from './incident.ts'
import { createIncidentHistoryReader, type IncidentHistory } from './incident-history.ts'

/** Kind of what a mass incident is about, and one of the collector itself: it has no place and no device of its own. */
export const MANY = 'many'

/** What the directory and the history know around an incident. Null: nobody has said it. */
export interface TicketContext {
  readonly client: string | null
  readonly legalEntity: string | null
  readonly inn: string | null
  readonly site: string | null
  readonly address: string | null
  readonly timezone: string
  readonly hours: string | null
  readonly contact: string | null
  readonly access: string | null
  readonly terminal: string | null
  /** Registers at the site, this one included. */
  readonly registers: number
  readonly kind: string
  readonly slot: string
  readonly identity: string | null
  readonly facts: Readonly<Record<string, FactState>>
  /** How often, what happened around it, what was done. */
  readonly history: IncidentHistory
}

interface PlaceRow {
  kind: string
  slot: string
  identity: string | null
  state_json: string
  inn: string | null
  site_id: string | null
  site: string | null
  address: string | null
  timezone: string | null
  hours_text: string | null
  contact: string | null
  access: string | null
  client: string | null
  terminal: string | null
  legal_entity: string | null
}

/** Reads the context of an incident, inside whatever transaction is open. */
export type TicketContextReader = (incident: Incident, now: EpochMs) => TicketContext

/** The reader over the state file. */
export function createTicketContextReader(database: DatabaseSync): TicketContextReader {
  const selectPlace = database.prepare(
    `SELECT i.kind, i.slot, i.identity, i.state_json, coalesce(i.inn, t.inn) AS inn, a.site_id, s.name AS site, s.address,
            s.timezone, s.hours_text, s.contact, s.access, c.name AS client, t.name AS terminal,
            (SELECT e.name FROM legal_entities e WHERE e.client_id = s.client_id AND e.inn = coalesce(i.inn, t.inn)) AS legal_entity
       FROM items i
       LEFT JOIN agents a ON a.id = i.agent_id
       LEFT JOIN terminals t ON t.agent_id = i.agent_id AND t.tenant_id = i.tenant_id
       LEFT JOIN sites s ON s.id = a.site_id AND s.tenant_id = i.tenant_id
       LEFT JOIN clients c ON c.id = s.client_id
      WHERE i.id = ?`,
  )
  const selectSite = database.prepare(
    `SELECT s.id AS site_id, s.name AS site, s.address, s.timezone, s.hours_text, s.contact, s.access, c.name AS client
       FROM sites s LEFT JOIN clients c ON c.id = s.client_id WHERE s.id = ? AND s.tenant_id = ?`,
  )
  const selectClient = database.prepare('SELECT name AS client FROM clients WHERE id = ? AND tenant_id = ?')
  /** Of an incident without an item only the place is known, as far as it was named. */
  const placeWithoutItem = ({ siteId, clientId, tenantId }: Incident) =>
    (siteId === null ? selectClient.get(clientId, tenantId) : selectSite.get(siteId, tenantId)) as unknown as
      | Partial<PlaceRow>
      | undefined
  const countRegisters = database.prepare(
    `SELECT count(*) AS n FROM items i JOIN agents a ON a.id = i.agent_id WHERE a.site_id = ? AND i.kind = 'register'`,
  )
  const historyOf = createIncidentHistoryReader(database)
  return (incident, now) => {
    const place = (selectPlace.get(incident.itemId) as unknown as PlaceRow | undefined) ?? placeWithoutItem(incident)
    const timezone = place?.timezone ?? DEFAULT_ZONE
    let history: IncidentHistory | null = null
    return {
      client: place?.client ?? null,
      legalEntity: place?.legal_entity ?? null,
      inn: place?.inn ?? null,
      site: place?.site ?? null,
      address: place?.address ?? null,
      timezone,
      hours: place?.hours_text ?? null,
      contact: place?.contact ?? null,
      access: place?.access ?? null,
      terminal: place?.terminal ?? null,
      registers: place?.site_id ? (countRegisters.get(place.site_id) as { n: number }).n : 0,
      kind: place?.kind ?? kindWithoutItem(incident),
      slot: place?.slot ?? '',
      identity: place?.identity ?? null,
      facts: place?.state_json ? (JSON.parse(place.state_json) as ItemState).facts : {},
      // Much to read, and only the text of a ticket asks for it.
      get history() {
        history ??= historyOf(incident, timezone, now)
        return history
      },
    }
  }
}

const kindWithoutItem = ({ itemId, causeClass }: Incident): string =>
  isMass({ itemId }) || causeClass === 'collector' ? MANY : itemId === '' ? '' : 'pc'
