import { type Clock, type EpochMs, type Logger, messageOf, targetKey, type WireItem } from '@tillwatch/shared'
import type { CrashPoint } from '../crash-point.ts'
import type { LogFile } from '../log-file.ts'
import type { OtherLogs } from '../logs/other-logs.ts'
import type { Outbox } from '../outbox/outbox.ts'
import { switchesItem } from '../self/agent-facts.ts'
import type { Recorder } from '../self/recorder.ts'
import { type CollectorTime, createCollectorTime } from '../uplink/collector-time.ts'
import { createChecks, driversOf, type Switchable } from './checks.ts'
import { createCommandGate, type IncomingCommand } from './command-gate.ts'
import { createPerform } from './perform.ts'
import { openRemoteFile, type RemoteFile } from './remote-file.ts'
import { switchedOffAt } from './remote-state.ts'
import { createSwitchTeller } from './switch-teller.ts'
import { createSwitches, type Switches } from './switches.ts'

/** While something is off, the collector's clock is noted this often: a run that is cut counts for its end but for the last hour. */
const NOTE_TIME_MS = 3_600_000

/** What an earlier run was asked for, read before anything is polled. */
export interface RemoteMemory {
  readonly file: RemoteFile
  readonly time: CollectorTime
  readonly switches: Switches
}

/** Opens the memory of a data directory. Throws what the disk throws. */
export function openRemoteMemory(dir: string, clock: Clock, logger: Logger): RemoteMemory {
  const file = openRemoteFile(dir, logger)
  const time = createCollectorTime(clock, file.state.known_at)
  return { file, time, switches: createSwitches(file, time.now) }
}

export interface RemoteOptions {
  readonly memory: RemoteMemory
  /** Registers that are polled now; more may be found later. */
  readonly registers: () => readonly Switchable[]
  /** Names of the probes of this PC. */
  readonly probes: readonly string[]
  /** Names of the drivers that the search for registers asks with. */
  readonly searching?: readonly string[]
  readonly pollNow: (slot: string) => Promise<WireItem | null>
  readonly log: Pick<LogFile, 'read'>
  readonly otherLogs: OtherLogs
  /** Words that must never leave the till. */
  readonly secrets: readonly string[]
  readonly recorder: Recorder
  readonly outbox: Pick<Outbox, 'position'>
  readonly clock: Clock
  readonly logger: Logger
  readonly crash: CrashPoint
}

/** Everything that the collector may ask of this agent. */
export interface Remote {
  hear(message: IncomingCommand): void
  /** The collector's clock, whenever it says something that carries it. */
  hearTime(at: EpochMs): void
  /** What is switched off now, for the hello. */
  item(): WireItem
  start(): Promise<void>
  stop(): Promise<void>
}

export function createRemote(options: RemoteOptions): Remote {
  const { memory, registers, recorder, clock, logger } = options
  const { file, time, switches } = memory
  const checks = createChecks(registers, options.probes, options.searching)
  const item = () => switchesItem({ checks: checks.names(), off: switches.off() }, clock.now())
  const tell = () => recorder.telemetry([item()])
  const teller = createSwitchTeller({ checks, switches, tell, onLook: () => keepTime(file, time, logger), clock })
  const driversAt = (slot: string) => driversOf(registers().filter(register => register.slot === slot))
  const gate = createCommandGate({
    ...options,
    file,
    time,
    isKnown: target => checks.has(targetKey(target)),
    perform: createPerform({
      ...options,
      slots: () => registers().map(({ slot }) => slot),
      offReason: slot => placeOff(switches, slot, driversAt(slot)),
      toLogTime: at => at - time.offsetMs(),
      sendPart: body => recorder.answer({ kind: 'log_part', body }) !== null,
    }),
    sendResult: (id, result) => recorder.answer({ kind: 'command_result', body: { id, ...result } }),
    onSwitched: teller.tellNews,
  })
  return {
    hear: message => gate.hear(message),
    hearTime: at => time.heard(at),
    item,
    start: async () => {
      if (file.wasDamaged) recorder.event('switches_lost')
      gate.start()
      await teller.start()
    },
    stop: async () => {
      await teller.stop()
      await gate.stop()
    },
  }
}

/** Why a place is left alone: it, or every driver that reads it, is switched off. Null while it is polled. */
function placeOff(switches: Switches, slot: string, drivers: readonly string[]): string | null {
  const reasons = drivers.map(driver => switches.offReason('driver', driver))
  return switches.offReason('slot', slot) ?? (reasons.includes(null) ? null : (reasons[0] ?? null))
}

/** So that a switch ends, and stays ended, also at a till that is restarted again and again and never hears the collector. */
function keepTime({ state, change }: RemoteFile, time: CollectorTime, logger: Logger): void {
  const now = time.now()
  const off = switchedOffAt(state, now)
  const hasEnded = off.length < state.switched_off.length
  if (!hasEnded && (off.length === 0 || Math.abs(now - state.known_at) < NOTE_TIME_MS)) return
  try {
    change(noted => ({ ...noted, known_at: now, switched_off: [...off] }))
  } catch (thrown) {
    logger.warn({ reason: messageOf(thrown) }, 'the collector’s time cannot be noted')
  }
}
