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

/** Error byte of an answer (Shtrih-M protocol 1.17, list of errors; codes below 2F come from the FN, A0.. from FN 1.2). */
const CODES: Readonly<Record<number, ErrorCode>> = {
  0x01: of('the FN does not know the command', 'unsupported'),
  0x02: of('wrong state of the FN for this command', 'state'),
  0x03: of('FN failure', 'fault', 'fn'),
  0x04: of('failure of the FN’s cryptographic processor', 'fault', 'fn'),
  0x05: of('the FN’s term of life is over', 'fault', 'fn'),
  0x06: of('the FN’s archive is full', 'fault', 'fn'),
  0x07: of('wrong date or time', 'fault', 'clock'),
  0x08: of('no such data', 'state'),
  0x09: of('wrong parameter', 'state'),
  0x10: of('a TLV value is too long', 'state'),
  0x11: of('no transport connection to the OFD', 'state'),
  0x12: of('the FN’s cryptographic resource is used up, it must be closed', 'fault', 'fn'),
  0x14: of('the FN’s storage of documents for the OFD is used up', 'fault', 'fn'),
  0x15: of('the oldest unsent document is over 30 days old', 'fault', 'fn'),
  0x16: of('the shift is longer than 24 hours', 'state'),
  0x17: of('the clocks of register and FN differ by more than 5 minutes', 'fault', 'clock'),
  0x20: of('the OFD’s message was rejected', 'fault'),
  0x2f: of('the FN did not answer in time', 'fault', 'fn_link'),
  0x30: of('the FN does not answer or is not there', 'fault', 'fn_link'),
  0x33: of('wrong parameters', 'unsupported'),
  0x34: of('no data', 'state'),
  0x35: of('parameter not allowed with these settings', 'unsupported'),
  0x36: of('wrong parameters for this model', 'unsupported'),
  0x37: of('command not supported', 'unsupported'),
  0x38: of('ROM failure', 'fault', 'other'),
  0x39: of('internal software failure', 'fault', 'other'),
  0x4a: of('a receipt is open', 'at_work'),
  0x4e: of('the shift is longer than 24 hours', 'state'),
  0x4f: of('wrong password', 'password'),
  0x50: of('printing of the previous command goes on', 'at_work'),
  0x58: of('the register waits for “continue printing”', 'state', 'paper'),
  0x59: of('a document was opened by another operator', 'at_work'),
  0x5d: of('no such table', 'unsupported'),
  0x5e: of('wrong operation', 'state'),
  0x6b: of('no receipt paper', 'state', 'paper'),
  0x71: of('cutter failure', 'state', 'cutter'),
  0x72: of('not supported in this submode', 'state'),
  0x73: of('not supported in this mode', 'state'),
  0x74: of('RAM failure', 'fault', 'other'),
  0x75: of('power failure', 'state', 'other'),
  0x77: of('no signal from a printer sensor', 'state', 'printer'),
  0x78: of('firmware was replaced, a technological reset is needed', 'fault', 'other'),
  0x7a: of('the field cannot be edited', 'state'),
  0x7b: of('hardware failure', 'fault', 'other'),
  0x7e: of('wrong length of the request', 'fault'),
  0xa0: of('marking was not chosen at registration', 'unsupported'),
  0xa1: of('wrong order of marking commands', 'state'),
  0xa2: of('marking is blocked, the notification area is full', 'state'),
  0xa3: of('the table of marking checks is full', 'state'),
  0xc0: of('date and time must be confirmed', 'fault', 'clock'),
  0xc4: of('shift numbers of register and FN differ', 'fault', 'fn'),
  0xc7: of('the field cannot be edited now', 'state'),
  0xc8: of('no link to the printer', 'state', 'printer'),
}

/** As the vendor writes it: two hexadecimal digits. */
const codeText = (code: number): string => code.toString(16).toUpperCase().padStart(2, '0')

/** Only these are about the command itself; the others of their kind are about its parameters. */
const UNKNOWN_COMMAND = [0x37, 0x01, 0xa0]

/** An error byte as a refusal; a code that is not in the list is a state, told by its number. */
export function refusalOf(code: number): Refusal {
  const { meaning, reaction, error } = CODES[code] ?? of('error not in the vendor’s list', 'state')
  const isAboutParameters = reaction === 'unsupported' && !UNKNOWN_COMMAND.includes(code)
  return {
    code: codeText(code),
    reason: `${meaning} (${codeText(code)})`,
    reaction: isAboutParameters ? 'state' : reaction,
    ...(error && { error }),
  }
}
