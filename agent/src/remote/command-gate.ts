import {
  type AgentCommand,
  agentCommand,
  type DownMessage,
  type EpochMs,
  type Logger,
  messageOf,
  SWITCHED_OFF_MS_MAX,
  SWITCHES_MAX,
  type SwitchTarget,
  targetKey,
  unreachable,
} from '@tillwatch/shared'
import type { CrashPoint } from '../crash-point.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { CollectorTime } from '../uplink/collector-time.ts'
import { words } from '../words.ts'
import type { Perform, WorkCommand } from './perform.ts'
import type { RemoteFile } from './remote-file.ts'
import {
  answer,
  type CommandAnswer,
  type RememberedCommand,
  type RemoteState,
  switchedOffAt,
  withCommand,
  withSwitchedOff,
  withSwitchedOn,
} from './remote-state.ts'

/** A command as it comes: what it asks for is not looked at yet. */
export type IncomingCommand = Extract<DownMessage, { kind: 'command' }>

export interface CommandGateOptions {
  readonly file: RemoteFile
  readonly time: Pick<CollectorTime, 'now'>
  /** Whether this PC has such a check at all. */
  readonly isKnown: (target: SwitchTarget) => boolean
  readonly perform: Perform
  /** Puts a result into the outbox; its number, or null when it could not be kept. */
  readonly sendResult: (id: string, result: CommandAnswer) => number | null
  readonly outbox: Pick<Outbox, 'position'>
  /** Something was switched: the collector is told at once what is off now. */
  readonly onSwitched: () => void
  readonly logger: Logger
  readonly crash: CrashPoint
}

/**
 * The one door for what a collector asks: carries out each command at most once and answers each. A command is written down before it is
 * begun; its result stands in the outbox, which loses nothing; an id that comes again is answered, not carried out.
 */
export interface CommandGate {
  /** Answers what an earlier run has begun and not answered. */
  start(): void
  /** Never throws. What the disk does not take is left unanswered: the collector sends it again. */
  hear(message: IncomingCommand): void
  /** Resolves when nothing is being carried out any more. */
  stop(): Promise<void>
}

const INTERRUPTED = answer(
  'failed',
  words(
    'Агент перезапустился, не закончив; повторите команду',
    'The agent was restarted before it had finished; give the command again',
  ),
)

class DiskGate implements CommandGate {
  readonly #options: CommandGateOptions
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(options: CommandGateOptions) {
    this.#options = options
  }

  start(): void {
    for (const command of this.#options.file.state.commands) {
      if (command.answered === null)
        this.#attempt(command.id, () => this.#answer(command, command.result ?? INTERRUPTED))
    }
  }

  hear(message: IncomingCommand): void {
    this.#attempt(message.id, () => this.#take(message))
  }

  async stop(): Promise<void> {
    await Promise.all(this.#underWay.values())
  }

  #take(message: IncomingCommand): void {
    const known = this.#options.file.state.commands.find(({ id }) => id === message.id)
    if (known) {
      this.#again(known)
      return
    }
    const judged = this.#judge(message)
    const about = { id: message.id, by: message.issued_by }
    if ('refusal' in judged) {
      this.#options.logger.warn({ ...about, reason: judged.refusal.text.en }, 'a command is not carried out')
      this.#settle(message, judged.refusal, state => state)
      return
    }
    const { command } = judged
    this.#options.logger.info({ ...about, command }, 'a command is carried out')
    if (command.do === 'poll_now' || command.do === 'collect_log') this.#begin(message, command)
    else this.#switch(message, command)
  }

