import type { Reaction, Refusal } from '../kit/read-only.ts'
import type { RegisterError } from '../kit/told.ts'
import { type Answer, byteOf } from './answer.ts'

interface ErrorCode {
  readonly meaning: string
  readonly reaction: Reaction
  /** Our name of the fault, where the register shows one by this number. */
  readonly error?: RegisterError
}

const of = (meaning: string, reaction: Reaction, error?: RegisterError): ErrorCode =>
  error ? { meaning, reaction, error } : { meaning, reaction }

/** Error numbers that matter to a reader, as an open 1C driver lists them. The others are told by their number. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  22: of('a document is open', 'at_work'),
  69: of('the FN is not ready or not there', 'fault', 'fn_link'),
  70: of('the FN did not answer in time', 'fault', 'fn_link'),
  72: of('not possible in autonomous mode', 'state'),
  94: of('the register did not receive the whole query', 'state'),
  95: of('the printer is busy', 'at_work'),
  96: of('the query has unknown parameters', 'unsupported'),
  99: of('unknown query', 'unsupported'),
  133: of('printer failure', 'fault', 'printer'),
  500: of('no paper', 'fault', 'paper'),
  501: of('the cover is open', 'fault', 'cover'),
  502: of('the printer is not ready', 'fault', 'printer'),
  503: of('cutter failure', 'fault', 'cutter'),
  504: of('another printer error', 'fault', 'printer'),
  505: of('the printer is off', 'fault', 'printer'),
  509: of('the printer is printing', 'at_work'),
  600: of('the clock cannot be read', 'fault', 'clock'),
}

/** The FN's own errors (FN technical description, answer codes) that mean a fault; the rest are states. */
const FN_FAULTS: Readonly<Record<number, ErrorCode>> = {
  3: of('FN failure', 'fault', 'fn'),
  4: of('failure of the FN’s cryptographic processor', 'fault', 'fn'),
  5: of('the FN’s term of life is over', 'fault', 'fn'),
  6: of('the FN’s archive is full', 'fault', 'fn'),
  7: of('wrong date or time', 'fault', 'clock'),
  18: of('the FN’s cryptographic resource is used up', 'fault', 'fn'),
  20: of('the FN’s storage of documents for the OFD is used up', 'fault', 'fn'),
  21: of('the oldest unsent document is over 30 days old', 'fault', 'fn'),
  23: of('the clocks of register and FN differ', 'fault', 'clock'),
}

/** An ERROR answer as a refusal; its code is the number, with the FN's own error behind it where there is one: `40/0x02`. */
export function refusalOf(answer: Answer): Refusal {
  const no = answer.attribute('No') ?? '?'
  const fse = answer.attribute('FSE')
  const code = fse ? `${no}/${fse}` : no
  const known = CODES[no] ?? FN_FAULTS[byteOf(fse) ?? 0]
  const { meaning, reaction, error } = known ?? of(fse ? 'the FN refused the query' : 'error', 'state')
  return { code, reason: `${meaning} (${code})`, reaction, ...(error && { error }) }
}
