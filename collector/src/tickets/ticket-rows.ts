import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { Ticket } from '../connectors/connector.ts'
import type { RoutableDesk } from '../routing/route-book.ts'
import { IS_HERE } from './desk-places.ts'
import type { SeenTicket } from './ticket-news.ts'

/** A copy of an incident in a desk as we keep it. */
export interface TicketRow {
  readonly incidentId: string
  readonly desk: string
  readonly externalId: string
  readonly number: string | null
  /** What we last wrote, in the words of its connector. */
  readonly written: Ticket['written']
  /** Null: never looked at. */
  readonly seen: SeenTicket | null
  readonly rating: number | null
  /** When we wrote status or priority last, until a later look has seen it; 0 then. */
  readonly wroteAt: EpochMs
  readonly goneAt: EpochMs | null
  /** Since when it says something else than the incident. */
  readonly apartAt: EpochMs | null
  /** How often it was followed into another ticket. */
  readonly moves: number
}

interface Row {
  incident_id: string
  desk: string
  external_id: string
  number: string | null
  url: string | null
  last_written_json: string
  seen_json: string | null
  rating: number | null
  wrote_at: number
  gone_at: number | null
  apart_at: number | null
}

/**
 * The statements around tickets, each inside the caller's transaction. Tickets of tenants that a desk hears no more, and numbers from another
 * installation of a desk, are none.
 */
export interface TicketRows {
  cursorOf(desk: string): string | null
  keepCursor(desk: string, cursor: string, now: EpochMs): void
  called(desk: string, now: EpochMs): void
  known(desk: string, ids: readonly string[]): readonly Ticket[]
  unread(desk: string, before: EpochMs, limit: number): readonly Ticket[]
  /** More than one where people merged tickets. */
  byExternalId(desk: string, id: string): readonly TicketRow[]
  /** Those of a desk's number that are known by another id. */
  byNumber(desk: string, number: string): readonly TicketRow[]
  saw(row: TicketRow, look: { seen: SeenTicket; rating: number | null; isBase: boolean; now: EpochMs }): void
  gone(row: TicketRow, now: EpochMs): void
  /** It cannot be read, for reasons of its own: its turn comes again with the others'. */
  passOver(desk: string, id: string, now: EpochMs): void
  /** Goes on with another ticket, that of other people too: its status is theirs from now on. */
  moveTo(row: TicketRow, id: string): void
  apart(row: TicketRow, since: EpochMs | null): void
  /** It was told that they are apart: once is enough until they come together. */
  toldApart(row: TicketRow): void
  /** One comment more: is it carried over, is it the first that is not, or one more of those? */
  carry(incidentId: string, desk: string, now: EpochMs): 'carried' | 'first_left' | 'left'
  /** Is status or priority of the ticket perhaps being written by us just now? */
  isBeingWritten(row: TicketRow): boolean
  /** Is a message to this ticket still to be sent? */
  isUnderWay(row: TicketRow): boolean
  /** Sends again the last opening, solution or return, if it was refused; true when there was one. */
  sendAgain(row: TicketRow, now: EpochMs): boolean
}

/** Most comments of one ticket that are carried over within an hour; people write fewer, programs that answer one another write more. */
export const CARRIED_MAX = 30
const CARRIED_WITHIN_MS = 3_600_000
/** Mark of a ticket that other people's tickets were merged into, among what was written last: how often it was followed. */
export const MERGED = 'merged'
/** What is written into `apart_at` once it was told: later than any time, so that it is told once. */
const TOLD = Number.MAX_SAFE_INTEGER

const COLUMNS =
  'incident_id, desk, external_id, number, url, last_written_json, seen_json, rating, wrote_at, gone_at, apart_at'
/** Among the tickets `t`: its tenant is heard (`tenants`: a parameter with their names), and it is in the installation that the desk is now. */
const heardIn = (tenants: string): string => `t.tenant_id IN (SELECT value FROM json_each(${tenants})) AND ${IS_HERE}`
const JUST_WRITTEN = '(t.wrote_at > 0 AND t.gone_at IS NULL)'
/**
 * Of a closed incident nothing is expected any more; a solved one may still be closed or opened again. What we wrote into is looked at
 * first: what people change after that is known for theirs. One that is gone may come back: a desk under repair, a right given again. Few
 * of all incidents are live, so these are gone through, and not the tickets of years.
 */
