import type { DriverOptions, DriverSession } from '../driver.ts'
import { createReadSession, type Poll } from '../kit/session.ts'
import type { ToldFacts } from '../kit/told.ts'
import { unknown } from '../kit/told.ts'
import type { Asked } from '../kit/window.ts'
import { COMMANDS, NO_CONNECTION } from './commands.ts'
import { CLOSE_RESERVE_MS, serviceExchange } from './exchange.ts'
import type { Fields } from './fields.ts'
import { refusedProblem, unreachableProblem } from './problems.ts'
import { isAutonomous, QUESTIONS, SESSION, sessionOf } from './questions.ts'
import { fromDrive, fromDriverInfo, fromQueue, fromStatus, NO_QUEUE, UNTOLD } from './snapshot.ts'

/**
 * One poll: is the service alive, a session, its status as the gate, the questions, and the session's end: always, also after an
 * error, in time kept for it. A session that could not be closed is closed before anything else in the next hold.
 */
export function createSession(options: DriverOptions): DriverSession {
  return createReadSession<string, Fields>({
    options,
    exchange: serviceExchange,
    closeReserveMs: CLOSE_RESERVE_MS,
    gate: async poll =>
      (await closeLeftSession(poll)) && (await askService(poll)) && (await openSession(poll)) && passStatus(poll),
    questions: QUESTIONS,
    conclude({ context: { memo }, tell }) {
      if (isAutonomous(memo)) tell(NO_QUEUE)
    },
    close: closeSession,
  })
}

/** Ends the window after an answer that nothing can be built on; a problem for garbage was told where it was read. */
function endRefused(
  { context: { memo }, window }: Poll,
  { code, reason }: Extract<Asked<unknown>, { ok: false }>,
): false {
  memo.askAgain(COMMANDS.getDriverInfo.name)
  if (code === null) window.end('failed')
  else if (code === NO_CONNECTION) window.end('unreachable', unreachableProblem(reason))
  else window.end('busy', refusedProblem(reason))
  return false
}

/** A session of an earlier hold. A service that refuses to close it does not know it any more. */
async function closeLeftSession(poll: Poll): Promise<boolean> {
  const { memo } = poll.context
  if (memo.note(SESSION) === undefined) return true
  const closed = await poll.window.ask(COMMANDS.closeSession, sessionOf(memo))
  if (!closed) return false
  if (!closed.ok && closed.code === null) return endRefused(poll, closed)
  memo.setNote(SESSION, undefined)
  return true
}

/**
 * The service itself: at connect, daily, and first of all after anything went wrong, so that a service that hangs is told from a
 * register that is off. In a poll where all is well it would only take time from the questions. False when it does not answer.
 */
async function askService(poll: Poll): Promise<boolean> {
  const { context, window, tell } = poll
  const { memo, clock } = context
  const { name } = COMMANDS.getDriverInfo
  if (!context.isDue('daily', memo.answeredAtMs(name))) return true
  const info = await window.ask(COMMANDS.getDriverInfo)
  if (!info) return false
  if (!info.ok && info.code === null) return endRefused(poll, info)
  tell(info.ok ? fromDriverInfo(info.value) : { 'fiscal.driver.version': unknown(info.reason) })
  memo.markAnswered(name, clock.monotonic())
  return true
}

/** Whether a second session opens while the POS program has one is not known: any refusal means to come back later. */
async function openSession(poll: Poll): Promise<boolean> {
  const opened = await poll.window.ask(COMMANDS.openSession)
  if (!opened) {
    poll.context.memo.askAgain(COMMANDS.getDriverInfo.name)
    return false
  }
  if (!opened.ok) return endRefused(poll, opened)
  poll.context.memo.setNote(SESSION, opened.value.sessionKey)
  return true
}

/** Clock, shift, receipt, drive and queue. An open receipt ends the window at once. */
async function passStatus(poll: Poll): Promise<boolean> {
  const { context, window, tell } = poll
  const { memo } = context
  const status = await window.ask(COMMANDS.getStatus, sessionOf(memo))
  if (!status) return false
  if (!status.ok) return endRefused(poll, status)
  if (status.value.drive && isOtherDrive(poll, fromDrive(status.value))) poll.forget(SESSION)
  tell(UNTOLD)
  tell(fromStatus(status.value))
  tell(fromDrive(status.value))
  tell(fromQueue(status.value))
  if (status.value.receipt.isOpen) window.end('at_work')
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
