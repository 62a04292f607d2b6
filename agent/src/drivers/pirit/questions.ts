import type { FactName } from '@tillwatch/shared'
import { commandQuestion as command, factValue, type Question, refusedFacts, unanswered } from '../kit/question.ts'
import type { ReadCommand } from '../kit/read-only.ts'
import { allUnknown, isInn, isRegistrationNumber, known, OFD_FACTS } from '../kit/told.ts'
import type { RegisterMemo } from '../memo.ts'
import { COMMANDS } from './commands.ts'
import { UNSUPPORTED } from './error-codes.ts'
import {
  fromExpiry,
  fromModel,
  fromOfdQueue,
  fromRegistrationModes,
  fromShift,
  fromVersions,
  PUNIX,
} from './snapshot.ts'

/** The drive's end: asked once a day, and when the drive itself says that something has changed. */
export const EXPIRY_QUESTION = COMMANDS.fnExpiry.name
/** Note: the cash program has not begun work, and the register refuses what it would tell afterwards. */
export const WORK_NOT_BEGUN = 'work not begun'

/** What a text of the register tells, once a day. `fits` judges whether it can be right. */
const text = (fact: FactName, asks: ReadCommand<void, { text: string }>, fits: (text: string) => boolean = Boolean) =>
  command({ cadence: 'daily', facts: [fact] }, asks, ({ text }) => (fits(text) ? { [fact]: { value: text } } : {}))

const FIRMWARE = ['fiscal.register.firmware'] as const
/** Note: 1 for a development kit; it does not change with the firmware. */
const DEBUG_KIT = 'debug kit'
/** Version of the firmware, and whether it is a developer's. */
const firmware: Question = {
  key: COMMANDS.firmware.name,
  cadence: 'daily',
  facts: FIRMWARE,
  async ask(window, memo) {
    if (memo.note(DEBUG_KIT) === undefined) {
      const kit = await window.ask(COMMANDS.debugKit)
      if (!kit) return null
      memo.setNote(DEBUG_KIT, kit.ok ? kit.value.number : 0)
    }
    const asked = await window.ask(COMMANDS.firmware)
    if (!asked?.ok) return asked && refusedFacts(FIRMWARE, asked)
    const { text } = asked.value
    const raw = memo.note(DEBUG_KIT) === 1 ? { raw: 'debug' } : {}
    return text ? { 'fiscal.register.firmware': { value: text, ...raw } } : unanswered(FIRMWARE)
  },
}

const DOCUMENTS_LEFT = ['fiscal.fn.documents_left'] as const
const ONLY_PUNIX = allUnknown(DOCUMENTS_LEFT, `of this family only ${PUNIX} tells it`)
/** Asked only of the one model that can tell, or of one that is not known. */
const documentsLeft: Question = {
  key: COMMANDS.fnMemory.name,
  cadence: 'daily',
  facts: DOCUMENTS_LEFT,
  async ask(window, memo) {
    if ((factValue(memo, 'fiscal.register.model') ?? PUNIX) !== PUNIX) return ONLY_PUNIX
    const asked = await window.ask(COMMANDS.fnMemory)
    if (!asked) return null
    if (asked.ok) return { 'fiscal.fn.documents_left': { value: asked.value.documentsLeft } }
    return asked.code === UNSUPPORTED ? ONLY_PUNIX : refusedFacts(DOCUMENTS_LEFT, asked)
  },
}

const lastDocument = command(
  { cadence: 'poll', facts: ['fiscal.fn.last_document'] },
  COMMANDS.lastDocument,
  ({ text }) => (/^\d{1,10}$/.test(text) ? { 'fiscal.fn.last_document': { value: Number(text) } } : {}),
)

/** Answered in any state of the register. */
const clock = command({ cadence: 'poll', facts: ['fiscal.register.clock_at'] }, COMMANDS.clock, ({ at }) => ({
  'fiscal.register.clock_at': known(at, 'the register shows no valid date'),
}))

/** What a register tells once the cash program has begun work; the OFD queue needs the work mode, the marking queue the FFD version. */
const ONCE_BEGUN: readonly Question[] = [
  command(
    { cadence: 'daily', facts: ['fiscal.register.autonomous'] },
    COMMANDS.registrationModes,
    fromRegistrationModes,
  ),
  command({ cadence: 'poll', facts: OFD_FACTS }, COMMANDS.ofdQueue, (queue, memo) =>
    fromOfdQueue(queue, factValue(memo, 'fiscal.register.autonomous') === true),
  ),
  command({ cadence: 'poll', facts: ['fiscal.shift.number', 'fiscal.shift.receipts'] }, COMMANDS.shift, fromShift),
  command(
    {
      cadence: 'poll',
      facts: ['fiscal.shift.opened_at'],
      applies: memo => factValue(memo, 'fiscal.shift.state') !== 'closed',
    },
    COMMANDS.shiftOpening,
    ({ at }) => ({ 'fiscal.shift.opened_at': known(at, 'the register gives no valid time') }),
  ),
  lastDocument,
  command(
    { cadence: 'daily', facts: ['fiscal.fn.valid_until', 'fiscal.fn.registrations_left'] },
    COMMANDS.fnExpiry,
    fromExpiry,
  ),
  command(
    { cadence: 'daily', facts: ['fiscal.fn.firmware', 'fiscal.register.ffd'] },
    COMMANDS.fnVersions,
    fromVersions,
  ),
  command(
    {
      cadence: 'poll',
      facts: ['fiscal.marking.unsent_notifications'],
      applies: memo => factValue(memo, 'fiscal.register.ffd') === '1.2',
    },
    COMMANDS.markingQueue,
    ({ count }) => ({ 'fiscal.marking.unsent_notifications': { value: count } }),
  ),
  command({ cadence: 'daily', facts: ['fiscal.register.model'] }, COMMANDS.model, fromModel),
  documentsLeft,
  text('fiscal.register.registration_number', COMMANDS.registrationNumber, isRegistrationNumber),
  text('fiscal.register.inn', COMMANDS.inn, isInn),
  firmware,
  text('fiscal.register.ofd_host', COMMANDS.ofdHost),
  command({ cadence: 'daily', facts: ['fiscal.register.ofd_port'] }, COMMANDS.ofdPort, ({ number }) =>
    number > 0 && number < 65_536 ? { 'fiscal.register.ofd_port': { value: number } } : {},
  ),
  text('fiscal.register.ofd_name', COMMANDS.ofdName),
  text('fiscal.register.ofd_inn', COMMANDS.ofdInn, isInn),
]

const onceBegun = (question: Question): Question => ({
  ...question,
  applies: (memo: RegisterMemo) => memo.note(WORK_NOT_BEGUN) === undefined && (question.applies?.(memo) ?? true),
})

/** All questions behind the gate (status, printer, drive, serials), in the order of their worth. */
export const QUESTIONS: readonly Question[] = [clock, ...ONCE_BEGUN.map(onceBegun)]
