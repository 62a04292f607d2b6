import { fieldsOf, type LocalMs, parseLocal } from '../local-time.ts'

const CP866 = new Map(
  Array.from({ length: 256 }, (_, byte) => [new TextDecoder('ibm866').decode(Uint8Array.of(byte)), byte]),
)
const UNKNOWN_CHARACTER = 0x3f

/** Code page 866. It has no quotation marks but straight ones; what else it lacks becomes a question mark. */
export const cp866 = (text: string): number[] =>
  Array.from(text.replace(/[«»]/g, '"'), character => CP866.get(character) ?? UNKNOWN_CHARACTER)

const two = (value: number) => String(value).padStart(2, '0')

/** `ddmmyy`. */
export function dateField(at: LocalMs | string): string {
  const { day, month, year } = fieldsOf(typeof at === 'string' ? parseLocal(at) : at)
  return `${two(day)}${two(month)}${two(year)}`
}

/** `hhmmss`. */
export function timeField(at: LocalMs | string): string {
  const { hour, minute, second } = fieldsOf(typeof at === 'string' ? parseLocal(at) : at)
  return `${two(hour)}${two(minute)}${two(second)}`
}

/** A byte as two upper-case hexadecimal digits. */
export const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0').toUpperCase()

/** Upper-case hexadecimal of each byte, joined. */
export const hex = (bytes: Iterable<number>): string => Array.from(bytes, hexByte).join('')

/** A mask with the given bits set. */
export const bits = (...positions: readonly number[]): number => positions.reduce((mask, bit) => mask | (1 << bit), 0)
