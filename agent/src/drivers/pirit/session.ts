import type { DriverOptions, DriverSession, Problem } from '../driver.ts'
import { type Asking, lineExchange } from '../kit/exchange.ts'
import type { AnswerOf } from '../kit/read-only.ts'
import { createReadSession, type Poll } from '../kit/session.ts'
import { allUnknown, FN_FACTS, fnSerialFact, known, OFD_FACTS, unknown } from '../kit/told.ts'
import type { Asked } from '../kit/window.ts'
import type { RegisterMemo } from '../memo.ts'
import { COMMANDS, LINK_SECRET } from './commands.ts'
import { IMPOSSIBLE_NOW } from './error-codes.ts'
import { ACK, type Answer, PACKET_IDS, type Request } from './framing.ts'
import { createLink } from './link.ts'
import { EXPIRY_QUESTION, QUESTIONS, WORK_NOT_BEGUN } from './questions.ts'
import {
  atWork,
  faultsOfPrinter,
  faultsOfStatus,
  fromFnState,
  fromPrinter,
  fromPrinterRefusal,
  fromStatus,
  isDriveBound,
  isShiftCloseUnfinished,
  isUnprinted,
} from './snapshot.ts'

/** An answer may begin this late; the end of the hold is nearer (vendor's libraries wait for minutes while the register prints). */
const ANSWER_MS = 10_000
/** Devices give up after 200 ms inside a packet; over a network pieces may lie further apart. */
const INTER_BYTE_MS = { serial: 200, tcp: 1_000, http: 0 } as const
/** Note: number of the last packet. */
const PACKET_ID = 'packet id'
/** Note: a document was not printed to its end. */
const UNPRINTED = 'unprinted document'
/** Reason of an error 01: the cash program has not begun work (06/1). */
const REASON_NOT_BEGUN = 1

type Refused = Extract<Asked<never>, { ok: false }>

/** One poll: the gate is status, printer, drive, and whose serials they have. */
export const createSession = (options: DriverOptions): DriverSession =>
  createReadSession<Request, Answer>({
    options,
    exchange: lineExchange(linkFor),
    // An ACK owed for an ENQ that was answered in the meantime.
    filler: ACK,
    secret: LINK_SECRET,
    gate: async poll =>
      (await passStatus(poll)) &&
      (!isRoundOpen(poll) || (await readPrinter(poll))) &&
      (await passDrive(poll)) &&
      readSerial(poll),
    questions: QUESTIONS,
  })

const linkFor = (request: Request, { context, isFirst }: Asking) =>
  createLink({
    request,
    nextId: () => nextPacketId(context.memo),
    enquire: isFirst,
    answerMs: ANSWER_MS,
    interByteMs: INTER_BYTE_MS[context.line.kind],
  })

/** Numbers go round, so that an answer that comes late is not taken for the next one. */
function nextPacketId(memo: RegisterMemo): number {
  const last = Number(memo.note(PACKET_ID) ?? PACKET_IDS.last)
  const next = last >= PACKET_IDS.last ? PACKET_IDS.first : last + 1
  memo.setNote(PACKET_ID, next)
  return next
}

/**
 * True until the drive was met in this round. Printer, faults and drive are told once a round, together; the windows that
 * follow only look whether the register has got work.
 */
const isRoundOpen = ({ context: { memo, isDue } }: Poll): boolean =>
  isDue('poll', memo.answeredAtMs(COMMANDS.fnSerial.name))

/** False when the register is at work or cannot be spoken to. */
async function passStatus(poll: Poll): Promise<boolean> {
  const { context, window, tell } = poll
  const status = await window.ask(COMMANDS.status)
  if (!status?.ok) {
    if (status) window.end(context.memo.barred(LINK_SECRET.name) ? 'password' : 'at_work')
    return false
  }
  tell(fromStatus(status.value))
  const isStuck = isStillUnprinted(context.memo, status.value)
  if (isRoundOpen(poll) || isStuck) window.faults.push(...faultsOfStatus(status.value))
  if (isStuck && (await readPrinter(poll))) poll.seeNoOtherFaults()
  if (atWork(status.value)) window.end('at_work')
  else if (isShiftCloseUnfinished(status.value)) window.problems.push(SHIFT_CLOSE_UNFINISHED)
  return window.ended === null
}

