import { crc16Ccitt } from '../../codec/checksums.ts'

/** Begins a packet and stands nowhere inside it (Shtrih-M protocol 1.17, transport of protocol 2). */
export const PACKET_STX = 0x8f
const ESC = 0x9f
/** What follows ESC, and the byte that both stand for. */
const ESCAPES = new Map([
  [0x81, PACKET_STX],
  [0x83, ESC],
])

const LENGTH_BYTES = 2
const NUMBER_BYTES = 2
const CRC_BYTES = 2
/** Longest data believed: registers name command lengths of up to 1455 bytes in F7. */
const DATA_BYTES_MAX = 4_096
const NUMBERS = 65_536

/** What a piece of the byte stream turned out to be. */
export type PacketEvent =
  | { readonly kind: 'packet'; readonly number: number; readonly data: Uint8Array }
  /** The host's question for the last answer. */
  | { readonly kind: 'empty' }
  /** A packet that began and broke off, or whose checksum or length is wrong. */
  | { readonly kind: 'damaged' }

/** The number that follows: after 65535 comes 0. */
export const following = (number: number): number => (number + 1) % NUMBERS

/** `STX length number data CRC` with byte stuffing behind STX; the CRC is counted before stuffing, without STX. */
export function encodePacket(number: number, data: Uint8Array): Uint8Array {
  if (!Number.isInteger(number) || number < 0 || number >= NUMBERS) throw new RangeError(`packet number ${number}`)
  if (data.length > DATA_BYTES_MAX) throw new RangeError(`data of ${data.length} bytes`)
  return encodeBody(Uint8Array.of(...u16(data.length + NUMBER_BYTES), ...u16(number), ...data))
}

const u16 = (value: number) => [value & 0xff, value >> 8]

function encodeBody(body: Uint8Array): Uint8Array {
  const stuffed = [...body, ...u16(crc16Ccitt(body))].flatMap(byte => {
    if (byte === PACKET_STX) return [ESC, 0x81]
    return byte === ESC ? [ESC, 0x83] : [byte]
  })
  return Uint8Array.of(PACKET_STX, ...stuffed)
}

/** A packet of length 0, without number: asks for the last answer and executes nothing. */
export const EMPTY_PACKET = encodeBody(Uint8Array.of(0, 0))

/** Cuts a byte stream into packets. */
export interface PacketParser {
  /** Takes any chunk and gives what became complete. Independent of how the stream is cut. */
  push(chunk: Uint8Array): PacketEvent[]
  /** True while a packet has begun and is not complete. */
  readonly inPacket: boolean
  /** Forgets what has begun. */
  reset(): void
}

/** A parser that holds at most one packet. Bytes before STX are dropped; every STX begins a packet anew. */
export function createPacketParser(): PacketParser {
  let body: number[] | null = null
  let escaped = false

  const begin = (next: number[] | null) => {
    body = next
    escaped = false
  }
  const end = (event: PacketEvent): PacketEvent => {
    begin(null)
    return event
  }

  /** The event of a body that is complete, or can never be; null while more is to come. */
  const judge = (bytes: number[]): PacketEvent | null => {
    if (bytes.length < LENGTH_BYTES) return null
    const length = (bytes[0] ?? 0) + (bytes[1] ?? 0) * 256
    if (length === 1 || length > DATA_BYTES_MAX + NUMBER_BYTES) return end({ kind: 'damaged' })
    const covered = LENGTH_BYTES + length
    if (bytes.length < covered + CRC_BYTES) return null
    const sum = u16(crc16Ccitt(Uint8Array.from(bytes.slice(0, covered))))
    if (sum.some((byte, index) => byte !== bytes[covered + index])) return end({ kind: 'damaged' })
    if (length === 0) return end({ kind: 'empty' })
    const number = (bytes[2] ?? 0) + (bytes[3] ?? 0) * 256
    return end({ kind: 'packet', number, data: Uint8Array.from(bytes.slice(LENGTH_BYTES + NUMBER_BYTES, covered)) })
  }

  const take = (byte: number): PacketEvent | null => {
    if (byte === PACKET_STX) {
      const broken = body !== null
      begin([])
      return broken ? { kind: 'damaged' } : null
    }
    if (!body) return null
    if (!escaped && byte === ESC) {
      escaped = true
      return null
    }
    const plain = escaped ? ESCAPES.get(byte) : byte
    if (plain === undefined) return end({ kind: 'damaged' })
    escaped = false
    body.push(plain)
    return judge(body)
  }

  return {
    get inPacket() {
      return body !== null
    },
    reset: () => begin(null),
    push: chunk => Array.from(chunk).flatMap(byte => take(byte) ?? []),
  }
}
