import type { FactName, REGISTER_MODES } from '@tillwatch/shared'
import type { AnswerOf } from '../kit/read-only.ts'
import {
  type Fault,
  flagsFact,
  fnSerialFact,
  known,
  phaseFact,
  queueFacts,
  type ToldFacts,
  unknown,
} from '../kit/told.ts'
import type { COMMANDS } from './commands.ts'

type Answer<Name extends keyof typeof COMMANDS> = AnswerOf<(typeof COMMANDS)[Name]>

/** Model ids (constants of the vendor's driver). The register's own name, where it gives one, is told instead. */
const MODELS: Readonly<Record<number, string>> = {
  57: 'АТОЛ 25Ф',
  61: 'АТОЛ 30Ф',
  62: 'АТОЛ 55Ф',
  63: 'АТОЛ 22Ф',
  64: 'АТОЛ 52Ф',
  67: 'АТОЛ 11Ф',
  69: 'АТОЛ 77Ф',
  72: 'АТОЛ 90Ф',
  75: 'АТОЛ 60Ф',
  76: 'Казначей ФА',
  77: 'АТОЛ 42ФС',
  78: 'АТОЛ 15Ф',
  80: 'АТОЛ 50Ф',
  81: 'АТОЛ 20Ф',
  82: 'АТОЛ 91Ф',
  84: 'АТОЛ 92Ф',
  86: 'АТОЛ Sigma 10',
  93: 'АТОЛ 1Ф',
}

/** Name of a model by its id. */
export const modelFact = (modelId: number): ToldFacts => ({
  'fiscal.register.model': MODELS[modelId]
    ? { value: MODELS[modelId], raw: modelId }
    : unknown('a model that is not in the vendor’s list', modelId),
})

/** Facts that no command of the native protocol tells; the vendor's driver service tells most of them. */
export const UNTOLD: readonly FactName[] = [
  'fiscal.register.registration_number',
  'fiscal.register.inn',
  'fiscal.register.ffd',
  'fiscal.register.ofd_name',
  'fiscal.register.ofd_inn',
  'fiscal.register.ofd_host',
  'fiscal.register.ofd_port',
  'fiscal.register.autonomous',
  'fiscal.shift.opened_at',
  'fiscal.ofd.last_connection_at',
  'fiscal.ofd.error',
  'fiscal.fn.documents_left',
  'fiscal.marking.unsent_notifications',
]

const SELECTION = 0
const PROGRAMMING = 4

/**
 * True while the register is at work: a receipt is open, or a program has put it into a mode. Whether queries to the drive are
 * taken then is not known, so that none is sent.
 */
export const atWork = (status: Answer<'fullStatus'>): boolean => status.receipt !== 0 || status.mode !== SELECTION

function modeOf(status: Answer<'fullStatus'>): (typeof REGISTER_MODES)[number] {
  if (status.receipt !== 0) return 'document_open'
  return status.mode === PROGRAMMING ? 'service' : 'other'
}

/** Facts of the full status, 3F. Its serial has six digits, the last ones of the whole. */
export const fromFullStatus = (status: Answer<'fullStatus'>, isExpired: boolean): ToldFacts => ({
  'fiscal.register.vendor': { value: 'АТОЛ' },
  'fiscal.register.serial': serialFact(status.serial),
  'fiscal.register.clock_at': known(status.clockAt, 'the register shows no valid date'),
  'fiscal.register.cover': { value: status.coverOpen ? 'open' : 'closed' },
  ...fromShiftState(status.shiftOpen, isExpired),
  ...(atWork(status) && { 'fiscal.register.mode': { value: modeOf(status), raw: `${status.mode}.${status.submode}` } }),
})

const SERIAL_DIGITS = 6
const serialFact = (digits: string | null) =>
  digits && Number(digits) > 0
    ? { value: digits.slice(-SERIAL_DIGITS), raw: digits }
    : unknown('the register gives no serial', digits ?? undefined)

/** State of the shift, and the mode of a register that waits for work, which follows from it. */
export function fromShiftState(open: boolean, isExpired: boolean): ToldFacts {
  const state = open ? (isExpired ? 'expired' : 'open') : 'closed'
  return { 'fiscal.shift.state': { value: state }, 'fiscal.register.mode': { value: `shift_${state}`, raw: SELECTION } }
}

/** Faults that the full status shows. */
export function faultsOf(status: Answer<'fullStatus'>): Fault[] {
  const faults: Fault[] = []
  if (status.coverOpen) faults.push({ error: 'cover', raw: '3F' })
  if (!status.paper) faults.push({ error: 'paper', raw: '3F' })
  return faults
}

/** Bits of the printer's state, 45, in our words. */
const PRINTER_FAULTS: readonly [bit: number, error: Fault['error']][] = [
  [0, 'paper'],
  [1, 'printer'],
  [2, 'printer'],
  [3, 'cutter'],
  [4, 'printer'],
  [5, 'printer'],
  [6, 'printer'],
]
const FLAG_NO_PAPER = 1 << 0
const FLAG_PAPER_NEAR_END = 1 << 7

/** Faults that the state code shows. */
export const printerFaultsOf = ({ printer }: Answer<'stateCode'>): Fault[] =>
  PRINTER_FAULTS.filter(([bit]) => printer & (1 << bit)).map(([, error]) => ({ error, raw: `45 ${printer}` }))

/** Facts of the state code, 45. */
export function fromStateCode({ printer }: Answer<'stateCode'>): ToldFacts {
  const paper = printer & FLAG_NO_PAPER ? 'absent' : printer & FLAG_PAPER_NEAR_END ? 'low' : 'present'
  return { 'fiscal.register.paper': { value: paper, raw: printer } }
}

/** Warning bits whose meaning is known here; the others stay in the raw byte. */
const KNOWN_FLAGS = 0b1000_1111

/** Facts of the FN status, A4 30. */
export const fromFnStatus = (status: Answer<'fnStatus'>): ToldFacts => ({
  'fiscal.fn.serial': fnSerialFact(status.serial),
  'fiscal.fn.phase': phaseFact(status.phase),
  'fiscal.fn.flags': { ...flagsFact(status.flags & KNOWN_FLAGS), raw: status.flags },
  'fiscal.fn.last_document': { value: status.lastDocument },
})

/** Facts of the OFD queue, A4 20. Whether the register is autonomous is not told on this way. */
export const fromOfdQueue = (queue: Answer<'ofdQueue'>): ToldFacts => queueFacts(queue, false)

/** Facts of the shift, A4 10. */
export const fromShift = (shift: Answer<'shift'>, isExpired: boolean): ToldFacts => ({
  ...fromShiftState(shift.open, isExpired),
  'fiscal.shift.number': { value: shift.number },
  'fiscal.shift.receipts': { value: shift.receipts },
})

/** Facts of the FN's expiry, A4 32. */
export const fromExpiry = (expiry: Answer<'fnExpiry'>): ToldFacts => ({
  'fiscal.fn.valid_until': known(expiry.validUntil, 'the FN gives no valid date'),
  'fiscal.fn.registrations_left': { value: expiry.registrationsLeft },
})

/** Facts of the device type, A5. */
export const fromDeviceType = (device: Answer<'deviceType'>): ToldFacts => ({
  ...(device.name
    ? { 'fiscal.register.model': { value: device.name, raw: device.modelId } }
    : modelFact(device.modelId)),
  'fiscal.register.firmware': known(device.firmware, 'the register gives no valid version'),
})
