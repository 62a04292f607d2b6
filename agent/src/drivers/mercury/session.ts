import type { DriverOptions, DriverSession } from '../driver.ts'
import { createReadSession, type Poll } from '../kit/session.ts'
import type { ToldFacts } from '../kit/told.ts'
import { unknown } from '../kit/told.ts'
import type { Asked } from '../kit/window.ts'
import type { RegisterMemo } from '../memo.ts'
import { COMMANDS, NO_CONNECTION } from './commands.ts'
import { createServiceExchange } from './exchange.ts'
import type { Fields } from './fields.ts'
import { refusedProblem, slowServiceProblem, unreachableProblem } from './problems.ts'
import { isAutonomous, QUESTIONS, SESSION, sessionOf } from './questions.ts'
import { fromDrive, fromDriverInfo, fromQueue, fromStatus, NO_QUEUE, UNTOLD } from './snapshot.ts'

/** Kept at the end of a hold for closing the session, while nobody knows how long that takes; and as short or long as it ever is. */
const CLOSE_RESERVE_MS = { usual: 500, min: 200, max: 700 } as const
/** Closing takes about as long as the last time. */
const CLOSE_SLACK_MS = 50
/** Note of a hold in which no time was left for a session: the next one begins with it. */
const SESSION_FIRST = 'session first'

/**
 * One poll: is the service alive, a session, its status as the gate, the questions, and the session's end: always, also after an
 * error, in time kept for it. A session that could not be closed is closed before anything else in the next hold.
 */
export function createSession(options: DriverOptions): DriverSession {
  return {
    poll(context) {
      const closeReserveMs = closeReserveOf(context.memo)
      return createReadSession<string, Fields>({
        options,
        exchange: createServiceExchange(closeReserveMs),
        closeReserveMs,
        gate: async poll =>
          (await closeLeftSession(poll)) && (await askService(poll)) && (await openSession(poll)) && passStatus(poll),
        questions: QUESTIONS,
        conclude({ context: { memo }, tell }) {
          if (isAutonomous(memo)) tell(NO_QUEUE)
        },
        close: closeSession,
      }).poll(context)
    },
  }
}

function closeReserveOf(memo: RegisterMemo): number {
  const lastMs = memo.durationMs(COMMANDS.closeSession.name)
  if (lastMs === undefined) return CLOSE_RESERVE_MS.usual
  return Math.min(CLOSE_RESERVE_MS.max, Math.max(CLOSE_RESERVE_MS.min, lastMs + CLOSE_SLACK_MS))
}

/** Ends the window after an answer that nothing can be built on; a problem for garbage was told where it was read. */
function endRefused(
  { context: { memo }, window }: Poll,
  command: string,
  { code, reason }: Extract<Asked<unknown>, { ok: false }>,
): false {
  memo.askAgain(COMMANDS.getDriverInfo.name)
  if (code === null) window.end('unreachable')
  else if (code === NO_CONNECTION) window.end('unreachable', unreachableProblem(reason))
  else window.end('busy', refusedProblem(command, reason))
  return false
}

/** False, and the window is over, when less than `neededMs` is left of it: the service was heard in it, the register was not. */
function isTimeFor({ context: { clock, untilMs }, window, beganMs }: Poll, neededMs: number): boolean {
  const nowMs = clock.monotonic()
  if (nowMs + neededMs <= untilMs) return true
  window.end('unreachable', slowServiceProblem(nowMs - beganMs))
  return false
}

/** What opening a session and reading its status will take at the least, by what is usual and by the pace of this hold. */
function sessionMs({ context: { clock }, window, beganMs }: Poll): number {
  const paceMs = (clock.monotonic() - beganMs) / Math.max(1, window.commandsCount)
  return Math.max(COMMANDS.openSession.typicalMs, paceMs) + Math.max(COMMANDS.getStatus.typicalMs, paceMs)
}

