import type { REGISTER_MODES } from '@tillwatch/shared'
import type { AnswerOf } from '../kit/read-only.ts'
import {
  type Fault,
  flagsFact,
  fnSerialFact,
  isInn,
  isRegistrationNumber,
  known,
  phaseFact,
  queueFacts,
  type ToldFacts,
  unknown,
} from '../kit/told.ts'
import type { COMMANDS } from './commands.ts'

type Answer<Name extends keyof typeof COMMANDS> = AnswerOf<(typeof COMMANDS)[Name]>

/** Low nibble of the mode byte (Shtrih-M protocol 1.17, modes of the register). */
const MODES: Readonly<Record<number, (typeof REGISTER_MODES)[number]>> = {
  0: 'ready',
  1: 'printing',
  2: 'shift_open',
  3: 'shift_expired',
  4: 'shift_closed',
  5: 'blocked',
  6: 'blocked',
  7: 'service',
  8: 'document_open',
  9: 'blocked',
  10: 'service',
  11: 'printing',
}
const SUBMODE_PRINTING = [4, 5]
/** Result of the last print in the status of newer firmware: 0 good, 1 paper torn, 2 printer error, and this one while it goes on. */
const PRINT_GOES_ON = 5
const FLAG_ROLL = 1 << 1
const FLAG_PAPER = 1 << 7
const FLAG_COVER_OPEN = 1 << 10

/**
 * True while the register is at work and wants its line for itself: it gives out data, a document is open, a full report or a
 * slip is under way (modes 11 to 15, whose numbers shift between models), a submode in which only non-printing commands are taken
 * (paper ran out while printing, waits to go on, prints), or the last document is still being printed.
 */
export function atWork({ mode: modeByte, submode, lastPrint }: Answer<'shortStatus'>): boolean {
  const mode = modeByte & 0x0f
  if (mode === 1 || mode === 8 || mode >= 11) return true
  return (submode >= 2 && submode <= 5) || lastPrint === PRINT_GOES_ON
}

/** Facts of the short status, 10. */
export function fromShortStatus(status: Answer<'shortStatus'>): ToldFacts {
  const mode = MODES[status.mode & 0x0f] ?? 'other'
  const goesOn = SUBMODE_PRINTING.includes(status.submode) || status.lastPrint === PRINT_GOES_ON
  const printing = mode !== 'document_open' && goesOn
  return {
    'fiscal.register.mode': { value: printing ? 'printing' : mode, raw: `${status.mode & 0x0f}.${status.submode}` },
    'fiscal.register.paper': { value: paperAbsent(status) ? 'absent' : 'present', raw: status.flags },
    'fiscal.register.cover': { value: status.flags & FLAG_COVER_OPEN ? 'open' : 'closed', raw: status.flags },
    ...shiftOfMode(mode),
  }
}

/** Only three modes tell the shift; in the others the FN's answer does. */
function shiftOfMode(mode: string): ToldFacts {
  const states: Readonly<Record<string, string>> = {
    shift_open: 'open',
    shift_expired: 'expired',
    shift_closed: 'closed',
  }
  const state = states[mode]
  return state ? { 'fiscal.shift.state': { value: state } } : {}
}

/** Models without the optical sensor leave its flag clear, so the roll's own flag or the submode must agree. */
const paperAbsent = (status: Answer<'shortStatus'>) =>
  status.submode === 1 || status.submode === 2 || (status.flags & (FLAG_PAPER | FLAG_ROLL)) === 0

/** Faults that the short status shows. */
export function faultsOf(status: Answer<'shortStatus'>): Fault[] {
  const faults: Fault[] = []
  if (status.flags & FLAG_COVER_OPEN) faults.push({ error: 'cover', raw: `flags ${status.flags}` })
  if (paperAbsent(status)) faults.push({ error: 'paper', raw: `submode ${status.submode}` })
  if (status.lastPrint === 1) faults.push({ error: 'paper', raw: 'last print 1' })
  if (status.lastPrint === 2) faults.push({ error: 'printer', raw: 'last print 2' })
  return faults
}

