import type { DatabaseSync } from 'node:sqlite'
import type { Priority } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { inTransaction } from '../store/sqlite/database.ts'
import type { Detour } from './delivery-port.ts'
import { DIGEST, digestOf, instead, movedEntry, NAMED_MAX } from './going-round-words.ts'
import { FALLBACK_ROUTE } from './outbox.ts'
import type { DeliveryPayload } from './payload.ts'

/** Most messages of their own within `WINDOW_MS`; what is beyond is told together. */
const OWN_MESSAGES_MAX = 20
const WINDOW_MS = 3_600_000
/** Up to this priority an incident gets a message of its own; the others of an outage are told in one. */
const URGENT: Priority = 2
/** Openings of one tenant that one look takes. */
const STRANDED_MAX = 5_000

/** An opening that its desk has not taken. */
interface Stranded {
  readonly id: number
  readonly incidentId: string
  /** As it is now, not as it was when the opening was written. */
  readonly priority: Priority
  readonly createdAt: EpochMs
}

/**
 * Openings of live incidents that the desk was to take and did not; those that went round before, or that the other desk hears of anyway,
 * are left out. An opening that was never tried waits for its turn unless the desk as a whole takes nothing.
 */
const STRANDED = `
    FROM deliveries d JOIN incidents i ON i.id = d.incident_id
   WHERE d.desk = :from AND d.kind = 'open' AND d.state IN ('waiting', 'unknown', 'failed') AND d.fallback_at IS NULL
     AND d.created_at <= :before AND (:failing OR d.last_error IS NOT NULL) AND d.route IS NOT '${FALLBACK_ROUTE}'
     AND i.status IN ('open', 'in_work', 'waiting')
     AND NOT EXISTS (SELECT 1 FROM deliveries o
                      WHERE o.incident_id = d.incident_id AND o.desk = :to AND o.kind = 'open' AND o.state <> 'dry_run')`

