import type { DatabaseSync } from 'node:sqlite'
import type { FactState } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { ItemState } from '../alerting/evaluator-port.ts'
import type { Incident } from './incident.ts'

const DAY_MS = 24 * 3_600_000

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
  /** How often the same cause was opened or came back at this item. */
  readonly frequency: { readonly day: number; readonly week: number; readonly month: number }
  readonly changes: readonly { readonly fact: string; readonly value: unknown; readonly at: EpochMs }[]
  /** Earlier incidents of the same cause, newest first. */
  readonly earlier: readonly {
    readonly number: number
    readonly solvedAt: EpochMs | null
    readonly by: string | null
  }[]
}

/** Facts whose change may explain a fault: what a technician asks about first. */
const TELLING_FACTS = [
  'agent',
  'slot',
  'agent.version',
  'fiscal.driver.version',
  'fiscal.fn.phase',
  'fiscal.fn.serial',
  'fiscal.register.autonomous',
  'fiscal.register.ffd',
  'fiscal.register.firmware',
  'fiscal.register.inn',
  'fiscal.register.ofd_host',
  'fiscal.register.ofd_inn',
  'fiscal.register.ofd_name',
  'fiscal.register.registration_number',
  'host.boot_at',
  'host.disk.total_bytes',
  'host.memory.total_bytes',
  'host.name',
  'host.os',
]
const CHANGES_MAX = 20
const EARLIER_MAX = 3

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
       LEFT JOIN sites s ON s.id = coalesce(a.site_id, t.site_id)
       LEFT JOIN clients c ON c.id = s.client_id
      WHERE i.id = ?`,
  )
  const countRegisters = database.prepare(
    `SELECT count(*) AS n FROM items i JOIN agents a ON a.id = i.agent_id WHERE a.site_id = ? AND i.kind = 'register'`,
  )
  const countOnsets = database.prepare(
    `SELECT sum(t.at > ?) AS day, sum(t.at > ?) AS week, count(*) AS month
       FROM timeline t JOIN incidents n ON n.id = t.incident_id
      WHERE n.item_id = ? AND n.cause_class = ? AND t.kind IN ('opened', 'reopened') AND t.at > ?`,
  )
  const selectChanges = database.prepare(
    `SELECT fact, value_json, at FROM changes
      WHERE item_id IN (?, ?) AND at > ? AND fact IN (${TELLING_FACTS.map(() => '?').join(', ')}) ORDER BY at DESC LIMIT ?`,
  )
  const selectEarlier = database.prepare(
    `SELECT number, solved_at, solved_by FROM incidents WHERE dedup_key = ? AND episode < ? ORDER BY episode DESC LIMIT ?`,
  )
  return (incident, now) => {
    const place = selectPlace.get(incident.itemId) as unknown as PlaceRow | undefined
    const counts = countOnsets.get(
      now - DAY_MS,
      now - 7 * DAY_MS,
      incident.itemId,
      incident.causeClass,
      now - 30 * DAY_MS,
    ) as { day: number | null; week: number | null; month: number }
    const pc = `pc:${incident.agentId}`
    const changes = selectChanges.all(incident.itemId, pc, now - 14 * DAY_MS, ...TELLING_FACTS, CHANGES_MAX)
    const earlier = selectEarlier.all(incident.dedupKey, incident.episode, EARLIER_MAX)
    return {
      client: place?.client ?? null,
      legalEntity: place?.legal_entity ?? null,
      inn: place?.inn ?? null,
      site: place?.site ?? null,
      address: place?.address ?? null,
      timezone: place?.timezone ?? 'UTC',
      hours: place?.hours_text ?? null,
      contact: place?.contact ?? null,
      access: place?.access ?? null,
      terminal: place?.terminal ?? null,
      registers: place?.site_id ? (countRegisters.get(place.site_id) as { n: number }).n : 0,
      kind: place?.kind ?? 'pc',
      slot: place?.slot ?? '',
      identity: place?.identity ?? null,
      facts: place ? (JSON.parse(place.state_json) as ItemState).facts : {},
      frequency: { day: counts.day ?? 0, week: counts.week ?? 0, month: counts.month },
      changes: changes.map(row => ({
        fact: String(row['fact']),
        value: JSON.parse(String(row['value_json'])),
        at: Number(row['at']),
      })),
      earlier: earlier.map(row => ({
        number: Number(row['number']),
        solvedAt: row['solved_at'] === null ? null : Number(row['solved_at']),
        by: row['solved_by'] === null ? null : String(row['solved_by']),
      })),
    }
  }
}
