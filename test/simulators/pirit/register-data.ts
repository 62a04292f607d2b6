import { parseLocal } from '../local-time.ts'
import { bits, dateField, timeField } from './bytes.ts'
import { type PiritDevice, shiftState, unregistered } from './status.ts'

/** Model numbers (02/21). */
const MODELS: Readonly<Record<string, number>> = {
  'Viki Mini': 1,
  'Viki Tower': 2,
  'Viki Print 57': 3,
  'Viki Print 57+': 4,
  'Viki Print 80+': 5,
  'Пирит 2Ф': 8,
  'Пирит 2СФ': 9,
}

/** 02/21; 0 for a model that is not of this family. */
export const model = ({ state }: PiritDevice): string => String(MODELS[state.register.model] ?? 0)

const HOUR_MS = 3_600_000
const EXPIRED_SHIFT_HOURS = 25

/** 02/17: when the shift was opened. */
export function shiftOpenedAt(device: PiritDevice): string[] {
  const told = device.state.quirks.shift_opened_at
  const hours = shiftState(device) === 'expired' ? EXPIRED_SHIFT_HOURS : 1
  const at = told === undefined ? device.startedAt - hours * HOUR_MS : parseLocal(told)
  return [dateField(at), timeField(at)]
}

/** 02/5: date and time of the last fiscal operation. */
export function lastOperation({ state: { fn }, startedAt }: PiritDevice): string[] {
  const at = fn.last_document_at ?? startedAt
  return [dateField(at), timeField(at)]
}

const DAY_MS = 86_400_000
const NO_REGISTRATION = 0x42

/** 02/14: last day of the drive, on FFD 1.2 firmware with the days left. */
export function driveExpiry(device: PiritDevice): string[] | number {
  if (unregistered(device)) return NO_REGISTRATION
  const { fn, quirks } = device.state
  const daysLeft = Math.max(0, Math.ceil((parseLocal(fn.valid_until) - device.localNow()) / DAY_MS))
  return quirks.profile === 'fm16_ffd105' ? [dateField(fn.valid_until)] : [dateField(fn.valid_until), String(daysLeft)]
}

const AUTONOMOUS = 1
const MARKED_GOODS = 1

/** 02/23: tax systems, work mode, additional mode. */
export const registrationModes = ({ state: { register, marking } }: PiritDevice): string[] => [
  String(register.tax_systems),
  String(register.autonomous ? bits(AUTONOMOUS) : 0),
  String(marking.enabled && register.ffd === '1.2' ? bits(MARKED_GOODS) : 0),
]

const SD_CARD = 2
const DRIVE = 3

/** 02/22: which devices the register has inside. */
export const devicesInside = ({ state: { faults, quirks } }: PiritDevice): string =>
  String(bits(...(quirks.fatal.includes('sd_card') ? [] : [SD_CARD]), ...(faults.fn_absent ? [] : [DRIVE])))
