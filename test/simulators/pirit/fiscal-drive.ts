import { bits, dateField, timeField } from './bytes.ts'
import { type PiritDevice, shiftState, unregistered } from './status.ts'

const WRONG_DRIVE_STATE = 0x42
const NO_SUCH_DATA = 0x48

const PHASES = { setup: 0, ready: 1, fiscal: 3, post_fiscal: 7, archive: 15 } as const
const DOCUMENT_DATA = 4
const SHIFT_OPEN = 5
const RECEIPT = 4
/** The drive's own byte; the vendor describes bits 0 to 3 and 7. */
const WARNING_BITS = {
  replace_urgently: 0,
  key_resource_ending: 1,
  memory_almost_full: 2,
  ofd_timeout: 3,
  flk_rejected: 4,
  setup_needed: 5,
  ofd_cancelled: 6,
  critical_error: 7,
} as const

/** 78/2: life phase with the shift, document being formed, warnings. */
export function driveState(device: PiritDevice): string[] {
  const { fn, register } = device.state
  const document = register.mode === 'document_open' ? RECEIPT : fn.current_document
  const warnings = fn.flags.map(flag => WARNING_BITS[flag])
  const state = bits(
    ...(document === 0 ? [] : [DOCUMENT_DATA]),
    ...(shiftState(device) === 'closed' ? [] : [SHIFT_OPEN]),
  )
  return [PHASES[fn.phase] | state, document, bits(...new Set(warnings))].map(String)
}

const REGISTRATION_DOCUMENT = 1
const FISCAL_SIGN = 305_419_896

/** 78/4: date and time of the registration. */
export function registeredAt(device: PiritDevice): string[] | number {
  if (unregistered(device)) return NO_SUCH_DATA
  const { registered_at } = device.state.fn
  return [dateField(registered_at), timeField(registered_at)]
}

/** 78/5: document of the last registration. */
export const registrationDocument = (device: PiritDevice): string[] | number =>
  unregistered(device) ? NO_SUCH_DATA : [String(REGISTRATION_DOCUMENT)]

/** 78/19: document, sign, date and time of the last registration. */
export function lastRegistration(device: PiritDevice): string[] | number {
  if (unregistered(device)) return NO_SUCH_DATA
  const { registered_at } = device.state.fn
  return [String(REGISTRATION_DOCUMENT), String(FISCAL_SIGN), dateField(registered_at), timeField(registered_at)]
}

/** 78/6: the shift. */
export function shift(device: PiritDevice): string[] | number {
  if (device.state.fn.phase !== 'fiscal') return WRONG_DRIVE_STATE
  const { number, receipts } = device.state.shift
  return [number, shiftState(device) === 'closed' ? 0 : 1, receipts].map(String)
}

/** 78/17: document that opened the shift. */
export const shiftDocument = ({ state: { fn, shift } }: PiritDevice): string[] => [
  String(Math.max(1, fn.last_document - shift.receipts)),
]

const CONNECTED = 0
const MESSAGE_PENDING = 1

/** 78/7: the exchange with the OFD. */
export function exchangeStatus(device: PiritDevice): string[] | number {
  const { ofd, fn, quirks } = device.state
  if (unregistered(device)) return WRONG_DRIVE_STATE
  if (ofd.unsent_documents === 0 || ofd.first_unsent_at === null) {
    const none = { empty: ['', '', '', ''], zeros: ['0', '0', '000000', '000000'] }[quirks.empty_queue]
    return [String(bits(CONNECTED)), ...none]
  }
  const first = ofd.first_unsent_document ?? Math.max(1, fn.last_document - ofd.unsent_documents + 1)
  return [
    String(bits(MESSAGE_PENDING)),
    String(ofd.unsent_documents),
    String(first),
    dateField(ofd.first_unsent_at),
    timeField(ofd.first_unsent_at),
  ]
}

/** Codes of FFD versions (tag 1209). */
const FFD_CODES = { '1.0': 1, '1.05': 2, '1.1': 3, '1.2': 4 } as const
const REGISTER_VERSION = '1.0'

/** Firmware for FFD 1.05 knows no later version, whatever the state says. */
function ffdCode({ state: { register, quirks } }: PiritDevice): number {
  const code = FFD_CODES[register.ffd]
  return quirks.profile === 'fm16_ffd105' ? Math.min(code, FFD_CODES['1.05']) : code
}

const highestFfd = ({ state: { quirks } }: PiritDevice) =>
  quirks.profile === 'fm16_ffd105' ? FFD_CODES['1.05'] : FFD_CODES['1.2']

/** 78/14: versions of drive and formats. */
export const versions = (device: PiritDevice): string[] => {
  const { fn } = device.state
  const own = [fn.firmware, fn.debug ? 0 : 1, ffdCode(device), REGISTER_VERSION, highestFfd(device)]
  const newer = device.state.quirks.profile === 'fm16_ffd105' ? [] : [ffdCode(device), highestFfd(device)]
  return [...own, ...newer].map(String)
}

/** 78/18: documents that still fit, free kilobytes. */
export const freeMemory = ({ state: { fn } }: PiritDevice): string[] => [
  String(fn.documents_left),
  String(fn.free_kilobytes),
]

/** 78/22: present and highest FFD. */
export const ffdVersions = (device: PiritDevice): string[] => [String(ffdCode(device)), String(highestFfd(device))]

const NOTIFICATIONS_OFF = 0x01

const markingOff = ({ state: { register, marking } }: PiritDevice) => register.ffd !== '1.2' || !marking.enabled

/** 79/6: the queue of marking notifications. */
export function notificationQueue(device: PiritDevice): string[] | number {
  if (markingOff(device)) return NOTIFICATIONS_OFF
  const { unsent_notifications, first_unsent_notification, first_unsent_at, used_percent } = device.state.marking
  const at = unsent_notifications > 0 ? first_unsent_at : null
  return [
    '0',
    String(unsent_notifications),
    String(unsent_notifications > 0 ? first_unsent_notification : 0),
    at === null ? '' : dateField(at),
    at === null ? '' : timeField(at),
    String(used_percent),
  ]
}

/** Share of the notification storage in per cent from which 79/0 gives 1, 2, 3 and 4. */
const FILL_STEPS = [50, 80, 90, 100]

/** 79/0: state of work with marking. */
export function markingStatus(device: PiritDevice): string[] | number {
  if (markingOff(device)) return NOTIFICATIONS_OFF
  const { marking } = device.state
  return [0, 0, 0, 0, 0, FILL_STEPS.filter(step => marking.used_percent >= step).length].map(String)
}
