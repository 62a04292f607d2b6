import { type Clock, type Component, type Logger, messageOf } from '@tillwatch/shared'
import type { Failure, Rejection, Ticket } from '../connectors/connector.ts'
import type { Desk } from '../connectors/registry.ts'
import { createBell } from '../deliveries/bell.ts'
import { Circuit } from '../deliveries/circuit.ts'
import type { DeskProblem } from '../deliveries/desk-problems.ts'
import type { Tickets } from './ticket-book.ts'

/** A ticket is looked at this often at least, so that what no list of changes tells (a deletion, a lost hint) is found too. */
const UNREAD_MS = 6 * 3_600_000
/** Of those, so many at a look. */
const UNREAD_AT_ONCE = 20
/** Hints that wait; beyond, the next look for changes finds what they would have told. */
const HINTS_MAX = 1_000
/** What failed is tried again after this long, however seldom the desk is asked. */
const AGAIN_MS = 60_000
/** Refusals of the desk as a whole; any other may be about the one ticket that was asked for. */
const OF_THE_DESK: ReadonlySet<Rejection> = new Set(['unauthorised', 'address_blocked'])

export interface TicketWatchOptions {
  readonly desk: Desk
  readonly tickets: Tickets
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
  /** An incident changed by what people did in the desk. */
  readonly changed: (incidentId: string) => void
}

/** Reads one desk: what people did to our tickets there. */
export interface TicketWatch extends Component {
  /** The desk says that something happened to these tickets. */
  hint(ids: readonly string[]): void
  /** We have written into the desk: what it looks like now is looked at before people go on. */
  look(): void
  /** Hints that were dropped since the start because too many waited. */
  readonly dropped: number
  /** Why the last look failed; null after a good one. */
  readonly lastError: string | null
  /** What the desk as a whole was refused for at the last look: waiting does not help, somebody has to act. */
  readonly problems: readonly DeskProblem[]
}

