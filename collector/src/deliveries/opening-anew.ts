import type { DatabaseSync } from 'node:sqlite'
import { AppError, type EpochMs } from '@tillwatch/shared'
import type { OpeningAnew } from './delivery-port.ts'
import { FALLBACK_ROUTE } from './outbox.ts'
import type { DeliveryPayload } from './payload.ts'

interface GoneTicket {
  readonly name: string
  readonly goneAt: number | null
  readonly status: string
}
interface Opening {
  readonly payload: string
  readonly priority: number
  readonly route: string | null
}

/**
 * A ticket that people deleted in a desk is opened there once more, under the same key: the search before the create still finds one that
 * was only hidden for a while. Inside the caller's transaction. Throws `ticket.unknown`, `ticket.there`, `ticket.being_made`,
 * `incident.finished`.
 */
export function createOpeningAnew(database: DatabaseSync): (wanted: OpeningAnew, now: EpochMs) => void {
  const selectTicket = database.prepare(
    `SELECT coalesce(t.number, t.external_id) AS name, t.gone_at AS goneAt, i.status
       FROM tickets t JOIN incidents i ON i.id = t.incident_id
      WHERE t.incident_id = :incident AND t.desk = :desk AND t.tenant_id = :tenant AND i.tenant_id = :tenant`,
  )
  const OPENINGS = `FROM deliveries WHERE incident_id = :incident AND desk = :desk AND tenant_id = :tenant AND kind = 'open'
      AND state <> 'dry_run' AND route IS NOT '${FALLBACK_ROUTE}'`
  const selectFirst = database.prepare(
    `SELECT payload_json AS payload, priority, route ${OPENINGS} ORDER BY id LIMIT 1`,
  )
  const selectUnfinished = database.prepare(
    `SELECT 1 ${OPENINGS} AND state IN ('waiting', 'unknown', 'failed') LIMIT 1`,
  )
  // What waits was said to the one that is gone; the new one begins with how things are.
  const dropWaiting = database.prepare(
    `UPDATE deliveries SET state = 'skipped', last_error = 'this incident has no ticket in this desk', settled_at = :now
      WHERE incident_id = :incident AND desk = :desk AND tenant_id = :tenant AND state IN ('waiting', 'unknown', 'failed')`,
  )
  const selectAdditions = database.prepare(
    `SELECT kind, payload_json AS payload, route FROM deliveries
      WHERE incident_id = :incident AND desk = :desk AND tenant_id = :tenant AND kind IN ('attach', 'link')
      GROUP BY kind, payload_json ->> '$.evidence' ORDER BY min(id)`,
  )
  const count = database.prepare('SELECT count(*) AS n FROM deliveries WHERE incident_id = ? AND desk = ?')
  const insert = database.prepare(
    `INSERT INTO deliveries (tenant_id, incident_id, desk, event_id, kind, priority, payload_json, state, next_at, created_at, route)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?)`,
  )
  const addEntry = database.prepare(
    `INSERT INTO timeline (tenant_id, incident_id, at, kind, actor, text_ru, text_en) VALUES (?, ?, ?, 'ticket', ?, ?, ?)`,
  )
  return ({ tenantId, incidentId, desk, actor }, now) => {
    const one = { incident: incidentId, desk, tenant: tenantId }
    const gone = selectTicket.get(one) as unknown as GoneTicket | undefined
    const first = selectFirst.get(one) as unknown as Opening | undefined
    const isBeingMade = selectUnfinished.get(one) !== undefined
    const refusal = refusalOf(gone, first, isBeingMade)
    if (refusal || !gone || !first) throw refusal
    dropWaiting.run({ ...one, now })
    const opening = JSON.parse(first.payload) as DeliveryPayload
    let { n } = count.get(incidentId, desk) as { n: number }
    const write = (kind: string, payload: DeliveryPayload, route: string | null): void => {
      n++
      const eventId = `${payload.subject.key}.${desk}.${n}.${now.toString(36)}`
      const told = JSON.stringify(payload)
      insert.run(tenantId, incidentId, desk, eventId, kind, first.priority, told, now, now, route)
    }
    write('open', anew(opening, gone.name), first.route)
    for (const each of selectAdditions.all(one) as { kind: string; payload: string; route: string | null }[]) {
      write(each.kind, JSON.parse(each.payload) as DeliveryPayload, each.route)
    }
    const [ru, en] = [`Заявка в «${desk}» создаётся заново`, `The ticket in “${desk}” is opened anew`]
    addEntry.run(tenantId, incidentId, now, actor, `${ru} вместо ${gone.name}`, `${en} in place of ${gone.name}`)
  }
}

function refusalOf(gone: GoneTicket | undefined, first: Opening | undefined, isBeingMade: boolean): AppError | null {
  if (!gone || !first) {
    return new AppError('ticket.unknown', 'there is no such ticket', { nextStep: 'Open the incident again.' })
  }
  if (gone.goneAt === null) {
    return new AppError('ticket.there', 'the desk has this ticket', { nextStep: 'Open the incident again.' })
  }
  if (isBeingMade) {
    return new AppError('ticket.being_made', 'a new ticket is on its way', {
      nextStep: 'Wait for it; the page of desks says what holds it up.',
    })
  }
  if (!['open', 'in_work', 'waiting'].includes(gone.status)) {
    return new AppError('incident.finished', 'the incident is solved or closed', { nextStep: 'Open it again first.' })
  }
  return null
}

/** The first word on the incident, with where its ticket went. */
function anew(opening: DeliveryPayload, name: string): DeliveryPayload {
  const { ru, en } = opening.text
  return {
    ...opening,
    text: {
      ru: `Прежняя заявка ${name} в этой службе удалена, эта открыта вместо неё. Что было с тех пор, есть в портале.\n\n${ru}`,
      en: `The former ticket ${name} was deleted in this desk, this one is open in its place. What happened since is in the portal.\n\n${en}`,
    },
  }
}
