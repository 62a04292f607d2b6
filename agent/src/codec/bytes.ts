import { AppError } from '@tillwatch/shared'

/** Thrown when bytes cannot mean what they should: an answer too short, a date that is none. `protocol.` and what is wrong. */
export const protocolError = (what: string, message: string): AppError => new AppError(`protocol.${what}`, message)

/** Reads little-endian fields one after another. Reading past the end is the error `protocol.short`, never a guess. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  u8(): number {
    return this.#number(1)
  }

  u16(): number {
    return this.#number(2)
  }

  u32(): number {
    return this.#number(4)
  }

  u48(): number {
    return this.#number(6)
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Uint8Array {
    if (length < 0 || length > this.remaining) {
      throw protocolError('short', `answer too short: ${length} more bytes expected, ${this.remaining} there`)
    }
    this.#offset += length
    return this.#bytes.subarray(this.#offset - length, this.#offset)
  }

  skip(length: number): this {
    this.take(length)
    return this
  }

  /** Everything that is left, possibly nothing. */
  rest(): Uint8Array {
    return this.take(this.remaining)
  }

  #number(size: number): number {
    return littleEndian(this.take(size))
  }
}

/** Little-endian number of up to six bytes. */
export function littleEndian(bytes: Uint8Array): number {
  if (bytes.length > 6) throw protocolError('size', `a number of ${bytes.length} bytes is not exact`)
  return bytes.reduceRight((high, byte) => high * 256 + byte, 0)
}

/** Builds a request of little-endian fields. A value that does not fit its field is a programming error (RangeError). */
export class ByteWriter {
  readonly #bytes: number[] = []

  u8(value: number): this {
    return this.#number(value, 1)
  }

  u16(value: number): this {
    return this.#number(value, 2)
  }

  u32(value: number): this {
    return this.#number(value, 4)
  }

  bytes(values: Iterable<number>): this {
    for (const value of values) this.#number(value, 1)
    return this
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  #number(value: number, size: number): this {
    if (!Number.isInteger(value) || value < 0 || value >= 256 ** size) {
      throw new RangeError(`${value} does not fit into ${size} bytes`)
    }
    for (let index = 0, rest = value; index < size; index++, rest = Math.floor(rest / 256)) this.#bytes.push(rest % 256)
    return this
  }
}

/** Bytes as people write them: `02 01 FC FD`. */
export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')
