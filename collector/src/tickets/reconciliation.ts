import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import { DESK_FINDINGS, type DeskAgreement } from '@tillwatch/shared/api'
import type { FoundTicket } from '../connectors/connector.ts'
import { FALLBACK_ROUTE } from '../deliveries/outbox.ts'
import { type Incident, MACHINE } from '../incidents/incident.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import { deskKeyOf } from '../incidents/new-incident.ts'
import type { RoutableDesk, Target } from '../routing/route-book.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { type DeskPlaces, IS_HERE } from './desk-places.ts'
import { createFindings } from './findings.ts'
import { ticketPhrases } from './phrases.ts'

/** Keys that are searched for at one comparison; those whose turn was longest ago. */
const SEARCHES_MAX = 100
/** Ended incidents are compared for so long. */
const ENDED_MS = 30 * 86_400_000
/** Tickets of closed incidents that are looked at once more at one comparison. */
const LOOKS_MAX = 50

/** A key that no other ticket should carry. */
export interface KeySearch {
  readonly incidentId: string
  readonly key: string
}

/** What of a comparison is to be asked of the desk. */
export interface DeskQuestions {
  /** Openings that left no ticket and are sent again. */
  readonly repaired: number
  /** Ids of tickets that were open when their incident was closed. */
  readonly looks: readonly string[]
  readonly searches: readonly KeySearch[]
}

/** Compares desks and incidents. Lives in the state thread under the name `reconciliation`; every call is one transaction. */
export interface Reconciliation {
  /** Puts right what needs no question; what is then to be asked. */
  begin(desk: string, now: EpochMs): Promise<DeskQuestions>
  /** The tickets that carry a key; true when the incident's trail says something new. */
  found(desk: string, search: KeySearch, tickets: readonly FoundTicket[], now: EpochMs): Promise<boolean>
  /** Counts what does not agree. */
  end(desk: string, now: EpochMs): Promise<void>
  /** How a tenant's tickets agreed at the last comparison. */
  agreements(tenantId: string, desks: readonly string[]): Promise<readonly DeskAgreement[]>
  /** The same of all tenants together, for whoever runs the collector. */
  numbers(): Promise<readonly DeskAgreement[]>
  /** A person says that a desk kept its numbers at its new address: the tenant's tickets go on there. */
  confirm(tenantId: string, desk: string, actor: string, now: EpochMs): Promise<void>
}

export interface ReconciliationOptions {
  readonly incidents: Pick<IncidentStore, 'byId' | 'addEntry'>
  readonly desks: readonly RoutableDesk[]
  readonly places: DeskPlaces
  readonly targetsOf: (incident: Incident) => readonly Target[]
}

/** `since`: when it was its turn last. */
interface LookRow {
  since: number
  id: string
}
interface SearchRow {
  since: number
  incident_id: string
  desk_key: string
  dedup_key: string
  episode: number
  live: number
}

