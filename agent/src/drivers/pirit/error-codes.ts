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

export const PAPER_END = 0x08
export const PRINTER_NOT_READY = 0x09

/** Error of an answer (vendor's protocol, list of errors; codes from 41 come from the FN). */
const CODES: Readonly<Record<number, ErrorCode>> = {
  0x01: of('not possible in the present state', 'state'),
  0x02: of('unknown function', 'unsupported'),
  0x03: of('wrong parameter', 'state'),
  0x04: of('the receive buffer overflowed', 'fault'),
  0x05: of('a byte of the request came too late', 'fault'),
  0x06: of('wrong password of the link', 'password'),
  0x07: of('wrong checksum of the request', 'fault'),
  [PAPER_END]: of('no paper', 'state', 'paper'),
  [PRINTER_NOT_READY]: of('the printer is not ready', 'state', 'printer'),
  0x0a: of('the shift is longer than 24 hours, or the clock jumped by as much', 'state'),
  0x0b: of('the clock differs by more than 8 minutes', 'fault', 'clock'),
  0x0c: of('the date lies before the last fiscal operation', 'fault', 'clock'),
  0x0e: of('a counter would become negative', 'state'),
  0x0f: of('the shift must be closed first', 'state'),
  0x10: of('the journal is empty', 'state'),
  0x11: of('failure of the control tape', 'fault', 'other'),
  0x12: of('sending to the OFD failed', 'state'),
  0x13: of('the firmware update failed', 'fault', 'other'),
  0x20: of('fatal error of the register', 'fault', 'other'),
  0x41: of('wrong parameter for the FN', 'state'),
  0x42: of('wrong state of the FN for this command', 'state'),
  0x43: of('FN failure, it must be replaced', 'fault', 'fn'),
  0x44: of('failure of the FN’s cryptographic processor, it must be replaced', 'fault', 'fn'),
  0x45: of('the FN’s term of life is over, it must be replaced', 'fault', 'fn'),
  0x46: of('the FN is full, it must be replaced', 'fault', 'fn'),
  0x47: of('wrong date or time for the FN', 'fault', 'clock'),
  0x48: of('no such data in the FN', 'state'),
  0x49: of('wrong value for the FN', 'state'),
  0x4a: of('the FN does not know the command', 'unsupported'),
  0x4b: of('the FN refuses how the data are made up', 'state'),
  0x4c: of('the FN refuses how the data are made up', 'state'),
  0x4d: of('the FN refuses how the data are made up', 'state'),
  0x4e: of('the FN refuses how the data are made up', 'state'),
  0x50: of('a TLV value is too long', 'state'),
  0x51: of('no transport connection to the OFD', 'state'),
  0x52: of('the FN’s cryptographic resource is used up, it must be replaced', 'fault', 'fn'),
  0x54: of('the FN is blocked', 'fault', 'fn'),
  0x55: of('the oldest unsent document is over 30 days old', 'fault', 'fn'),
  0x56: of('the FN’s shift is longer than 24 hours', 'state'),
  0x57: of('the clocks of register and FN differ by more than 5 minutes', 'fault', 'clock'),
  0x58: of('wrong attribute', 'state'),
  0x59: of('differs from the registration', 'state'),
  0x60: of('the OFD’s message was rejected', 'fault'),
  0x61: of('no link to the FN', 'fault', 'fn_link'),
  0x62: of('the exchange with the FN failed', 'fault', 'fn_link'),
  0x63: of('the command is too long for the FN', 'fault'),
  0x64: of('unknown answer of the key service', 'state'),
  0x72: of('error of the work with marking codes', 'state'),
  0x73: of('error of the work with marking codes', 'state'),
  0x74: of('marking is blocked until the notifications are sent', 'state'),
  0x75: of('error of the work with marking codes', 'state'),
  0x7c: of('error of the work with marking codes', 'state'),
  0x7e: of('error of the work with marking codes', 'state'),
}

/** Error of a query before "begin work", and of many others: the register tells the reason by 06/1. */
export const IMPOSSIBLE_NOW = '01'
export const UNSUPPORTED = '02'

/** As an answer has it. */
export const codeText = (code: number) => code.toString(16).toUpperCase().padStart(2, '0')

/** A refusal by its error; one that is not in the list is a state, told by its number. */
export function refusalOf(code: number): Refusal {
  const { meaning, reaction, error } = CODES[code] ?? of('error not in the vendor’s list', 'state')
  return { code: codeText(code), reason: `${meaning} (${codeText(code)})`, reaction, ...(error && { error }) }
}
