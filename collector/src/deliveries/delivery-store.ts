import type { DatabaseSync } from 'node:sqlite'
import type { Priority } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { IncidentStanding, Ticket } from '../connectors/connector.ts'
import { createFileOfDelivery } from '../evidence/attachment-store.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { IS_HERE } from '../tickets/desk-places.ts'
import { createDeliveryActs } from './delivery-acts.ts'
import type { Deliveries, Delivery } from './delivery-port.ts'
import { createGoingRound } from './going-round.ts'
import { createOpeningAnew } from './opening-anew.ts'
import type { DeliveryKind, DeliveryPayload } from './payload.ts'
import { createSettling } from './settling.ts'

interface HeadRow {
  id: number
  tenant_id: string
  incident_id: string
  desk: string
  event_id: string
  kind: string
  payload_json: string
  state: string
  attempts: number
  created_at: number
}
interface TicketRow {
  external_id: string
  number: string | null
  url: string | null
  last_written_json: string
}

/**
 * Heads: the first unfinished message of each incident. A ticket that could not be opened holds back what follows; any other refusal
 * does not, and a file or a link that is slow to arrive holds back no words. What would go to a number of another installation waits.
 * Openings first, Blocking before all, then reopenings, priorities, solutions, comments, and what goes with them.
 */
const SELECT_HEADS = `
  SELECT d.id, d.tenant_id, d.incident_id, d.desk, d.event_id, d.kind, d.payload_json, d.state, d.attempts, d.created_at
    FROM deliveries d
   WHERE d.desk = ? AND d.state IN ('waiting', 'unknown') AND d.next_at <= ?
     AND NOT EXISTS (
       SELECT 1 FROM deliveries e
        WHERE e.desk = d.desk AND e.incident_id = d.incident_id AND e.id < d.id
          AND ((e.state IN ('waiting', 'unknown') AND e.kind NOT IN ('attach', 'link')) OR (e.state = 'failed' AND e.kind = 'open')))
     AND (d.kind = 'open' OR NOT EXISTS (
       SELECT 1 FROM tickets t WHERE t.incident_id = d.incident_id AND t.desk = d.desk AND NOT (${IS_HERE})))
   ORDER BY CASE WHEN d.kind = 'open' THEN CASE d.priority WHEN 1 THEN 0 ELSE 1 END
                 WHEN d.kind = 'reopen' THEN 2 WHEN d.kind = 'priority' THEN 3 WHEN d.kind = 'solve' THEN 4
                 WHEN d.kind IN ('attach', 'link') THEN 6 ELSE 5 END,
            d.priority, d.id
   LIMIT 1`

/** What a later message of the same incident makes needless, also one that arrived while this one was refused. */
const OVERTAKEN_BY: Readonly<Partial<Record<DeliveryKind, readonly DeliveryKind[]>>> = {
  solve: ['solve', 'reopen'],
  reopen: ['solve', 'reopen'],
  priority: ['priority'],
  standing: ['standing'],
}

/** The outbox over an open connection of the state thread. */
export function createDeliveries(database: DatabaseSync): Deliveries {
  const selectHead = database.prepare(SELECT_HEADS)
  const selectPaused = database.prepare('SELECT paused FROM desk_states WHERE desk = ?')
  const selectLater = database.prepare(
    `SELECT kind FROM deliveries WHERE desk = ? AND incident_id = ? AND id > ? AND state IN ('waiting', 'unknown', 'delivered')`,
  )
  const setIntent = database.prepare(
    `UPDATE deliveries SET state = 'unknown', attempts = attempts + 1, payload_json = ? WHERE id = ?`,
  )
  const setState = database.prepare('UPDATE deliveries SET state = ?, last_error = ?, settled_at = ? WHERE id = ?')
  const skipPriorities = database.prepare(
    `UPDATE deliveries SET state = 'skipped', settled_at = ? WHERE desk = ? AND incident_id = ? AND kind = 'priority' AND state = 'waiting'`,
  )
  const selectNow = database.prepare('SELECT priority, status, assignee FROM incidents WHERE id = ?')
  const selectTicket = database.prepare(
    'SELECT external_id, number, url, last_written_json FROM tickets WHERE incident_id = ? AND desk = ? AND gone_at IS NULL',
  )
  const settling = createSettling(database)
  const acts = createDeliveryActs(database)
  const openAnew = createOpeningAnew(database)
  const fileOf = createFileOfDelivery(database)

  const ticketOf = (incidentId: string, desk: string): Ticket | null => {
    const row = selectTicket.get(incidentId, desk) as unknown as TicketRow | undefined
    if (!row) return null
    return { id: row.external_id, number: row.number, url: row.url, written: JSON.parse(row.last_written_json) }
  }

  const isOvertaken = (head: HeadRow): boolean => {
    const overtaking = OVERTAKEN_BY[head.kind as DeliveryKind]
    // A priority that may have been written has to be known for ours: else the next one would take it for a person's.
    if (!overtaking || (head.kind === 'priority' && head.state === 'unknown')) return false
    const later = selectLater.all(head.desk, head.incident_id, head.id)
    return later.some(row => overtaking.includes(row['kind'] as DeliveryKind))
  }

  const headOf = (desk: string, now: EpochMs) => selectHead.get(desk, now) as unknown as HeadRow | undefined

  const handOut = (head: HeadRow, now: EpochMs): Delivery => {
    let payload = JSON.parse(head.payload_json) as DeliveryPayload
    if (head.kind === 'open' && head.state === 'waiting') {
      // A ticket is born as the incident is now; what was queued about it is said by that. One that may be born already stays as it was.
      const row = selectNow.get(head.incident_id) as ({ priority: Priority } & IncidentStanding) | undefined
      if (row) {
        const { priority, status, assignee } = row
        payload = { ...payload, priority, ...(payload.standing ? { standing: { status, assignee } } : {}) }
      }
      skipPriorities.run(now, head.desk, head.incident_id)
    }
    setIntent.run(JSON.stringify(payload), head.id)
    return {
      id: head.id,
      tenantId: head.tenant_id,
      incidentId: head.incident_id,
      desk: head.desk,
      eventId: head.event_id,
      kind: head.kind as DeliveryKind,
      payload,
      attempts: head.attempts + 1,
      createdAt: head.created_at,
      mayHaveArrived: head.state === 'unknown',
      ticket: ticketOf(head.incident_id, head.desk),
    }
  }

  return {
    begin: async (desk, now) => {
      if (selectPaused.get(desk)?.['paused'] === 1) return null
      // Mostly there is nothing, and a transaction costs more than the look.
      if (!headOf(desk, now)) return null
      return inTransaction(database, () => {
        for (;;) {
          const head = headOf(desk, now)
          if (!head) return null
          if (!isOvertaken(head)) return handOut(head, now)
          setState.run('skipped', 'a later message says more', now, head.id)
        }
      })
    },
    fileOf: async (id, language) => fileOf(id, language),
    settle: (id, settlement, now) => inTransaction(database, () => settling.settle(id, settlement, now)),
    nextAt: async (desk, after) => settling.nextAt(desk, after),
    goRound: createGoingRound(database),
    act: (act, now) => inTransaction(database, () => acts(act, now)),
    openAnew: (wanted, now) => inTransaction(database, () => openAnew(wanted, now)),
    counts: async (tenantId, desks) => desks.map(desk => settling.countsOf(tenantId, desk)),
    retryDesk: (tenantId, desk, now) => inTransaction(database, () => settling.retryDesk(tenantId, desk, now)),
  }
}
