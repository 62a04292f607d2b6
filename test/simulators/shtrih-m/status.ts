import type { Device } from '../register.ts'
import { cp1251, kktDate, littleEndian, u16, u32 } from './bytes.ts'
import type { Quirks } from './quirks.ts'
import { isCashCore, tableNumbers } from './tables.ts'

type ShtrihDevice = Device<Quirks>

const CASH_CORE_PROTOCOL = [2, 0]
const DESKTOP_PROTOCOL = [1, 14]
/** Model numbers by name (protocol 1.17, command FC); numbers repeat, names do not. */
const MODEL_NUMBERS: Readonly<Record<string, number>> = {
  'ШТРИХ-М-01Ф': 250,
  'ШТРИХ-М-02Ф': 250,
  'ШТРИХ-ЛАЙТ-01Ф': 252,
  'ШТРИХ-ЛАЙТ-02Ф': 252,
  'РИТЕЙЛ-01Ф': 22,
  'ШТРИХ-ON-LINE': 25,
  'РР-01Ф': 24,
  'РР-02Ф': 23,
  'РР-03Ф': 26,
  'РР-04Ф': 25,
  'ШТРИХ-МОБАЙЛ-Ф': 19,
  'ШТРИХ-МПЕЙ-Ф': 16,
  'ШТРИХ-ФР-01Ф': 249,
  'ШТРИХ-ФР-02Ф': 44,
  'ШТРИХ-МИНИ-01Ф': 50,
  'ШТРИХ-МИНИ-02Ф': 51,
  'POSCENTER BANK-01Ф': 45,
  'ШТРИХ-СМАРТПОС-Ф': 45,
}
const CASH_CORE_MODEL = 45

/** FC: what the device is and what it is called. */
export function deviceType({ state }: ShtrihDevice): number[] {
  const model = MODEL_NUMBERS[state.register.model] ?? 0
  const version = model === CASH_CORE_MODEL ? CASH_CORE_PROTOCOL : DESKTOP_PROTOCOL
  return [0, 0, ...version, model, 0, ...cp1251(state.register.model)]
}

/** The factory's, which the command tells even after it was changed. */
const DEFAULT_SYSADMIN_PASSWORD = 30

const FLAG_CASH_CORE = 23
const FLAG_PROTOCOL_2 = 28

/** F7 type 1: what the model can do and which tables it has. */
export function modelParameters({ state }: ShtrihDevice): number[] {
  const tables = tableNumbers(state.quirks)
  const flagBits = [34, 36, 43, 47]
  if (isCashCore(state.quirks)) flagBits.push(FLAG_CASH_CORE)
  if (state.quirks.packets_supported) flagBits.push(FLAG_PROTOCOL_2)
  const flags = flagBits.reduce((sum, bit) => sum + 2 ** bit, 0)
  return [
    ...littleEndian(flags, 8),
    ...[12, 24, 1, 12, 16, 0, 0],
    ...u32(0),
    ...u32(DEFAULT_SYSADMIN_PASSWORD),
    ...[0, 6, ...u16(255), 64, 64, ...u16(950)],
    ...[tables.fn, tables.ofd],
    ...(state.quirks.model_parameters_bytes === 39 ? [tables.embedded, tables.ffd.table, tables.ffd.field, 17] : []),
  ].slice(0, state.quirks.model_parameters_bytes - 2)
}

const FLAG = { twoDecimals: 4, paper: 7, lever: 9, cover: 10 } as const

function flags({ state: { register } }: ShtrihDevice): number {
  const paper = register.paper !== 'absent' && register.error !== 'paper'
  const cover = register.cover === 'open' || register.error === 'cover'
  return (1 << FLAG.twoDecimals) + (1 << FLAG.lever) + (paper ? 1 << FLAG.paper : 0) + (cover ? 1 << FLAG.cover : 0)
}

