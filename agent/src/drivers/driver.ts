import type { Clock, MonotonicMs, Source } from '@tillwatch/shared'
import type { LineSettings } from '../transport/byte-transport.ts'
import type { Line } from '../transport/line.ts'
import type { PortAddress } from '../transport/open-transport.ts'
import type { WebLine } from '../transport/web-line.ts'
import type { RegisterMemo } from './memo.ts'
import type { DriverProbe } from './probe.ts'
import type { FactReadings } from './reading.ts'

/** Whether a source answered in this poll. `busy` means that another program uses the line. */
export type RegisterLink = 'ok' | 'busy' | 'silent' | 'error'

/** Something a person should know or do about a register. `code` is stable; `message` and `nextStep` are for people. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly nextStep?: string
}

/** How a poll ended: everything due was read; more is due (time was up); the register is at work and was left alone. */
export type PollOutcome = 'complete' | 'more' | 'yielded'

/** What one hold of the port gave. `facts` holds all that is known, each with the time it was read. */
export interface RegisterReading {
  readonly link: RegisterLink
  readonly outcome: PollOutcome
  /** Identity of the register, null until known. */
  readonly serial: string | null
  readonly facts: FactReadings
  readonly problems: readonly Problem[]
  readonly commandsCount: number
}

/** How often a question is asked: in every poll, or at connect and then once a day. */
export type Cadence = 'poll' | 'daily'

/** Everything a poll may use of the world. */
export interface PollContext {
  readonly clock: Clock
  /** Open, and held by this poll alone until it returns. */
  readonly line: Line | WebLine
  /** The port is given back at this instant; only an answer that has begun is still read. */
  readonly untilMs: MonotonicMs
  /** What this register has told before and what it cannot do; lives as long as the agent. */
  readonly memo: RegisterMemo
  /** Decides from the time of the last answer whether a question is to be asked in this poll. */
  isDue(cadence: Cadence, answeredAtMs: MonotonicMs | undefined): boolean
  /** Why a question is not to be put: a person has switched it off. Null while it is on. */
  offReason?(question: string): string | null
}

/** Secrets of a register or of the service in front of it; absent ones are the factory's. Never logged, never told. */
export interface DriverPasswords {
  /** Shtrih-M: for commands that any operator may give; the administrator's when absent. */
  readonly operator?: number | undefined
  /** Shtrih-M: the system administrator's. */
  readonly administrator?: number | undefined
  /** ATOL: access password, four digits. */
  readonly access?: string | undefined
  /** Pirit: password of the link, four characters. */
  readonly link?: string | undefined
  /** Web services: name and password of HTTP Basic. */
  readonly user?: string | undefined
  readonly password?: string | undefined
}

/** Which register a service on the PC is asked for, where it does not know by itself. */
export interface DriverDevice {
  /** The service's own port to the register: `COM5`, `USB`. */
  readonly port?: string | undefined
  /** Model as the service names it. */
  readonly model?: string | undefined
  readonly baud?: number | undefined
  /** The service's own name of the register. */
  readonly id?: string | undefined
}

export interface DriverOptions {
  readonly variant: number
  readonly passwords: DriverPasswords
  readonly device?: DriverDevice | undefined
}

/** One register as a driver knows it. Never retries above the protocol's own handshake, never logs, sends only what reads. */
export interface DriverSession {
  /** One hold of the port. Resolves whatever the device does; rejects only on a programming error. */
  poll(context: PollContext): Promise<RegisterReading>
}

/** Static description of a driver. */
export interface DriverDefinition {
  /** As in `--driver`. */
  readonly name: string
  readonly title: string
  readonly line: LineSettings
  readonly variants: readonly number[]
  /** Kinds of ports that it can use. */
  readonly ports: readonly PortAddress['kind'][]
  /** Who answers at an address: the register itself, or a vendor's service on the PC that shares it. */
  source(address: PortAddress): Extract<Source, 'register' | 'driver_service'>
  /** Keys of its questions, each of which a person can switch off alone. */
  readonly questions: readonly string[]
  /** How its devices are recognised, one for each variant and kind of port. */
  readonly probes: readonly DriverProbe[]
  create(options: DriverOptions): DriverSession
}
