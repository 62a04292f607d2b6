import type { DriverOptions, DriverSession } from '../driver.ts'
import { type Asking, type Exchange, type Link, lineExchange } from '../kit/exchange.ts'
import { createReadSession, NO_ANSWER, type Poll } from '../kit/session.ts'
import { allUnknown, FN_FACTS, OFD_FACTS } from '../kit/told.ts'
import { COMMANDS, ENTRY_SECRET, type Request } from './commands.ts'
import { encodeFrame, FILLER } from './framing.ts'
import { createLink } from './link.ts'
import { createPacketLink, type Numbering } from './packet-link.ts'
import { EXPIRY_QUESTION, MODEL_QUESTION, QUESTIONS } from './questions.ts'
import { atWork, faultsOf, fromDeviceType, fromFnStatus, fromFullStatus, fromShortStatus } from './snapshot.ts'

/** An answer may begin this late; the end of the hold is nearer in all but a very short exchange (vendor's drivers: 10 s). */
const ANSWER_MS = 10_000
const INTER_BYTE_MS = { serial: 200, tcp: 1_000, http: 0 } as const
/** A pending answer that nobody fetched over so many polls belongs to nobody: it is fetched and dropped. */
const FOREIGN_POLLS_MAX = 3
const FOREIGN = 'foreign answers'
const SERIAL_TAIL = 'serial tail'

/** Variant of the registers that speak protocol 2. */
const PACKETS = 2

/** One poll: the gate is short, full and FN status. */
export function createSession(options: DriverOptions): DriverSession {
  const packets = options.variant === PACKETS
  return createReadSession<Request, Uint8Array>({
    options,
    exchange: packets ? packetExchange() : lineExchange(linkFor),
    ...(!packets && { filler: FILLER }),
    secret: ENTRY_SECRET,
    gate: async poll =>
      (!packets || (await greet(poll))) && (await passStatus(poll)) && (await readIdentity(poll)) && passFn(poll),
    questions: QUESTIONS,
    conclude(poll) {
      countForeign(poll)
      noteSerial(poll)
    },
  })
}

const linkFor = ({ payload, code }: Request, { context, isFirst, isOwnAnswerDue }: Asking): Link =>
  createLink({
    frame: encodeFrame(payload),
    code,
    fetchPending: !isFirst || isOwnAnswerDue || Number(context.memo.note(FOREIGN) ?? 0) >= FOREIGN_POLLS_MAX,
    answerMs: ANSWER_MS,
    interByteMs: INTER_BYTE_MS[context.line.kind],
  })

/** Packets of one register: numbered on from command to command, synchronised anew in each hold. */
function packetExchange(): Exchange<Request, Uint8Array> {
  const numbering: Numbering = { last: null }
  return lineExchange(({ payload, code }, { context, isFirst }) => {
    if (isFirst) numbering.last = null
    const interByteMs = INTER_BYTE_MS[context.line.kind]
    return createPacketLink({ payload, code, numbering, answerMs: ANSWER_MS, interByteMs })
  })
}

/**
 * The device type, before anything else in a hold of packets. A POS program that goes on with its old numbering takes the answer
 * of exactly one foreign command for its own, because it stands under the very number it gives its next one; two and more it
 * notices. So a hold never executes one alone, not even when a receipt turns out to be open.
 */
async function greet({ context: { memo, clock }, window, tell }: Poll): Promise<boolean> {
  const type = await window.ask(COMMANDS.deviceType)
  if (type?.ok) {
    tell(fromDeviceType(type.value))
    memo.markAnswered(MODEL_QUESTION, clock.monotonic())
  }
  return type !== null
}

function countForeign({ context: { memo }, window }: Poll): void {
  if (window.answersCount > 0) memo.setNote(FOREIGN, undefined)
  else if (window.ended === 'foreign') memo.setNote(FOREIGN, Number(memo.note(FOREIGN) ?? 0) + 1)
}

/** The short status. False when the register is at work or cannot be spoken to. */
async function passStatus({ context, window, tell }: Poll): Promise<boolean> {
  const status = await window.ask(COMMANDS.shortStatus)
  if (!status?.ok) {
    if (status) window.end(context.memo.barred(ENTRY_SECRET.name) ? 'password' : 'at_work')
    return false
  }
  tell(fromShortStatus(status.value))
  window.faults.push(...faultsOf(status.value))
  if (atWork(status.value)) window.end('at_work')
  return true
}

/** The full status, once a round. */
async function readIdentity(poll: Poll): Promise<boolean> {
  const { context, window, tell } = poll
  const { memo, clock } = context
  if (!context.isDue('poll', memo.answeredAtMs('11'))) return true
  const full = await window.ask(COMMANDS.fullStatus)
  if (!full) return false
  if (full.ok) {
    const tail = full.value.serialTail ?? ''
    if ((memo.note(SERIAL_TAIL) ?? tail) !== tail) poll.forget()
    memo.setNote(SERIAL_TAIL, tail)
    tell(fromFullStatus(full.value))
  } else {
    tell(allUnknown(['fiscal.register.firmware', 'fiscal.register.clock_at'], full.reason))
  }
  memo.markAnswered('11', clock.monotonic())
  return true
}

async function passFn(poll: Poll): Promise<boolean> {
  const { window, tell } = poll
  const fn = await window.ask(COMMANDS.fnStatus)
  if (!fn) return false
  if (!fn.ok) {
    tell(allUnknown([...FN_FACTS, ...OFD_FACTS], fn.reason, fn.code ?? undefined))
    return true
  }
  poll.tellDrive(fromFnStatus(fn.value), EXPIRY_QUESTION, SERIAL_TAIL)
  poll.seeNoOtherFaults()
  if (!poll.isTold('fiscal.shift.state')) {
    tell({ 'fiscal.shift.state': { value: fn.value.shiftOpen ? 'open' : 'closed' } })
  }
  if (fn.value.document !== 0) window.end('at_work')
  return fn.value.document === 0
}

/** The serial of the full status serves where the tables hold none; a table that could not be read may hold one. */
function noteSerial({ context, tell }: Poll): void {
  const tail = context.memo.note(SERIAL_TAIL)
  const serial = context.memo.facts.get('fiscal.register.serial')
  if (tail && serial?.value === null && serial.reason !== NO_ANSWER) {
    tell({ 'fiscal.register.serial': { value: String(tail) } })
  }
}