/** The way round a desk that takes nothing. Only openings go: what follows is told to the desk itself, which gets its own ticket as ever. */
export function createGoingRound(database: DatabaseSync): (detour: Detour, now: EpochMs) => Promise<number> {
  const selectTenants = database.prepare(`SELECT DISTINCT d.tenant_id AS tenant ${STRANDED}`)
  const selectStranded = database.prepare(
    `SELECT d.id, d.incident_id AS incidentId, d.priority, d.created_at AS createdAt ${STRANDED} AND d.tenant_id = :tenant
      ORDER BY d.priority, d.id LIMIT ${STRANDED_MAX}`,
  )
  const selectPayload = database.prepare('SELECT payload_json AS payload FROM deliveries WHERE id = ?')
  const selectPaused = database.prepare('SELECT 1 FROM desk_states WHERE desk = ? AND paused = 1')
  const mark = database.prepare('UPDATE deliveries SET fallback_at = ?, told_by = ? WHERE id = ?')
  // Before anybody was told, the desk took all of it after all, or it is over.
  const dropNeedless = database.prepare(
    `UPDATE deliveries SET state = 'skipped', last_error = 'nobody needs it any more', settled_at = :now
      WHERE desk = :to AND route = '${FALLBACK_ROUTE}' AND state = 'waiting'
        AND NOT EXISTS (SELECT 1 FROM deliveries o JOIN incidents i ON i.id = o.incident_id
                         WHERE o.told_by = deliveries.id AND o.state IN ('waiting', 'unknown', 'failed')
                           AND i.status IN ('open', 'in_work', 'waiting'))`,
  )
  const selectOwn = database.prepare(
    `SELECT count(*) AS n FROM deliveries WHERE desk = ? AND tenant_id = ? AND route = '${FALLBACK_ROUTE}' AND created_at > ?`,
  )
  // An outage is over once the desk has taken one of those that were told together, or has none of them left to take.
  const selectDigest = database.prepare(
    `SELECT g.created_at AS at,
            EXISTS (SELECT 1 FROM deliveries o WHERE o.told_by = g.id AND o.state = 'delivered')
            OR NOT EXISTS (SELECT 1 FROM deliveries o WHERE o.told_by = g.id AND o.state IN ('waiting', 'unknown')) AS over
       FROM deliveries g
      WHERE g.desk = :to AND g.tenant_id = :tenant AND g.route = '${FALLBACK_ROUTE}' AND g.state <> 'skipped'
        AND g.payload_json ->> '$.subject.causeClass' = '${DIGEST}'
        AND EXISTS (SELECT 1 FROM deliveries o WHERE o.told_by = g.id AND o.desk = :from)
      ORDER BY g.created_at DESC LIMIT 1`,
  )
  const insert = database.prepare(
    `INSERT INTO deliveries (tenant_id, incident_id, desk, event_id, kind, priority, payload_json, state, next_at, created_at, route)
     VALUES (?, ?, ?, ?, 'open', ?, ?, 'waiting', ?, ?, '${FALLBACK_ROUTE}')`,
  )
  const addEntry = database.prepare(
    `INSERT INTO timeline (tenant_id, incident_id, at, kind, actor, text_ru, text_en) VALUES (?, ?, ?, 'ticket', ?, ?, ?)`,
  )

  const payloadOf = ({ id, priority }: Stranded): DeliveryPayload => {
    const { payload } = selectPayload.get(id) as { payload: string }
    return { ...(JSON.parse(payload) as DeliveryPayload), priority }
  }

  return async (detour, now) => {
    const { from, to, afterMs } = detour
    const look = () => {
      const failing = detour.failing || selectPaused.get(from) !== undefined
      return { from, to, before: now - afterMs, failing: failing ? 1 : 0 }
    }

    /** One message for all of these, by way of the incident of the first. */
    const tell = (tenant: string, all: readonly Stranded[], payload: DeliveryPayload): void => {
      const [carrier] = all
      if (!carrier) return
      const eventId = `${payload.subject.key}.${to}.round.${now.toString(36)}`
      const told = JSON.stringify(payload)
      const { lastInsertRowid } = insert.run(tenant, carrier.incidentId, to, eventId, payload.priority, told, now, now)
      const { ru, en } = movedEntry(detour)
      for (const { id, incidentId } of all) {
        mark.run(now, lastInsertRowid, id)
        addEntry.run(tenant, incidentId, now, to, ru, en)
      }
    }
    const tellTenant = (tenant: string): number => {
      const all = selectStranded.all({ ...look(), tenant }) as unknown as Stranded[]
      const { n } = selectOwn.get(to, tenant, now - WINDOW_MS) as { n: number }
      const urgent = all.filter(({ priority }) => priority <= URGENT)
      const own = urgent.slice(0, Math.max(0, OWN_MESSAGES_MAX - n))
      for (const each of own) tell(tenant, [each], instead(payloadOf(each), now - each.createdAt, detour))
      // The most urgent come first.
      const together = all.slice(own.length)
      if (together.length === 0) return own.length
      const last = selectDigest.get({ from, to, tenant }) as { at: number; over: number } | undefined
      // What is not urgent is told once in an outage; what is, beyond the most, once within the window.
      const isDue = !last || (last.at <= now - WINDOW_MS && (last.over === 1 || urgent.length > own.length))
      if (!isDue) return own.length
      const named = together.slice(0, NAMED_MAX).map(payloadOf)
      tell(tenant, together, digestOf(named, together.length, detour))
      return own.length + 1
    }

    dropNeedless.run({ now, to })
    const tenantsNow = () => selectTenants.all(look()) as unknown as { tenant: string }[]
    // Mostly there is nothing, and a transaction costs more than the look.
    if (tenantsNow().length === 0) return 0
    return inTransaction(database, () => tenantsNow().reduce((written, { tenant }) => written + tellTenant(tenant), 0))
  }
}
