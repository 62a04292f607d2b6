import { hex } from '../../codec/bytes.ts'
import { runExchange } from '../../transport/exchange.ts'
import type { DriverPasswords, PollContext, Problem } from '../driver.ts'
import { decodeAnswer, encodeRequest, isProtocolError, type ReadCommand } from './commands.ts'
import { codeText, errorCode, errorText } from './error-codes.ts'
import { createLink, type LinkResult } from './link.ts'
import { type Fault, faultOfCode } from './snapshot.ts'

/** What became of one command. `null` stands for a window that is over: nothing more is to be sent. */
export type Asked<Answer> =
  | { readonly ok: true; readonly value: Answer }
  /** The device refused, or the command is not sent to it any more. */
  | { readonly ok: false; readonly reason: string; readonly code: number | null }
  | null

/** Why nothing more is sent in this hold of the port. */
export type Ending = 'time' | 'lost' | 'foreign' | 'silent' | 'failed' | 'password' | 'at_work'

/** One hold of the port: sends commands of the table while time is left, and remembers what went wrong. */
export interface Window {
  readonly ended: Ending | null
  /** Ends the window; the first reason stays. */
  end(ending: Ending): void
  readonly commandsCount: number
  readonly answersCount: number
  readonly problems: Problem[]
  readonly faults: Fault[]
  ask<Answer>(command: ReadCommand<void, Answer>): Promise<Asked<Answer>>
  ask<Args, Answer>(command: ReadCommand<Args, Answer>, args: Args): Promise<Asked<Answer>>
}

/** An answer may begin this late; the end of the hold is nearer in all but a very short exchange (vendor's drivers: 10 s). */
const ANSWER_MS = 10_000
const INTER_BYTE_MS = { serial: 200, tcp: 1_000 } as const
/** ENQ, NAK, ACK, ACK and STX, length, LRC twice. */
const OVERHEAD_BYTES = 10
/** A pending answer that nobody fetched over so many polls belongs to nobody: it is fetched and dropped. */
const FOREIGN_POLLS_MAX = 3

const FOREIGN = 'foreign answers'
/** Duration of the last exchange, the best guess for a command that was never asked. */
const PACE = 'last exchange'
/** Time at which an exchange of ours was cut: its answer may still wait in the device. */
const CUT = 'exchange cut'
/** Longest that a device takes to answer (vendor's OPOS driver); what waits in it later may be another program's. */
const CUT_MS_MAX = 30_000

/** True while an answer that waits in the device, or comes unasked, may be our own. */
export function isOwnAnswerDue({ clock, memo }: PollContext): boolean {
  const cutAtMs = memo.note(CUT)
  return cutAtMs !== undefined && clock.monotonic() - Number(cutAtMs) < CUT_MS_MAX
}

