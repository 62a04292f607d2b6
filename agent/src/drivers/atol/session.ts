import type { DriverOptions, DriverSession, Problem } from '../driver.ts'
import { type Asking, type Exchange, lineExchange } from '../kit/exchange.ts'
import { createReadSession, type Poll } from '../kit/session.ts'
import { allUnknown, FN_FACTS, OFD_FACTS } from '../kit/told.ts'
import { ACCESS, COMMANDS, type Reply } from './commands.ts'
import { createHandshake } from './handshake.ts'
import { askDrive, EXPIRY_QUESTION, isShiftExpired, noteExpiry, noteShiftClosed, QUESTIONS } from './questions.ts'
import { atWork, faultsOf, fromFnStatus, fromFullStatus, modelFact, UNTOLD } from './snapshot.ts'
import { createTaskBook } from './task-book.ts'
import { createTaskLink } from './task-link.ts'

/** Transport of older registers, or of newer ones that are set to it; all others speak transport 3. */
export const HANDSHAKE_VARIANT = 2

/** An answer may begin this late; the end of the hold is nearer in all but a very short exchange. */
const ANSWER_MS = 10_000
const INTER_BYTE_MS = { serial: 200, tcp: 500, http: 0 } as const
/** On transport 2 a device that is not acknowledged sends its frame again after 500 ms: what was cut is forgotten before that. */
const HANDSHAKE_INTER_BYTE_MS = { ...INTER_BYTE_MS, tcp: 300 } as const

const PRINTER_QUESTION = COMMANDS.stateCode.name

/** One poll: the gate is full status and FN status. */
export const createSession = (options: DriverOptions): DriverSession =>
  createReadSession<Uint8Array, Reply>({
    options,
    exchange: options.variant === HANDSHAKE_VARIANT ? lineExchange(handshakeFor) : taskExchange(),
    secret: ACCESS,
    gate: async poll => (await passStatus(poll)) && passFn(poll),
    questions: QUESTIONS,
    conclude(poll) {
      if (poll.window.answersCount > 0) poll.tell(allUnknown(UNTOLD, 'the register’s own protocol does not tell it'))
      if (wasPrinterRead(poll) && wasDriveRead(poll)) poll.seeNoOtherFaults()
    },
  })

const handshakeFor = (request: Uint8Array, { context, isFirst, isOwnAnswerDue }: Asking) =>
  createHandshake({
    request,
    fetchPending: !isFirst || isOwnAnswerDue,
    answerMs: ANSWER_MS,
    interByteMs: HANDSHAKE_INTER_BYTE_MS[context.line.kind],
  })

/** Exchanges on transport 3. A buffer in which another program's tasks stand in the way makes the register busy. */
function taskExchange(): Exchange<Uint8Array, Reply> {
  const book = createTaskBook()
  const exchange = lineExchange<Uint8Array, Reply>((request, { context, isFirst }) => {
    if (isFirst) book.newHold()
    return createTaskLink({ request, book, interByteMs: INTER_BYTE_MS[context.line.kind] })
  })
  return async (request, asking) => {
    const exchanged = await exchange(request, asking)
    const stands = exchanged.kind === 'ended' && exchanged.ending === 'at_work'
    return stands ? { ...exchanged, ending: 'busy' } : exchanged
  }
}

/** The full status. False when the register is at work or cannot be spoken to. */
async function passStatus(poll: Poll): Promise<boolean> {
  const { context, window, tell } = poll
  const { memo } = context
  const status = await window.ask(COMMANDS.fullStatus)
  if (!status) return false
  if (!status.ok) {
    const isTold = window.problems.length > 0
    window.end(memo.barred(ACCESS.name) ? 'password' : 'at_work', isTold ? undefined : statusProblem(status.reason))
    return false
  }
  const { value } = status
  if (!value.shiftOpen) noteShiftClosed(memo)
  const told = fromFullStatus(value, isShiftExpired(memo))
  if (poll.differs('fiscal.register.serial', told)) poll.forget()
  tell(told)
  if ((memo.facts.get('fiscal.register.model')?.value ?? null) === null) tell(modelFact(value.modelId))
  // Paper that is near its end shows in the state code alone.
  const paper = memo.facts.get('fiscal.register.paper')?.value
  if (!value.paper || paper !== 'low') tell({ 'fiscal.register.paper': { value: value.paper ? 'present' : 'absent' } })
  window.faults.push(...faultsOf(value))
  if (atWork(value)) window.end('at_work')
  return !atWork(value)
}

const statusProblem = (reason: string): Problem => ({
  code: 'register.status_refused',
  message: `command ${COMMANDS.fullStatus.name}: ${reason}`,
  nextStep: 'Nothing else is asked of a register that does not tell its status. Look what it shows itself.',
})

/** The state of the drive. False when it forms a document or cannot be spoken to. */
async function passFn({ context, window, tell, tellDrive }: Poll): Promise<boolean> {
  const { memo } = context
  const fn = await askDrive(window, COMMANDS.fnStatus)
  if (!fn) return false
  tell(noteExpiry(memo, COMMANDS.fnStatus.name, fn))
  if (!fn.ok) {
    tell(allUnknown([...FN_FACTS, ...OFD_FACTS], fn.reason, fn.code ?? undefined))
    return true
  }
  tellDrive(fromFnStatus(fn.value), EXPIRY_QUESTION)
  if (fn.value.document !== 0) window.end('at_work')
  return fn.value.document === 0
}

const wasPrinterRead = ({ context, beganMs }: Poll): boolean =>
  (context.memo.answeredAtMs(PRINTER_QUESTION) ?? -1) >= beganMs

const wasDriveRead = ({ isTold }: Poll): boolean => isTold('fiscal.fn.phase')