  #judge(message: IncomingCommand): { readonly command: AgentCommand } | { readonly refusal: CommandAnswer } {
    const parsed = agentCommand.safeParse(message.command)
    if (!parsed.success) return { refusal: UNKNOWN_COMMAND }
    const refusal = this.#lateness(message) ?? this.#refusalOf(parsed.data)
    return refusal === null ? { command: parsed.data } : { refusal }
  }

  /** Known already: carried out, refused, or under way. A result that the outbox, or its tail, still holds comes from there. */
  #again(known: RememberedCommand): void {
    if (this.#underWay.has(known.id)) return
    const { epoch, base } = this.#options.outbox.position()
    if (known.answered?.epoch === epoch && known.answered.seq >= base) return
    this.#answer(known, known.result ?? INTERRUPTED)
  }

  #lateness({ issued_at: issuedAt, expires_at: expiresAt }: IncomingCommand): CommandAnswer | null {
    const { time, file } = this.#options
    const isOver = Date.parse(expiresAt) <= time.now()
    return isOver || Date.parse(issuedAt) <= file.state.forgotten_until ? TOO_LATE : null
  }

  #refusalOf(command: AgentCommand): CommandAnswer | null {
    if (command.do === 'poll_now' || command.do === 'collect_log') return null
    const { isKnown, file, time } = this.#options
    const key = targetKey(command.target)
    const others = withSwitchedOn(file.state, command.target, time.now()).switched_off
    const isOff = others.length < switchedOffAt(file.state, time.now()).length
    // What is off can be switched on also when it has left the configuration since.
    if (!isKnown(command.target) && !(command.do === 'enable' && isOff))
      return answer('refused', words(`На этом ПК нет проверки ${key}`, `This PC has no check ${key}`))
    if (command.do === 'enable') return null
    const lastsMs = Date.parse(command.until) - time.now()
    if (lastsMs <= 0) return TOO_LATE
    if (lastsMs > SWITCHED_OFF_MS_MAX) return TOO_LONG
    return others.length >= SWITCHES_MAX ? TOO_MANY : null
  }

  /**
   * The switch, the id and the result are one write: after a kill it is done and told, or neither. A disk that takes nothing must not keep
   * a check on that disturbs sales: then it is off in this run, and noted when the command comes again.
   */
  #switch(message: IncomingCommand, command: Exclude<AgentCommand, WorkCommand>): void {
    const { result, change } = turnOf(message, command, this.#options.time.now())
    try {
      this.#settle(message, result, change)
    } catch (thrown) {
      this.#options.file.keep(change)
      throw thrown
    } finally {
      this.#options.onSwitched()
    }
  }

  #settle(message: IncomingCommand, result: CommandAnswer, change: Change): void {
    const command = remembered(message, result)
    const { file, time, crash } = this.#options
    file.change(state => withCommand(change(state), command, time.now()))
    crash('command-noted')
    this.#answer(command, result)
  }

  #begin(message: IncomingCommand, work: WorkCommand): void {
    const command = remembered(message, null)
    const { file, time } = this.#options
    file.change(state => withCommand(state, command, time.now()))
    this.#options.crash('command-noted')
    this.#underWay.set(command.id, this.#carryOut(command, work))
  }

  async #carryOut(command: RememberedCommand, work: WorkCommand): Promise<void> {
    const result = await this.#options.perform(command.id, work)
    this.#underWay.delete(command.id)
    this.#attempt(command.id, () => this.#answer(command, result))
  }

  /** Into the outbox first: after a kill between the two it is there twice, and the collector takes the first. */
  #answer(command: RememberedCommand, result: CommandAnswer): void {
    const { sendResult, outbox, file, time, crash } = this.#options
    crash('command-done')
    const seq = sendResult(command.id, result)
    crash('command-answered')
    const answered = seq === null ? null : { epoch: outbox.position().epoch, seq }
    const note: Change = state => withCommand(state, { ...command, result, answered }, time.now())
    try {
      file.change(note)
    } catch (thrown) {
      // Known at least until the end of this run: what was done is not told as broken off.
      file.keep(note)
      throw thrown
    }
  }

  #attempt(id: string, run: () => void): void {
    try {
      run()
    } catch (thrown) {
      this.#options.logger.warn(
        { id, reason: messageOf(thrown) },
        'a command cannot be noted; it is answered when it comes again',
      )
    }
  }
}

type Change = (state: RemoteState) => RemoteState

/** What a switch makes of the state, and what it is answered with. */
function turnOf(
  { issued_by: by }: IncomingCommand,
  command: Exclude<AgentCommand, WorkCommand>,
  now: EpochMs,
): { readonly result: CommandAnswer; readonly change: Change } {
  const { target } = command
  switch (command.do) {
    case 'disable': {
      const off = { target, until: Date.parse(command.until), by }
      return { result: SWITCHED_OFF, change: state => withSwitchedOff(state, off, now) }
    }
    case 'enable':
      return { result: SWITCHED_ON, change: state => withSwitchedOn(state, target, now) }
    default:
      return unreachable(command)
  }
}

const remembered = (message: IncomingCommand, result: CommandAnswer | null): RememberedCommand => ({
  id: message.id,
  issued_at: Date.parse(message.issued_at),
  result,
  answered: null,
})

const SWITCHED_OFF = answer('done', words('Выключено', 'Switched off'))
const SWITCHED_ON = answer('done', words('Включено', 'Switched on'))
const TOO_LATE = answer(
  'expired',
  words('Команда дошла слишком поздно и не выполнена', 'The command came too late and was not carried out'),
)
const TOO_LONG = answer(
  'refused',
  words('Так надолго выключать нельзя: не больше 30 дней', 'That is too long: 30 days at most'),
)
const TOO_MANY = answer(
  'refused',
  words(`Уже выключено ${SWITCHES_MAX} проверок`, `${SWITCHES_MAX} checks are switched off already`),
)
const UNKNOWN_COMMAND = answer(
  'refused',
  words('Агент не знает такой команды', 'The agent does not know such a command'),
)

/** A gate over the agent's file. */
export const createCommandGate = (options: CommandGateOptions): CommandGate => new DiskGate(options)
