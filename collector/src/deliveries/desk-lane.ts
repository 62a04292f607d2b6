import { type BackoffPolicy, backoffMs, type Clock, type Component, type Logger, messageOf } from '@tillwatch/shared'
import { type Connector, type Rejection, rejected, shortened } from '../connectors/connector.ts'
import type { Pace } from '../connectors/pace.ts'
import type { CrashPoint } from '../crash-point.ts'
import { attempt } from './attempt.ts'
import type { AttemptOutcome } from './attempt-outcome.ts'
import { createBell } from './bell.ts'
import { Circuit } from './circuit.ts'
import type { CountAttempt } from './delivery-metrics.ts'
import type { Deliveries, Delivery, Settlement } from './delivery-port.ts'
import { DIGEST } from './going-round-words.ts'

const RETRY: BackoffPolicy = { firstMs: 5_000, capMs: 10 * 60_000, factor: 2, jitter: 0.3 }
/** After this long a message is given up and shown; a person may send it again. */
const GIVE_UP_MS = 3 * 24 * 3_600_000
/** Looks for work at least this often, whatever was or was not announced. */
const IDLE_MS = 30_000
/** Refusals of ourselves: any other message would be refused as well, and all of them go once a person has put that right. */
const OF_US: ReadonlySet<Rejection> = new Set(['unauthorised'])
/** Characters of an answer that are kept and shown. */
const ERROR_LENGTH_MAX = 500

export interface LaneOptions {
  readonly connector: Connector
  /** Whose incidents the desk may hear. */
  readonly tenants: readonly string[]
  readonly deliveries: Deliveries
  readonly pace: Pick<Pace, 'waitMs'>
  /** Address of the portal, for links in tickets. */
  readonly publicUrl: string | null
  readonly clock: Clock
  readonly random: () => number
  readonly logger: Logger
  readonly crashPoint: CrashPoint
  /** How a new ticket was made: whole, or with a warning. */
  readonly made?: (warning: string | undefined) => void
  /** Whether the desk lets us in at all: what it said if not. */
  readonly refused?: (words: string | undefined) => void
  /** Called after every settled message. */
  readonly settled: (incidentId: string, desk: string) => void
  /** Counts how attempts end. */
  readonly attempted?: CountAttempt | undefined
}

/** The way to one desk: one message at a time, in order, at its rate; waits out its bad times. */
export interface DeskLane extends Component {
  /** Something may be due. */
  wake(): void
  /** A person says that the desk is well again: no pause is waited for. */
  resume(): void
  readonly failing: boolean
  /** What the last failed call said; null after a good one. */
  readonly lastError: string | null
}

/** A lane that runs from `start` to `stop`. */
export function createDeskLane(options: LaneOptions): DeskLane {
  const { connector, deliveries, clock, logger } = options
  const stopping = new AbortController()
  const circuit = new Circuit()
  const bell = createBell(clock, stopping.signal)
  let lastError: string | null = null
  let running: Promise<void> = Promise.resolve()

  /** One message, or how long nothing is to be done. */
  const turn = async (): Promise<number> => {
    // Chosen when it can be sent, so that nothing more urgent waits behind it.
    const closedMs = Math.max(circuit.waitMs(clock.monotonic()), options.pace.waitMs())
    if (closedMs > 0) return closedMs
    const now = clock.now()
    const delivery = await deliveries.begin(connector.name, now)
    if (!delivery) {
      // What is due and held back behind another message says nothing of when that one is.
      const nextAt = await deliveries.nextAt(connector.name, now)
      const untilNext = nextAt === null ? IDLE_MS : nextAt - clock.now()
      return untilNext > 0 ? Math.min(untilNext, IDLE_MS) : IDLE_MS
    }
    options.crashPoint('delivery-intent')
    note(await carryOut(options, delivery, stopping.signal))
    return 0
  }

  const note = (outcome: AttemptOutcome): void => {
    // Nobody was asked: nothing is known of the desk.
    if (outcome.kind === 'skipped') return
    lastError = outcome.kind === 'delivered' ? null : outcome.message
    const isOfUs = outcome.kind === 'rejected' && OF_US.has(outcome.reason)
    if (isOfUs) options.refused?.(outcome.message)
    else if (outcome.kind === 'delivered' || outcome.kind === 'rejected') options.refused?.(undefined)
    // A refusal of the message is an answer: the desk itself is well.
    if (outcome.kind === 'delivered' || (outcome.kind === 'rejected' && !isOfUs)) {
      circuit.succeeded()
      return
    }
    circuit.failed(clock.monotonic(), options.random())
    if (outcome.kind === 'retry' && outcome.afterMs !== undefined) circuit.pause(clock.monotonic(), outcome.afterMs)
  }

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      let restMs = IDLE_MS
      try {
        restMs = await turn()
      } catch (error) {
        logger.error({ desk: connector.name, error: messageOf(error) }, 'the delivery store failed')
      }
      if (restMs > 0) await bell.rest(restMs)
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
    wake: () => bell.ring(),
    resume: () => {
      circuit.succeeded()
      bell.ring()
    },
    get failing() {
      return circuit.failing
    },
    get lastError() {
      return lastError
    },
  }
}

