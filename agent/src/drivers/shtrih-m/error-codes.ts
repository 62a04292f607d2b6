import { type ErrorCodes, refusalBy } from '../kit/error-code.ts'
import type { Refusal } from '../kit/read-only.ts'

/** Error byte of an answer (Shtrih-M protocol 1.17, list of errors; codes below 2F come from the FN, A0.. from FN 1.2). */
const CODES: ErrorCodes = {
  0x01: ['the FN does not know the command', 'unsupported'],
  0x02: ['wrong state of the FN for this command', 'state'],
  0x03: ['FN failure', 'fault', 'fn'],
  0x04: ['failure of the FN’s cryptographic processor', 'fault', 'fn'],
  0x05: ['the FN’s term of life is over', 'fault', 'fn'],
  0x06: ['the FN’s archive is full', 'fault', 'fn'],
  0x07: ['wrong date or time', 'fault', 'clock'],
  0x08: ['no such data', 'state'],
  0x09: ['wrong parameter', 'state'],
  0x10: ['a TLV value is too long', 'state'],
  0x11: ['no transport connection to the OFD', 'state'],
  0x12: ['the FN’s cryptographic resource is used up, it must be closed', 'fault', 'fn'],
  0x14: ['the FN’s storage of documents for the OFD is used up', 'fault', 'fn'],
  0x15: ['the oldest unsent document is over 30 days old', 'fault', 'fn'],
  0x16: ['the shift is longer than 24 hours', 'state'],
  0x17: ['the clocks of register and FN differ by more than 5 minutes', 'fault', 'clock'],
  0x20: ['the OFD’s message was rejected', 'fault'],
  0x2f: ['the FN did not answer in time', 'fault', 'fn_link'],
  0x30: ['the FN does not answer or is not there', 'fault', 'fn_link'],
  0x33: ['wrong parameters', 'unsupported'],
  0x34: ['no data', 'state'],
  0x35: ['parameter not allowed with these settings', 'unsupported'],
  0x36: ['wrong parameters for this model', 'unsupported'],
  0x37: ['command not supported', 'unsupported'],
  0x38: ['ROM failure', 'fault', 'other'],
  0x39: ['internal software failure', 'fault', 'other'],
  0x4a: ['a receipt is open', 'at_work'],
  0x4e: ['the shift is longer than 24 hours', 'state'],
  0x4f: ['wrong password', 'password'],
  0x50: ['printing of the previous command goes on', 'at_work'],
  0x58: ['the register waits for “continue printing”', 'state', 'paper'],
  0x59: ['a document was opened by another operator', 'at_work'],
  0x5d: ['no such table', 'unsupported'],
  0x5e: ['wrong operation', 'state'],
  0x6b: ['no receipt paper', 'state', 'paper'],
  0x71: ['cutter failure', 'state', 'cutter'],
  0x72: ['not supported in this submode', 'state'],
  0x73: ['not supported in this mode', 'state'],
  0x74: ['RAM failure', 'fault', 'other'],
  0x75: ['power failure', 'state', 'other'],
  0x77: ['no signal from a printer sensor', 'state', 'printer'],
  0x78: ['firmware was replaced, a technological reset is needed', 'fault', 'other'],
  0x7a: ['the field cannot be edited', 'state'],
  0x7b: ['hardware failure', 'fault', 'other'],
  0x7e: ['wrong length of the request', 'fault'],
  0xa0: ['marking was not chosen at registration', 'unsupported'],
  0xa1: ['wrong order of marking commands', 'state'],
  0xa2: ['marking is blocked, the notification area is full', 'state'],
  0xa3: ['the table of marking checks is full', 'state'],
  0xc0: ['date and time must be confirmed', 'fault', 'clock'],
  0xc4: ['shift numbers of register and FN differ', 'fault', 'fn'],
  0xc7: ['the field cannot be edited now', 'state'],
  0xc8: ['no link to the printer', 'state', 'printer'],
}

/** Only these are about the command itself; the others of their kind are about its parameters. */
const UNKNOWN_COMMAND = [0x37, 0x01, 0xa0]

/** An error byte as a refusal. */
export function refusalOf(code: number): Refusal {
  const refusal = refusalBy(CODES, code)
  const isAboutParameters = refusal.reaction === 'unsupported' && !UNKNOWN_COMMAND.includes(code)
  return isAboutParameters ? { ...refusal, reaction: 'state' } : refusal
}
