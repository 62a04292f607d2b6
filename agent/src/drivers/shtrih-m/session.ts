import type { EpochMs, FactName, MonotonicMs } from '@tillwatch/shared'
import type {
  DriverOptions,
  DriverSession,
  PollContext,
  PollOutcome,
  RegisterLink,
  RegisterReading,
} from '../driver.ts'
import { COMMANDS } from './commands.ts'
import { codeText } from './error-codes.ts'
import { FILLER } from './framing.ts'
import { EXPIRY_QUESTION, QUESTIONS, type Question } from './questions.ts'
import {
  allUnknown,
  atWork,
  FN_FACTS,
  faultsOf,
  fromFnStatus,
  fromFullStatus,
  fromShortStatus,
  OFD_FACTS,
  type ToldFacts,
  worstFault,
} from './snapshot.ts'
import { createWindow, type Ending, isOwnAnswerDue, passwordOf, passwordProblem, type Window } from './window.ts'

/** Time to listen before speaking on a line that others could share (reference policy: 300 ms). */
const LISTEN_MS = 300
/** A question that failed so often in a row is given up until it is next due. */
const FAILURES_MAX = 2
const SERIAL_TAIL = 'serial tail'
const NO_ANSWER = 'the register did not answer'

/** One poll: listen, gate, every-poll questions, daily questions, as far as the time goes. */
export function createSession(options: DriverOptions): DriverSession {
  return {
    async poll(context) {
      const { clock, memo, line } = context
      const window = createWindow(context, options.passwords)
      const poll: Poll = { context, window, began: clock.now(), beganMs: clock.monotonic() }
      const password = passwordOf(COMMANDS.shortStatus)
      if (memo.barred(password)) {
        window.problems.push(passwordProblem(password))
        window.end('password')
      } else if (line.kind === 'serial' && (await inUse(context))) {
        return reading(poll, 'busy', 'yielded', [IN_USE])
      } else if (await passGate(poll)) {
        await askQuestions(poll)
      }
      noteSerial(poll)
      noteError(poll)
      return reading(poll, linkOf(poll, window.ended), outcomeOf(window.ended), [])
    },
  }
}

interface Poll {
  readonly context: PollContext
  readonly window: Window
  readonly began: EpochMs
  readonly beganMs: MonotonicMs
}

const IN_USE = {
  code: 'register.line_in_use',
  message: 'somebody talks on this line; the port was given back at once',
  nextStep: 'Another program uses the register on the same line. Poll at another time, or give it a port of its own.',
}

/** Unasked bytes: another program's conversation, unless they are the late end of our own. */
async function inUse(context: PollContext): Promise<boolean> {
  const event = await context.line.next(LISTEN_MS)
  return event.kind === 'bytes' && !isOwnAnswerDue(context) && event.bytes.some(byte => byte !== FILLER)
}

/** Short, full and FN status. False when the register is at work or cannot be spoken to. */
async function passGate(poll: Poll): Promise<boolean> {
  const { context, window } = poll
  const status = await window.ask(COMMANDS.shortStatus)
  if (!status?.ok) {
    if (status) window.end(context.memo.barred(passwordOf(COMMANDS.shortStatus)) ? 'password' : 'at_work')
    return false
  }
  tell(context, fromShortStatus(status.value))
  window.faults.push(...faultsOf(status.value))
  if (atWork(status.value)) window.end('at_work')
  return (await readIdentity(poll)) && passFn(poll)
}

/** The full status, once a round. */
async function readIdentity(poll: Poll): Promise<boolean> {
  const { context, window } = poll
  const { memo, clock } = context
  if (!context.isDue('poll', memo.answeredAtMs('11'))) return true
  const full = await window.ask(COMMANDS.fullStatus)
  if (!full) return false
  if (full.ok) {
    const tail = full.value.serialTail ?? ''
    if ((memo.note(SERIAL_TAIL) ?? tail) !== tail) forget(poll)
    memo.setNote(SERIAL_TAIL, tail)
    tell(context, fromFullStatus(full.value))
  } else {
    tell(context, allUnknown(['fiscal.register.firmware', 'fiscal.register.clock_at'], full.reason))
  }
  memo.markAnswered('11', clock.monotonic())
  return true
}

