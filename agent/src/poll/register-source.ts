import {
  type AppError,
  type Clock,
  type EpochMs,
  err,
  ok,
  type Result,
  type Source,
  SpokenError,
} from '@tillwatch/shared'
import type {
  DriverDevice,
  DriverPasswords,
  DriverSession,
  PollOutcome,
  Problem,
  RegisterLink,
  RegisterReading,
} from '../drivers/driver.ts'
import { RegisterMemo } from '../drivers/memo.ts'
import type { FactReadings } from '../drivers/reading.ts'
import { loadDriver } from '../drivers/registry.ts'
import { allOn, type Switches } from '../remote/switches.ts'
import type { Line } from '../transport/line.ts'
import { type OpenLine, openLine, type PortAddress, parsePort } from '../transport/open-transport.ts'
import type { WebLine } from '../transport/web-line.ts'
import { words } from '../words.ts'
import { type AnswersCount, isDue } from './plan.ts'
import { createPortLease, type PortLease } from './port-lease.ts'
import type { PollCost } from './register-item.ts'

/** One way to a register: who is asked, and where. */
export interface SourceTarget {
  readonly driver: string
  readonly port: string
  readonly baud?: number | undefined
  readonly variant?: number | undefined
  readonly passwords?: DriverPasswords | undefined
  readonly device?: DriverDevice | undefined
}

/** What the world offers to a source; each has a default that is the real one. */
export interface SourceWorld {
  readonly open?: OpenLine | undefined
  readonly switches?: Switches | undefined
}

/** What one hold of a source's port came to. */
export interface SourcePolled {
  readonly at: EpochMs
  readonly link: RegisterLink
  readonly outcome: PollOutcome
  readonly problems: readonly Problem[]
  /** Null when the port did not open. */
  readonly cost: PollCost | null
}

/** One way to one register, polled again and again by one caller at a time. */
export interface RegisterSource {
  readonly driver: string
  readonly port: string
  /** Who answers there. */
  readonly source: Source
  /** Place on the ladder, smaller is better: a shared service, the register's own network port, a serial port. */
  readonly rank: number
  /** Holds the port once. `newRound`: everything is due anew, not only what is left; `slowToo`: also what is otherwise read once a day. */
  poll(newRound: boolean, slowToo?: boolean): Promise<SourcePolled>
  /** What was read by this way, each fact with its time. */
  readonly facts: FactReadings
  /** Serial of the register that answered last; null until known. */
  readonly serial: string | null
  /** True while an answering register that had told its serial has yet to tell it again: it may be another one. */
  readonly isInDoubt: boolean
  close(): Promise<void>
}

/** Loads the driver and makes ready, without touching the port. The error says what in the target is wrong. */
export async function createRegisterSource(
  target: SourceTarget,
  clock: Clock,
  { open = openLine, switches = allOn }: SourceWorld = {},
  keepOpen = false,
): Promise<Result<RegisterSource>> {
  const driver = await loadDriver(target.driver)
  if (!driver.ok) return driver
  const address = parsePort(target.port)
  if (!address.ok) return address
  const { name, variants, ports, line: settings, source } = driver.value
  const variant = target.variant ?? variants[0] ?? 1
  if (!variants.includes(variant)) {
    return err(
      new SpokenError(
        'driver.variant',
        words(`У драйвера ${name} нет варианта протокола ${variant}`, `driver ${name} has no variant ${variant}`),
        words(`Варианты: ${variants.join(', ')}.`, `Variants: ${variants.join(', ')}.`),
      ),
    )
  }
  if (!ports.includes(address.value.kind)) {
    return err(
      new SpokenError(
        'port.unsupported',
        words(`Драйвер ${name} не работает через ${target.port}`, `driver ${name} cannot use ${target.port}`),
        words(`Укажите порт другого вида: ${ports.join(', ')}.`, `Give a port of another kind: ${ports.join(', ')}.`),
      ),
    )
  }
  const line = open(address.value, { ...settings, baudRate: target.baud ?? settings.baudRate }, clock)
  const session = driver.value.create({ variant, passwords: target.passwords ?? {}, device: target.device })
  const lease = createPortLease({ line, clock, keepOpen })
  const from = source(address.value)
  return ok(
    new LeasedSource({
      driver: name,
      port: target.port,
      source: from,
      address: address.value,
      session,
      line,
      lease,
      clock,
      switches,
    }),
  )
}

