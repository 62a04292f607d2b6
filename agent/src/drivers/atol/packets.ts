/** Transport 3: begins every packet; masked everywhere else behind the header. */
export const STX = 0xfe
const ESCAPE = 0xfd
const ESCAPED_STX = 0xee
const ESCAPED_ESCAPE = 0xed
/** Id of packets that the device sends without being asked; ours go from 0 to {@link ID_MAX}. */
export const UNASKED = 0xf0
export const ID_MAX = 0xdf

/** Far beyond every answer that we ask for; a longer length is taken for noise. */
const PAYLOAD_BYTES_MAX = 512
const HEADER_BYTES = 3

/** What a piece of the byte stream turned out to be. */
export type PacketEvent =
  /** Without a payload: the device asks for the packet of that id again. */
  | { readonly kind: 'packet'; readonly id: number; readonly payload: Uint8Array }
  /** A packet was cut, or its checksum or masking was wrong. The id is as it arrived. */
  | { readonly kind: 'damaged'; readonly id: number }

/** CRC-8: polynomial 31, begun with FF, not reflected, nothing laid over. F7 for the ASCII digits 1 to 9. */
export function crc8(bytes: Iterable<number>): number {
  let crc = 0xff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x31) & 0xff : crc << 1
  }
  return crc
}

/** `STX length length id payload CRC`: the length in two parts of seven bits, payload and CRC masked, the CRC over id and payload. */
export function encodePacket(id: number, payload: Iterable<number>): Uint8Array {
  const plain = [...payload]
  if (plain.length > PAYLOAD_BYTES_MAX) throw new RangeError(`payload of ${plain.length} bytes`)
  const masked = [...plain, crc8([id, ...plain])].flatMap(byte =>
    byte === STX ? [ESCAPE, ESCAPED_STX] : byte === ESCAPE ? [ESCAPE, ESCAPED_ESCAPE] : [byte],
  )
  return Uint8Array.of(STX, plain.length & 0x7f, plain.length >> 7, id, ...masked)
}

/** Cuts a byte stream into packets. */
export interface PacketParser {
  /** Takes any chunk and gives what became complete. Independent of how the stream is cut. */
  push(chunk: Uint8Array): PacketEvent[]
  /** True while a packet has begun and is not complete. */
  readonly inPacket: boolean
  /** Forgets what has begun. */
  reset(): void
}

/**
 * A parser that holds at most one packet. Bytes before an STX are dropped. An STX always begins a packet, because it stands
 * nowhere else: what was under way is damaged then, and nothing of the next packet is lost.
 */
export function createPacketParser(): PacketParser {
  let header: number[] | null = null
  let body: number[] = []
  let escaped = false

  const reset = () => {
    header = null
    body = []
    escaped = false
  }

  const damaged = (): PacketEvent | null => {
    const id = header?.[2]
    reset()
    return id === undefined ? null : { kind: 'damaged', id }
  }

  const collect = (byte: number): PacketEvent | null => {
    const [low = 0, high = 0, id = 0] = header ?? []
    body.push(byte)
    if (body.length <= low + high * 128) return null
    const payload = body.slice(0, -1)
    if (crc8([id, ...payload]) !== byte) return damaged()
    reset()
    return { kind: 'packet', id, payload: Uint8Array.from(payload) }
  }

  const head = (byte: number): null => {
    header?.push(byte)
    const [low = 0, high = 0] = header ?? []
    if (low > 0x7f || low + high * 128 > PAYLOAD_BYTES_MAX) reset()
    return null
  }

  const next = (byte: number): PacketEvent | null => {
    if (byte === STX) {
      const event = damaged()
      header = []
      return event
    }
    if (!header) return null
    if (header.length < HEADER_BYTES) return head(byte)
    if (!escaped) {
      escaped = byte === ESCAPE
      return escaped ? null : collect(byte)
    }
    escaped = false
    if (byte === ESCAPED_STX) return collect(STX)
    return byte === ESCAPED_ESCAPE ? collect(ESCAPE) : damaged()
  }

  return {
    push: chunk => Array.from(chunk, next).filter(event => event !== null),
    get inPacket() {
      return header !== null
    },
    reset,
  }
}