/** Facts of the device type, FC. */
export const fromDeviceType = (type: Answer<'deviceType'>): ToldFacts => ({
  'fiscal.register.model': known(type.model, 'the register gives no name'),
})

/** Facts of the full status, 11. The INN is told only when the answer holds one. */
export const fromFullStatus = (status: Answer<'fullStatus'>): ToldFacts => ({
  'fiscal.register.vendor': { value: 'Штрих-М' },
  'fiscal.register.firmware': { value: status.firmware },
  'fiscal.register.clock_at': known(status.clockAt, 'the register shows no valid date'),
  ...(status.inn && isInn(status.inn) && { 'fiscal.register.inn': { value: status.inn } }),
})

/** Facts of the FN status, FF01. */
export const fromFnStatus = (status: Answer<'fnStatus'>): ToldFacts => ({
  'fiscal.fn.serial': fnSerialFact(status.serial),
  'fiscal.fn.phase': phaseFact(status.phase),
  'fiscal.fn.flags': flagsFact(status.flags),
  'fiscal.fn.last_document': { value: status.lastDocument },
})

/** Facts of the OFD queue, FF39. */
export const fromOfdQueue = (queue: Answer<'ofdQueue'>, autonomous: boolean): ToldFacts => queueFacts(queue, autonomous)

/** Facts of the shift, FF40. An expired shift is told by the mode alone. */
export const fromShift = (shift: Answer<'shift'>, expired: boolean): ToldFacts => ({
  'fiscal.shift.state': { value: shift.open ? (expired ? 'expired' : 'open') : 'closed' },
  'fiscal.shift.number': { value: shift.number },
  'fiscal.shift.receipts': { value: shift.receipts },
})

/** Facts of the last registration, FF09. */
export const fromRegistration = (registration: Answer<'registration'>): ToldFacts => ({
  ...(isInn(registration.inn) && { 'fiscal.register.inn': { value: registration.inn } }),
  ...(isRegistrationNumber(registration.number) && {
    'fiscal.register.registration_number': { value: registration.number },
  }),
  'fiscal.register.autonomous': { value: registration.autonomous },
  ...(registration.ofdInn &&
    isInn(registration.ofdInn) && { 'fiscal.register.ofd_inn': { value: registration.ofdInn } }),
})

/** Facts of the FN's expiry, FF03. */
export const fromExpiry = (expiry: Answer<'fnExpiry'>): ToldFacts => ({
  'fiscal.fn.valid_until': known(expiry.validUntil ?? null, 'the FN gives no valid date'),
  'fiscal.fn.registrations_left': known(expiry.registrationsLeft, 'not in this firmware’s answer'),
})

/** FFD version as table 17 holds it; 0 is a preliminary 1.0. */
const FFD: Readonly<Record<number, string>> = { 0: '1.0', 1: '1.0', 2: '1.05', 3: '1.1', 4: '1.2' }

export const fromFfd = (code: number): ToldFacts => {
  const version = FFD[code]
  return { 'fiscal.register.ffd': version ? { value: version, raw: code } : unknown('an unknown FFD version', code) }
}

/** Port of the OFD, field 2 of its table; 0 is none. */
export const fromOfdPort = (port: number): ToldFacts =>
  port > 0 ? { 'fiscal.register.ofd_port': { value: port } } : {}

/** Who sends to the OFD, field 2 of the network table: the register itself, or a driver on the PC while it runs. */
const CHANNELS: Readonly<Record<number, string>> = { 0: 'pc', 1: 'register' }

export const fromOfdChannel = (code: number): ToldFacts => {
  const channel = CHANNELS[code]
  return {
    'fiscal.register.ofd_channel': channel ? { value: channel, raw: code } : unknown('an unknown way to the OFD', code),
  }
}