const MODE_BY_NAME = {
  ready: 0,
  shift_open: 2,
  shift_expired: 3,
  shift_closed: 4,
  blocked: 5,
  document_open: 8,
  printing: 8,
  service: 10,
  other: 12,
} as const
const MODE_BY_SHIFT = { open: 2, expired: 3, closed: 4 } as const
const SUBMODE = { paper: 0, passiveNoPaper: 1, activeNoPaper: 2, printing: 5 } as const

function mode(device: ShtrihDevice): number[] {
  const { register, shift } = device.state
  if (device.isPrinting()) return [MODE_BY_NAME.printing, SUBMODE.printing]
  const noPaper = register.paper === 'absent' ? SUBMODE.passiveNoPaper : SUBMODE.paper
  return [
    register.mode === undefined ? MODE_BY_SHIFT[shift.state] : MODE_BY_NAME[register.mode],
    register.error === 'paper' ? SUBMODE.activeNoPaper : noPaper,
  ]
}

const HEALTHY_VOLTAGES = [0x99, 0xd8]
const PRINT_RESULT = { ok: 0, printing: 5 } as const

/** 10: short status, 16 or 17 bytes with the code and the error. */
export function shortStatus(device: ShtrihDevice, operator: number): number[] {
  const printing = device.isPrinting()
  const operations = printing ? 1 : 0
  const answer = [
    operator,
    ...u16(flags(device)),
    ...mode(device),
    operations,
    ...HEALTHY_VOLTAGES,
    ...Array(6).fill(0),
  ]
  const lastPrint = printing ? PRINT_RESULT.printing : PRINT_RESULT.ok
  return device.state.quirks.short_status_bytes === 17 ? [...answer, lastPrint] : answer
}

const TCP_PORT = 128
const NO_FISCAL_MEMORY = [...cp1251('NA'), 0, 0, 1, 1, 16]
/** Digits of the serial that fit into its four bytes on devices whose whole number does not. */
const SERIAL_TAIL = 1_000_000

/** 11: full status, 48, 50 or 52 bytes with the code and the error. */
export function fullStatus(device: ShtrihDevice, operator: number): number[] {
  const { register, shift, fn, quirks } = device.state
  const firmware = /^(.)\.(.)(?:\.(\d+))?$/.exec(register.firmware)
  const now = device.localNow()
  const time = new Date(now)
  const serial = Number(register.serial)
  const whole = quirks.full_status_bytes === 52 && serial < 2 ** 48
  return [
    operator,
    ...cp1251(firmware ? `${firmware[1]}${firmware[2]}` : register.firmware, 2),
    ...u16(Number(firmware?.[3] ?? 0)),
    ...kktDate(Date.parse(`${register.firmware_date}T00:00:00Z`)),
    1,
    ...u16(register.current_document ?? fn.last_document % 65_536),
    ...u16(flags(device)),
    ...mode(device),
    TCP_PORT,
    ...NO_FISCAL_MEMORY,
    ...kktDate(now),
    ...[time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()],
    0,
    ...u32(whole ? serial % 2 ** 32 : serial % SERIAL_TAIL),
    ...u16(shift.state === 'closed' ? shift.number : Math.max(0, shift.number - 1)),
    ...u16(0),
    ...[0, 0],
    ...littleEndian(Number(register.inn), 6),
    ...[0, 0],
    ...u16(whole ? Math.floor(serial / 2 ** 32) : 0),
  ].slice(0, quirks.full_status_bytes - 2)
}

const BAUD_115200 = 6
const BYTE_TIMEOUT_100_MS = 100
/** 15: line settings of a port. */
export const lineSettings = (): number[] => [BAUD_115200, BYTE_TIMEOUT_100_MS]

const ERROR_TEXTS: Readonly<Record<number, string>> = {
  0: 'Ошибок нет',
  48: 'Нет связи с ФН',
  55: 'Команда не поддерживается в данной реализации ККТ',
  79: 'Неверный пароль',
  107: 'Нет чековой ленты',
}
/** 6B: the text of an error code. */
export const errorText = (code: number): number[] => cp1251(ERROR_TEXTS[code] ?? 'Неизвестная ошибка')
