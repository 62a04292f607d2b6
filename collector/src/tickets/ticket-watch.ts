import { type Clock, type Component, type Logger, messageOf } from '@tillwatch/shared'
import type { Failure, Rejection, Ticket } from '../connectors/connector.ts'
import type { Desk } from '../connectors/registry.ts'
import { createBell } from '../deliveries/bell.ts'
import { Circuit } from '../deliveries/circuit.ts'
import { TokenBucket } from '../deliveries/token-bucket.ts'
import type { Tickets } from './ticket-book.ts'

/** A ticket is looked at this often at least, so that what no list of changes tells (a deletion, a lost hint) is found too. */
const UNREAD_MS = 6 * 3_600_000
/** Of those, so many at a look. */
const UNREAD_AT_ONCE = 20
/** Hints that wait; beyond, the next look for changes finds what they would have told. */
const HINTS_MAX = 1_000
const BURST = 2
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
}

/** The watch over a desk that can be read; null for one that cannot. */
export function createTicketWatch(options: TicketWatchOptions): TicketWatch | null {
  const { desk, tickets, clock, log } = options
  const { connector } = desk
  const { read } = connector
  if (!read) return null
  const stopping = new AbortController()
  const bell = createBell(clock, stopping.signal)
  const circuit = new Circuit()
  const bucket = new TokenBucket(desk.ratePerSecond, BURST, clock.monotonic())
  const hints = new Set<string>()
  let dropped = 0
  let lastError: string | null = null
  /** Of this look. */
  let isRefused = false
  let running: Promise<void> = Promise.resolve()

  /** Waits for its turn within the desk's rate. */
  const mayCall = async (): Promise<void> => {
    for (let ms = bucket.waitMs(clock.monotonic()); ms > 0; ms = bucket.waitMs(clock.monotonic())) {
      await clock.sleep(ms, stopping.signal)
      if (stopping.signal.aborted) return
    }
    bucket.take(clock.monotonic())
  }

  /** False when the desk could not be asked: what is left is asked later. */
  const readOne = async (ticket: Ticket): Promise<boolean> => {
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
    if (found.kind !== 'delivered') return failed(found)
    const reading = { desk: connector.name, id: ticket.id, startedAt, state: found.value }
    for (const incidentId of await tickets.took(reading, clock.now())) options.changed(incidentId)
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
    circuit.failed(clock.monotonic(), options.random())
    if (failure.kind === 'retry' && failure.afterMs !== undefined) circuit.pause(clock.monotonic(), failure.afterMs)
    return false
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
    await tickets.keepCursor(connector.name, found.value.cursor, clock.now())
    return true
  }

  const turn = async (): Promise<number> => {
    const waitMs = circuit.waitMs(clock.monotonic())
    if (waitMs > 0) return waitMs
    const before = clock.now() - UNREAD_MS
    isRefused = false
    const isWell =
      (await followHints()) &&
      (await readAll(await tickets.unread(connector.name, before, UNREAD_AT_ONCE))) &&
      (await followChanges())
    if (isWell) {
      circuit.succeeded()
      if (!isRefused) lastError = null
    }
    return desk.pollMs
  }

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      let restMs = desk.pollMs
      try {
        restMs = await turn()
      } catch (error) {
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
        else dropped++
      }
      bell.ring()
    },
    look: () => bell.ring(),
    get dropped() {
      return dropped
    },
    get lastError() {
      return lastError
    },
  }
}