async function passFn(poll: Poll): Promise<boolean> {
  const { context, window } = poll
  const { facts } = context.memo
  const fn = await window.ask(COMMANDS.fnStatus)
  if (!fn) return false
  if (!fn.ok) {
    tell(context, allUnknown([...FN_FACTS, ...OFD_FACTS], fn.reason, fn.code === null ? undefined : codeText(fn.code)))
    return true
  }
  const told = fromFnStatus(fn.value)
  const differs = (name: FactName) => facts.has(name) && facts.get(name)?.value !== told[name]?.value
  if (differs('fiscal.fn.serial') || differs('fiscal.fn.phase')) forget(poll)
  // A warning that comes or goes is the drive's own word about its end: its date is asked for again.
  if (facts.get('fiscal.fn.flags')?.raw !== told['fiscal.fn.flags']?.raw) context.memo.askAgain(EXPIRY_QUESTION)
  tell(context, told)
  if ((facts.get('fiscal.shift.state')?.at ?? 0) < poll.began) {
    tell(context, { 'fiscal.shift.state': { value: fn.value.shiftOpen ? 'open' : 'closed' } })
  }
  if (fn.value.document !== 0) window.end('at_work')
  return fn.value.document === 0
}

/** Another register, another drive or another phase of its life: all that was learnt earlier is asked anew. */
function forget({ context: { memo }, began, beganMs }: Poll): void {
  const tail = memo.note(SERIAL_TAIL)
  memo.forget(beganMs, began)
  memo.setNote(SERIAL_TAIL, tail)
}

async function askQuestions({ context, window }: Poll): Promise<void> {
  const { memo } = context
  for (const question of QUESTIONS) {
    if (!isOpen(question, context)) continue
    const commandsBefore = window.commandsCount
    const told = await question.ask(window, memo)
    if (told) {
      settle(question, context, told)
      continue
    }
    // Time that was over before the question was put is not its failure.
    const put = window.commandsCount > commandsBefore && window.ended !== 'at_work'
    if (put && memo.countFailure(question.key) >= FAILURES_MAX) {
      settle(question, context, allUnknown(question.facts, NO_ANSWER))
    }
    return
  }
}

/** Whether a question is to be put now: it is due, and was not given up in this very round. */
function isOpen(question: Question, { memo, isDue }: PollContext): boolean {
  if (question.applies && !question.applies(memo)) return false
  const givenUpAtMs = memo.givenUpAtMs(question.key)
  if (givenUpAtMs !== undefined && !isDue('poll', givenUpAtMs)) return false
  return isDue(question.cadence, memo.answeredAtMs(question.key))
}

/** Takes what a question gave. One that gave no value is put again in the next round, however seldom it is due. */
function settle(question: Question, context: PollContext, told: ToldFacts): void {
  const { memo, clock } = context
  tell(context, question.cadence === 'daily' ? news(context, told) : told)
  if (Object.values(told).every(fact => fact.reason)) memo.markGivenUp(question.key, clock.monotonic())
  else memo.markAnswered(question.key, clock.monotonic())
}

function tell({ memo, clock }: PollContext, facts: ToldFacts): void {
  const at = clock.now()
  for (const [name, fact] of Object.entries(facts)) {
    memo.set(name as FactName, { ...fact, at })
  }
}

/** A slow fact that could not be read today stays as it was read before, with its age. */
const news = ({ memo }: PollContext, told: ToldFacts): ToldFacts =>
  Object.fromEntries(
    Object.entries(told).filter(
      ([name, fact]) => !fact.reason || (memo.facts.get(name as FactName)?.value ?? null) === null,
    ),
  )

/** The serial of the full status serves where the tables hold none; a table that could not be read may hold one. */
function noteSerial({ context }: Poll): void {
  const tail = context.memo.note(SERIAL_TAIL)
  const serial = context.memo.facts.get('fiscal.register.serial')
  if (tail && serial?.value === null && serial.reason !== NO_ANSWER) {
    tell(context, { 'fiscal.register.serial': { value: String(tail) } })
  }
}

/** The error is known when the status was read to its end, or when something is wrong. */
function noteError({ context, window, began }: Poll): void {
  const phase = context.memo.facts.get('fiscal.fn.phase')
  const wholeStatus = phase !== undefined && phase.at >= began
  if (window.faults.length > 0 || wholeStatus) tell(context, { 'fiscal.register.error': worstFault(window.faults) })
}

function linkOf({ context, window }: Poll, ending: Ending | null): RegisterLink {
  if (window.answersCount > 0) return ending === 'password' ? 'error' : 'ok'
  if (ending === 'foreign') return 'busy'
  if (ending === 'silent') return 'silent'
  if (ending === 'time' && context.line.receivedCount === 0) return 'silent'
  return 'error'
}

function outcomeOf(ending: Ending | null): PollOutcome {
  if (ending === null || ending === 'password') return 'complete'
  return ending === 'at_work' || ending === 'foreign' ? 'yielded' : 'more'
}

function reading(
  { context, window }: Poll,
  link: RegisterLink,
  outcome: PollOutcome,
  problems: RegisterReading['problems'],
): RegisterReading {
  const serial = context.memo.facts.get('fiscal.register.serial')?.value
  return {
    link,
    outcome,
    serial: typeof serial === 'string' ? serial : null,
    facts: context.memo.facts,
    problems: [...problems, ...window.problems],
    commandsCount: window.commandsCount,
  }
}
