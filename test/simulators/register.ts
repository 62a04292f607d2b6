import type { RequestListener } from 'node:http'
import { AppError, type Clock } from '@tillwatch/shared'
import { createFaultPlan, type FaultPlan } from './faults.ts'
import { type LocalMs, localOf, parseLocal } from './local-time.ts'
import { findProtocol } from './protocols.ts'
import { mergeState, parseState, type RegisterState, type RegisterStateInput } from './register-state.ts'

/** Commands kept in memory: days of polling; older ones go first. The log file has all of them. */
const LOG_ENTRIES_MAX = 10_000

/** One command as the register received it. */
export interface CommandEntry {
  /** UTC. */
  readonly at: string
  /** As the vendor writes it: `FF39`, `A4 20`, `78/7`, `GetStatus`. */
  readonly opcode: string
  readonly name: string
  /** Null when the command takes no password. */
  readonly password_ok: boolean | null
  /** True for everything that is not in the protocol's read-only table; such a command is refused, never executed. */
  readonly forbidden: boolean
  /** Error code of the answer as the vendor writes it; null when a fault left the command without an answer. */
  readonly answer_code: string | null
  readonly bytes_in: number
  readonly bytes_out: number
}

/** What a protocol sees of the register it speaks for. */
export interface Device<Quirks> {
  readonly state: RegisterState<Quirks>
  readonly faults: FaultPlan
  readonly clock: Clock
  /** The device's own clock. */
  localNow(): LocalMs
  /** The device's clock when the register was made. */
  readonly startedAt: LocalMs
  /** True while no byte is heard. */
  isSilent(): boolean
  isPrinting(): boolean
  record(entry: Omit<CommandEntry, 'at'>): void
}

/** One port of the register. What it has not answered yet stays when a client goes and another comes. */
export interface Line {
  receive(bytes: Uint8Array): void
  /** The client went away; only where the device takes notice of that. */
  left?(): void
  /** Drops timers; nothing is written any more. */
  close(): void
}

/** A device that behaves like a fiscal register of some vendor. */
export interface SimulatedRegister {
  readonly state: RegisterState
  /** Commands received, oldest first. */
  readonly log: readonly CommandEntry[]
  /** How many of all received commands were forbidden. */
  readonly forbidden: number
  /** Throws an assertion that names every forbidden command received so far. */
  assertReadOnly(): void
  /** Lays a partial state over the present one. Throws `state.invalid` and changes nothing when it is wrong. */
  update(change: RegisterStateInput): void
  /** Sets the whole state: what is not given returns to its default. */
  replace(state: unknown, source?: string): void
  /** Opens a port that writes its bytes through `write`. Throws `simulator.web_only` when the vendor offers a web service alone. */
  openLine(write: (bytes: Uint8Array) => void): Line
  /** False when the vendor offers a web service alone. */
  readonly hasLine: boolean
  /** The vendor's web service; null when there is none. */
  readonly webService: RequestListener | null
}

export interface RegisterOptions {
  /** `shtrih-m`, … as in the list of protocols. */
  readonly protocol: string
  readonly variant?: number
  readonly state?: RegisterStateInput
  readonly clock: Clock
  readonly onCommand?: (entry: CommandEntry) => void
}

/** Makes a register. Throws `simulator.protocol` for an unknown protocol or variant, `state.invalid` for a wrong state. */
export function createRegister(options: RegisterOptions): SimulatedRegister {
  const { clock } = options
  const protocol = findProtocol(options.protocol, options.variant)
  const log: CommandEntry[] = []
  let forbidden = 0
  let input: object = options.state ?? {}
  let state = parseState(protocol.stateSchema, input, 'state')
  let faults = createFaultPlan(state.faults)
  let clockBase = { local: 0, monotonic: clock.monotonic() }
  const windows = { silent_ms: clock.monotonic(), busy_ms: clock.monotonic() }
  const setClock = () => {
    const at = state.register.clock_at
    clockBase = { local: at === undefined ? 0 : parseLocal(at), monotonic: clock.monotonic() }
  }
  setClock()

  const apply = (nextInput: object, source: string) => {
    const before = state
    state = parseState(protocol.stateSchema, nextInput, source)
    input = nextInput
    if (state.register.clock_at !== before.register.clock_at) setClock()
    for (const name of ['silent_ms', 'busy_ms'] as const)
      if (state.faults[name] !== before.faults[name]) windows[name] = clock.monotonic()
    if (JSON.stringify(state.faults) !== JSON.stringify(before.faults)) faults = createFaultPlan(state.faults)
  }
  const inWindow = (name: keyof typeof windows) => clock.monotonic() - windows[name] < state.faults[name]
  const localNow = () => {
    if (state.register.clock_at === undefined) return localOf(clock.now())
    return clockBase.local + (state.register.clock_frozen ? 0 : clock.monotonic() - clockBase.monotonic)
  }

  const device: Device<unknown> = {
    get state() {
      return state
    },
    get faults() {
      return faults
    },
    clock,
    localNow,
    startedAt: localNow(),
    isSilent: () => state.register.link === 'silent' || inWindow('silent_ms'),
    isPrinting: () => state.faults.printing || state.register.mode === 'printing' || inWindow('busy_ms'),
    record(received) {
      const entry = { at: new Date(clock.now()).toISOString(), ...received }
      if (entry.forbidden) forbidden += 1
      log.push(entry)
      if (log.length > LOG_ENTRIES_MAX) log.shift()
      options.onCommand?.(entry)
    },
  }

  return {
    get state() {
      return state
    },
    log,
    get forbidden() {
      return forbidden
    },
    assertReadOnly() {
      const seen = log.filter(entry => entry.forbidden).map(entry => entry.opcode)
      if (forbidden > 0)
        throw new AppError('simulator.forbidden', `${forbidden} forbidden commands: ${seen.join(', ')}`)
    },
    update: change => apply(mergeState(input, change), 'state'),
    replace: (next, source = 'state') => apply(next as object, source),
    openLine(write) {
      if (protocol.openLine) return protocol.openLine(device, write)
      throw new AppError('simulator.web_only', `${protocol.name} is a web service and has no line`, {
        nextStep: 'Serve it with --listen tcp://127.0.0.1:PORT and reach it as http://127.0.0.1:PORT.',
      })
    },
    hasLine: protocol.openLine !== undefined,
    webService: protocol.webService?.(device) ?? null,
  }
}
