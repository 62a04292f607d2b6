import {
  AppError,
  type Clock,
  err,
  type MonotonicMs,
  ok,
  type Result,
  type Source,
  type WireItem,
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
import { loadDriver } from '../drivers/registry.ts'
import type { Line } from '../transport/line.ts'
import { type OpenLine, openLine, parsePort } from '../transport/open-transport.ts'
import type { WebLine } from '../transport/web-line.ts'
import { isDue } from './plan.ts'
import { createPortLease, type PortLease } from './port-lease.ts'
import { itemOf, linkItem } from './register-item.ts'

/** Where and how one register is polled. */
export interface RegisterTarget {
  readonly slot: string
  readonly driver: string
  readonly port: string
  readonly baud?: number | undefined
  readonly variant?: number | undefined
  readonly passwords?: DriverPasswords | undefined
  readonly device?: DriverDevice | undefined
  readonly keepOpen?: boolean | undefined
}

/** What one hold of the port came to. */
export interface Polled {
  readonly item: WireItem
  readonly link: RegisterLink
  readonly outcome: PollOutcome
  readonly problems: readonly Problem[]
  /** FD number or mode differ from the poll before. */
  readonly changed: boolean
}

/** One register that can be polled, again and again, by one caller at a time. */
export interface RegisterPoll {
  /** Holds the port once. `newRound`: everything is due anew, not only what is left. */
  poll(newRound: boolean): Promise<Polled>
  /** Newest state: all that is known, with its age; null before the first poll. */
  latest(): WireItem | null
  close(): Promise<void>
}

/** Loads the driver and makes ready, without touching the port. The error says what in the target is wrong. */
export async function createRegisterPoll(
  target: RegisterTarget,
  clock: Clock,
  open: OpenLine = openLine,
): Promise<Result<RegisterPoll>> {
  const driver = await loadDriver(target.driver)
  if (!driver.ok) return driver
  const address = parsePort(target.port)
  if (!address.ok) return address
  const { name, variants, ports, line } = driver.value
  const variant = target.variant ?? variants[0] ?? 1
  if (!variants.includes(variant)) {
    return err(
      new AppError('driver.variant', `driver ${name} has no variant ${variant}`, {
        nextStep: `Variants: ${variants.join(', ')}.`,
      }),
    )
  }
  if (!ports.includes(address.value.kind)) {
    const nextStep = `Give a port of another kind: ${ports.join(', ')}.`
    return err(new AppError('port.unsupported', `driver ${name} cannot use ${target.port}`, { nextStep }))
  }
  const port = open(address.value, { ...line, baudRate: target.baud ?? line.baudRate }, clock)
  const session = driver.value.create({ variant, passwords: target.passwords ?? {}, device: target.device })
  const lease = createPortLease({ line: port, clock, keepOpen: target.keepOpen ?? false })
  return ok(
    new LeasedRegister({
      slot: target.slot,
      source: driver.value.source(address.value),
      session,
      line: port,
      lease,
      clock,
    }),
  )
}

interface Leased {
  readonly slot: string
  readonly source: Source
  readonly session: DriverSession
  readonly line: Line | WebLine
  readonly lease: PortLease
  readonly clock: Clock
}

class LeasedRegister implements RegisterPoll {
  readonly #leased: Leased
  readonly #memo = new RegisterMemo()
  #roundBeganMs: MonotonicMs = 0
  #serial: string | null = null
  #latest: WireItem | null = null
  #work = ''
  #answered = false

  constructor(leased: Leased) {
    this.#leased = leased
  }

  async poll(newRound: boolean): Promise<Polled> {
    const { clock, lease, session, line } = this.#leased
    const memo = this.#memo
    if (newRound) this.#roundBeganMs = clock.monotonic()
    const held = await lease.hold(
      untilMs =>
        session.poll({
          clock,
          line,
          untilMs,
          memo,
          isDue: (cadence, answeredAtMs) => isDue(cadence, answeredAtMs, this.#roundBeganMs, clock.monotonic()),
        }),
      reading => reading.link === 'ok',
    )
    if (!held.ok) return this.#unopened(held.error)
    const { heldMs, bytesCount } = held.value
    const reading = this.#patient(held.value.value)
    if (reading.link === 'silent' || reading.link === 'error') memo.expire()
    // An answering register whose serial is not read yet may be another than the last one.
    if (reading.link === 'ok') this.#serial = reading.serial
    const at = clock.now()
    const full = itemOf(
      this.#leased,
      at,
      { ...reading, serial: this.#serial },
      { heldMs, bytesCount, commandsCount: reading.commandsCount },
    )
    this.#latest = full
    const item = reading.link === 'ok' ? full : linkItem(this.#leased, at, reading.link, this.#serial)
    return {
      item,
      link: reading.link,
      outcome: reading.outcome,
      problems: reading.problems,
      changed: this.#changed(reading.link),
    }
  }

  latest(): WireItem | null {
    return this.#latest
  }

  close(): Promise<void> {
    return this.#leased.lease.release()
  }

  /** Some models fall silent for seconds while they print: the first silence after an answer counts as busy, not as gone. */
  #patient(reading: RegisterReading): RegisterReading {
    const answered = this.#answered
    this.#answered = reading.link === 'ok'
    return reading.link === 'silent' && answered ? { ...reading, link: 'busy' } : reading
  }

  #unopened(error: AppError): Polled {
    const link = LINK_OF_PORT_ERROR[error.code] ?? 'error'
    if (link !== 'busy') this.#memo.expire()
    const at = this.#leased.clock.now()
    const item = linkItem(this.#leased, at, link, this.#serial)
    this.#latest = this.#latest ? withLink(this.#latest, item) : item
    const problem = { code: error.code, message: error.message, ...(error.nextStep && { nextStep: error.nextStep }) }
    return { item, link, outcome: 'yielded', problems: [problem], changed: false }
  }

  /** True when the register was used between two polls that were answered. */
  #changed(link: RegisterLink): boolean {
    if (link !== 'ok') return false
    const facts = this.#memo.facts
    const work = `${facts.get('fiscal.fn.last_document')?.value} ${facts.get('fiscal.register.mode')?.value}`
    const before = this.#work
    this.#work = work
    return before !== '' && before !== work
  }
}

const LINK_OF_PORT_ERROR: Readonly<Record<string, RegisterLink>> = { 'port.busy': 'busy', 'port.silent': 'silent' }

/** The last full item, with the news of the link; every older fact keeps its own time. */
function withLink(full: WireItem, news: WireItem): WireItem {
  const aged = Object.entries(full.facts).map(([name, fact]): [string, WireItem['facts'][string]] => {
    const detail = fact !== null && typeof fact === 'object' && !Array.isArray(fact) ? fact : { value: fact }
    return [name, { at: full.at, ...detail }]
  })
  return { ...news, facts: { ...Object.fromEntries(aged), ...news.facts } }
}