/** The watch over a desk that can be read or tells of changes; null for one that does neither. */
export function createTicketWatch(options: TicketWatchOptions): TicketWatch | null {
  const { desk, tickets, clock, log } = options
  const { connector } = desk
  const { read } = connector
  if (!read && !connector.changedSince) return null
  const stopping = new AbortController()
  const bell = createBell(clock, stopping.signal)
  const circuit = new Circuit()
  const hints = new Set<string>()
  let dropped = 0
  /** When changes are asked for next, by the clock that never steps. */
  let dueAt = clock.monotonic()
  let lastError: string | null = null
  let refusal: string | null = null
  /** Of this look: whether a ticket was refused, how many failed one after another, and which of them are asked for once more. */
  let isRefused = false
  let stumbles = 0
  const again = new Set<string>()
  let running: Promise<void> = Promise.resolve()

  /** What is to be written goes first. */
  const mayCall = (): Promise<void> => desk.pace.lull(stopping.signal)

  /** False when the desk could not be asked: what is left is asked later. */
  const readOne = async (ticket: Ticket): Promise<boolean> => {
    if (!read) return true
    await mayCall()
    if (stopping.signal.aborted) return false
    const startedAt = clock.now()
    const found = await read(ticket, stopping.signal)
    if (found.kind === 'rejected' && !OF_THE_DESK.has(found.reason)) {
      isRefused = true
      note(found)
      await tickets.passOver(connector.name, ticket.id, clock.now())
      return true
    }
    if (found.kind !== 'delivered') return stumbled(ticket, found)
    stumbles = 0
    const reading = { desk: connector.name, id: ticket.id, startedAt, state: found.value }
    try {
      for (const incidentId of await tickets.took(reading, clock.now())) options.changed(incidentId)
    } catch (error) {
      // What one ticket says cannot be written down: the others go on, and its own turn comes again.
      log.error({ desk: connector.name, ticket: ticket.id, error: messageOf(error) }, 'a ticket could not be taken')
      await tickets.passOver(connector.name, ticket.id, clock.now())
    }
    return true
  }
  const readAll = async (list: readonly Ticket[]): Promise<boolean> => {
    for (const ticket of list) if (!(await readOne(ticket))) return false
    return true
  }

  const note = ({ message }: Failure): void => {
    if (lastError !== message) log.warn({ desk: connector.name, error: message }, 'a desk cannot be read')
    lastError = message
  }

  const failed = (failure: Failure): false => {
    if (stopping.signal.aborted) return false
    note(failure)
    if (failure.kind === 'rejected') refusal = failure.message
    circuit.failed(clock.monotonic(), options.random())
    if (failure.kind === 'retry' && failure.afterMs !== undefined) circuit.pause(clock.monotonic(), failure.afterMs)
    return false
  }

  /** One ticket that a desk chokes on is asked for again later; two in a row, and the desk as a whole is unwell. */
  const stumbled = async ({ id }: Ticket, failure: Failure): Promise<boolean> => {
    const isOfDesk = failure.kind === 'rejected' || (failure.kind === 'retry' && failure.afterMs !== undefined)
    if (isOfDesk || ++stumbles > 1 || stopping.signal.aborted) return failed(failure)
    isRefused = true
    note(failure)
    again.add(id)
    await tickets.passOver(connector.name, id, clock.now())
    return true
  }

  const followHints = async (): Promise<boolean> => {
    const ids = [...hints]
    if (ids.length === 0) return true
    // Taken off before the look: what is said during it is about something newer.
    hints.clear()
    let isDone = false
    try {
      isDone = await readAll(await tickets.known(connector.name, ids))
    } finally {
      if (!isDone) for (const id of ids) hints.add(id)
    }
    return isDone
  }

  const followChanges = async (): Promise<boolean> => {
    if (!connector.changedSince) return true
    await mayCall()
    const cursor = await tickets.cursorOf(connector.name)
    const found = await connector.changedSince(cursor, stopping.signal)
    if (found.kind !== 'delivered') return failed(found)
    if (!(await readAll(await tickets.known(connector.name, found.value.ids)))) return false
    // Only now: a look that was cut is repeated from where it began.
    const { news = [], cursor: next, answer } = found.value
    const verdicts = await tickets.told(connector.name, news, next, clock.now())
    for (const id of new Set(verdicts.flatMap(({ changed }) => changed))) options.changed(id)
    for (const { id, why } of verdicts)
      if (why !== undefined)
        log.error({ desk: connector.name, news: id, error: why }, 'news of a desk could not be taken')
    await answer?.(verdicts, stopping.signal)
    return true
  }

  const turn = async (): Promise<number> => {
    const waitMs = circuit.waitMs(clock.monotonic())
    if (waitMs > 0) return waitMs
    const startedAt = clock.monotonic()
    // A call of the desk costs what it names; whatever else happened is asked for in its own time.
    const isDue = startedAt >= dueAt
    if (isDue) dueAt = startedAt + desk.pollMs
    const before = clock.now() - UNREAD_MS
    isRefused = false
    stumbles = 0
    const isWell =
      (await followHints()) &&
      (!isDue ||
        ((await readAll(await tickets.unread(connector.name, before, UNREAD_AT_ONCE))) && (await followChanges())))
    for (const id of again) hints.add(id)
    again.clear()
    if (isWell) {
      circuit.succeeded()
      refusal = null
      if (!isRefused) lastError = null
    } else if (isDue) dueAt = startedAt
    const restMs = Math.max(0, dueAt - clock.monotonic())
    return isWell && hints.size === 0 ? restMs : Math.min(desk.pollMs, AGAIN_MS)
  }

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      let restMs = Math.min(desk.pollMs, AGAIN_MS)
      try {
        restMs = await turn()
      } catch (error) {
        dueAt = clock.monotonic()
        log.error({ desk: connector.name, error: messageOf(error) }, 'what a desk says could not be taken')
      }
      await bell.rest(restMs)
    }
  }

  return {
    start: async () => {
      running = run()
    },
    stop: async () => {
      stopping.abort()
      await running
    },
    hint: ids => {
      for (const id of ids) {
        if (hints.size < HINTS_MAX) hints.add(id)
        else if (!hints.has(id)) dropped++
      }
      bell.ring()
    },
    look: () => {
      dueAt = clock.monotonic()
      bell.ring()
    },
    get dropped() {
      return dropped
    },
    get lastError() {
      return lastError
    },
    get problems() {
      return refusal === null ? [] : [{ desk: connector.name, problem: refusal }]
    },
  }
}
