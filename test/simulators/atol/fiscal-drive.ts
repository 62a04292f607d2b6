import type { Device } from '../register.ts'
import { ascii, fnDate, fnDateTime, littleEndian } from './bytes.ts'
import type { Quirks } from './quirks.ts'

type AtolDevice = Device<Quirks>

const EXCHANGE_FAILED = 0xd2
const WRONG_STATE = 0xd4
const DRIVE_FAULT = 0xd5

const PHASE_CODES = { setup: 0, ready: 1, fiscal: 3, post_fiscal: 7, archive: 15 } as const
const FLAG_BITS = {
  replace_urgently: 0,
  key_resource_ending: 1,
  memory_almost_full: 2,
  ofd_timeout: 3,
  flk_rejected: 4,
  setup_needed: 5,
  ofd_cancelled: 6,
  critical_error: 7,
} as const
const OPEN_RECEIPT = 0x04

/** True before the registration, when the drive has nothing to tell about it. */
const unregistered = ({ state }: AtolDevice) => state.fn.phase === 'setup' || state.fn.phase === 'ready'

/** The error that a command which reaches the drive is answered with, or 0. */
export function driveError({ state }: AtolDevice): number {
  if (state.faults.fn_absent || state.register.error === 'fn_link') return EXCHANGE_FAILED
  return state.register.error === 'fn' ? DRIVE_FAULT : 0
}

/** A4 10: the shift. A shift over 24 hours is an error where the quirk says so. */
export function shift({ state }: AtolDevice): number[] | number {
  if (state.fn.phase !== 'fiscal') return WRONG_STATE
  const expired = state.shift.state === 'expired' ? state.quirks.expired_shift_error : null
  if (expired !== null) return Number.parseInt(expired, 16)
  return [
    state.shift.state === 'closed' ? 0 : 1,
    ...littleEndian(state.shift.number, 2),
    ...littleEndian(state.shift.receipts, 2),
  ]
}

const MESSAGE_WAITS = 2

/** A4 20: the queue to the OFD. */
export function exchangeStatus(device: AtolDevice): number[] | number {
  const { ofd, fn, quirks } = device.state
  if (unregistered(device)) return WRONG_STATE
  const empty = ofd.unsent_documents === 0
  const first = ofd.first_unsent_document ?? Math.max(1, fn.last_document - ofd.unsent_documents + 1)
  return [
    (empty ? 0 : MESSAGE_WAITS) | quirks.ofd_flags,
    0,
    ...littleEndian(ofd.unsent_documents, 2),
    ...littleEndian(empty ? 0 : first, 4),
    ...fnDateTime(empty ? null : ofd.first_unsent_at),
  ]
}

/** A4 30: life phase, current document, warnings, serial, last document. */
export function driveStatus({ state, startedAt }: AtolDevice): number[] {
  const { fn, shift, register } = state
  const document = register.mode === 'document_open' ? OPEN_RECEIPT : fn.current_document
  return [
    PHASE_CODES[fn.phase],
    document,
    document === 0 ? 0 : 1,
    shift.state === 'closed' ? 0 : 1,
    fn.flags.reduce((byte, flag) => byte | (1 << FLAG_BITS[flag]), 0),
    ...fnDateTime(fn.last_document_at ?? startedAt),
    ...ascii(fn.serial, 16),
    ...littleEndian(fn.last_document, 4),
  ]
}

/** A4 31: serial of the drive. */
export const driveSerial = ({ state }: AtolDevice): number[] => ascii(state.fn.serial, 16)

/** A4 32: expiry, registrations left and made. */
export function driveExpiry(device: AtolDevice): number[] | number {
  const { fn } = device.state
  if (unregistered(device)) return WRONG_STATE
  return [...fnDate(fn.valid_until), fn.registrations_left, fn.registrations_done]
}

/** A4 33: firmware of the drive. */
export const driveFirmware = ({ state }: AtolDevice): number[] => [
  ...ascii(state.fn.firmware, 16),
  state.fn.debug ? 0 : 1,
]

/** A4 42: documents without a receipt from the OFD. */
export const unconfirmedDocuments = ({ state: { ofd } }: AtolDevice): number[] =>
  littleEndian(ofd.unconfirmed_documents ?? ofd.unsent_documents, 2)
