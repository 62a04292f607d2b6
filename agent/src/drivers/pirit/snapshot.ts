import type { FN_PHASES, REGISTER_MODES, SHIFT_STATES } from '@tillwatch/shared'
import { byteText } from '../kit/error-code.ts'
import type { AnswerOf } from '../kit/read-only.ts'
import {
  allUnknown,
  type Fault,
  flagsFact,
  known,
  phaseFact,
  queueFacts,
  type Told,
  type ToldFacts,
  unknown,
} from '../kit/told.ts'
import type { FactReadings } from '../reading.ts'
import type { COMMANDS } from './commands.ts'
import { PAPER_END, PRINTER_NOT_READY } from './error-codes.ts'

type Answered<Name extends keyof typeof COMMANDS> = AnswerOf<(typeof COMMANDS)[Name]>

/** Bits of the fatal state (command 00, first field); the others are reserved. */
const FATAL = {
  nvr: 1 << 0,
  configuration: 1 << 1,
  fnLink: 1 << 2,
  notAuthorised: 1 << 5,
  fn: 1 << 6,
  sdCard: 1 << 8,
} as const
/** Fatal states that the register itself is in, whatever its drive does. */
const FATAL_OF_REGISTER = FATAL.nvr | FATAL.configuration | FATAL.notAuthorised | FATAL.sdCard

/** Bits of the current flags (command 00, second field) that matter here. */
const FLAG = { shiftOpen: 1 << 2, shiftExpired: 1 << 3, shiftCloseUnfinished: 1 << 8, controlTape: 1 << 9 } as const

/** Document closed in the drive but not printed to its end (command 00, high nibble of the third field). */
const NOT_PRINTED = 8

/** State of the document: 0 closed, else open. */
const documentState = (status: Answered<'status'>) => status.document >> 4

/** True while a document is open or prints: the register wants its line for itself. */
export const atWork = (status: Answered<'status'>): boolean => documentState(status) !== 0

/** True while a document that is closed in the drive is not printed to its end. */
export const isUnprinted = (status: Answered<'status'>): boolean => documentState(status) === NOT_PRINTED

/** True when the closing of a shift was cut off and must be repeated at the till before anything else. */
export const isShiftCloseUnfinished = (status: Answered<'status'>): boolean =>
  (status.flags & FLAG.shiftCloseUnfinished) !== 0

function shiftState({ flags }: Answered<'status'>): (typeof SHIFT_STATES)[number] {
  if (!(flags & FLAG.shiftOpen)) return 'closed'
  return flags & FLAG.shiftExpired ? 'expired' : 'open'
}

function mode(status: Answered<'status'>): (typeof REGISTER_MODES)[number] {
  if (atWork(status)) return isUnprinted(status) ? 'printing' : 'document_open'
  if (isShiftCloseUnfinished(status) || status.fatal & (FATAL_OF_REGISTER | FATAL.fn)) return 'blocked'
  return `shift_${shiftState(status)}`
}

/** Facts of the status, 00. A closed shift has no opening: that of the last one must not be taken for it. */
export function fromStatus(status: Answered<'status'>): ToldFacts {
  const shift = shiftState(status)
  return {
    'fiscal.register.vendor': { value: 'Кристалл Сервис / Дримкас' },
    'fiscal.register.mode': { value: mode(status), raw: `${status.fatal}.${status.flags}.${status.document}` },
    'fiscal.shift.state': { value: shift },
    ...(shift === 'closed' && { 'fiscal.shift.opened_at': unknown('the shift is closed') }),
  }
}

/** Faults that the status shows. */
export function faultsOfStatus({ fatal, flags }: Answered<'status'>): Fault[] {
  const raw = `fatal ${fatal}`
  return [
    ...(fatal & FATAL.fnLink ? [{ error: 'fn_link', raw } as const] : []),
    ...(fatal & FATAL.fn ? [{ error: 'fn', raw } as const] : []),
    ...(fatal & FATAL_OF_REGISTER ? [{ error: 'other', raw } as const] : []),
    ...(flags & FLAG.controlTape ? [{ error: 'other', raw: `flags ${flags}` } as const] : []),
  ]
}

/** Bits of the printer's state (command 04). */
const PRINTER = { notReady: 1 << 0, noPaper: 1 << 1, coverOpen: 1 << 2, cutter: 1 << 3, noLink: 1 << 7 } as const

/** What an error beside the state says of the printer, as if the state had said it. */
const STATE_OF_ERROR: Readonly<Record<number, number>> = {
  [PAPER_END]: PRINTER.noPaper,
  [PRINTER_NOT_READY]: PRINTER.notReady,
}
const printerState = ({ state, error }: Answered<'printer'>) => state | (STATE_OF_ERROR[error] ?? 0)

const PRINTER_FACTS = ['fiscal.register.paper', 'fiscal.register.cover'] as const

