import type { Device } from '../register.ts'
import { bits, dateField, timeField } from './bytes.ts'
import { FATAL_STATES, type Quirks } from './quirks.ts'

export type PiritDevice = Device<Quirks>

/** True before the registration, when the drive has nothing to tell about it. */
export const unregistered = ({ state: { fn } }: PiritDevice): boolean => fn.phase === 'setup' || fn.phase === 'ready'
const archived = ({ state: { fn } }: PiritDevice) => fn.phase === 'post_fiscal' || fn.phase === 'archive'
const noDrive = ({ state: { faults, register } }: PiritDevice) => faults.fn_absent || register.error === 'fn_link'

/** `register.mode` speaks for the shift where it names one. */
export function shiftState({ state: { register, shift } }: PiritDevice): 'closed' | 'open' | 'expired' {
  const told = { shift_open: 'open', shift_expired: 'expired', shift_closed: 'closed' } as const
  return told[register.mode as keyof typeof told] ?? shift.state
}

function fatalState(device: PiritDevice): number {
  const { register, quirks } = device.state
  return bits(
    ...new Set([
      ...quirks.fatal.map(name => FATAL_STATES[name]),
      ...(noDrive(device) ? [FATAL_STATES.fn_link] : []),
      ...(register.error === 'fn' ? [FATAL_STATES.fn] : []),
      ...(register.error === 'other' ? [FATAL_STATES.nvr] : []),
    ]),
  )
}

const FLAG = {
  workNotBegun: 0,
  nonFiscal: 1,
  shiftOpen: 2,
  shiftExpired: 3,
  archiveClosed: 4,
  notRegistered: 5,
  shiftCloseUnfinished: 8,
} as const

function currentFlags(device: PiritDevice): number {
  const { quirks } = device.state
  const shift = shiftState(device)
  return bits(
    ...(quirks.work_begun ? [] : [FLAG.workNotBegun]),
    ...(unregistered(device) ? [FLAG.nonFiscal, FLAG.notRegistered] : []),
    ...(shift === 'closed' ? [] : [FLAG.shiftOpen]),
    ...(shift === 'expired' ? [FLAG.shiftExpired] : []),
    ...(archived(device) ? [FLAG.archiveClosed] : []),
    ...(quirks.shift_close_unfinished ? [FLAG.shiftCloseUnfinished] : []),
  )
}

const SALE = 2
const DOCUMENT = { none: 0, open: SALE | (1 << 4), notPrinted: SALE | (8 << 4) } as const

function documentState(device: PiritDevice): number {
  if (device.isPrinting()) return DOCUMENT.notPrinted
  return device.state.register.mode === 'document_open' ? DOCUMENT.open : DOCUMENT.none
}

/** 00: fatal state, current flags, document. */
export const statusFlags = (device: PiritDevice): string[] =>
  [fatalState(device), currentFlags(device), documentState(device)].map(String)

const PRINTER = { noPaper: 1, coverOpen: 2, cutter: 3, noLink: 7 } as const

/** 04: the printer. */
export function printerStatus({ state: { register } }: PiritDevice): number {
  return bits(
    ...(register.paper === 'absent' || register.error === 'paper' ? [PRINTER.noPaper] : []),
    ...(register.cover === 'open' || register.error === 'cover' ? [PRINTER.coverOpen] : []),
    ...(register.error === 'cutter' ? [PRINTER.cutter] : []),
    ...(register.error === 'printer' ? [PRINTER.noLink] : []),
  )
}

const PAPER_END = 0x08
const PRINTER_NOT_READY = 0x09

/** Error of 04 on units that refuse it while telling the status. */
export function printerError(device: PiritDevice): number {
  const status = printerStatus(device)
  if (!device.state.quirks.printer_status_with_error || status === 0) return 0
  return status & bits(PRINTER.noPaper) ? PAPER_END : PRINTER_NOT_READY
}

/** 13: the register's clock. */
export function clock(device: PiritDevice): string[] {
  const now = device.localNow()
  return [dateField(now), timeField(now)]
}

/** Reasons of errors 01 and 03 (06/1). */
export const REASON = { none: 0, workNotBegun: 1, shiftNotOpen: 20, wrongQuery: 66 } as const
const REASON_TEXTS: Readonly<Record<number, string>> = {
  [REASON.none]: 'Нет ошибки',
  [REASON.workNotBegun]: 'Не выполнено начало работы',
  [REASON.shiftNotOpen]: 'Смена не открыта',
  [REASON.wrongQuery]: 'Неверный номер запроса',
}

/** 06/1: why the last command was refused; with words on FM16 and Punix. */
export const lastError = ({ state: { quirks } }: PiritDevice, reason: number): string[] =>
  quirks.profile === 'pirit_2f' ? [String(reason)] : [String(reason), REASON_TEXTS[reason] ?? '']

const BLOCKING = { notFound: 1, linkError: 4, shiftCloseUnfinished: 5, full: 7 } as const

/** 06/2: what blocks the drive. */
export function driveBlocking({ state: { faults, register, fn, quirks } }: PiritDevice): string[] {
  const mask = bits(
    ...(faults.fn_absent ? [BLOCKING.notFound] : []),
    ...(register.error === 'fn_link' ? [BLOCKING.linkError] : []),
    ...(quirks.shift_close_unfinished ? [BLOCKING.shiftCloseUnfinished] : []),
    ...(fn.documents_left === 0 ? [BLOCKING.full] : []),
  )
  return [String(mask)]
}

const FN_FAILURE = 0x43
const FN_CLOCK_DIFFERS = 0x57
const NO_FN_LINK = 0x61

/** The error that a command which reaches the drive is answered with, or 0. */
export function driveError(device: PiritDevice): number {
  if (noDrive(device)) return NO_FN_LINK
  if (device.state.register.error === 'fn') return FN_FAILURE
  return device.state.register.error === 'clock' ? FN_CLOCK_DIFFERS : 0
}
