import type { DatabaseSync } from 'node:sqlite'
import type { Bilingual } from '@tillwatch/rules'
import { AppError, type EpochMs, messageOf } from '@tillwatch/shared'
import type { IncidentStanding, Ticket } from '../connectors/connector.ts'
import type { DeskNews, NewsVerdict } from '../connectors/desk-news.ts'
import type { TicketState } from '../connectors/ticket-state.ts'
import { type Incident, isActive, MACHINE } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { RoutableDesk } from '../routing/route-book.ts'
import { inStepSavepoint, inTransaction } from '../store/sqlite/database.ts'
import { createNewsRows } from './news-rows.ts'
import { ticketPhrases } from './phrases.ts'
import { actsOf, newsOf, seenOf, type TicketAct, type Whose, whoseAfterWriting } from './ticket-news.ts'
import { CARRIED_MAX, createTicketRows, type TicketRow } from './ticket-rows.ts'

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
  /** Those of a desk's ids that are tickets of ours. */
  known(desk: string, ids: readonly string[]): Promise<readonly Ticket[]>
  /** Tickets that may still change and were not looked at since `before`, the longest unread first. */
  unread(desk: string, before: EpochMs, limit: number): Promise<readonly Ticket[]>
  /** Brings what people did into the incidents; ids of those that changed. */
  took(reading: TicketReading, now: EpochMs): Promise<readonly string[]>
  /**
   * Brings what a desk tells by itself into the incidents, each news once, and keeps how far its changes were looked through (null: as it
   * was).
   */
  told(desk: string, news: readonly DeskNews[], cursor: string | null, now: EpochMs): Promise<readonly NewsVerdict[]>
  /** Notes that a desk has called. */
  called(desk: string, now: EpochMs): Promise<void>
  /** A look at one ticket was refused: the others are not to wait for it. */
  passOver(desk: string, id: string, now: EpochMs): Promise<void>
}

/** A ticket that says something else than its incident for so long is no passing thing. */
export const APART_MS = 30 * 60_000

/** Tickets merged in a ring would be followed for ever. */
const MOVES_MAX = 5

const OURS: Whose = { status: false, priority: false }
const THEIRS: Whose = { status: true, priority: true }

/** The book over an open connection. */
export function createTickets(
  database: DatabaseSync,
  store: IncidentStore,
  keeper: IncidentKeeper,
  desks: readonly RoutableDesk[],
): Tickets {
  const rows = createTicketRows(database, desks)
  const heard = createNewsRows(database)
  const say = (incident: Incident, text: Bilingual, actor: string, now: EpochMs) =>
    store.addEntry(incident, { kind: 'note', actor, text }, now)

  /** Does what somebody did in the desk; what does not fit is written down instead of lost, and false. */
  const carryOut = (incidentId: string, { action, author, side }: TicketAct, desk: string, now: EpochMs): boolean => {
    const incident = store.byId(incidentId)
    if (!incident) return false
    const name = author ?? desk
    if (action.action === 'comment') {
      const carry = rows.carry(incidentId, desk, now)
      if (carry === 'first_left') say(incident, ticketPhrases.tooMany(desk, CARRIED_MAX), MACHINE, now)
      if (carry !== 'carried') return false
    }
    try {
      keeper.act(incident, action, { name, side, desk }, now)
      return true
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      say(incident, ticketPhrases.doesNotFit(desk, action.action, error.message), name, now)
      return false
    }
  }

  /** A look that began before our writing was done, and a ticket that others were merged into, tell nothing of it. */
  const whoseNow = (row: TicketRow, state: TicketState, startedAt: EpochMs): Whose => {
    if (startedAt < row.wroteAt || rows.isBeingWritten(row)) return OURS
    if (row.wroteAt === 0 && row.seen !== null) return THEIRS
    return row.moves > 0 ? OURS : whoseAfterWriting(row.written, state, row.seen === null)
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
      const last = isOwn ? newsOf(row.seen, state, incident, OURS) : []
      for (const each of last) carryOut(row.incidentId, each, desk, now)
      say(incident, ticketPhrases.merged(name, state.mergedInto, desk), MACHINE, now)
      rows.moveTo(row, state.mergedInto)
      return true
    }
    // Read between our writing and its being written down as ours: what people did besides is told by the next look.
    const before = rows.isBeingWritten(row) ? row.seen : null
    // What other people said in their ticket before ours was merged into it is not about this incident.
    const isJustMoved = row.moves > 0 && row.seen === null
    const acts = isJustMoved ? [] : newsOf(row.seen, state, incident, whoseNow(row, state, startedAt))
    for (const each of acts) carryOut(row.incidentId, each, desk, now)
    const isRated = state.rating !== null && state.rating !== row.rating
    if (isRated && state.rating !== null) say(incident, ticketPhrases.rated(state.rating, desk), desk, now)
    const seen = { ...seenOf(state), ...(before && { phase: before.phase, priority: before.priority }) }
    rows.saw(row, { seen, rating: state.rating, isBase: startedAt >= row.wroteAt, now })
    const isTold = compare(row, state, now)
    return acts.length > 0 || isRated || isTold
  }

  const told = (news: DeskNews, desk: string, now: EpochMs): NewsVerdict => {
    const { id } = news
    const known = rows.byExternalId(desk, news.ticketId)
    const meant = known.length > 0 ? known : rows.byNumber(desk, news.ticketId)
    const incidents = meant.flatMap(row => store.byId(row.incidentId) ?? [])
    const [first] = incidents
    if (!first) return { id, what: 'unknown', changed: [], standing: null }
    if (!heard.isNew(desk, id, first.tenantId, now))
      return { id, what: 'repeated', changed: [], standing: standingOf(first) }
    let what: NewsVerdict['what'] = 'nothing'
    const changed = incidents.flatMap(incident => {
      const acts = actsOf(news, incident)
      for (const action of acts) what = carryOut(incident.id, { ...news, action }, desk, now) ? 'done' : 'refused'
      return acts.length > 0 ? [incident.id] : []
    })
    return { id, what, changed, standing: standingOf(store.byId(first.id) ?? first) }
  }

  /** One that cannot be written down holds up no other. */
  const toldAlone = (news: DeskNews, desk: string, now: EpochMs): NewsVerdict => {
    const step = inStepSavepoint(database, () => told(news, desk, now))
    if ('value' in step) return step.value
    return { id: news.id, what: 'failed', changed: [], standing: null, why: messageOf(step.failure) }
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
    known: async (desk, ids) => rows.known(desk, ids),
    unread: async (desk, before, limit) => rows.unread(desk, before, limit),
    called: async (desk, now) => rows.called(desk, now),
    passOver: async (desk, id, now) => rows.passOver(desk, id, now),
    told: (desk, news, cursor, now) =>
      inTransaction(database, () => {
        if (cursor !== null) rows.keepCursor(desk, cursor, now)
        const verdicts = news.map(each => toldAlone(each, desk, now))
        if (news.length > 0) heard.thin(desk, now)
        return verdicts
      }),
    took: (reading, now) =>
      inTransaction(database, () =>
        rows
          .byExternalId(reading.desk, reading.id)
          .filter(row => took(row, reading, now))
          .map(row => row.incidentId),
      ),
  }
}

const standingOf = ({ status, assignee }: Incident): IncidentStanding => ({ status, assignee })

const isActiveThere = ({ phase }: TicketState): boolean =>
  phase === 'open' || phase === 'in_work' || phase === 'waiting'
