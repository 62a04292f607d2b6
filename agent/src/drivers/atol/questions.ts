import type { FactName } from '@tillwatch/shared'
import type { Cadence } from '../driver.ts'
import { commandQuestion as command, type Question, refusedFacts } from '../kit/question.ts'
import type { ReadCommand } from '../kit/read-only.ts'
import { allUnknown, OFD_FACTS, type ToldFacts } from '../kit/told.ts'
import type { Asked, Window } from '../kit/window.ts'
import type { RegisterMemo } from '../memo.ts'
import { COMMANDS } from './commands.ts'
import { isExchangeFailure, isExpiredShift } from './error-codes.ts'
import {
  fromDeviceType,
  fromExpiry,
  fromOfdQueue,
  fromShift,
  fromShiftState,
  fromStateCode,
  printerFaultsOf,
} from './snapshot.ts'

/** The drive's end: asked once a day, and when the drive itself says that something has changed. */
export const EXPIRY_QUESTION = COMMANDS.fnExpiry.name

const EXPIRED_BY = 'shift expired by'

/** A shift over 24 hours shows only by an error of one query or another; it stands until that query is answered otherwise. */
export const isShiftExpired = (memo: RegisterMemo): boolean => memo.note(EXPIRED_BY) !== undefined

/** The shift is closed, so that it is no longer too long. */
export const noteShiftClosed = (memo: RegisterMemo): void => memo.setNote(EXPIRED_BY, undefined)

/** Takes from an answer of the drive what it says about the length of the shift; facts when it says that. */
export function noteExpiry(memo: RegisterMemo, name: string, asked: NonNullable<Asked<unknown>>): ToldFacts {
  if (!asked.ok && isExpiredShift(asked.code)) {
    memo.setNote(EXPIRED_BY, name)
    return fromShiftState(true, true)
  }
  if (memo.note(EXPIRED_BY) === name) noteShiftClosed(memo)
  return {}
}

/** Asks the drive. An exchange with it that failed is tried once more, then told as a fault. */
export async function askDrive<Answer>(window: Window, query: ReadCommand<void, Answer>): Promise<Asked<Answer>> {
  const first = await window.ask(query)
  if (!first || first.ok || !isExchangeFailure(first.code)) return first
  const asked = await window.ask(query)
  if (asked && !asked.ok && isExchangeFailure(asked.code)) {
    window.faults.push({ error: 'fn_link', raw: asked.code })
    window.problems.push({ code: `register.error.${asked.code}`, message: `command ${query.name}: ${asked.reason}` })
  }
  return asked
}

/** A question that one query of the drive answers; not put while the register does not reach its drive. */
function drive<Answer>(
  question: { readonly cadence: Cadence; readonly facts: readonly FactName[] },
  query: ReadCommand<void, Answer>,
  toFacts: (answer: Answer, memo: RegisterMemo) => ToldFacts,
): Question {
  return {
    ...question,
    key: query.name,
    async ask(window, memo) {
      if (window.faults.some(({ error }) => error === 'fn_link'))
        return allUnknown(question.facts, 'the exchange with the FN failed')
      const asked = await askDrive(window, query)
      if (!asked) return null
      const expired = noteExpiry(memo, query.name, asked)
      return asked.ok ? toFacts(asked.value, memo) : { ...refusedFacts(question.facts, asked), ...expired }
    },
  }
}

/** Paper and the printer's faults. A register that does not answer this leaves its error unknown. */
const printer: Question = {
  key: COMMANDS.stateCode.name,
  cadence: 'poll',
  facts: ['fiscal.register.error'],
  async ask(window) {
    const asked = await window.ask(COMMANDS.stateCode)
    if (!asked) return null
    if (!asked.ok) return refusedFacts(this.facts, asked)
    window.faults.push(...printerFaultsOf(asked.value))
    return fromStateCode(asked.value)
  },
}

/** All questions behind the gate (full status, FN status), in the order of their worth. */
export const QUESTIONS: readonly Question[] = [
  drive({ cadence: 'poll', facts: OFD_FACTS }, COMMANDS.ofdQueue, fromOfdQueue),
  drive({ cadence: 'poll', facts: ['fiscal.shift.number', 'fiscal.shift.receipts'] }, COMMANDS.shift, (shift, memo) =>
    fromShift(shift, isShiftExpired(memo)),
  ),
  printer,
  drive(
    { cadence: 'daily', facts: ['fiscal.fn.valid_until', 'fiscal.fn.registrations_left'] },
    COMMANDS.fnExpiry,
    fromExpiry,
  ),
  command(
    { cadence: 'daily', facts: ['fiscal.register.model', 'fiscal.register.firmware'] },
    COMMANDS.deviceType,
    fromDeviceType,
  ),
  drive({ cadence: 'daily', facts: ['fiscal.fn.firmware'] }, COMMANDS.fnVersion, firmware => ({
    'fiscal.fn.firmware': { value: firmware.version, ...(firmware.debug && { raw: 'debug' }) },
  })),
]