/** A session of an earlier hold. Whatever the service answers, there is no other way to close it. */
async function closeLeftSession({ context: { memo }, window }: Poll): Promise<boolean> {
  if (memo.note(SESSION) === undefined) return true
  const closed = await window.ask(COMMANDS.closeSession, sessionOf(memo))
  if (closed) memo.setNote(SESSION, undefined)
  return closed !== null
}

/**
 * The service itself: at connect, daily, and first of all after anything went wrong, so that a service that hangs is told from a
 * register that is off. In a poll where all is well it would only take time from the questions. False when it does not answer.
 */
async function askService(poll: Poll): Promise<boolean> {
  const { context, window, tell } = poll
  const { memo, clock } = context
  const { name } = COMMANDS.getDriverInfo
  // It answered in the hold before, and took the time of the session with it.
  if (memo.note(SESSION_FIRST) !== undefined) memo.markAnswered(name, clock.monotonic())
  if (!context.isDue('daily', memo.answeredAtMs(name))) return true
  if (!isTimeFor(poll, COMMANDS.getDriverInfo.typicalMs)) return false
  const info = await window.ask(COMMANDS.getDriverInfo)
  if (!info) return false
  if (!info.ok && info.code === null) return endRefused(poll, name, info)
  tell(info.ok ? fromDriverInfo(info.value) : { 'fiscal.driver.version': unknown(info.reason) })
  memo.markAnswered(name, clock.monotonic())
  return true
}

/** Whether a second session opens while the POS program has one is not known: any refusal means to come back later. */
async function openSession(poll: Poll): Promise<boolean> {
  const { memo } = poll.context
  const hasTime = isTimeFor(poll, sessionMs(poll))
  memo.setNote(SESSION_FIRST, hasTime ? undefined : 1)
  if (!hasTime) return false
  const opened = await poll.window.ask(COMMANDS.openSession)
  if (!opened) {
    memo.askAgain(COMMANDS.getDriverInfo.name)
    return false
  }
  if (!opened.ok) return endRefused(poll, COMMANDS.openSession.name, opened)
  memo.setNote(SESSION, opened.value.sessionKey)
  return true
}

/** Clock, shift, receipt, drive and queue. A receipt that is open, or may be, ends the window at once. */
async function passStatus(poll: Poll): Promise<boolean> {
  const { context, window, tell } = poll
  const { memo } = context
  const { name, typicalMs } = COMMANDS.getStatus
  if (!isTimeFor(poll, typicalMs)) return false
  const status = await window.ask(COMMANDS.getStatus, sessionOf(memo))
  if (!status) return false
  if (!status.ok) return endRefused(poll, name, status)
  if (status.value.drive && isOtherDrive(poll, fromDrive(status.value))) poll.forget(SESSION)
  tell(UNTOLD)
  tell(fromStatus(status.value))
  tell(fromDrive(status.value))
  tell(fromQueue(status.value))
  if (status.value.receipt.isOpen !== false) window.end('at_work')
  return window.ended === null
}

/** Another serial or phase, or documents that are counted from the beginning: older versions do not tell the serial here. */
function isOtherDrive({ context: { memo }, differs }: Poll, told: ToldFacts): boolean {
  const last = memo.facts.get('fiscal.fn.last_document')?.value
  const next = told['fiscal.fn.last_document']?.value
  const beganAnew = typeof last === 'number' && typeof next === 'number' && next < last
  const isTold = (name: 'fiscal.fn.serial' | 'fiscal.fn.phase') => told[name] !== undefined && differs(name, told)
  return beganAnew || isTold('fiscal.fn.serial') || isTold('fiscal.fn.phase')
}

/** Closes what this hold opened; what is not seen to close is remembered. */
async function closeSession({ context: { memo }, window }: Poll): Promise<void> {
  if (memo.note(SESSION) === undefined) return
  const closed = await window.conclude(COMMANDS.closeSession, sessionOf(memo))
  if (closed?.ok) memo.setNote(SESSION, undefined)
}