const UNREAD = `
  SELECT t.external_id, t.number, t.url, t.last_written_json
    FROM incidents i CROSS JOIN tickets t
   WHERE i.tenant_id IN (SELECT value FROM json_each(?1)) AND i.status IN ('open', 'in_work', 'waiting', 'solved')
     AND t.incident_id = i.id AND t.desk = ?2 AND (t.read_at < ?3 OR ${JUST_WRITTEN}) AND ${IS_HERE}
   ORDER BY ${JUST_WRITTEN} DESC, t.read_at LIMIT ?4`

/** The statements over an open connection of the state thread. */
export function createTicketRows(database: DatabaseSync, desks: readonly RoutableDesk[]): TicketRows {
  const tenants = new Map(desks.map(desk => [desk.name, JSON.stringify(desk.tenants)]))
  const heardBy = (desk: string): string => tenants.get(desk) ?? '[]'
  const selectCursor = database.prepare('SELECT cursor FROM desk_states WHERE desk = ?')
  const upsertCursor = database.prepare(
    `INSERT INTO desk_states (desk, paused, changed_at, cursor, looked_at) VALUES (?1, 0, ?3, ?2, ?3)
     ON CONFLICT (desk) DO UPDATE SET cursor = excluded.cursor, looked_at = excluded.looked_at`,
  )
  const upsertCalled = database.prepare(
    `INSERT INTO desk_states (desk, paused, changed_at, called_at) VALUES (?1, 0, ?2, ?2)
     ON CONFLICT (desk) DO UPDATE SET called_at = excluded.called_at`,
  )
  const selectKnown = database.prepare(
    // Each half has an index of its own; both in one condition would go through every ticket of the desk.
    `SELECT DISTINCT t.external_id, t.number, t.url, t.last_written_json
       FROM (SELECT incident_id FROM tickets WHERE desk = ?1 AND external_id IN (SELECT value FROM json_each(?2))
             UNION SELECT incident_id FROM tickets WHERE desk = ?1 AND number IN (SELECT value FROM json_each(?2))) k
       CROSS JOIN tickets t
      WHERE t.incident_id = k.incident_id AND t.desk = ?1 AND ${heardIn('?3')}`,
  )
  const selectUnread = database.prepare(UNREAD)
  const selectRow = database.prepare(
    `SELECT ${COLUMNS} FROM tickets t WHERE desk = ? AND external_id = ? AND ${heardIn('?')}`,
  )
  const selectNumbered = database.prepare(
    `SELECT ${COLUMNS} FROM tickets t WHERE desk = ? AND number = ? AND ${heardIn('?')}`,
  )
  const updateSeen = database.prepare(
    `UPDATE tickets SET seen_json = ?, rating = ?, read_at = ?, gone_at = NULL,
            wrote_at = CASE WHEN ? AND wrote_at = ? THEN 0 ELSE wrote_at END
      WHERE incident_id = ? AND desk = ?`,
  )
  const updateGone = database.prepare(
    'UPDATE tickets SET gone_at = coalesce(gone_at, ?), read_at = ? WHERE incident_id = ? AND desk = ?',
  )
  const updateRead = database.prepare('UPDATE tickets SET read_at = ? WHERE desk = ? AND external_id = ?')
  const updateId = database.prepare(
    `UPDATE tickets SET external_id = ?, number = ?, url = NULL, seen_json = NULL, read_at = 0,
            last_written_json = json_set(last_written_json, '$.${MERGED}', coalesce(last_written_json ->> '$.${MERGED}', 0) + 1)
      WHERE incident_id = ? AND desk = ?`,
  )
  const updateApart = database.prepare('UPDATE tickets SET apart_at = ? WHERE incident_id = ? AND desk = ?')
  const updateCarried = database.prepare(
    `UPDATE tickets SET carried = iif(carried_since > ?1, carried + 1, 1), carried_since = iif(carried_since > ?1, carried_since, ?2),
            left_there = left_there + iif(carried_since > ?1 AND carried >= ${CARRIED_MAX}, 1, 0)
      WHERE incident_id = ?3 AND desk = ?4 RETURNING carried AS n`,
  )
  // Of any incident that has this ticket: people merge them.
  const selectBeingWritten = database.prepare(
    `SELECT 1 FROM tickets t JOIN deliveries d ON d.incident_id = t.incident_id AND d.desk = t.desk
      WHERE t.desk = ? AND t.external_id = ? AND d.state = 'unknown' AND d.kind <> 'comment' LIMIT 1`,
  )
  const selectUnderWay = database.prepare(
    `SELECT 1 FROM deliveries WHERE incident_id = ? AND desk = ? AND state IN ('waiting', 'unknown') AND kind NOT IN ('attach', 'link')
      LIMIT 1`,
  )
  const selectLastWord = database.prepare(
    `SELECT id, state FROM deliveries WHERE incident_id = ? AND desk = ? AND kind IN ('open', 'solve', 'reopen')
      ORDER BY id DESC LIMIT 1`,
  )
  const updateAgain = database.prepare(
    `UPDATE deliveries SET state = 'unknown', next_at = ?, settled_at = NULL WHERE id = ?`,
  )
  const keyOf = (row: TicketRow): [string, string] => [row.incidentId, row.desk]
  return {
    cursorOf: desk => (selectCursor.get(desk) as { cursor: string | null } | undefined)?.cursor ?? null,
    keepCursor: (desk, cursor, now) => void upsertCursor.run(desk, cursor, now),
    called: (desk, now) => void upsertCalled.run(desk, now),
    known: (desk, ids) => (selectKnown.all(desk, JSON.stringify(ids), heardBy(desk)) as unknown as Row[]).map(ticketOf),
    unread: (desk, before, limit) =>
      (selectUnread.all(heardBy(desk), desk, before, limit) as unknown as Row[]).map(ticketOf),
    byExternalId: (desk, id) => (selectRow.all(desk, id, heardBy(desk)) as unknown as Row[]).map(rowOf),
    byNumber: (desk, number) => (selectNumbered.all(desk, number, heardBy(desk)) as unknown as Row[]).map(rowOf),
    saw: (row, { seen, rating, isBase, now }) =>
      void updateSeen.run(JSON.stringify(seen), rating ?? row.rating, now, isBase ? 1 : 0, row.wroteAt, ...keyOf(row)),
    gone: (row, now) => void updateGone.run(now, now, ...keyOf(row)),
    passOver: (desk, id, now) => void updateRead.run(now, desk, id),
    moveTo: (row, id) => void updateId.run(id, id, ...keyOf(row)),
    carry: (incidentId, desk, now) => {
      const { n } = updateCarried.get(now - CARRIED_WITHIN_MS, now, incidentId, desk) as { n: number }
      return n <= CARRIED_MAX ? 'carried' : n === CARRIED_MAX + 1 ? 'first_left' : 'left'
    },
    apart: (row, since) => void updateApart.run(since, ...keyOf(row)),
    toldApart: row => void updateApart.run(TOLD, ...keyOf(row)),
    isBeingWritten: row => selectBeingWritten.get(row.desk, row.externalId) !== undefined,
    isUnderWay: row => selectUnderWay.get(...keyOf(row)) !== undefined,
    sendAgain: (row, now) => {
      const last = selectLastWord.get(...keyOf(row)) as { id: number; state: string } | undefined
      if (last?.state !== 'failed') return false
      updateAgain.run(now, last.id)
      return true
    },
  }
}

const ticketOf = (row: Row): Ticket => ({
  id: row.external_id,
  number: row.number,
  url: row.url,
  written: JSON.parse(row.last_written_json),
})

const rowOf = (row: Row): TicketRow => rowWith(row, JSON.parse(row.last_written_json) as Ticket['written'])

const rowWith = (row: Row, written: Ticket['written']): TicketRow => ({
  incidentId: row.incident_id,
  desk: row.desk,
  externalId: row.external_id,
  number: row.number,
  written,
  seen: row.seen_json === null ? null : (JSON.parse(row.seen_json) as SeenTicket),
  rating: row.rating,
  wroteAt: row.wrote_at,
  goneAt: row.gone_at,
  apartAt: row.apart_at,
  moves: Number(written[MERGED] ?? 0),
})
