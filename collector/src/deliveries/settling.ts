import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import { MERGED } from '../tickets/ticket-rows.ts'
import type { DeskCounts, Settlement } from './delivery-port.ts'
import { FALLBACK_ROUTE } from './outbox.ts'
import type { DeliveryKind } from './payload.ts'
import { createToldRound } from './told-round.ts'

const UPSERT_DESK = `INSERT INTO desk_states (desk, paused, problem, changed_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (desk) DO UPDATE SET paused = excluded.paused, problem = excluded.problem, changed_at = excluded.changed_at`

/** Kinds that leave status and priority of a ticket as they are. */
const WRITES_NO_STATE: ReadonlySet<string> = new Set<DeliveryKind>(['comment', 'standing', 'attach', 'link'])

/** How messages end, and what that leaves. Runs inside the caller's transaction. */
export interface Settling {
  settle(id: number, settlement: Settlement, now: EpochMs): void
  nextAt(desk: string, after: EpochMs): EpochMs | null
  countsOf(tenantId: string, desk: string): DeskCounts
  retryDesk(tenantId: string, desk: string, now: EpochMs): number
}

/** The statements over an open connection. */
export function createSettling(database: DatabaseSync): Settling {
  const upsertDesk = database.prepare(UPSERT_DESK)
  const selectNext = database.prepare(
    `SELECT min(next_at) AS at FROM deliveries WHERE desk = ? AND state IN ('waiting', 'unknown') AND next_at > ?`,
  )
  const selectCounts = database.prepare(
    `SELECT sum(state <> 'failed') AS waiting, sum(state = 'failed') AS failed,
            (SELECT count(*) FROM deliveries WHERE desk = ?1 AND tenant_id = ?2 AND state = 'delivered') AS delivered
       FROM deliveries WHERE desk = ?1 AND tenant_id = ?2 AND state IN ('waiting', 'unknown', 'failed')`,
  )
  const selectProblem = database.prepare(
    `SELECT last_error AS problem FROM deliveries
      WHERE desk = ? AND tenant_id = ? AND state IN ('waiting', 'unknown', 'failed') AND last_error IS NOT NULL
      ORDER BY id DESC LIMIT 1`,
  )
  const selectDesk = database.prepare('SELECT paused, problem, called_at FROM desk_states WHERE desk = ?')
  // `unknown`: an attempt before the refusal may have arrived, so traces are looked for first.
  const retry = database.prepare(
    `UPDATE deliveries SET state = 'unknown', next_at = ?, settled_at = NULL WHERE desk = ? AND tenant_id = ? AND state = 'failed'`,
  )
  const hurry = database.prepare(
    `UPDATE deliveries SET next_at = ?1 WHERE desk = ?2 AND tenant_id = ?3 AND state IN ('waiting', 'unknown') AND next_at > ?1`,
  )
  return {
    settle: createSettle(database),
    nextAt: (desk, after) => (selectNext.get(desk, after) as { at: number | null }).at,
    countsOf: (tenantId, desk) => {
      const counts = selectCounts.get(desk, tenantId) as Record<'waiting' | 'delivered' | 'failed', number | null>
      const state = selectDesk.get(desk) as
        | { paused: number; problem: string | null; called_at: EpochMs | null }
        | undefined
      return {
        desk,
        waiting: counts.waiting ?? 0,
        delivered: counts.delivered ?? 0,
        failed: counts.failed ?? 0,
        paused: state?.paused === 1,
        failing: (state?.problem ?? null) !== null,
        calledAt: state?.called_at ?? null,
        problem: (selectProblem.get(desk, tenantId) as { problem: string } | undefined)?.problem ?? null,
      }
    },
    retryDesk: (tenantId, desk, now) => {
      const early = Number(hurry.run(now, desk, tenantId).changes)
      const refused = Number(retry.run(now, desk, tenantId).changes)
      upsertDesk.run(desk, 0, null, now)
      return early + refused
    },
  }
}

function createSettle(database: DatabaseSync): Settling['settle'] {
  const selectOne = database.prepare('SELECT tenant_id, incident_id, desk, kind, route FROM deliveries WHERE id = ?')
  const update = database.prepare(
    'UPDATE deliveries SET state = ?, last_error = ?, next_at = coalesce(?, next_at), settled_at = ? WHERE id = ?',
  )
  const toldRound = createToldRound(database)
  // The mark of a merger stays, and what was written into a ticket that was merged meanwhile is no way back to it.
  const upsertTicket = database.prepare(
    `INSERT INTO tickets (incident_id, desk, tenant_id, external_id, number, url, last_written_json, created_at, place)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (SELECT place FROM desk_states WHERE desk = ?2))
     ON CONFLICT (incident_id, desk) DO UPDATE SET place = excluded.place, external_id = excluded.external_id, number = excluded.number, url = excluded.url,
       last_written_json = json_patch(
         excluded.last_written_json, json_object('${MERGED}', tickets.last_written_json -> '$.${MERGED}'))
      WHERE tickets.external_id = excluded.external_id OR tickets.last_written_json -> '$.${MERGED}' IS NULL`,
  )
  // Of a ticket that is there no more nothing is left in the one that takes its place.
  const forgetGone = database.prepare('DELETE FROM tickets WHERE incident_id = ? AND desk = ? AND gone_at IS NOT NULL')
  // For every incident that people merged into this ticket: to none of them it is news.
  const noteOwnWriting = database.prepare('UPDATE tickets SET wrote_at = ? WHERE desk = ? AND external_id = ?')
  const addEntry = database.prepare(
    'INSERT INTO timeline (tenant_id, incident_id, at, kind, actor, text_ru, text_en) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const upsertDesk = database.prepare(UPSERT_DESK)
  return (id, settlement, now) => {
    const row = selectOne.get(id)
    if (!row) return
    const [tenant, incident, desk] = [String(row['tenant_id']), String(row['incident_id']), String(row['desk'])]
    const say = (kind: string, ru: string, en: string) => addEntry.run(tenant, incident, now, kind, desk, ru, en)
    switch (settlement.kind) {
      case 'delivered': {
        const { id: external, number, url, written } = settlement.ticket
        update.run('delivered', settlement.warning ?? null, null, now, id)
        upsertDesk.run(desk, 0, null, now)
        const isOpening = row['kind'] === 'open'
        const isRound = isOpening && row['route'] === FALLBACK_ROUTE
        if (isRound) toldRound.told(id, settlement.ticket, now)
        if (isRound && toldRound.isDigest(id)) return
        if (isOpening) forgetGone.run(incident, desk)
        upsertTicket.run(incident, desk, tenant, external, number, url, JSON.stringify(written), now)
        if (!WRITES_NO_STATE.has(String(row['kind']))) noteOwnWriting.run(now, desk, external)
        if (!isOpening || isRound) return
        const name = number ?? external
        if (settlement.adopted) say('ticket', `Заявка ${name} уже была, принята`, `Ticket ${name} was there, adopted`)
        else say('ticket', `Создана заявка ${name}`, `Ticket ${name} created`)
        return
      }
      case 'again':
        update.run(settlement.mayHaveArrived ? 'unknown' : 'waiting', settlement.error, settlement.at, null, id)
        return
      case 'skipped':
        update.run('skipped', settlement.error, null, now, id)
        return
      case 'failed':
        update.run('failed', settlement.error, null, now, id)
        upsertDesk.run(desk, settlement.pauseDesk ? 1 : 0, settlement.error, now)
        say('delivery_failed', `Не доставлено: ${settlement.error}`, `Not delivered: ${settlement.error}`)
    }
  }
}
