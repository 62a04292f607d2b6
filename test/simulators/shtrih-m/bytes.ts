import { fieldsOf, type LocalMs, parseLocal } from '../local-time.ts'

const CP1251 = new Map(
  Array.from({ length: 256 }, (_, byte) => [new TextDecoder('windows-1251').decode(Uint8Array.of(byte)), byte]),
)
const UNKNOWN_CHARACTER = 0x3f

/** Windows-1251, zero padded or cut to `size` when it is given; what the page lacks becomes a question mark. */
export function cp1251(text: string, size?: number): number[] {
  const bytes = Array.from(text, character => CP1251.get(character) ?? UNKNOWN_CHARACTER)
  return size === undefined ? bytes : padded(bytes, size, 0)
}

/** ASCII, padded with blanks or cut to `size`. */
export const ascii = (text: string, size: number): number[] =>
  padded(
    Array.from(text, character => character.charCodeAt(0) & 0x7f),
    size,
    0x20,
  )

const padded = (bytes: number[], size: number, filler: number): number[] =>
  Array.from({ length: size }, (_, index) => bytes[index] ?? filler)

/** A whole number, low byte first, in `size` bytes. */
export const littleEndian = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, index) => Math.floor(value / 256 ** index) % 256)
export const u16 = (value: number): number[] => littleEndian(value, 2)
export const u32 = (value: number): number[] => littleEndian(value, 4)

/** A number, low byte first. */
export const readLittleEndian = (bytes: Uint8Array): number => bytes.reduceRight((value, byte) => value * 256 + byte, 0)

/** FN date YY MM DD (protocol 1.17, FN commands). */
export function fnDate(text: string): number[] {
  const at = fieldsOf(parseLocal(text))
  return [at.year, at.month, at.day]
}

/** FN date and time YY MM DD hh mm; zeros for none. */
export function fnDateTime(at: LocalMs | string | null): number[] {
  if (at === null) return [0, 0, 0, 0, 0]
  const fields = fieldsOf(typeof at === 'string' ? parseLocal(at) : at)
  return [fields.year, fields.month, fields.day, fields.hour, fields.minute]
}

/** The register's own date DD MM YY (commands 10 and 11). */
export function kktDate(at: LocalMs): number[] {
  const fields = fieldsOf(at)
  return [fields.day, fields.month, fields.year]
}

/** Upper-case hexadecimal of each byte, joined. */
export const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0').toUpperCase()).join('')
