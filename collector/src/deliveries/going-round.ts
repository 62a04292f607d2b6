import type { DatabaseSync } from 'node:sqlite'
import type { Priority } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { inTransaction } from '../store/sqlite/database.ts'
import type { Detour } from './delivery-port.ts'
import { DIGEST, digestOf, instead, movedEntry } from './going-round-words.ts'
import { FALLBACK_ROUTE } from './outbox.ts'
import type { DeliveryPayload } from './payload.ts'

/** Most messages of their own within `WINDOW_MS`; what is beyond is told together. */
const OWN_MESSAGES_MAX = 20
const WINDOW_MS = 3_600_000
/** Up to this priority an incident gets a message of its own; the others of an outage are told in one. */
const URGENT: Priority = 2

/** An opening that its desk has not taken. */
export interface Stranded {
  readonly id: number
  readonly tenantId: string
  readonly incidentId: string
  readonly payload: DeliveryPayload
  readonly createdAt: EpochMs
}

/**
 * Openings of live incidents that the desk was to take and did not; those that went round before, or that the other desk hears of anyway,
 * are left out. An opening that was never tried waits for its turn unless the desk as a whole fails.
 */
const SELECT_STRANDED = `
  SELECT d.id, d.tenant_id AS tenantId, d.incident_id AS incidentId, d.payload_json AS payload, d.created_at AS createdAt
    FROM deliveries d JOIN incidents i ON i.id = d.incident_id
   WHERE d.desk = :from AND d.kind = 'open' AND d.state IN ('waiting', 'unknown', 'failed') AND d.fallback_at IS NULL
     AND d.created_at <= :before AND (:failing OR d.last_error IS NOT NULL) AND d.route IS NOT '${FALLBACK_ROUTE}'
     AND i.status IN ('open', 'in_work', 'waiting')
     AND NOT EXISTS (SELECT 1 FROM deliveries o
                      WHERE o.incident_id = d.incident_id AND o.desk = :to AND o.kind = 'open' AND o.state <> 'dry_run')
   ORDER BY d.tenant_id, d.priority, d.id LIMIT 1000`

/** The way round a desk that takes nothing. Only openings go: what follows is told to the desk itself, which gets its own ticket as ever. */
export function createGoingRound(database: DatabaseSync): (detour: Detour, now: EpochMs) => Promise<number> {
  const selectStranded = database.prepare(SELECT_STRANDED)
  const mark = database.prepare('UPDATE deliveries SET fallback_at = ? WHERE id = ?')
  // The desk took it after all before anybody was told.
  const dropNeedless = database.prepare(
    `UPDATE deliveries SET state = 'skipped', last_error = 'the desk took it itself', settled_at = :now
      WHERE desk = :to AND route = '${FALLBACK_ROUTE}' AND state = 'waiting'
        AND EXISTS (SELECT 1 FROM deliveries o WHERE o.incident_id = deliveries.incident_id AND o.desk = :from
                      AND o.kind = 'open' AND o.state = 'delivered')`,
  )
  const selectOwn = database.prepare(
    `SELECT count(*) AS n FROM deliveries WHERE desk = ? AND tenant_id = ? AND route = '${FALLBACK_ROUTE}' AND created_at > ?`,
  )
  // An outage is over once the first of those that were told together waits for the desk no more.
  const selectDigest = database.prepare(
    `SELECT g.created_at AS at, o.state NOT IN ('waiting', 'unknown') AS over
       FROM deliveries g JOIN deliveries o ON o.incident_id = g.incident_id AND o.desk = :from AND o.fallback_at = g.created_at
      WHERE g.desk = :to AND g.tenant_id = :tenant AND g.route = '${FALLBACK_ROUTE}'
        AND g.payload_json ->> '$.subject.causeClass' = '${DIGEST}'
      ORDER BY g.created_at DESC LIMIT 1`,
  )
  const insert = database.prepare(
    `INSERT INTO deliveries (tenant_id, incident_id, desk, event_id, kind, priority, payload_json, state, next_at, created_at, route)
     VALUES (?, ?, ?, ?, 'open', ?, ?, 'waiting', ?, ?, '${FALLBACK_ROUTE}')`,
  )
  const addEntry = database.prepare(
    `INSERT INTO timeline (tenant_id, incident_id, at, kind, actor, text_ru, text_en) VALUES (?, ?, ?, 'ticket', ?, ?, ?)`,
  )

  const write = ({ to }: Detour, carrier: Stranded, payload: DeliveryPayload, now: EpochMs): void => {
    const eventId = `${payload.subject.key}.${to}.round.${now.toString(36)}`
    const { tenantId, incidentId } = carrier
    insert.run(tenantId, incidentId, to, eventId, payload.priority, JSON.stringify(payload), now, now)
  }
  const markAll = (detour: Detour, all: readonly Stranded[], now: EpochMs): void => {
    const { ru, en } = movedEntry(detour)
    for (const { id, tenantId, incidentId } of all) {
      mark.run(now, id)
      addEntry.run(tenantId, incidentId, now, detour.to, ru, en)
    }
  }
  const tellTenant = (detour: Detour, all: readonly Stranded[], now: EpochMs): number => {
    const [first] = all
    if (!first) return 0
    const { n } = selectOwn.get(detour.to, first.tenantId, now - WINDOW_MS) as { n: number }
    const urgent = all.filter(({ payload }) => payload.priority <= URGENT)
    const own = urgent.slice(0, Math.max(0, OWN_MESSAGES_MAX - n))
    for (const each of own) write(detour, each, instead(each, detour), now)
    markAll(detour, own, now)
    const together = all.filter(each => !own.includes(each))
    const [carrier] = together
    if (!carrier) return own.length
    const { from, to } = detour
    const last = selectDigest.get({ from, to, tenant: first.tenantId }) as { at: number; over: number } | undefined
    // What is not urgent is told once in an outage; what is, beyond the most, once within the window.
    const isDue = !last || (last.at <= now - WINDOW_MS && (last.over === 1 || urgent.length > own.length))
    if (!isDue) return own.length
    write(detour, carrier, digestOf(together, detour), now)
    markAll(detour, together, now)
    return own.length + 1
  }

  return async (detour, now) => {
    const { from, to, afterMs, failing } = detour
    const strandedNow = () => selectStranded.all({ from, to, before: now - afterMs, failing: failing ? 1 : 0 })
    dropNeedless.run({ now, to, from })
    // Mostly there is nothing, and a transaction costs more than the look.
    if (strandedNow().length === 0) return 0
    return inTransaction(database, () => {
      const byTenant = Map.groupBy(strandedNow().map(strandedOf), ({ tenantId }) => tenantId)
      let written = 0
      for (const all of byTenant.values()) written += tellTenant(detour, all, now)
      return written
    })
  }
}

const strandedOf = (row: Record<string, unknown>): Stranded => ({
  id: Number(row['id']),
  tenantId: String(row['tenantId']),
  incidentId: String(row['incidentId']),
  payload: JSON.parse(String(row['payload'])) as DeliveryPayload,
  createdAt: Number(row['createdAt']),
})
