import type { FactName } from '@tillwatch/shared'
import type { Cadence } from '../driver.ts'
import type { RegisterMemo } from '../memo.ts'
import { COMMANDS, type ReadCommand } from './commands.ts'
import { codeText } from './error-codes.ts'
import {
  allUnknown,
  fromExpiry,
  fromFfd,
  fromOfdQueue,
  fromRegistration,
  fromShift,
  isInn,
  isRegistrationNumber,
  OFD_FACTS,
  type ToldFacts,
  unknown,
} from './snapshot.ts'
import { fieldNumber, fieldText, readField, WANTED } from './tables.ts'
import type { Asked, Window } from './window.ts'

/** Something to be learnt of a register, once a poll or once a day. */
export interface Question {
  readonly key: string
  readonly cadence: Cadence
  /** Facts that stay unknown while the question is not answered. */
  readonly facts: readonly FactName[]
  /** False when the register is known not to have it; the facts are then left out. */
  applies?(memo: RegisterMemo): boolean
  /** Null: the window is over, the question stays open. */
  ask(window: Window, memo: RegisterMemo): Promise<ToldFacts | null>
}

/** The drive's end: asked once a day, and when the drive itself says that something has changed. */
export const EXPIRY_QUESTION = 'FF03'

const factValue = (memo: RegisterMemo, name: FactName) => memo.facts.get(name)?.value

/** A question that one command answers. */
function command<Answer>(
  question: Pick<Question, 'key' | 'cadence' | 'facts' | 'applies'>,
  asks: ReadCommand<void, Answer>,
  toFacts: (answer: Answer, memo: RegisterMemo) => ToldFacts,
): Question {
  return {
    ...question,
    async ask(window, memo) {
      const asked = await window.ask(asks)
      if (!asked) return null
      return asked.ok
        ? { ...unanswered(question.facts), ...toFacts(asked.value, memo) }
        : refused(question.facts, asked)
    },
  }
}

/** A question that one field of a table answers. `toFacts` gives nothing for a value that cannot be right. */
function field(
  fact: FactName,
  wanted: (typeof WANTED)[keyof typeof WANTED],
  toFacts: (bytes: Uint8Array) => ToldFacts,
  applies?: Question['applies'],
): Question {
  return {
    key: fact,
    cadence: 'daily',
    facts: [fact],
    ...(applies && { applies }),
    async ask(window, memo) {
      const asked = await readField(window, memo, wanted)
      if (!asked) return null
      return asked.ok ? { ...unanswered([fact]), ...toFacts(asked.value) } : refused([fact], asked)
    },
  }
}

const textFact = (fact: FactName, fits: (text: string) => boolean) => (bytes: Uint8Array) => {
  const text = fieldText(bytes)
  return fits(text) ? { [fact]: { value: text } } : {}
}

const unanswered = (facts: readonly FactName[]) => allUnknown(facts, 'the register holds no valid value')
const refused = (facts: readonly FactName[], asked: Exclude<Asked<unknown>, null | { ok: true }>) =>
  allUnknown(facts, asked.reason, asked.code === null ? undefined : codeText(asked.code))

/** What 11 or FF09 gave is not asked from the tables again. */
const missing = (fact: FactName) => (memo: RegisterMemo) => (factValue(memo, fact) ?? null) === null

/** All questions behind the gate (short status, full status, FN status), in the order of their worth; the OFD queue needs the work mode, the marking queue the FFD version. */
export const QUESTIONS: readonly Question[] = [
  command(
    { key: 'FF09', cadence: 'daily', facts: ['fiscal.register.registration_number', 'fiscal.register.autonomous'] },
    COMMANDS.registration,
    fromRegistration,
  ),
  command({ key: 'FF39', cadence: 'poll', facts: OFD_FACTS }, COMMANDS.ofdQueue, (queue, memo) =>
    fromOfdQueue(queue, factValue(memo, 'fiscal.register.autonomous') === true),
  ),
  command(
    { key: 'FF40', cadence: 'poll', facts: ['fiscal.shift.number', 'fiscal.shift.receipts'] },
    COMMANDS.shift,
    (shift, memo) => fromShift(shift, factValue(memo, 'fiscal.register.mode') === 'shift_expired'),
  ),
  field(
    'fiscal.register.serial',
    WANTED.serial,
    textFact('fiscal.register.serial', text => /^\d{1,16}$/.test(text)),
  ),
  command(
    { key: EXPIRY_QUESTION, cadence: 'daily', facts: ['fiscal.fn.valid_until', 'fiscal.fn.registrations_left'] },
    COMMANDS.fnExpiry,
    fromExpiry,
  ),
  command({ key: 'FF63', cadence: 'daily', facts: ['fiscal.fn.documents_left'] }, COMMANDS.fnMemory, memory => ({
    'fiscal.fn.documents_left': { value: memory.documentsLeft },
  })),
  field('fiscal.register.ffd', WANTED.ffd, bytes => fromFfd(fieldNumber(bytes))),
  command(
    {
      key: 'FF68',
      cadence: 'poll',
      facts: ['fiscal.marking.unsent_notifications'],
      applies: memo => factValue(memo, 'fiscal.register.ffd') === '1.2',
    },
    COMMANDS.markingQueue,
    queue => ({ 'fiscal.marking.unsent_notifications': { value: queue.count } }),
  ),
  command({ key: 'FC', cadence: 'daily', facts: ['fiscal.register.model'] }, COMMANDS.deviceType, type => ({
    'fiscal.register.model': type.model ? { value: type.model } : unknown('the register gives no name'),
  })),
  command({ key: 'FF04', cadence: 'daily', facts: ['fiscal.fn.firmware'] }, COMMANDS.fnVersion, firmware => ({
    'fiscal.fn.firmware': { value: firmware.version, ...(firmware.debug && { raw: 'debug' }) },
  })),
  field('fiscal.register.ofd_name', WANTED.ofdName, textFact('fiscal.register.ofd_name', Boolean)),
  field(
    'fiscal.register.ofd_inn',
    WANTED.ofdInn,
    textFact('fiscal.register.ofd_inn', isInn),
    missing('fiscal.register.ofd_inn'),
  ),
  field('fiscal.register.ofd_host', WANTED.ofdHost, textFact('fiscal.register.ofd_host', Boolean)),
  field(
    'fiscal.register.registration_number',
    WANTED.registrationNumber,
    textFact('fiscal.register.registration_number', isRegistrationNumber),
    missing('fiscal.register.registration_number'),
  ),
  field('fiscal.register.inn', WANTED.inn, textFact('fiscal.register.inn', isInn), missing('fiscal.register.inn')),
]
