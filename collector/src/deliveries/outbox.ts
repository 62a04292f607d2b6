import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { Placement } from '../connectors/connector.ts'
import type { Target } from '../routing/route-book.ts'
import type { RoutedIncident } from '../routing/route-keeper.ts'
import type { ExportedRecord } from '../templates/exported-record.ts'
import type { DeliveryKind, DeliveryPayload } from './payload.ts'

/** The route of an opening that goes round a desk that is down: what follows is told to the desk itself. */
export const FALLBACK_ROUTE = '(fallback)'

/** Those that change what is known of an incident. */
const WITH_RECORD: ReadonlySet<DeliveryKind> = new Set<DeliveryKind>(['open', 'priority', 'solve', 'reopen'])

/** Writes messages to desks into the transaction that is open: one row for each desk, sent later by the runner. */
export interface DeliveryOutbox {
  /** An opening goes where the routes say now; whatever follows goes where the opening went, as far as `hears` lets it. */
  add(
    incident: RoutedIncident,
    kind: DeliveryKind,
    payload: DeliveryPayload,
    now: EpochMs,
    hears?: (desk: string) => boolean,
  ): void
}

/** The outbox; where there is no desk to hear, nothing is written and the portal's own list serves. `placed` fills in what a place takes from the incident, `recordOf` gives the record to desks that want it. */
export function createDeliveryOutbox(
  database: DatabaseSync,
  targetsOf: (incident: RoutedIncident, now: EpochMs) => readonly Target[],
  placed: (incident: RoutedIncident, target: Target, now: EpochMs) => Placement = (_, { placement }) => placement,
  recordOf: (incident: RoutedIncident, desk: string, now: EpochMs) => ExportedRecord | null = () => null,
): DeliveryOutbox {
  const insert = database.prepare(
    `INSERT INTO deliveries (tenant_id, incident_id, desk, event_id, kind, priority, payload_json, state, next_at, created_at, route, settled_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const hurry = database.prepare(
    `UPDATE deliveries SET priority = ? WHERE incident_id = ? AND desk = ? AND kind = 'open' AND state = 'waiting'`,
  )
  const count = database.prepare('SELECT count(*) AS n FROM deliveries WHERE incident_id = ? AND desk = ?')
  const selectOpened = database.prepare(
    `SELECT desk, route, max(state = 'dry_run') AS dryRun FROM deliveries
      WHERE incident_id = ? AND kind = 'open' AND route IS NOT '${FALLBACK_ROUTE}' GROUP BY desk ORDER BY min(id)`,
  )
  // Who acts on a card that went round wants to see it move, too; words go to the desk itself alone.
  const selectShown = database.prepare(
    `SELECT desk, NULL AS route, max(state = 'dry_run') AS dryRun FROM deliveries
      WHERE incident_id = ? AND kind = 'open' GROUP BY desk ORDER BY min(id)`,
  )
  const opened = (incidentId: string, kind: DeliveryKind) =>
    (
      (kind === 'standing' ? selectShown : selectOpened).all(incidentId) as unknown as {
        desk: string
        route: string | null
        dryRun: number
      }[]
    ).map(({ desk, route, dryRun }) => ({ desk, route, dryRun: dryRun === 1, placement: null }))
  return {
    add: (incident, kind, payload, now, hears = () => true) => {
      const { key } = payload.subject
      const { priority } = payload
      for (const target of kind === 'open' ? targetsOf(incident, now) : opened(incident.id, kind)) {
        const { desk, route, dryRun } = target
        if (!hears(desk)) continue
        const { n } = count.get(incident.id, desk) as { n: number }
        // The moment is part of the id: after a restore from a backup the count begins again, and a receiver must not take news for a repeat.
        const eventId = `${key}.${desk}.${n + 1}.${now.toString(36)}`
        // A ticket that is still to be opened takes its new place in the queue at once.
        if (kind === 'priority') hurry.run(priority, incident.id, desk)
        const placement = target.placement && placed(incident, target, now)
        const record = WITH_RECORD.has(kind) ? recordOf(incident, desk, now) : null
        const told = JSON.stringify({
          ...payload,
          ...(placement === null ? {} : { placement }),
          ...(record === null ? {} : { record }),
        })
        const [state, settledAt] = dryRun ? ['dry_run', now] : ['waiting', null]
        insert.run(
          ...[incident.tenantId, incident.id, desk, eventId, kind, priority, told, state, now, now, route, settledAt],
        )
      }
    },
  }
}
