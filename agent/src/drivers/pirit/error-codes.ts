import { type ErrorCodes, refusalBy } from '../kit/error-code.ts'
import type { Refusal } from '../kit/read-only.ts'

export const PAPER_END = 0x08
export const PRINTER_NOT_READY = 0x09

/** Error of an answer (vendor's protocol, list of errors; codes from 41 come from the FN). */
const CODES: ErrorCodes = {
  0x01: ['not possible in the present state', 'state'],
  0x02: ['unknown function', 'unsupported'],
  0x03: ['wrong parameter', 'state'],
  0x04: ['the receive buffer overflowed', 'fault'],
  0x05: ['a byte of the request came too late', 'fault'],
  0x06: ['wrong password of the link', 'password'],
  0x07: ['wrong checksum of the request', 'fault'],
  [PAPER_END]: ['no paper', 'state', 'paper'],
  [PRINTER_NOT_READY]: ['the printer is not ready', 'state', 'printer'],
  0x0a: ['the shift is longer than 24 hours, or the clock jumped by as much', 'state'],
  0x0b: ['the clock differs by more than 8 minutes', 'fault', 'clock'],
  0x0c: ['the date lies before the last fiscal operation', 'fault', 'clock'],
  0x0e: ['a counter would become negative', 'state'],
  0x0f: ['the shift must be closed first', 'state'],
  0x10: ['the journal is empty', 'state'],
  0x11: ['failure of the control tape', 'fault', 'other'],
  0x12: ['sending to the OFD failed', 'state'],
  0x13: ['the firmware update failed', 'fault', 'other'],
  0x20: ['fatal error of the register', 'fault', 'other'],
  0x41: ['wrong parameter for the FN', 'state'],
  0x42: ['wrong state of the FN for this command', 'state'],
  0x43: ['FN failure, it must be replaced', 'fault', 'fn'],
  0x44: ['failure of the FN’s cryptographic processor, it must be replaced', 'fault', 'fn'],
  0x45: ['the FN’s term of life is over, it must be replaced', 'fault', 'fn'],
  0x46: ['the FN is full, it must be replaced', 'fault', 'fn'],
  0x47: ['wrong date or time for the FN', 'fault', 'clock'],
  0x48: ['no such data in the FN', 'state'],
  0x49: ['wrong value for the FN', 'state'],
  0x4a: ['the FN does not know the command', 'unsupported'],
  0x4b: ['the FN refuses how the data are made up', 'state'],
  0x4c: ['the FN refuses how the data are made up', 'state'],
  0x4d: ['the FN refuses how the data are made up', 'state'],
  0x4e: ['the FN refuses how the data are made up', 'state'],
  0x50: ['a TLV value is too long', 'state'],
  0x51: ['no transport connection to the OFD', 'state'],
  0x52: ['the FN’s cryptographic resource is used up, it must be replaced', 'fault', 'fn'],
  0x54: ['the FN is blocked', 'fault', 'fn'],
  0x55: ['the oldest unsent document is over 30 days old', 'fault', 'fn'],
  0x56: ['the FN’s shift is longer than 24 hours', 'state'],
  0x57: ['the clocks of register and FN differ by more than 5 minutes', 'fault', 'clock'],
  0x58: ['wrong attribute', 'state'],
  0x59: ['differs from the registration', 'state'],
  0x60: ['the OFD’s message was rejected', 'fault'],
  0x61: ['no link to the FN', 'fault', 'fn_link'],
  0x62: ['the exchange with the FN failed', 'fault', 'fn_link'],
  0x63: ['the command is too long for the FN', 'fault'],
  0x64: ['unknown answer of the key service', 'state'],
  0x72: ['error of the work with marking codes', 'state'],
  0x73: ['error of the work with marking codes', 'state'],
  0x74: ['marking is blocked until the notifications are sent', 'state'],
  0x75: ['error of the work with marking codes', 'state'],
  0x7c: ['error of the work with marking codes', 'state'],
  0x7e: ['error of the work with marking codes', 'state'],
}

/** Error of a query before "begin work", and of many others: the register tells the reason by 06/1. */
export const IMPOSSIBLE_NOW = '01'
export const UNSUPPORTED = '02'

export const refusalOf = (code: number): Refusal => refusalBy(CODES, code)