/** A window over the context's line. */
export function createWindow(context: PollContext, passwords: DriverPasswords): Window {
  const { clock, line, memo } = context
  let ended: Ending | null = null
  let commandsCount = 0
  let answersCount = 0
  const problems: Problem[] = []
  const faults: Fault[] = []

  const end = (ending: Ending, problem?: Problem) => {
    ended ??= ending
    if (problem) problems.push(problem)
    return null
  }

  /** True when the command's usual time, or what the last experience says, fits into what is left. */
  const fits = (name: string, bytes: number, typicalMs: number) => {
    const wireMs = line.baudRate ? ((bytes + OVERHEAD_BYTES) * 10_000) / line.baudRate : 0
    const usualMs = wireMs + typicalMs
    // A command that was slow gets a try in a window of its own.
    const learntMs = answersCount <= 2 ? 0 : (memo.durationMs(name) ?? memo.durationMs(PACE) ?? 0)
    return clock.monotonic() + Math.max(usualMs, learntMs) <= context.untilMs
  }

  const failed = (name: string, result: Exclude<LinkResult, { kind: 'answer' }>): null => {
    if (result.kind === 'silent') return end('silent', SILENT_PROBLEM)
    if (result.kind === 'foreign') {
      memo.setNote(FOREIGN, Number(memo.note(FOREIGN) ?? 0) + 1)
      return end('foreign', FOREIGN_PROBLEM)
    }
    return end('failed', failure(name, result.reason))
  }

  const refused = (command: ReadCommand<never, unknown>, code: number): Asked<never> => {
    const { reaction } = errorCode(code)
    faults.push(...faultOfCode(code))
    const reason = errorText(code)
    if (reaction === 'busy') return end('at_work')
    if (reaction === 'password') {
      memo.bar(passwordOf(command), reason)
      problems.push(passwordProblem(passwordOf(command)))
    } else if (reaction === 'unsupported' && (code === 0x37 || code === 0x01)) memo.bar(command.name, reason)
    else if (reaction === 'fault')
      problems.push({ code: `register.error.${codeText(code)}`, message: `command ${command.name}: ${reason}` })
    return { ok: false, reason, code }
  }

  async function ask<Args, Answer>(command: ReadCommand<Args, Answer>, args?: Args): Promise<Asked<Answer>> {
    if (ended) return null
    const barred = memo.barred(command.name) ?? memo.barred(passwordOf(command))
    if (barred) return { ok: false, reason: barred, code: null }
    const request = encodeRequest(command, args as Args, passwords)
    if (!fits(command.name, request.frame.length + command.answerBytes, command.typicalMs)) return end('time')
    const link = createLink({
      ...request,
      fetchPending:
        commandsCount > 0 || isOwnAnswerDue(context) || Number(memo.note(FOREIGN) ?? 0) >= FOREIGN_POLLS_MAX,
      answerMs: ANSWER_MS,
      interByteMs: INTER_BYTE_MS[line.kind],
    })
    const beganMs = clock.monotonic()
    const outcome = await runExchange(link, line, clock, context.untilMs)
    if (link.frameSent) commandsCount++
    const tookMs = clock.monotonic() - beganMs
    if (outcome.kind === 'result' && outcome.result.kind === 'answer') memo.setNote(CUT, undefined)
    else if (link.frameSent) memo.setNote(CUT, clock.monotonic())
    if (outcome.kind === 'lost')
      return end('lost', { code: outcome.error.code, message: outcome.error.message, nextStep: LINE_STEP })
    if (outcome.kind === 'out_of_time') {
      // Bytes kept coming, and the register could not be given its first command.
      if (!link.frameSent) return end('time', answersCount === 0 ? failure(command.name, 'noise') : undefined)
      memo.markDuration(command.name, tookMs * 2)
      return end('time', slowProblem(command.name, tookMs))
    }
    if (outcome.result.kind !== 'answer') return failed(command.name, outcome.result)
    answersCount++
    memo.markDuration(command.name, tookMs)
    memo.markDuration(PACE, tookMs)
    memo.setNote(FOREIGN, undefined)
    try {
      const answer = decodeAnswer(command, outcome.result.payload)
      return answer.ok ? answer : refused(command as ReadCommand<never, unknown>, answer.error)
    } catch (thrown) {
      if (!isProtocolError(thrown)) throw thrown
      problems.push({
        code: thrown.code,
        message: `command ${command.name}: ${thrown.message}: ${hex(outcome.result.payload)}`.slice(0, 200),
      })
      return { ok: false, reason: thrown.message, code: null }
    }
  }

  return {
    get ended() {
      return ended
    },
    end,
    get commandsCount() {
      return commandsCount
    },
    get answersCount() {
      return answersCount
    },
    problems,
    faults,
    ask,
  }
}

const LINE_STEP = 'Check cable, line rate and interference; look whether another program uses the register.'

const FAILURES = {
  frame_refused: 'the register took the request for damaged three times',
  answer_damaged: 'the answer arrived damaged three times',
  answer_missing: 'the register did not give the answer',
  noise: 'the line carries bytes that are not this protocol',
} as const

const failure = (name: string, reason: keyof typeof FAILURES): Problem => ({
  code: `register.${reason}`,
  message: `command ${name}: ${FAILURES[reason]}`,
  nextStep: LINE_STEP,
})

const FOREIGN_PROBLEM: Problem = {
  code: 'register.foreign_answer',
  message: 'an answer to another program waits in the register; it was left there',
  nextStep: 'Another program talks to this register. If none does, the answer is dropped after three polls.',
}

const SILENT_PROBLEM: Problem = {
  code: 'register.silent',
  message: 'the register does not react on this line',
  nextStep: 'Check that it is on and the cable is in, and that port and line rate are those of the register.',
}

/** One refusal bars every command with that password: others would only be refused too. */
export const passwordOf = (command: { readonly password: string }): string => `${command.password} password`

export const passwordProblem = (password: string): Problem => ({
  code: 'register.password',
  message: `the register refuses the ${password}; commands that need it are not sent any more`,
  nextStep:
    'Set passwords.administrator and passwords.operator of this register as in its table 2, and start the agent again.',
})

const slowProblem = (name: string, tookMs: number): Problem => ({
  code: 'register.slow',
  message: `no answer to command ${name} within ${Math.round(tookMs)} ms; the port was given back`,
  nextStep: 'The register is busy or its line is slow. The agent goes on by itself.',
})