/** The comparison over an open connection. */
export function createReconciliation(database: DatabaseSync, options: ReconciliationOptions): Reconciliation {
  const { incidents, desks, places } = options
  const findings = createFindings(database, options)
  const tenantsOf = (desk: string): readonly string[] => desks.find(({ name }) => name === desk)?.tenants ?? []
  // A restore of this file alone, or a hand in it: the desk was told, and nobody knows which ticket came of it.
  const sendAgain = database.prepare(
    `UPDATE deliveries SET state = 'unknown', next_at = ?1, settled_at = NULL
      WHERE id IN (SELECT d.id FROM incidents i CROSS JOIN deliveries d
                    WHERE i.tenant_id = ?2 AND i.status IN ('open', 'in_work', 'waiting') AND d.incident_id = i.id AND d.desk = ?3
                      AND d.kind = 'open' AND d.state = 'delivered' AND d.route IS NOT '${FALLBACK_ROUTE}'
                      AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.incident_id = i.id AND t.desk = d.desk))`,
  )
  const selectLooks = database.prepare(
    `SELECT t.external_id AS id, t.read_at AS since FROM incidents i CROSS JOIN tickets t
      WHERE i.tenant_id = ? AND i.status = 'closed' AND i.closed_at > ? AND t.incident_id = i.id AND t.desk = ? AND ${IS_HERE}
        AND t.gone_at IS NULL AND t.seen_json ->> '$.phase' IN ('open', 'in_work', 'waiting')
      ORDER BY t.read_at LIMIT ${LOOKS_MAX}`,
  )
  // Tickets that people merged are theirs. Of an ended incident it is the key of its next return that nobody should carry yet.
  const selectSearches = database.prepare(
    `SELECT t.searched_at AS since, t.incident_id, i.desk_key, i.dedup_key, i.episode,
            i.status IN ('open', 'in_work', 'waiting') AS live
       FROM incidents i CROSS JOIN tickets t
      WHERE i.tenant_id = ?1 AND i.status IN ('open', 'in_work', 'waiting', 'solved', 'closed')
        AND (i.status NOT IN ('solved', 'closed') OR i.changed_at > ?2) AND t.incident_id = i.id AND t.desk = ?3 AND ${IS_HERE}
        AND t.gone_at IS NULL AND t.last_written_json ->> '$.merged' IS NULL
        AND NOT EXISTS (SELECT 1 FROM incidents n WHERE n.dedup_key = i.dedup_key AND n.episode > i.episode)
      ORDER BY t.searched_at LIMIT ${SEARCHES_MAX}`,
  )
  const selectTicket = database.prepare('SELECT external_id, others FROM tickets WHERE incident_id = ? AND desk = ?')
  const updateOthers = database.prepare(
    'UPDATE tickets SET searched_at = ?, others = ? WHERE incident_id = ? AND desk = ?',
  )

  const searchOf = (row: SearchRow): KeySearch => ({
    incidentId: row.incident_id,
    key: row.live === 1 ? row.desk_key : deskKeyOf(row.dedup_key, row.episode + 1),
  })
  const agreementOf = (desk: string, tenantId: string): DeskAgreement => ({
    ...findings.of(desk, tenantId),
    ...{ desk, elsewhere: places.strangers(tenantId, desk) },
  })
  return {
    begin: (desk, now) =>
      inTransaction(database, () => {
        let repaired = 0
        const looks: LookRow[] = []
        const searches: SearchRow[] = []
        for (const tenantId of tenantsOf(desk)) {
          const again = Number(sendAgain.run(now, tenantId, desk).changes)
          findings.repaired(desk, tenantId, again, now)
          repaired += again
          looks.push(...(selectLooks.all(tenantId, now - ENDED_MS, desk) as unknown as LookRow[]))
          searches.push(...(selectSearches.all(tenantId, now - ENDED_MS, desk) as unknown as SearchRow[]))
        }
        return {
          repaired,
          looks: longestAgo(looks, LOOKS_MAX).map(({ id }) => id),
          searches: longestAgo(searches, SEARCHES_MAX).map(searchOf),
        }
      }),
    found: (desk, { incidentId, key }, tickets, now) =>
      inTransaction(database, () => {
        const row = selectTicket.get(incidentId, desk)
        const incident = incidents.byId(incidentId)
        if (!row || !incident) return false
        const isOwn = key === incident.deskKey
        // It was opened while it was searched for.
        const isKnown = !isOwn && incidents.byId(key.slice('tw-'.length)) !== null
        const others = tickets.filter(({ id, open }) => open && !isKnown && id !== row['external_id'])
        const numbers = others.map(({ id, number }) => number ?? id).join(', ')
        updateOthers.run(now, numbers === '' ? null : numbers, incidentId, desk)
        if (numbers === '' || numbers === row['others']) return false
        const text = isOwn ? ticketPhrases.twins(numbers, desk) : ticketPhrases.orphan(numbers, desk)
        incidents.addEntry(incident, { kind: 'note', actor: MACHINE, text }, now)
        return true
      }),
    end: (desk, now) =>
      inTransaction(database, () => {
        for (const tenantId of tenantsOf(desk)) findings.count(desk, tenantId, now)
      }),
    agreements: async (tenantId, wanted) => wanted.map(desk => agreementOf(desk, tenantId)),
    numbers: async () =>
      desks.map(({ name, tenants }) => tenants.map(tenantId => agreementOf(name, tenantId)).reduce(together)),
    confirm: (tenantId, desk, actor, now) =>
      inTransaction(database, () => {
        for (const incidentId of places.confirm(tenantId, desk)) {
          const incident = incidents.byId(incidentId)
          if (incident) incidents.addEntry(incident, { kind: 'note', actor, text: ticketPhrases.kept(desk) }, now)
        }
      }),
  }
}

/** Of all tenants together: one with many tickets takes no other's turn. */
const longestAgo = <T extends { readonly since: number }>(rows: readonly T[], max: number): readonly T[] =>
  rows.toSorted((one, other) => one.since - other.since).slice(0, max)

const together = (one: DeskAgreement, other: DeskAgreement): DeskAgreement => ({
  desk: one.desk,
  comparedAt: other.comparedAt ?? one.comparedAt,
  repaired: one.repaired + other.repaired,
  leftThere: one.leftThere + other.leftThere,
  elsewhere: one.elsewhere + other.elsewhere,
  found: Object.fromEntries(DESK_FINDINGS.map(sort => [sort, (one.found[sort] ?? 0) + (other.found[sort] ?? 0)])),
})