/** True when a document is not printed to its end, and was not at the last look: it waits for paper or a hand, and the printer says for which. */
function isStillUnprinted(memo: RegisterMemo, status: AnswerOf<typeof COMMANDS.status>): boolean {
  const [was, is] = [memo.note(UNPRINTED) !== undefined, isUnprinted(status)]
  memo.setNote(UNPRINTED, is ? 1 : undefined)
  return was && is
}

/** False when nothing more can be asked. */
async function readPrinter({ window, tell }: Poll): Promise<boolean> {
  const printer = await window.ask(COMMANDS.printer)
  if (!printer) return false
  if (printer.ok) {
    tell(fromPrinter(printer.value))
    window.faults.push(...faultsOfPrinter(printer.value))
  } else {
    tell(fromPrinterRefusal(printer.reason, printer.code))
  }
  return true
}

/** State and serial of the drive. False when a document is being formed, or nothing more can be asked. */
async function passDrive(poll: Poll): Promise<boolean> {
  const { context, window } = poll
  context.memo.setNote(WORK_NOT_BEGUN, undefined)
  const state = await window.ask(COMMANDS.fnState)
  if (!state?.ok) return state !== null && driveRefused(poll, state)
  if (state.value.document !== 0) {
    window.end('at_work')
    return false
  }
  if (!isRoundOpen(poll)) return true
  const serial = await window.ask(COMMANDS.fnSerial)
  if (!serial?.ok) return serial !== null && driveRefused(poll, serial)
  const told = { ...fromFnState(state.value), 'fiscal.fn.serial': fnSerialFact(serial.value.text) }
  poll.tellDrive(told, EXPIRY_QUESTION, PACKET_ID)
  poll.seeNoOtherFaults()
  context.memo.markAnswered(COMMANDS.fnSerial.name, context.clock.monotonic())
  return true
}

/** The drive cannot be asked: either nothing is known of it, or it is too early to ask. */
async function driveRefused(poll: Poll, refused: Refused): Promise<boolean> {
  const { context, window, tell } = poll
  // What is wrong with the drive shows in the status too.
  if (isRoundOpen(poll)) poll.seeNoOtherFaults()
  if (await isNotBegun(poll, refused)) context.memo.setNote(WORK_NOT_BEGUN, 1)
  else tell(allUnknown([...FN_FACTS, ...OFD_FACTS], refused.reason, refused.code ?? undefined))
  return window.ended === null
}

/**
 * Serial of the register: another one means that all else is to be learnt anew. Asked where the drive has not told it by its own:
 * at connect and daily, when the drive is another one, and in every round while there is none that was registered.
 */
async function readSerial(poll: Poll): Promise<boolean> {
  const { context, window, tell } = poll
  const { memo, clock } = context
  const { name } = COMMANDS.serial
  const cadence = isDriveBound(memo.facts) ? 'daily' : 'poll'
  if (memo.note(WORK_NOT_BEGUN) !== undefined || !context.isDue(cadence, memo.answeredAtMs(name))) return true
  const serial = await window.ask(COMMANDS.serial)
  if (!serial) return false
  if (serial.ok) {
    const told = { 'fiscal.register.serial': known(serial.value.text, 'the register gives no serial') }
    if (poll.differs('fiscal.register.serial', told)) poll.forget(PACKET_ID)
    tell(told)
    memo.markAnswered(name, clock.monotonic())
    return true
  }
  await isNotBegun(poll, serial)
  if (!memo.facts.has('fiscal.register.serial'))
    tell({ 'fiscal.register.serial': unknown(serial.reason, serial.code ?? undefined) })
  return window.ended === null
}

/** True when a refusal means that the cash program has not begun work. Then it is told; the agent never begins it itself. */
async function isNotBegun({ window }: Poll, { code }: Refused): Promise<boolean> {
  if (code !== IMPOSSIBLE_NOW) return false
  const why = await window.ask(COMMANDS.lastError)
  if (!why?.ok || why.value.reason !== REASON_NOT_BEGUN) return false
  window.problems.push(NOT_BEGUN)
  return true
}

const NOT_BEGUN: Problem = {
  code: 'register.work_not_begun',
  message: 'the cash program has not begun work since the register was switched on; until then it tells little',
  nextStep: 'Start the cash program. The agent never begins work itself, because that would set the register’s clock.',
}

const SHIFT_CLOSE_UNFINISHED: Problem = {
  code: 'register.shift_close_unfinished',
  message: 'the closing of the shift was cut off; the register sells nothing until it is repeated',
  nextStep: 'Close the shift once more in the cash program.',
}