/** Facts of the printer, 04. Of one without a link nothing is known but what is wrong with it. */
export function fromPrinter(printer: Answered<'printer'>): ToldFacts {
  const { state } = printer
  const all = printerState(printer)
  const isWell = (bit: number, bad: string, good: string): Told => {
    if (all & bit) return { value: bad, raw: state }
    return all & PRINTER.noLink
      ? unknown('the register has no link with its printer', state)
      : { value: good, raw: state }
  }
  return {
    'fiscal.register.paper': isWell(PRINTER.noPaper, 'absent', 'present'),
    'fiscal.register.cover': isWell(PRINTER.coverOpen, 'open', 'closed'),
  }
}

/** Facts of a printer whose state is not told; that it is out of paper may be the very reason. */
export const fromPrinterRefusal = (reason: string, code: string | null): ToldFacts => ({
  ...allUnknown(PRINTER_FACTS, reason, code ?? undefined),
  ...(code === byteText(PAPER_END) && { 'fiscal.register.paper': { value: 'absent', raw: code } }),
})

/** Faults of the printer. One that is not ready and does not say why is a fault of its own. */
export function faultsOfPrinter(printer: Answered<'printer'>): Fault[] {
  const all = printerState(printer)
  const raw = `printer ${printer.state}`
  const faults: Fault[] = [
    ...(all & PRINTER.noPaper ? [{ error: 'paper', raw } as const] : []),
    ...(all & PRINTER.coverOpen ? [{ error: 'cover', raw } as const] : []),
    ...(all & PRINTER.cutter ? [{ error: 'cutter', raw } as const] : []),
    ...(all & PRINTER.noLink ? [{ error: 'printer', raw } as const] : []),
  ]
  return faults.length === 0 && all & PRINTER.notReady ? [{ error: 'printer', raw }] : faults
}

/** The life phase shares its number with two bits. */
const PHASE_MASK = 0x0f

/** Warnings that the vendor describes, as the drive itself has them; the other bits are told as they came, and not understood. */
const WARNINGS = 0x8f

/** Facts of the drive's state, 78/2. */
export const fromFnState = ({ state, warnings }: Answered<'fnState'>): ToldFacts => ({
  'fiscal.fn.phase': phaseFact(state & PHASE_MASK),
  'fiscal.fn.flags': { ...flagsFact(warnings & WARNINGS), raw: warnings },
})

/** Phases from the registration on. */
const REGISTERED: readonly unknown[] = ['fiscal', 'post_fiscal', 'archive'] satisfies (typeof FN_PHASES)[number][]

/** True while the drive is one that was registered: it works in one register for life, so its serial stands for the register's. */
export const isDriveBound = (facts: FactReadings): boolean =>
  Boolean(facts.get('fiscal.fn.serial')?.value) && REGISTERED.includes(facts.get('fiscal.fn.phase')?.value)

/** Facts of the OFD queue, 78/7. */
export const fromOfdQueue = (queue: Answered<'ofdQueue'>, autonomous: boolean): ToldFacts =>
  queueFacts(queue, autonomous)

/** Facts of the shift, 78/6. */
export const fromShift = ({ number, receipts }: Answered<'shift'>): ToldFacts => ({
  'fiscal.shift.number': { value: number },
  'fiscal.shift.receipts': { value: receipts },
})

/** The drive's last day, 02/14. */
export const fromExpiry = ({ validUntil }: Answered<'fnExpiry'>): ToldFacts => ({
  'fiscal.fn.valid_until': known(validUntil, 'the FN gives no valid date'),
  'fiscal.fn.registrations_left': unknown('registers of this family do not tell it'),
})

const AUTONOMOUS = 1 << 1

/** The work mode, 02/23. */
export const fromRegistrationModes = ({ workMode }: Answered<'registrationModes'>): ToldFacts => ({
  'fiscal.register.autonomous': { value: (workMode & AUTONOMOUS) !== 0, raw: workMode },
})

/** The one model whose drive tells how many documents still fit. */
export const PUNIX = 'Пирит 2СФ'
/** Models by number (02/21). */
const MODELS: Readonly<Record<number, string>> = {
  1: 'Viki Mini',
  2: 'Viki Tower',
  3: 'Viki Print 57',
  4: 'Viki Print 57+',
  5: 'Viki Print 80+',
  8: 'Пирит 2Ф',
  9: PUNIX,
}

export function fromModel({ number }: Answered<'model'>): ToldFacts {
  const name = MODELS[number]
  return {
    'fiscal.register.model': name
      ? { value: name, raw: number }
      : unknown('a model that is not in the vendor’s list', number),
  }
}

/** FFD version by tag 1209. */
const FFD: Readonly<Record<number, string>> = { 1: '1.0', 2: '1.05', 3: '1.1', 4: '1.2' }

/** Versions of the drive, 78/14. */
export function fromVersions({ firmware, isDebug, ffd }: Answered<'fnVersions'>): ToldFacts {
  const version = FFD[ffd]
  return {
    'fiscal.fn.firmware': firmware
      ? { value: firmware, ...(isDebug && { raw: 'debug' }) }
      : unknown('the FN gives no version'),
    'fiscal.register.ffd': version ? { value: version, raw: ffd } : unknown('an unknown FFD version', ffd),
  }
}
