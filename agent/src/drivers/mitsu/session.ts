import type { DriverOptions, DriverSession, Problem } from '../driver.ts'
import { type Asking, type Link, lineExchange } from '../kit/exchange.ts'
import { createReadSession, type Poll } from '../kit/session.ts'
import { allUnknown, FN_FACTS } from '../kit/told.ts'
import { COMMANDS } from './commands.ts'
import { isOfDrive } from './error-codes.ts'
import { createLink } from './link.ts'
import { isAutonomous, QUESTIONS, REGISTRATION_FACTS, REGISTRATION_QUESTION, SLOW_LINE } from './questions.ts'
import { fromDrive, fromIdentity, fromShift, IDENTITY_FACTS, NO_QUEUE, SHIFT_FACTS, UNTOLD } from './snapshot.ts'

/** An answer may begin this late; the end of the hold is nearer (an open 1C driver waits as long for a byte). */
const ANSWER_MS = 10_000
/** A register that says nothing to the cheapest query of all for so long is silent: there is no handshake to tell it by. */
const FIRST_ANSWER_MS = 1_500
const INTER_BYTE_MS = { serial: 200, tcp: 1_000, http: 0 } as const
/** Slower than this, 700 bytes do not fit into a hold beside the queries of every poll. */
const REGISTRATION_BAUD_MIN = 9_600

/** One poll: the gate is the shift, the identity and the drive. */
export function createSession(options: DriverOptions): DriverSession {
  return createReadSession<string, Uint8Array>({
    options,
    exchange: lineExchange(linkFor),
    gate: async poll => {
      noteSlowLine(poll)
      return (await passShift(poll)) && (await readIdentity(poll)) && readDrive(poll)
    },
    questions: QUESTIONS,
    conclude({ context: { memo }, tell }) {
      if (isAutonomous(memo)) tell(NO_QUEUE)
    },
  })
}

const linkFor = (query: string, { context: { line }, isFirst }: Asking): Link =>
  createLink({
    query,
    channel: line.kind === 'serial' ? 'cable' : 'network',
    answerMs: isFirst ? FIRST_ANSWER_MS : ANSWER_MS,
    interByteMs: INTER_BYTE_MS[line.kind],
  })

/** On a slow cable the registration takes longer than a hold may last: it is left out, and so is what depends on it. */
function noteSlowLine({ context: { line, memo }, tell }: Poll): void {
  const isSlow = line.baudRate !== null && line.baudRate < REGISTRATION_BAUD_MIN
  memo.setNote(SLOW_LINE, isSlow ? line.baudRate : undefined)
  if (isSlow) tell(allUnknown(REGISTRATION_FACTS, `the line is too slow for it: ${line.baudRate} baud`))
}

/**
 * The shift, the cheapest of all. A register that says it prints ends the window here, and so does one that refuses for a reason other
 * than its drive, or says what means nothing: nobody knows whether it is at work.
 */
async function passShift({ window, tell }: Poll): Promise<boolean> {
  const shift = await window.ask(COMMANDS.shift)
  if (!shift) return false
  tell(UNTOLD)
  tell(shift.ok ? fromShift(shift.value) : allUnknown(SHIFT_FACTS, shift.reason, shift.code ?? undefined))
  if (shift.ok || isOfDrive(shift.code)) return true
  window.end('busy', unclearProblem(shift.reason))
  return false
}

/** Not `ok`: as long as this lasts nothing else is read, and that is not to pass for a register that is well. */
const unclearProblem = (reason: string): Problem => ({
  code: 'register.unclear',
  message: `the register does not tell its shift, and may be at work: ${reason}`,
  nextStep:
    'The agent asks again by itself. If it stays so, send a capture of the exchange to the authors of the driver.',
})

/** Who answers, once a round: another register on the same port makes everything be asked anew. */
async function readIdentity(poll: Poll): Promise<boolean> {
  const { context, window, tell } = poll
  const { memo, clock } = context
  const { name } = COMMANDS.identity
  if (!context.isDue('poll', memo.answeredAtMs(name))) return true
  const identity = await window.ask(COMMANDS.identity)
  if (!identity) return false
  if (identity.ok) {
    const told = fromIdentity(identity.value)
    if (poll.differs('fiscal.register.serial', told)) poll.forget(SLOW_LINE)
    tell(told)
  } else {
    tell(allUnknown(IDENTITY_FACTS, identity.reason, identity.code ?? undefined))
  }
  memo.markAnswered(name, clock.monotonic())
  return true
}

/** The drive, once a round: on a slow cable it and the queue do not fit into one hold. */
async function readDrive(poll: Poll): Promise<boolean> {
  const { context, window, tell } = poll
  const { memo, clock } = context
  const { name } = COMMANDS.drive
  if (!context.isDue('poll', memo.answeredAtMs(name))) return true
  const drive = await window.ask(COMMANDS.drive)
  if (!drive) return false
  if (drive.ok) poll.tellDrive(fromDrive(drive.value), REGISTRATION_QUESTION, SLOW_LINE)
  else tell(allUnknown(FN_FACTS, drive.reason, drive.code ?? undefined))
  memo.markAnswered(name, clock.monotonic())
  return true
}
