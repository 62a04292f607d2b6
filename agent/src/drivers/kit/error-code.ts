import type { Reaction, Refusal } from './read-only.ts'
import type { RegisterError } from './told.ts'

/** What a code of a vendor's list means. `error`: our name of the fault, where the device shows one by this code. */
type ErrorCode = readonly [meaning: string, reaction: Reaction, error?: RegisterError]

/** A vendor's list of error codes. */
export type ErrorCodes = Readonly<Record<number, ErrorCode>>

/** An error byte as vendors write it: two hexadecimal digits. */
export const byteText = (code: number): string => code.toString(16).toUpperCase().padStart(2, '0')

/** The refusal by a code, which the vendor writes as `text`. A code that is not in the list is a state, told by its number. */
export function refusalBy(codes: ErrorCodes, code: number, text = byteText(code)): Refusal {
  const [meaning, reaction, error] = codes[code] ?? ['error not in the vendor’s list', 'state']
  return { code: text, reason: `${meaning} (${text})`, reaction, ...(error && { error }) }
}