/** The ladder: services are made for sharing, a network port is not the POS program's, a serial port has one owner. */
export const rankOf = (source: Source, { kind }: PortAddress): number =>
  source === 'driver_service' ? 0 : kind === 'serial' ? 2 : 1

interface Leased {
  readonly driver: string
  readonly port: string
  readonly source: Source
  readonly address: PortAddress
  readonly session: DriverSession
  readonly line: Line | WebLine
  readonly lease: PortLease
  readonly clock: Clock
  readonly switches: Switches
}

const LINK_OF_PORT_ERROR: Readonly<Record<string, RegisterLink>> = { 'port.busy': 'busy', 'port.silent': 'silent' }

class LeasedSource implements RegisterSource {
  readonly driver: string
  readonly port: string
  readonly source: Source
  readonly rank: number
  readonly #leased: Leased
  readonly #memo = new RegisterMemo()
  #answersCount: AnswersCount = { roundBeganMs: 0, slowWantedMs: null }
  #serial: string | null = null
  #isInDoubt = false
  #answered = false

  constructor(leased: Leased) {
    this.#leased = leased
    this.driver = leased.driver
    this.port = leased.port
    this.source = leased.source
    this.rank = rankOf(leased.source, leased.address)
  }

  get facts(): FactReadings {
    return this.#memo.facts
  }

  get serial(): string | null {
    return this.#serial
  }

  get isInDoubt(): boolean {
    return this.#isInDoubt
  }

  async poll(newRound: boolean, slowToo = false): Promise<SourcePolled> {
    const { clock, lease, session, line, switches, driver } = this.#leased
    const memo = this.#memo
    const nowMs = clock.monotonic()
    if (newRound) this.#answersCount = { ...this.#answersCount, roundBeganMs: nowMs }
    // Kept over holds and rounds: what a register at work did not tell is still owed to whoever asked.
    if (slowToo) this.#answersCount = { ...this.#answersCount, slowWantedMs: nowMs }
    const held = await lease.hold(
      untilMs =>
        session.poll({
          clock,
          line,
          untilMs,
          memo,
          isDue: (cadence, answeredAtMs) => isDue(cadence, answeredAtMs, this.#answersCount, clock.monotonic()),
          offReason: question => switches.offReason('question', `${driver}:${question}`),
        }),
      // A port kept open is for reading alone: a register at work gets it back like any other.
      reading => reading.link === 'ok' && reading.outcome !== 'yielded',
    )
    if (!held.ok) return this.#unopened(held.error)
    const { value: reading, heldMs, bytesCount } = held.value
    const link = this.#patient(reading.link)
    if (link === 'silent' || link === 'error') memo.expire()
    if (link === 'ok') this.#identify(reading)
    const cost = { heldMs, bytesCount, commandsCount: reading.commandsCount }
    return { at: clock.now(), link, outcome: reading.outcome, problems: reading.problems, cost }
  }

  close(): Promise<void> {
    return this.#leased.lease.release()
  }

  #identify({ serial, outcome }: RegisterReading): void {
    const wasNamed = this.#serial !== null || this.#isInDoubt
    this.#isInDoubt = serial === null && wasNamed && outcome !== 'complete'
    this.#serial = serial
  }

  /** Some models fall silent for seconds while they print: the first silence after an answer counts as busy, not as gone. */
  #patient(link: RegisterLink): RegisterLink {
    const answered = this.#answered
    this.#answered = link === 'ok'
    return link === 'silent' && answered ? 'busy' : link
  }

  #unopened(error: AppError): SourcePolled {
    const link = LINK_OF_PORT_ERROR[error.code] ?? 'error'
    if (link !== 'busy') this.#memo.expire()
    const problem = { code: error.code, message: error.message, ...(error.nextStep && { nextStep: error.nextStep }) }
    return { at: this.#leased.clock.now(), link, outcome: 'yielded', problems: [problem], cost: null }
  }
}