/** Sends one message and writes down how it ended. */
async function carryOut(options: LaneOptions, delivery: Delivery, signal: AbortSignal): Promise<AttemptOutcome> {
  const { connector, clock, logger, publicUrl } = options
  const portal = publicUrl === null ? null : new URL(pageOf(delivery), publicUrl).href
  const outcome = cut(
    // Since it was written the settings may have given the desk to another tenant.
    options.tenants.includes(delivery.tenantId)
      ? await tried(options, delivery, portal, signal).catch(
          (bug: unknown): AttemptOutcome => ({ kind: 'unknown', message: messageOf(bug) }),
        )
      : rejected('misconfigured', `the desk does not hear tenant ${delivery.tenantId}: nothing was sent`),
  )
  options.crashPoint('delivery-called')
  if (delivery.kind === 'open' && outcome.kind === 'delivered' && !outcome.value.adopted)
    options.made?.(outcome.value.warning)
  const settlement = settlementOf(outcome, delivery, clock.now(), options.random())
  await options.deliveries.settle(delivery.id, settlement, clock.now())
  options.crashPoint('delivery-closed')
  const fields = { desk: connector.name, event: delivery.eventId, kind: delivery.kind, attempt: delivery.attempts }
  const warning = outcome.kind === 'delivered' ? outcome.value.warning : undefined
  if (warning) logger.warn({ ...fields, warning }, 'delivered, but not all of it')
  else if (outcome.kind === 'delivered') logger.info(fields, 'delivered')
  else logger.warn({ ...fields, outcome: outcome.kind, error: outcome.message }, 'not delivered')
  options.attempted?.(connector.name, outcome.kind)
  options.settled(delivery.incidentId, connector.name)
  return outcome
}

async function tried(
  { connector, deliveries, clock }: LaneOptions,
  delivery: Delivery,
  link: string | null,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const file = delivery.kind === 'attach' ? await deliveries.fileOf(delivery.id, connector.language) : null
  return attempt(connector, delivery, { link, file }, clock, signal)
}

/** Where the portal shows what is told. */
const pageOf = ({ incidentId, payload }: Delivery): string =>
  payload.subject.causeClass === DIGEST ? '/incidents' : `/incidents/${incidentId}`

/** A desk may answer with a whole page; the beginning says enough. */
const cut = (outcome: AttemptOutcome): AttemptOutcome =>
  outcome.kind === 'delivered' ? outcome : { ...outcome, message: shortened(outcome.message, ERROR_LENGTH_MAX) }

function settlementOf(outcome: AttemptOutcome, delivery: Delivery, now: number, random: number): Settlement {
  switch (outcome.kind) {
    case 'delivered':
      return { kind: 'delivered', ...outcome.value }
    case 'skipped':
      return { kind: 'skipped', error: outcome.message }
    case 'rejected': {
      if (outcome.reason === 'not_found' && delivery.ticket === null && delivery.kind !== 'open') {
        return { kind: 'skipped', error: outcome.message }
      }
      const error = `${outcome.reason}: ${outcome.message}`
      if (OF_US.has(outcome.reason) && now < delivery.createdAt + GIVE_UP_MS) {
        const at = now + backoffMs(RETRY, delivery.attempts - 1, random)
        return { kind: 'again', at, error, mayHaveArrived: delivery.mayHaveArrived }
      }
      return { kind: 'failed', error, pauseDesk: outcome.reason === 'gone' }
    }
    case 'retry':
    case 'unknown': {
      if (now >= delivery.createdAt + GIVE_UP_MS) {
        return { kind: 'failed', error: `expired: ${outcome.message}`, pauseDesk: false }
      }
      const afterMs = outcome.kind === 'retry' ? (outcome.afterMs ?? 0) : 0
      const at = now + Math.max(afterMs, backoffMs(RETRY, delivery.attempts - 1, random))
      return { kind: 'again', at, error: outcome.message, mayHaveArrived: outcome.kind === 'unknown' }
    }
  }
}
