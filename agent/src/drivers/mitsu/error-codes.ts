import type { Reaction, Refusal } from '../kit/read-only.ts'
import type { RegisterError } from '../kit/told.ts'
import { type Answer, byteOf } from './answer.ts'

/**
 * Error numbers that matter to a reader. One open 1C driver alone has their meanings, so nothing is built on them that would do harm if
 * it were wrong: a register that seems at work is left alone for a while, a fault is told as a problem and not as a state of the
 * register, and no number bars a query. The others are told as they are.
 */
const NUMBERS: ReadonlyMap<string, readonly [meaning: string, reaction: Reaction]> = new Map([
  ['22', ['a document is open', 'at_work']],
  ['69', ['the FN is not ready or not there', 'fault']],
  ['70', ['the FN did not answer in time', 'fault']],
  ['72', ['not possible in autonomous mode', 'state']],
  ['94', ['the register did not receive the whole query', 'state']],
  ['95', ['the printer is busy', 'at_work']],
  ['96', ['the query has unknown parameters', 'state']],
  ['99', ['unknown query', 'state']],
  ['133', ['printer failure', 'fault']],
  ['500', ['no paper', 'fault']],
  ['501', ['the cover is open', 'fault']],
  ['502', ['the printer is not ready', 'fault']],
  ['503', ['cutter failure', 'fault']],
  ['504', ['another printer error', 'fault']],
  ['505', ['the printer is off', 'fault']],
  ['509', ['the printer is printing', 'at_work']],
  ['600', ['the clock cannot be read', 'fault']],
])

/** Our names of faults by error number. */
type Faults = ReadonlyMap<string, RegisterError>

/** Numbers by which the query for the drive itself is refused without it: then nothing of it can be read, whatever they mean exactly. */
export const FN_SILENT: Faults = new Map([
  ['69', 'fn_link'],
  ['70', 'fn_link'],
])
const NO_FAULTS: Faults = new Map()

/** The FN's own errors (FN technical description, answer codes) that mean a fault; the rest are states. */
const FN_FAULTS: ReadonlyMap<number | null, readonly [meaning: string, error: RegisterError]> = new Map([
  [0x03, ['FN failure', 'fn']],
  [0x04, ['failure of the FN’s cryptographic processor', 'fn']],
  [0x05, ['the FN’s term of life is over', 'fn']],
  [0x06, ['the FN’s archive is full', 'fn']],
  [0x07, ['wrong date or time', 'clock']],
  [0x12, ['the FN’s cryptographic resource is used up', 'fn']],
  [0x14, ['the FN’s storage of documents for the OFD is used up', 'fn']],
  [0x15, ['the oldest unsent document is over 30 days old', 'fn']],
  [0x17, ['the clocks of register and FN differ', 'clock']],
])

/** True for the code of a refusal that came from the drive, or for want of it. */
export const isOfDrive = (code: string | null): boolean => code !== null && (code.includes('/') || FN_SILENT.has(code))

/**
 * An ERROR answer as a refusal; its code is the number, with the FN's own error behind it where there is one: `40/0x02`. What the FN
 * says of itself goes before a number. `faults`: numbers that show a fault when they answer the query that was put.
 */
export function refusalOf(answer: Answer, faults: Faults = NO_FAULTS): Refusal {
  const no = answer.attribute('No') ?? '?'
  const fse = answer.attribute('FSE')
  const code = fse ? `${no}/${fse}` : no
  const fnFault = FN_FAULTS.get(byteOf(fse))
  if (fnFault) return { code, reason: `${fnFault[0]} (${code})`, reaction: 'fault', error: fnFault[1] }
  const number = NUMBERS.get(no)
  if (!number) return { code, reason: `${fse ? 'the FN refused the query' : 'error'} (${code})`, reaction: 'state' }
  const [meaning, reaction] = number
  const error = faults.get(no)
  return { code, reason: `${meaning} (${code}, as an open driver reads it)`, reaction, ...(error && { error }) }
}
