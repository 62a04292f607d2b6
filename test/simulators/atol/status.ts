import type { Device } from '../register.ts'
import { bcd, cp866, kktDateTime } from './bytes.ts'
import type { Quirks } from './quirks.ts'

type AtolDevice = Device<Quirks>

/** Model ids by the name that the device gives itself. */
const MODEL_IDS: Readonly<Record<string, number>> = {
  'АТОЛ 25Ф': 57,
  'АТОЛ 30Ф': 61,
  'АТОЛ 55Ф': 62,
  'АТОЛ 22Ф': 63,
  'АТОЛ 22ПТК': 63,
  'АТОЛ 52Ф': 64,
  'АТОЛ 11Ф': 67,
  'АТОЛ 77Ф': 69,
  'АТОЛ 90Ф': 72,
  'АТОЛ 60Ф': 75,
  'Казначей ФА': 76,
  'АТОЛ 42ФС': 77,
  'АТОЛ 15Ф': 78,
  'АТОЛ 50Ф': 80,
  'АТОЛ 20Ф': 81,
  'АТОЛ 91Ф': 82,
  'АТОЛ 92Ф': 84,
  'АТОЛ Sigma 10': 86,
  'АТОЛ 1Ф': 93,
}
const modelId = ({ state }: AtolDevice): number => MODEL_IDS[state.register.model] ?? 0

/** Version as its parts; what is no version of three numbers counts as zeros. */
const versionOf = ({ state }: AtolDevice): [number, number, number] => {
  const match = /^(\d{1,2})\.(\d{1,2})\.(\d{1,4})$/.exec(state.register.firmware)
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0), Number(match?.[3] ?? 0)]
}

/** The protocol has no mode for what is not named here; `blocked` looks like a mode being chosen. */
const MODES = {
  ready: 0,
  shift_open: 0,
  shift_closed: 0,
  shift_expired: 0,
  blocked: 0,
  document_open: 1,
  printing: 1,
  service: 4,
  other: 7,
} as const

/** Mode in the low nibble, submode in the high one. While a receipt is made the register is in the mode of registration. */
function modeByte(device: AtolDevice): number {
  const { mode } = device.state.register
  if (device.isPrinting()) return MODES.printing
  return mode === undefined ? MODES.ready : MODES[mode]
}

const RECEIPT = { closed: 0, sell: 1 } as const
const USB = 4
const DECIMALS = 2
const FLAG = { fiscal: 0, shift: 1, drawer: 2, paper: 3, cover: 5, driveActive: 6 } as const
const bit = (on: boolean, position: number): number => (on ? 1 << position : 0)

const isRegistered = ({ state }: AtolDevice) => state.fn.phase !== 'setup' && state.fn.phase !== 'ready'
const hasPaper = ({ state }: AtolDevice) => state.register.paper !== 'absent' && state.register.error !== 'paper'

/** 3F: everything about the register at once, 30 bytes. */
export function fullStatus(device: AtolDevice): number[] {
  const { register, shift, quirks } = device.state
  const registered = isRegistered(device)
  const cover = register.cover === 'open' || register.error === 'cover'
  const [major, minor] = versionOf(device)
  return [
    0x44,
    ...bcd(1, 1),
    1,
    ...kktDateTime(device.localNow()),
    bit(registered, FLAG.fiscal) |
      bit(shift.state !== 'closed', FLAG.shift) |
      bit(quirks.drawer === 'open', FLAG.drawer) |
      bit(hasPaper(device), FLAG.paper) |
      bit(cover, FLAG.cover) |
      bit(registered, FLAG.driveActive),
    // Six digits of the serial are all that this answer has.
    ...bcd(register.serial.slice(-6), 4),
    modelId(device),
    ...[major, minor].flatMap(part => bcd(part, 1)),
    modeByte(device),
    ...bcd(shift.receipts + 1, 2),
    ...bcd(shift.state === 'closed' ? shift.number : Math.max(0, shift.number - 1), 2),
    register.mode === 'document_open' ? RECEIPT.sell : RECEIPT.closed,
    ...bcd(0, 5),
    DECIMALS,
    USB,
  ]
}

const PRINTER_FLAG = { noPaper: 0, link: 1, cutter: 3, nearEnd: 7 } as const

/** 45: mode and the state of the printer, 3 bytes. */
export function stateCode(device: AtolDevice): number[] {
  const { register, quirks } = device.state
  return [
    0x55,
    modeByte(device),
    bit(!hasPaper(device), PRINTER_FLAG.noPaper) |
      bit(register.error === 'printer', PRINTER_FLAG.link) |
      bit(register.error === 'cutter', PRINTER_FLAG.cutter) |
      bit(register.paper === 'low', PRINTER_FLAG.nearEnd) |
      quirks.printer_flags,
  ]
}

const KKT = 1
const PROTOCOL_VERSION = 1
const RUSSIAN = 1

const version = (device: AtolDevice): number[] => {
  const [major, minor, build] = versionOf(device)
  return [...bcd(major, 1), ...bcd(minor, 1), RUSSIAN, ...bcd(build, 2)]
}

/** A5: what the device is. The error code stands first, without 55 before it. */
export const deviceType = (device: AtolDevice): number[] => [
  0,
  PROTOCOL_VERSION,
  KKT,
  modelId(device),
  0,
  0,
  ...version(device),
  ...cp866(device.state.register.model),
]

const WRONG_PARAMETER = 0x6c
const SOURCES = [1, 3]

/** 9D: version of the firmware or of the boot loader. */
export const softwareVersion = (device: AtolDevice, parameters: Uint8Array): number[] | number =>
  SOURCES.includes(parameters[0] ?? 0) ? [0x55, 0, ...version(device)] : WRONG_PARAMETER

const CLOCK_REGISTER = 0x11
const SERIAL_REGISTER = 0x16

/** 91: a register's value. Here are the two whose layout is beyond doubt: 11h the clock, 16h the serial. */
export function register(device: AtolDevice, parameters: Uint8Array): number[] | number {
  const values: Readonly<Record<number, () => number[]>> = {
    [CLOCK_REGISTER]: () => kktDateTime(device.localNow()),
    [SERIAL_REGISTER]: () => bcd(device.state.register.serial.slice(-6), 4),
  }
  const value = values[parameters[0] ?? 0]
  return value ? [0x55, 0, ...value()] : WRONG_PARAMETER
}
