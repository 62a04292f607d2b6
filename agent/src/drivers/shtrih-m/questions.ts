import type { FactName } from '@tillwatch/shared'
import { commandQuestion as command, factValue, type Question, refusedFacts, unanswered } from '../kit/question.ts'
import { isInn, isRegistrationNumber, OFD_FACTS, type ToldFacts } from '../kit/told.ts'
import type { RegisterMemo } from '../memo.ts'
import { COMMANDS } from './commands.ts'
import {
  fromDeviceType,
  fromExpiry,
  fromFfd,
  fromOfdChannel,
  fromOfdPort,
  fromOfdQueue,
  fromRegistration,
  fromShift,
} from './snapshot.ts'
import { fieldNumber, fieldText, readField, WANTED } from './tables.ts'

/** The drive's end: asked once a day, and when the drive itself says that something has changed. */
export const EXPIRY_QUESTION = COMMANDS.fnExpiry.name

/** The model's name: asked once a day; a hold of packets begins with it. */
export const MODEL_QUESTION = COMMANDS.deviceType.name

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
      return asked.ok ? { ...unanswered([fact]), ...toFacts(asked.value) } : refusedFacts([fact], asked)
    },
  }
}

const textFact = (fact: FactName, fits: (text: string) => boolean) => (bytes: Uint8Array) => {
  const text = fieldText(bytes)
  return fits(text) ? { [fact]: { value: text } } : {}
}

/** What 11 or FF09 gave is not asked from the tables again. */
const missing = (fact: FactName) => (memo: RegisterMemo) => (factValue(memo, fact) ?? null) === null

/** All questions behind the gate (short status, full status, FN status), in the order of their worth; the OFD queue needs the work mode, the marking queue the FFD version. */
export const QUESTIONS: readonly Question[] = [
  command(
    { cadence: 'daily', facts: ['fiscal.register.registration_number', 'fiscal.register.autonomous'] },
    COMMANDS.registration,
    fromRegistration,
  ),
  command({ cadence: 'poll', facts: OFD_FACTS }, COMMANDS.ofdQueue, (queue, memo) =>
    fromOfdQueue(queue, factValue(memo, 'fiscal.register.autonomous') === true),
  ),
  command({ cadence: 'poll', facts: ['fiscal.shift.number', 'fiscal.shift.receipts'] }, COMMANDS.shift, (shift, memo) =>
    fromShift(shift, factValue(memo, 'fiscal.register.mode') === 'shift_expired'),
  ),
  field(
    'fiscal.register.serial',
    WANTED.serial,
    textFact('fiscal.register.serial', text => /^(?!0*$)\d{1,16}$/.test(text)),
  ),
  command(
    { cadence: 'daily', facts: ['fiscal.fn.valid_until', 'fiscal.fn.registrations_left'] },
    COMMANDS.fnExpiry,
    fromExpiry,
  ),
  command({ cadence: 'daily', facts: ['fiscal.fn.documents_left'] }, COMMANDS.fnMemory, memory => ({
    'fiscal.fn.documents_left': { value: memory.documentsLeft },
  })),
  field('fiscal.register.ffd', WANTED.ffd, bytes => fromFfd(fieldNumber(bytes))),
  command(
    {
      cadence: 'poll',
      facts: ['fiscal.marking.unsent_notifications'],
      applies: memo => factValue(memo, 'fiscal.register.ffd') === '1.2',
    },
    COMMANDS.markingQueue,
    queue => ({ 'fiscal.marking.unsent_notifications': { value: queue.count } }),
  ),
  command({ cadence: 'daily', facts: ['fiscal.register.model'] }, COMMANDS.deviceType, fromDeviceType),
  command({ cadence: 'daily', facts: ['fiscal.fn.firmware'] }, COMMANDS.fnVersion, firmware => ({
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
  field('fiscal.register.ofd_port', WANTED.ofdPort, bytes => fromOfdPort(fieldNumber(bytes))),
  field('fiscal.register.ofd_channel', WANTED.ofdChannel, bytes => fromOfdChannel(fieldNumber(bytes))),
  field(
    'fiscal.register.registration_number',
    WANTED.registrationNumber,
    textFact('fiscal.register.registration_number', isRegistrationNumber),
    missing('fiscal.register.registration_number'),
  ),
  field('fiscal.register.inn', WANTED.inn, textFact('fiscal.register.inn', isInn), missing('fiscal.register.inn')),
]
