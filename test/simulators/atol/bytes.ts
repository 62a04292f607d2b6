import { fieldsOf, type LocalMs, parseLocal } from '../local-time.ts'

const CP866 = new Map(
  Array.from({ length: 256 }, (_, byte) => [new TextDecoder('ibm866').decode(Uint8Array.of(byte)), byte]),
)
const UNKNOWN_CHARACTER = 0x3f

/** Text in code page 866; what the page lacks becomes a question mark. */
export const cp866 = (text: string): number[] =>
  Array.from(text, character => CP866.get(character) ?? UNKNOWN_CHARACTER)

/** ASCII, padded with blanks or cut to `size`. */
export const ascii = (text: string, size: number): number[] =>
  Array.from({ length: size }, (_, index) => (text.charCodeAt(index) || 0x20) & 0x7f)

/** A whole number, low byte first, in `size` bytes: numbers of the fiscal drive. */
export const littleEndian = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, index) => Math.floor(value / 256 ** index) % 256)

/** Decimal digits, two in a byte, most significant first: numbers of the register. Higher digits than fit are lost. */
export const bcd = (value: number | string, size: number): number[] =>
  (
    String(value)
      .padStart(size * 2, '0')
      .slice(-size * 2)
      .match(/../g) ?? []
  ).map(pair => Number.parseInt(pair, 16))

/** The register's own date and time, YY MM DD hh mm ss, BCD. */
export function kktDateTime(at: LocalMs): number[] {
  const { year, month, day, hour, minute, second } = fieldsOf(at)
  return [year, month, day, hour, minute, second].flatMap(part => bcd(part, 1))
}

/** FN date YY MM DD, binary. */
export function fnDate(text: string): number[] {
  const { year, month, day } = fieldsOf(parseLocal(text))
  return [year, month, day]
}

/** FN date and time YY MM DD hh mm, binary; zeros for none. */
export function fnDateTime(at: LocalMs | string | null): number[] {
  if (at === null) return [0, 0, 0, 0, 0]
  const { year, month, day, hour, minute } = fieldsOf(typeof at === 'string' ? parseLocal(at) : at)
  return [year, month, day, hour, minute]
}

/** Upper-case hexadecimal of each byte, joined. */
export const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0').toUpperCase()).join('')
