import { type ErrorCodes, refusalBy } from '../kit/error-code.ts'
import type { Refusal } from '../kit/read-only.ts'

/** Codes of the driver that a task may end with (constants of the fptr10 library), and from 500 those of the service. */
const CODES: ErrorCodes = {
  5: ['wrong data in the question', 'state'],
  11: ['this register does not support it', 'unsupported'],
  12: ['not possible in the present mode', 'state'],
  15: ['the driver met an unknown error', 'state'],
  44: ['no paper', 'state', 'paper'],
  45: ['the cover is open', 'state', 'cover'],
  46: ['printer failure', 'state', 'printer'],
  55: ['the register is busy', 'at_work'],
  68: ['the shift is longer than 24 hours', 'state'],
  71: ['the service has a wrong access password for the register', 'fault'],
  82: ['a receipt is open', 'at_work'],
  89: ['the register is not registered', 'state'],
  104: ['exchange with the fiscal module failed', 'fault', 'fn_link'],
  115: ['exchange with the FN failed', 'fault', 'fn_link'],
  116: ['wrong format of a command to the FN', 'state'],
  117: ['wrong state of the FN', 'state'],
  118: ['FN failure', 'fault', 'fn'],
  119: ['failure of the FN’s cryptographic processor', 'fault', 'fn'],
  120: ['the FN’s term of life is over', 'fault', 'fn'],
  121: ['the FN’s archive is full', 'fault', 'fn'],
  123: ['the FN has no such data', 'state'],
  135: ['no transport connection to the OFD', 'state'],
  136: ['the FN’s cryptographic resource is used up', 'fault', 'fn'],
  137: ['the FN’s storage of documents for the OFD is used up', 'fault', 'fn'],
  139: ['documents wait for the OFD', 'state'],
  140: ['the FN did not answer in time', 'fault', 'fn_link'],
  141: ['the FN’s shift is longer than 24 hours', 'state'],
  159: ['the FN’s interface failed', 'fault', 'fn_link'],
  165: ['hardware failure', 'fault', 'other'],
  166: ['no FN was found', 'state', 'fn_link'],
  178: ['the question to the FN was interrupted', 'state'],
  188: ['the register waits for a restart', 'state'],
  189: ['the service has no licence in this register', 'fault'],
  501: ['the driver does not know the task', 'unsupported'],
  502: ['the job was interrupted', 'state'],
  503: ['the job was taken back', 'state'],
}

/** What the driver's code means; null: none was given. */
export function refusalOf(code: number | null): Refusal {
  if (code === null) return { code: 'none', reason: 'the task failed without a code', reaction: 'state' }
  return refusalBy(CODES, code, String(code))
}

/** What it means that the service turned a request down. */
export const refusalOfStatus = (status: number): Refusal => ({
  code: `HTTP ${status}`,
  reason: `the service turns the question down (HTTP ${status})`,
  reaction: status === 401 ? 'password' : 'state',
})

/** Another program holds the register's port. */
export const PORT_HELD = 3
/** The register does not react, or its port is not there: not opened, no connection, no such port, connection lost. */
const UNREACHABLE: Readonly<Record<number, string>> = {
  1: 'the service could not open the register',
  2: 'the register does not react',
  4: 'the register’s port is not there',
  241: 'the connection to the register was lost',
}

/** Why the service cannot reach the register at all; null when it can, whatever the task came to. */
export function unreachableReason(code: number | null): string | null {
  const reason = code === null ? undefined : UNREACHABLE[code]
  return reason ? `${reason} (${code})` : null
}
