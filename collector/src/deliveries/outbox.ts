import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { DeliveryKind, DeliveryPayload } from './payload.ts'

/** Writes messages to desks into the transaction that is open: one row for each desk, sent later by the runner. */
export interface DeliveryOutbox {
  add(tenantId: string, kind: DeliveryKind, payload: DeliveryPayload, now: EpochMs): void
}

/** The outbox for these desks; with none, nothing is written and the portal's own list serves. */
export function createDeliveryOutbox(database: DatabaseSync, desks: readonly string[]): DeliveryOutbox {
  const insert = database.prepare(
    `INSERT INTO deliveries (tenant_id, incident_id, desk, event_id, kind, priority, payload_json, state, next_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?)`,
  )
  const hurry = database.prepare(
    `UPDATE deliveries SET priority = ? WHERE incident_id = ? AND desk = ? AND kind = 'open' AND state = 'waiting'`,
  )
  const count = database.prepare('SELECT count(*) AS n FROM deliveries WHERE incident_id = ? AND desk = ?')
  return {
    add: (tenantId, kind, payload, now) => {
      const { incidentId, key } = payload.subject
      for (const desk of desks) {
        const { n } = count.get(incidentId, desk) as { n: number }
        // The moment is part of the id: after a restore from a backup the count begins again, and a receiver must not take news for a repeat.
        const eventId = `${key}.${desk}.${n + 1}.${now.toString(36)}`
        const { priority } = payload
        // A ticket that is still to be opened takes its new place in the queue at once.
        if (kind === 'priority') hurry.run(priority, incidentId, desk)
        insert.run(tenantId, incidentId, desk, eventId, kind, priority, JSON.stringify(payload), now, now)
      }
    },
  }
}
