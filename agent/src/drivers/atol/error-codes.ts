import type { Reaction, Refusal } from '../kit/read-only.ts'
import type { RegisterError } from '../kit/told.ts'

interface ErrorCode {
  readonly meaning: string
  readonly reaction: Reaction
  /** Our name of the fault, where the device shows one by this code. */
  readonly error?: RegisterError
}

const of = (meaning: string, reaction: Reaction, error?: RegisterError): ErrorCode =>
  error ? { meaning, reaction, error } : { meaning, reaction }

/** Error byte of an answer. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  0x18: of('no more data', 'state'),
  0x66: of('not available in the present mode', 'state'),
  0x67: of('no paper', 'state', 'paper'),
  0x68: of('no link to the printer', 'state', 'printer'),
  0x69: of('mechanical fault of the printer', 'state', 'printer'),
  0x6c: of('no such register', 'unsupported'),
  0x76: of('the previous operation is not finished', 'at_work'),
  0x7a: of('this model cannot do it', 'unsupported'),
  0x88: of('the shift is longer than 24 hours', 'state'),
  0x8c: of('wrong access password', 'password'),
  0x9a: of('the receipt is closed', 'at_work'),
  0x9b: of('a receipt is open', 'at_work'),
  0xa8: of('the register is not registered', 'state'),
  0xba: of('exchange with the fiscal module failed', 'state'),
  0xd2: of('exchange with the FN failed', 'state'),
  0xd3: of('wrong format of the exchange with the FN', 'state'),
  0xd4: of('wrong state of the FN for this command', 'state'),
  0xd5: of('fatal failure of the FN', 'fault', 'fn'),
  0xd6: of('failure of the FN’s cryptographic processor', 'fault', 'fn'),
  0xd7: of('the FN’s term of life is over', 'fault', 'fn'),
  0xd8: of('the FN’s archive is full', 'fault', 'fn'),
  0xda: of('the FN has no such data', 'state'),
  0xe1: of('wrong number of the FN', 'fault', 'fn'),
  0xe9: of('no transport connection to the OFD', 'state'),
  0xea: of('the FN’s cryptographic resource is used up', 'fault', 'fn'),
  0xeb: of('the FN’s storage of documents for the OFD is used up', 'fault', 'fn'),
  0xec: of('the OFD’s message was rejected', 'fault'),
  0xed: of('there are unsent documents', 'state'),
  0xee: of('a failure that the register describes in its own words', 'fault'),
  0xef: of('the FN’s resource of waiting for the OFD is used up', 'fault'),
  0xf0: of('the FN’s shift is longer than 24 hours', 'state'),
  0xf2: of('the FN does not know the command', 'unsupported'),
  0xf4: of('data are missing in the command', 'unsupported'),
  0xf6: of('a failure with an extended code', 'fault'),
}

/** As the vendor writes it: two hexadecimal digits. */
const codeText = (code: number): string => code.toString(16).toUpperCase().padStart(2, '0')

/** An error byte with its extended code, 0 where there is none; a code that is not in the list is a state, told by its number. */
export function refusalOf(code: number, extended = 0): Refusal {
  const { meaning, reaction, error } = CODES[code] ?? of('error not in the vendor’s list', 'state')
  const told = extended === 0 ? codeText(code) : `${codeText(code)} ${codeText(extended)}`
  return { code: codeText(code), reason: `${meaning} (${told})`, reaction, ...(error && { error }) }
}

/** Exchange with the fiscal module that may succeed when it is tried again. */
export const isExchangeFailure = (code: string | null): code is string =>
  code === 'BA' || code === 'D2' || code === 'D3'

/** A shift that has lasted for more than 24 hours. */
export const isExpiredShift = (code: string | null): boolean => code === '88' || code === 'F0'
