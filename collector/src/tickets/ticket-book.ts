import type { DatabaseSync } from 'node:sqlite'
import type { Bilingual } from '@tillwatch/rules'
import { AppError, type EpochMs } from '@tillwatch/shared'
import type { Ticket } from '../connectors/connector.ts'
import type { TicketState } from '../connectors/ticket-state.ts'
import { type Incident, isActive, MACHINE } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { ticketPhrases } from './phrases.ts'
import { newsOf, type SeenTicket, seenOf, type TicketAct } from './ticket-news.ts'
import { createTicketRows, type TicketRow } from './ticket-rows.ts'

/** What a look at one ticket found. */
export interface TicketReading {
  readonly desk: string
  /** The desk's id by which it was asked. */
  readonly id: string
  /** When the look began: what we wrote since is not in it. */
  readonly startedAt: EpochMs
  /** Null: the desk has it no more. */
  readonly state: TicketState | null
}

/** Copies of incidents in desks and what people do to them there. Lives in the state thread under the name `tickets`; every call is one transaction. */
export interface Tickets {
  /** How far the changes of a desk were looked through; null before the first look. */
  cursorOf(desk: string): Promise<string | null>
  keepCursor(desk: string, cursor: string, now: EpochMs): Promise<void>
  /** Those of a desk's ids that are tickets of ours. */
  known(desk: string, ids: readonly string[]): Promise<readonly Ticket[]>
  /** Tickets that may still change and were not looked at since `before`, the longest unread first. */
  unread(desk: string, before: EpochMs, limit: number): Promise<readonly Ticket[]>
  /** Brings what people did into the incidents; ids of those that changed. */
  took(reading: TicketReading, now: EpochMs): Promise<readonly string[]>
  /** A look at one ticket was refused: the others are not to wait for it. */
  passOver(desk: string, id: string, now: EpochMs): Promise<void>
}

/** A ticket that says something else than its incident for so long is no passing thing. */
export const APART_MS = 30 * 60_000

/** Tickets merged in a ring would be followed for ever. */
const MOVES_MAX = 5

const NEVER_SEEN: SeenTicket = { phase: 'open', priority: null, assignee: null, rating: null, comments: [] }

/** The book over an open connection. */
export function createTickets(database: DatabaseSync, store: IncidentStore, keeper: IncidentKeeper): Tickets {
  const rows = createTicketRows(database)
  const say = (incident: Incident, text: Bilingual, actor: string, now: EpochMs) =>
    store.addEntry(incident, { kind: 'note', actor, text }, now)

  /** Does what somebody did in the desk; what does not fit is written down instead of lost. */
  const carryOut = (incidentId: string, { action, author, side }: TicketAct, desk: string, now: EpochMs): void => {
    const incident = store.byId(incidentId)
    if (!incident) return
    const name = author ?? desk
    try {
      keeper.act(incident, action, { name, side, desk }, now)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      say(incident, ticketPhrases.doesNotFit(desk, action.action, error.message), name, now)
    }
  }

  const took = (row: TicketRow, { desk, startedAt, state }: TicketReading, now: EpochMs): boolean => {
    const incident = store.byId(row.incidentId)
    if (!incident) return false
    const name = row.number ?? row.externalId
    if (state === null) {
      if (row.goneAt === null) say(incident, ticketPhrases.gone(name, desk), MACHINE, now)
      rows.gone(row, now)
      return row.goneAt === null
    }
    if (state.mergedInto !== null && state.mergedInto !== row.externalId && row.moves < MOVES_MAX) {
      // Some desks show the other ticket in place of ours: what was said there is not about this incident.
      const isOwn = state.ticket.id === row.externalId
      const last = isOwn ? newsOf(row.seen ?? NEVER_SEEN, state, incident, true) : []
      for (const each of last) carryOut(row.incidentId, each, desk, now)
      say(incident, ticketPhrases.merged(name, state.mergedInto, desk), MACHINE, now)
      rows.moveTo(row, state.mergedInto)
      return true
    }
    // Read between our writing and its being written down as ours: what people did besides is told by the next look.
    const before = rows.isBeingWritten(row) ? row.seen : null
    const isOursToo = row.wroteAt > 0 || row.seen === null || before !== null
    // What other people said in their ticket before ours was merged into it is not about this incident.
    const isJustMoved = row.moves > 0 && row.seen === null
    const acts = isJustMoved ? [] : newsOf(row.seen ?? NEVER_SEEN, state, incident, isOursToo)
    for (const each of acts) carryOut(row.incidentId, each, desk, now)
    const isRated = state.rating !== null && state.rating !== row.rating
    if (isRated && state.rating !== null) say(incident, ticketPhrases.rated(state.rating, desk), desk, now)
    const seen = { ...seenOf(state), ...(before && { phase: before.phase, priority: before.priority }) }
    rows.saw(row, { seen, rating: state.rating, isBase: startedAt >= row.wroteAt, now })
    const isTold = compare(row, state, now)
    return acts.length > 0 || isRated || isTold
  }

  /** A ticket and an incident that say different things: what of ours was refused goes again, what people did is only told. */
  const compare = (row: TicketRow, state: TicketState, now: EpochMs): boolean => {
    const incident = store.byId(row.incidentId)
    if (!incident || isActive(incident) === isActiveThere(state) || rows.isUnderWay(row)) {
      if (row.apartAt !== null) rows.apart(row, null)
      return false
    }
    if (row.apartAt === null) rows.apart(row, now)
    if (row.apartAt === null || now < row.apartAt + APART_MS) return false
    const isSentAgain = rows.sendAgain(row, now)
    rows.toldApart(row)
    say(incident, ticketPhrases.apart(row.number ?? row.externalId, row.desk, state.status, isSentAgain), MACHINE, now)
    return true
  }

  return {
    cursorOf: async desk => rows.cursorOf(desk),
    keepCursor: async (desk, cursor, now) => rows.keepCursor(desk, cursor, now),
    known: async (desk, ids) => rows.known(desk, ids),
    unread: async (desk, before, limit) => rows.unread(desk, before, limit),
    passOver: async (desk, id, now) => rows.passOver(desk, id, now),
    took: (reading, now) =>
      inTransaction(database, () =>
        rows
          .byExternalId(reading.desk, reading.id)
          .filter(row => took(row, reading, now))
          .map(row => row.incidentId),
      ),
  }
}

const isActiveThere = ({ phase }: TicketState): boolean =>
  phase === 'open' || phase === 'in_work' || phase === 'waiting'
