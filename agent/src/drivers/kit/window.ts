import { AppError, assert, type Result } from '@tillwatch/shared'
import type { DriverOptions, PollContext, Problem } from '../driver.ts'
import { type Ending, secretProblem } from './ending.ts'
import type { Asking, Exchange } from './exchange.ts'
import { type ReadCommand, type Refusal, requestOf } from './read-only.ts'
import type { Fault } from './told.ts'

/** What became of one command. `null` stands for a window that is over: nothing more is to be sent. */
export type Asked<Answer> =
  | { readonly ok: true; readonly value: Answer }
  /** The device refused, or the command is not sent to it any more (then there is no code). */
  | { readonly ok: false; readonly reason: string; readonly code: string | null }
  | null

/** One hold of the port: sends commands of the table, one at a time, while time is left, and remembers what went wrong. */
export interface Window {
  readonly ended: Ending | null
  /** Ends the window; the first ending stays, every problem is told. */
  end(ending: Ending, problem?: Problem): void
  /** The gate is behind: from the second question on, what commands last took decides whether they are begun. */
  passGate(): void
  readonly commandsCount: number
  readonly answersCount: number
  readonly problems: Problem[]
  readonly faults: Fault[]
  ask<Answer>(command: ReadCommand<void, Answer>): Promise<Asked<Answer>>
  ask<Args, Answer>(command: ReadCommand<Args, Answer>, args: Args): Promise<Asked<Answer>>
  /** Says a last word after the window has ended: what a service must be told so that it lets the register go. */
  conclude<Args, Answer>(command: ReadCommand<Args, Answer>, args: Args): Promise<Asked<Answer>>
}

/** Duration of the last exchange, the best guess for a command that was never asked. */
const PACE = 'last exchange'
/** Time at which an exchange of ours was cut: its answer may still wait in the device. */
const CUT = 'exchange cut'
/** Longest that a device takes to answer (vendors' drivers); what waits in it later may be another program's. */
const CUT_MS_MAX = 30_000

/** Firmware is updated, and damage may look like a refusal: what was unsupported is tried again after a day. */
const UNSUPPORTED_MS = 24 * 3_600_000

/** True while an answer that waits in the device, or comes unasked, may be our own. */
export function isOwnAnswerDue({ clock, memo }: PollContext): boolean {
  const cutAtMs = memo.note(CUT)
  return cutAtMs !== undefined && clock.monotonic() - Number(cutAtMs) < CUT_MS_MAX
}

/** True for an error that a decoder throws for what means nothing. */
const isProtocolError = (thrown: unknown): thrown is AppError =>
  thrown instanceof AppError && thrown.code.startsWith('protocol.')

/** A window over the context's line. */
export function createWindow<Request, Payload>(
  context: PollContext,
  options: DriverOptions,
  exchange: Exchange<Request, Payload>,
): Window {
  const { clock, line, memo } = context
  let ended: Ending | null = null
  let commandsCount = 0
  let answersCount = 0
  let gateAnswersCount = Number.POSITIVE_INFINITY
  let isAsking = false
  const problems: Problem[] = []
  const faults: Fault[] = []

  const end = (ending: Ending, problem?: Problem) => {
    ended ??= ending
    if (problem) problems.push(problem)
    return null
  }

  /** True when the command's usual time, or what the last experience says, fits into what is left. */
  const fits = ({ name, wireBytes, typicalMs }: ReadCommand<never>) => {
    const wireMs = line.baudRate ? (wireBytes * 10_000) / line.baudRate : 0
    // A command that was slow gets a try in a window of its own, behind nothing but the gate.
    const learntMs = answersCount <= gateAnswersCount ? 0 : (memo.durationMs(name) ?? memo.durationMs(PACE) ?? 0)
    return clock.monotonic() + Math.max(wireMs + typicalMs, learntMs) <= context.untilMs
  }

  /** The commands of the gate are never left out: unasked, a register at work would be taken for an idle one. */
  const isGateBehind = () => answersCount >= gateAnswersCount

  const refused = (command: ReadCommand<never>, { code, reason, reaction, error }: Refusal): Asked<never> => {
    if (error) faults.push({ error, raw: code })
    if (reaction === 'at_work') return end('at_work')
    if (reaction === 'password' && command.secret) {
      memo.bar(command.secret.name, reason)
      problems.push(secretProblem(command.secret))
    } else if (reaction === 'unsupported' && isGateBehind())
      memo.bar(command.name, reason, clock.monotonic() + UNSUPPORTED_MS)
    else if (reaction === 'fault')
      problems.push({ code: `register.error.${code}`, message: `command ${command.name}: ${reason}` })
    return { ok: false, reason, code }
  }

  const read = <Answer>(command: ReadCommand<never, Answer>, payload: Payload): Result<Answer, Refusal> | AppError => {
    try {
      return (command as ReadCommand<never, Answer, Request, Payload>).decode(payload)
    } catch (thrown) {
      if (isProtocolError(thrown)) return thrown
      throw thrown
    }
  }

  const barOf = ({ name, secret }: ReadCommand<never>) => {
    const nowMs = clock.monotonic()
    return memo.barred(name, nowMs) ?? (secret && memo.barred(secret.name, nowMs))
  }

  const carry = async <Args, Answer>(command: ReadCommand<Args, Answer>, args: Args): Promise<Asked<Answer>> => {
    const barred = barOf(command)
    if (barred) return { ok: false, reason: barred, code: null }
    const request = requestOf(command, args, options) as Request
    const { name } = command
    const asking: Asking = {
      context,
      name,
      isFirst: commandsCount === 0,
      answersCount,
      isOwnAnswerDue: isOwnAnswerDue(context),
    }
    const beganMs = clock.monotonic()
    assert(!isAsking, 'one command at a time')
    isAsking = true
    const outcome = await exchange(request, asking)
    isAsking = false
    const tookMs = clock.monotonic() - beganMs
    if (outcome.kind === 'ended') {
      if (outcome.sent) {
        commandsCount++
        memo.setNote(CUT, clock.monotonic())
        if (outcome.ending === 'time') memo.markDuration(name, tookMs * 2)
      }
      return end(outcome.ending, outcome.problem)
    }
    commandsCount++
    answersCount++
    memo.setNote(CUT, undefined)
    memo.markDuration(name, tookMs)
    memo.markDuration(PACE, tookMs)
    const answer = read(command, outcome.payload)
    if (answer instanceof AppError) {
      problems.push({ code: answer.code, message: `command ${name}: ${answer.message}`.slice(0, 200) })
      return { ok: false, reason: answer.message, code: null }
    }
    return answer.ok ? answer : refused(command, answer.error)
  }

  return {
    get ended() {
      return ended
    },
    end,
    passGate() {
      gateAnswersCount = answersCount
    },
    get commandsCount() {
      return commandsCount
    },
    get answersCount() {
      return answersCount
    },
    problems,
    faults,
    async ask<Args, Answer>(command: ReadCommand<Args, Answer>, args?: Args): Promise<Asked<Answer>> {
      if (ended) return null
      if (!barOf(command) && !fits(command)) return end('time')
      return carry(command, args as Args)
    },
    conclude: (command, args) => (ended === 'lost' ? Promise.resolve(null) : carry(command, args)),
  }
}
