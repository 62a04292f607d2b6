import { type FactName, FN_FLAGS, type FN_PHASES, type FnFlag, type REGISTER_ERRORS } from '@tillwatch/shared'
import type { FactReading } from '../reading.ts'

export type RegisterError = (typeof REGISTER_ERRORS)[number]

/** A fact without its time. */
export type Told = Omit<FactReading, 'at'>
/** Facts that one answer gives. */
export type ToldFacts = { readonly [name in FactName]?: Told }

/** A value that the device does not give, and why. */
export const unknown = (reason: string, raw?: string | number): Told => ({
  value: null,
  reason,
  ...(raw !== undefined && { raw }),
})

/** A value, or unknown for the reason when there is none. */
export const known = (value: Told['value'] | undefined, reason: string): Told =>
  value === null || value === undefined || value === '' ? unknown(reason) : { value }

/** The same reason for several facts that could not be read. */
export const allUnknown = (names: readonly FactName[], reason: string, raw?: string): ToldFacts =>
  Object.fromEntries(names.map(name => [name, unknown(reason, raw)]))

/** A fault seen in an answer, with the vendor's code. */
export interface Fault {
  readonly error: RegisterError
  readonly raw: string | number
}

/** Worst first: what stops sales for longest. */
const SEVERITY: readonly RegisterError[] = ['fn_link', 'fn', 'clock', 'printer', 'cutter', 'cover', 'paper', 'other']

/** The one error shown for all faults of a poll. */
export function worstFault(faults: readonly Fault[]): Told {
  const worst = SEVERITY.map(error => faults.find(fault => fault.error === error)).find(Boolean)
  return worst ? { value: worst.error, raw: worst.raw } : { value: 'none' }
}

/** Life phase by the number that the drive gives (FN technical description: the value, not its single bits). */
const PHASES: Readonly<Record<number, (typeof FN_PHASES)[number]>> = {
  0: 'setup',
  1: 'ready',
  3: 'fiscal',
  7: 'post_fiscal',
  15: 'archive',
}

/** The drive's phase by its own number. */
export function phaseFact(code: number): Told {
  const phase = PHASES[code]
  return phase ? { value: phase, raw: code } : unknown('a phase that is not in the FN’s description', code)
}

const SORTED_FLAGS = FN_FLAGS.toSorted((a, b) => (a < b ? -1 : 1))

/** The drive's warnings by its own byte: bits 0 to 7 stand in the order of our names for them. */
export const flagsFact = (byte: number): Told => ({
  value: SORTED_FLAGS.filter(flag => byte & (1 << FN_FLAGS.indexOf(flag))),
  raw: byte,
})

/** Warnings by their names, for devices that tell each apart; the raw byte follows from them. */
export const flagsOf = (flags: readonly FnFlag[]): Told =>
  flagsFact(flags.reduce((byte, flag) => byte | (1 << FN_FLAGS.indexOf(flag)), 0))

/** Serial of a drive: 16 digits. */
export const fnSerialFact = (text: string): Told =>
  /^\d{16}$/.test(text) ? { value: text } : unknown('the FN gives no serial of 16 digits')

export const isInn = (text: string): boolean => /^(\d{10}|\d{12})$/.test(text)
export const isRegistrationNumber = (text: string): boolean => /^\d{16}$/.test(text)

export const FN_FACTS = ['fiscal.fn.serial', 'fiscal.fn.phase', 'fiscal.fn.flags', 'fiscal.fn.last_document'] as const
export const OFD_FACTS = [
  'fiscal.ofd.unsent_documents',
  'fiscal.ofd.first_unsent_document',
  'fiscal.ofd.first_unsent_at',
] as const

/**
 * Facts of the OFD queue. An autonomous register sends nothing, so its queue says nothing; an empty queue has no first document,
 * whatever the device puts there. `firstAt`: local date and time, null where the device gives none that is possible.
 */
export function queueFacts(
  queue: { readonly count: number; readonly firstDocument: number | null; readonly firstAt: string | null | undefined },
  autonomous: boolean,
): ToldFacts {
  if (autonomous) return allUnknown(OFD_FACTS, 'autonomous mode: documents are not sent')
  const isEmpty = queue.count === 0
  return {
    'fiscal.ofd.unsent_documents': { value: queue.count },
    'fiscal.ofd.first_unsent_document': isEmpty
      ? { value: null }
      : known(queue.firstDocument, 'the FN gives no number'),
    'fiscal.ofd.first_unsent_at': isEmpty ? { value: null } : known(queue.firstAt, 'the FN gives no valid date'),
  }
}

const two = (value: number) => String(value).padStart(2, '0')

/** `YYYY-MM-DD`; null for all zeros, which mean none; undefined for what is no day of the calendar. `year` is the full one, or counts from 2000. */
export function localDate(year: number, month: number, day: number): string | null | undefined {
  if (year === 0 && month === 0 && day === 0) return null
  const full = year < 100 ? 2000 + year : year
  const date = new Date(Date.UTC(full, month - 1, day))
  const isReal = full >= 1900 && full < 2200 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isReal ? `${full}-${two(month)}-${two(day)}` : undefined
}

/** `YYYY-MM-DDTHH:mm`, with seconds where given; null for all zeros; undefined for what is no time. */
export function localDateTime(
  date: string | null | undefined,
  hours: number,
  minutes: number,
  seconds?: number,
): string | null | undefined {
  if (!date) return hours + minutes + (seconds ?? 0) === 0 ? date : undefined
  if (!(hours < 24 && minutes < 60 && (seconds ?? 0) < 60)) return undefined
  return `${date}T${two(hours)}:${two(minutes)}${seconds === undefined ? '' : `:${two(seconds)}`}`
}
