import type { DatabaseSync } from 'node:sqlite'
import { type Bilingual, DEFAULT_ZONE, type FactState } from '@tillwatch/rules'
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
  /** What runs on the same PC. */
  readonly around: Surroundings
}

interface Surroundings {
  /** Programs for remote access and their ids, as the agent saw them; never a secret. */
  readonly remoteAccess: readonly string[]
  readonly programs: readonly { readonly name: string; readonly value: string }[]
  readonly os: string | null
  readonly agentVersion: string | null
}

interface PcRow {
  readonly value: string | null
  readonly os: string | null
  readonly agent: string | null
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
  const aroundOf = createSurroundingsReader(database)
  return (incident, now) => {
    const place = (selectPlace.get(incident.itemId) as unknown as PlaceRow | undefined) ?? placeWithoutItem(incident)
    const timezone = place?.timezone ?? DEFAULT_ZONE
    let history: IncidentHistory | null = null
    let around: Surroundings | null = null
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
      get around() {
        around ??= aroundOf(incident)
        return around
      },
    }
  }
}

/** Programs told of one PC: the one that sells, and what runs beside it. */
const PROGRAMS_MAX = 4

function createSurroundingsReader(database: DatabaseSync): (incident: Incident) => Surroundings {
  const selectPc = database.prepare(
    `SELECT json_extract(state_json, '$.facts."host.remote_access".value') AS value,
            json_extract(state_json, '$.facts."host.os".value') AS os,
            json_extract(state_json, '$.facts."agent.version".value') AS agent FROM items WHERE id = ? AND tenant_id = ?`,
  )
  const selectPrograms = database.prepare(
    `SELECT json_extract(state_json, '$.facts."pos.app.name".value') AS name,
            json_extract(state_json, '$.facts."pos.app.version".value') AS value
       FROM items WHERE agent_id = ? AND kind = 'service' AND tenant_id = ? AND name IS NOT NULL AND value IS NOT NULL
      ORDER BY id LIMIT ${PROGRAMS_MAX}`,
  )
  return ({ agentId, tenantId }) => {
    if (agentId === '') return { remoteAccess: [], programs: [], os: null, agentVersion: null }
    const pc = selectPc.get(`pc:${agentId}`, tenantId) as unknown as PcRow | undefined
    const tools: unknown = pc?.value ? JSON.parse(pc.value) : []
    return {
      remoteAccess: Array.isArray(tools) ? tools.map(String) : [],
      programs: selectPrograms.all(agentId, tenantId) as unknown as Surroundings['programs'],
      os: pc?.os ?? null,
      agentVersion: pc?.agent ?? null,
    }
  }
}

const kindWithoutItem = ({ itemId, causeClass }: Incident): string =>
  isMass({ itemId }) || causeClass === 'collector' ? MANY : itemId === '' ? '' : 'pc'

/** Mandatory fields that nobody has filled in; the record is made all the same and lists them. */
export function gapsOf(context: TicketContext): readonly Bilingual[] {
  if (context.kind === MANY) return []
  const gaps: [unknown, Bilingual][] = [
    [context.site, { ru: 'объект не указан в справочнике', en: 'the site is not in the directory' }],
    [context.client, { ru: 'клиент не указан', en: 'the client is not given' }],
    [context.hours, { ru: 'часы работы не указаны', en: 'opening hours are not given' }],
    [context.inn, { ru: 'юрлицо (ИНН) неизвестно', en: 'the legal entity (INN) is not known' }],
    [context.access, { ru: 'порядок доступа не указан', en: 'how to get access is not given' }],
  ]
  if (context.kind === 'register') {
    gaps.push([context.identity, { ru: 'заводской номер ККТ неизвестен', en: 'the register serial is not known' }])
  }
  return gaps.filter(([value]) => value === null || value === '').map(([, text]) => text)
}

/** The item in the words of a desk: what kind, which number. */
export function ciOf(context: TicketContext): string {
  if (context.kind === MANY) return ''
  const model = context.facts['fiscal.register.model']?.value
  if (context.kind === 'register') return [model ?? 'ККТ', context.identity ?? context.slot].join(' ')
  // The slot of a PC is the word for it, and says nothing beside its name.
  return [context.terminal ?? context.kind, context.slot === context.kind ? '' : context.slot].filter(Boolean).join(' ')
}
