import type { FactName, MonotonicMs } from '@tillwatch/shared'
import type { DriverOptions, DriverSession, PollContext, RegisterReading } from '../driver.ts'
import { IN_USE_PROBLEM, linkOf, outcomeOf, secretProblem } from './ending.ts'
import type { Exchange } from './exchange.ts'
import type { Question } from './question.ts'
import type { Secret } from './read-only.ts'
import { allUnknown, type Told, type ToldFacts, worstFault } from './told.ts'
import { createWindow, isOwnAnswerDue, type Window } from './window.ts'

/** Time to listen before speaking on a line that others could share (reference policy: 300 ms). */
const LISTEN_MS = 300
/** A question that failed so often in a row is given up until it is next due. */
const FAILURES_MAX = 2
/** One of several commands may take so many holds as long as each brings it further: on a slow line one command fits into a hold. */
const HOLDS_MAX = 10
/** What a register that said nothing leaves its facts with. */
export const NO_ANSWER = 'the register did not answer'

/** One poll under way. */
export interface Poll {
  readonly context: PollContext
  readonly window: Window
  readonly beganMs: MonotonicMs
  tell(facts: ToldFacts): void
  /** True when a fact was told in this poll already. */
  isTold(name: FactName): boolean
  /** Another register, another drive or another phase of its life: all that was learnt before this poll is asked anew. Notes of these names stay. */
  forget(...keptNotes: string[]): void
  /** True when a fact was told before and differs from what is told now. */
  differs(name: FactName, told: ToldFacts): boolean
  /**
   * Tells the state of the drive. Another serial or phase makes everything be asked anew; a warning that comes or goes is the
   * drive's own word about its end, so that `expiryQuestion` is asked again.
   */
  tellDrive(told: ToldFacts, expiryQuestion: string, ...keptNotes: string[]): void
  /** Every place where a fault would show was read in this poll: no fault seen means none. */
  seeNoOtherFaults(): void
}

/** What is particular to one driver; all else is common. */
export interface ReadSession<Request, Payload> {
  readonly options: DriverOptions
  readonly exchange: Exchange<Request, Payload>
  /** A byte that an idle line may carry and that says nothing. */
  readonly filler?: number
  /** The secret without which nothing can be asked. */
  readonly secret?: Secret
  /** Time kept at the end of the hold for `close`, milliseconds. */
  readonly closeReserveMs?: number
  /** Cheap status first. Ends the window as `at_work` at once when a document is open or printing. False: no questions. */
  gate(poll: Poll): Promise<boolean>
  /** In the order of their worth. */
  readonly questions: readonly Question[]
  /** Facts that follow from others, after all questions. */
  conclude?(poll: Poll): void
  /** Always runs, whatever ended the window. */
  close?(poll: Poll): Promise<void>
}

/** A driver's session: listen, gate, every-poll questions, daily questions, as far as the time goes. */
export function createReadSession<Request, Payload>(session: ReadSession<Request, Payload>): DriverSession {
  return {
    async poll(full) {
      const { secret, filler } = session
      const context = { ...full, untilMs: full.untilMs - (session.closeReserveMs ?? 0) }
      const window = createWindow(context, session.options, session.exchange)
      const poll = createPoll(context, window)
      if (secret && context.memo.barred(secret.name, context.clock.monotonic())) {
        window.end('password', secretProblem(secret))
      } else if (context.line.kind === 'serial' && (await isInUse(context, filler))) {
        return { ...readingOf(poll), link: 'busy', outcome: 'yielded', problems: [IN_USE_PROBLEM] }
      } else {
        if (await session.gate(poll)) {
          window.passGate()
          await askQuestions(poll, session.questions)
        }
        await session.close?.(poll)
      }
      session.conclude?.(poll)
      poll.noteError()
      return readingOf(poll)
    },
  }
}

/** Unasked bytes: another program's conversation, unless they are the late end of our own. */
async function isInUse(context: PollContext, filler: number | undefined): Promise<boolean> {
  if (context.line.kind === 'http') return false
  const event = await context.line.next(LISTEN_MS)
  return event.kind === 'bytes' && !isOwnAnswerDue(context) && event.bytes.some(byte => byte !== filler)
}

