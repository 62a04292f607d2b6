import { byteText, type ErrorCodes, refusalBy } from '../kit/error-code.ts'
import type { Refusal } from '../kit/read-only.ts'

/** Error byte of an answer. */
const CODES: ErrorCodes = {
  0x18: ['no more data', 'state'],
  0x66: ['not available in the present mode', 'state'],
  0x67: ['no paper', 'state', 'paper'],
  0x68: ['no link to the printer', 'state', 'printer'],
  0x69: ['mechanical fault of the printer', 'state', 'printer'],
  0x6c: ['no such register', 'unsupported'],
  0x76: ['the previous operation is not finished', 'at_work'],
  0x7a: ['this model cannot do it', 'unsupported'],
  0x88: ['the shift is longer than 24 hours', 'state'],
  0x8c: ['wrong access password', 'password'],
  0x9a: ['the receipt is closed', 'at_work'],
  0x9b: ['a receipt is open', 'at_work'],
  0xa8: ['the register is not registered', 'state'],
  0xba: ['exchange with the fiscal module failed', 'state'],
  0xd2: ['exchange with the FN failed', 'state'],
  0xd3: ['wrong format of the exchange with the FN', 'state'],
  0xd4: ['wrong state of the FN for this command', 'state'],
  0xd5: ['fatal failure of the FN', 'fault', 'fn'],
  0xd6: ['failure of the FN’s cryptographic processor', 'fault', 'fn'],
  0xd7: ['the FN’s term of life is over', 'fault', 'fn'],
  0xd8: ['the FN’s archive is full', 'fault', 'fn'],
  0xda: ['the FN has no such data', 'state'],
  0xe1: ['wrong number of the FN', 'fault', 'fn'],
  0xe9: ['no transport connection to the OFD', 'state'],
  0xea: ['the FN’s cryptographic resource is used up', 'fault', 'fn'],
  0xeb: ['the FN’s storage of documents for the OFD is used up', 'fault', 'fn'],
  0xec: ['the OFD’s message was rejected', 'fault'],
  0xed: ['there are unsent documents', 'state'],
  0xee: ['a failure that the register describes in its own words', 'fault'],
  0xef: ['the FN’s resource of waiting for the OFD is used up', 'fault'],
  0xf0: ['the FN’s shift is longer than 24 hours', 'state'],
  0xf2: ['the FN does not know the command', 'unsupported'],
  0xf4: ['data are missing in the command', 'unsupported'],
  0xf6: ['a failure with an extended code', 'fault'],
}

/** An error byte as a refusal. Its extended code, 0 where there is none, is told in the reason alone. */
export function refusalOf(code: number, extended = 0): Refusal {
  const text = byteText(code)
  const told = extended === 0 ? text : `${text} ${byteText(extended)}`
  return { ...refusalBy(CODES, code, told), code: text }
}

/** Exchange with the fiscal module that may succeed when it is tried again. */
export const isExchangeFailure = (code: string | null): code is string =>
  code === 'BA' || code === 'D2' || code === 'D3'

/** A shift that has lasted for more than 24 hours. */
export const isExpiredShift = (code: string | null): boolean => code === '88' || code === 'F0'
