import type { Device } from '../register.ts'
import { ascii, fnDate, fnDateTime, readLittleEndian, u16, u32 } from './bytes.ts'
import type { Quirks } from './quirks.ts'
import { FFD_CODES } from './tables.ts'

type ShtrihDevice = Device<Quirks>

const WRONG_STATE = 0x02
const NO_SUCH_DATA = 0x08
const NOT_SUPPORTED = 0x37
const MARKING_OFF = 0xa0

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
const unregistered = ({ state }: ShtrihDevice) => state.fn.phase === 'setup' || state.fn.phase === 'ready'

/** The error that a command which reaches the drive is answered with, or 0. */
export function driveError({ state }: ShtrihDevice): number {
  if (state.faults.fn_absent || state.register.error === 'fn_link') return 0x30
  if (state.register.error === 'fn') return 0x03
  if (state.register.error === 'clock') return 0x17
  return 0
}

/** FF01: life phase, current document, warnings, serial, last document. */
export function driveStatus({ state, startedAt }: ShtrihDevice): number[] {
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
    ...u32(fn.last_document),
  ]
}

/** FF02: serial of the drive. */
export const driveSerial = ({ state }: ShtrihDevice): number[] => ascii(state.fn.serial, 16)

/** FF03: expiry, and with newer firmware the registrations left and done. */
export function driveExpiry(device: ShtrihDevice): number[] | number {
  const { fn, quirks } = device.state
  if (unregistered(device)) return WRONG_STATE
  return [...fnDate(fn.valid_until), fn.registrations_left, fn.registrations_done].slice(0, quirks.fn_expiry_bytes - 3)
}

/** FF04: firmware of the drive. */
export const driveFirmware = ({ state }: ShtrihDevice): number[] => [
  ...ascii(state.fn.firmware, 16),
  state.fn.debug ? 0 : 1,
]

const AUTONOMOUS_BIT = 1
const FISCAL_SIGN = 0x12345678
const REGISTRATION_DOCUMENT = 1

/** FF09: result of the last registration, 50 or 55 bytes for FFD up to 1.05, 67 for later ones. */
export function registration(device: ShtrihDevice): number[] | number {
  const { register, fn, quirks } = device.state
  if (unregistered(device)) return WRONG_STATE
  const newer = register.ffd === '1.1' || register.ffd === '1.2'
  const size = quirks.registration_bytes ?? (newer ? 67 : 50)
  const head = [
    ...fnDateTime(fn.registered_at),
    ...ascii(register.inn, 12),
    ...ascii(register.registration_number, 20),
    register.tax_systems,
    register.autonomous ? 1 << AUTONOMOUS_BIT : 0,
  ]
  const tail = [...u32(REGISTRATION_DOCUMENT), ...u32(FISCAL_SIGN)]
  if (size === 67) return [...head, 0, ...ascii(register.ofd_inn, 12), ...u32(0), ...tail]
  return [...head, ...tail, ...(size === 55 ? fnDateTime(fn.registered_at) : [])]
}

/** FF39: the queue to the OFD. */
export function exchangeStatus(device: ShtrihDevice): number[] | number {
  const { ofd, fn } = device.state
  if (unregistered(device)) return WRONG_STATE
  if (ofd.unsent_documents === 0) return [0, 0, ...u16(0), ...u32(0), ...fnDateTime(null)]
  const first = ofd.first_unsent_document ?? Math.max(1, fn.last_document - ofd.unsent_documents + 1)
  const messageWaits = 2
  return [messageWaits, 0, ...u16(ofd.unsent_documents), ...u32(first), ...fnDateTime(ofd.first_unsent_at)]
}

/** FF3F: documents without a receipt from the OFD. */
export const unconfirmedDocuments = ({ state: { ofd } }: ShtrihDevice): number[] =>
  u16(ofd.unconfirmed_documents ?? ofd.unsent_documents)

/** FF40: the shift. */
export function shift({ state }: ShtrihDevice): number[] | number {
  if (state.fn.phase !== 'fiscal') return WRONG_STATE
  return [state.shift.state === 'closed' ? 0 : 1, ...u16(state.shift.number), ...u16(state.shift.receipts)]
}

/** FF63: documents that still fit, free kilobytes, and with marking the used share of its area. */
export function freeMemory({ state }: ShtrihDevice): number[] | number {
  const size = state.quirks.free_memory_bytes
  if (size === null) return NOT_SUPPORTED
  const answer = [...u32(state.fn.documents_left), ...u32(state.fn.free_kilobytes), state.marking.used_percent]
  return answer.slice(0, (size ?? (state.register.ffd === '1.2' ? 12 : 11)) - 3)
}

const TAG_HEADER = 4
/** FF60 and FF0E: one tag of a registration report as tag, length and value. */
export function registrationTag(device: ShtrihDevice, parameters: Uint8Array): number[] | number {
  const { register } = device.state
  if (unregistered(device)) return WRONG_STATE
  const tag = readLittleEndian(parameters.subarray(1, 3))
  const values: Readonly<Record<number, number[]>> = {
    1013: ascii(register.serial, 20),
    1017: ascii(register.ofd_inn, 12),
    1018: ascii(register.inn, 12),
    1037: ascii(register.registration_number, 20),
    1062: [register.tax_systems],
    1207: [0],
    1209: [FFD_CODES[register.ffd]],
  }
  const value = values[tag]
  return value ? [...u16(tag), ...u16(value.length), ...value].slice(0, TAG_HEADER + value.length) : NO_SUCH_DATA
}

function markingError({ state }: ShtrihDevice): number {
  if (state.register.ffd !== '1.2') return NOT_SUPPORTED
  return state.marking.enabled ? 0 : MARKING_OFF
}

/** FF68: the queue of marking notifications. */
export function notificationQueue(device: ShtrihDevice): number[] | number {
  const { marking, register } = device.state
  const error = markingError(device)
  if (error !== 0) return error
  if (register.autonomous) return WRONG_STATE
  return [
    marking.unsent_notifications > 0 ? 1 : 0,
    ...u16(marking.unsent_notifications),
    ...u32(marking.first_unsent_notification),
    ...fnDateTime(marking.unsent_notifications > 0 ? marking.first_unsent_at : null),
    marking.used_percent,
  ]
}

/** Share of the marking area in per cent from which FF70 gives 1, 2, 3 and 4. */
const FILL_STEPS = [50, 80, 90, 100]

/** FF70: state of work with marking. */
export function markingStatus(device: ShtrihDevice): number[] | number {
  const { marking } = device.state
  const error = markingError(device)
  if (error !== 0) return error
  const fill = FILL_STEPS.filter(step => marking.used_percent >= step).length
  const blocked = fill === FILL_STEPS.length ? 2 : 0
  return [0, blocked, 0, 0, 0, fill, ...u16(marking.unsent_notifications)]
}