function createPoll(context: PollContext, window: Window): Poll & { noteError(): void } {
  const { clock, memo } = context
  const beganMs = clock.monotonic()
  const toldNow = new Set<FactName>()
  let errorIsKnown = false
  const tell = (facts: ToldFacts) => {
    const at = clock.now()
    for (const [name, fact] of Object.entries(facts) as [FactName, Told][]) {
      memo.set(name, { ...fact, at })
      toldNow.add(name)
    }
  }
  const forget = (...keptNotes: string[]) => {
    const kept = keptNotes.map(name => [name, memo.note(name)] as const)
    memo.forget(beganMs, toldNow)
    for (const [name, note] of kept) memo.setNote(name, note)
  }
  const differs = (name: FactName, told: ToldFacts) =>
    memo.facts.has(name) && memo.facts.get(name)?.value !== told[name]?.value
  return {
    context,
    window,
    beganMs,
    tell,
    isTold: name => toldNow.has(name),
    forget,
    differs,
    tellDrive(told, expiryQuestion, ...keptNotes) {
      if (differs('fiscal.fn.serial', told) || differs('fiscal.fn.phase', told)) forget(...keptNotes)
      if (memo.facts.get('fiscal.fn.flags')?.raw !== told['fiscal.fn.flags']?.raw) memo.askAgain(expiryQuestion)
      tell(told)
    },
    seeNoOtherFaults() {
      errorIsKnown = true
    },
    noteError() {
      if (window.faults.length > 0 || errorIsKnown) tell({ 'fiscal.register.error': worstFault(window.faults) })
    },
  }
}

async function askQuestions({ context, window, tell }: Poll, questions: readonly Question[]): Promise<void> {
  const { memo } = context
  for (const question of questions) {
    if (question.applies && !question.applies(memo)) continue
    const offReason = context.offReason?.(question.key)
    if (offReason) {
      tell(allUnknown(question.facts, offReason))
      // Once it is on again it is due, however lately it was answered before.
      memo.askAgain(question.key)
      continue
    }
    if (!isOpen(question, context)) continue
    const [commandsBefore, answersBefore] = [window.commandsCount, window.answersCount]
    const told = await question.ask(window, memo)
    if (told) {
      settle(question, context, told, tell)
      continue
    }
    // Time that was over before the question was put is not its failure.
    const put = window.commandsCount > commandsBefore && window.ended !== 'at_work'
    const isFurther = window.answersCount > answersBefore && window.ended === 'time'
    if (put && memo.countFailure(question.key) >= (isFurther ? HOLDS_MAX : FAILURES_MAX)) {
      settle(question, context, allUnknown(question.facts, NO_ANSWER), tell)
    }
    return
  }
}

/** Whether a question is to be put now: it is due, and was not given up in this very round. */
function isOpen(question: Question, { memo, isDue }: PollContext): boolean {
  const givenUpAtMs = memo.givenUpAtMs(question.key)
  if (givenUpAtMs !== undefined && !isDue('poll', givenUpAtMs)) return false
  return isDue(question.cadence, memo.answeredAtMs(question.key))
}

/** Takes what a question gave. One that gave no value is put again in the next round, however seldom it is due. */
function settle(question: Question, { memo, clock }: PollContext, told: ToldFacts, tell: Poll['tell']): void {
  tell(question.cadence === 'daily' ? news(memo.facts, told) : told)
  if (Object.values(told).every(fact => fact.reason)) memo.markGivenUp(question.key, clock.monotonic())
  else memo.markAnswered(question.key, clock.monotonic())
}

/** A slow fact that could not be read today stays as it was read before, with its age. */
const news = (facts: RegisterReading['facts'], told: ToldFacts): ToldFacts =>
  Object.fromEntries(
    Object.entries(told).filter(
      ([name, fact]) => !fact.reason || (facts.get(name as FactName)?.value ?? null) === null,
    ),
  )

function readingOf({ context, window }: Poll): RegisterReading {
  const { facts } = context.memo
  const serial = facts.get('fiscal.register.serial')?.value
  return {
    link: linkOf(window.ended, window.answersCount, context.line.receivedCount > 0),
    outcome: outcomeOf(window.ended),
    // Zeros are what a register has whose serial was never set: they name nobody.
    serial: typeof serial === 'string' && /[^0]/.test(serial) ? serial : null,
    facts,
    problems: window.problems,
    commandsCount: window.commandsCount,
  }
}
