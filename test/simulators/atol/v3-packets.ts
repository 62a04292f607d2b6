/** Begins every packet and stands nowhere else in it. */
export const STX = 0xfe
const ESCAPE = 0xfd
const ESCAPED_STX = 0xee
const ESCAPED_ESCAPE = 0xed
/** Packets that the device sends without being asked. */
export const UNASKED = 0xf0

/** CRC-8 with the polynomial 31, begun with FF, not reflected. */
export function crc8(bytes: Iterable<number>): number {
  let crc = 0xff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x31) & 0xff : crc << 1
  }
  return crc
}

const masked = (byte: number): number[] =>
  byte === STX ? [ESCAPE, ESCAPED_STX] : byte === ESCAPE ? [ESCAPE, ESCAPED_ESCAPE] : [byte]

/** STX, length in seven-bit parts, id, and masked: payload and CRC. `damage` is laid over the CRC. */
export const packetOf = (id: number, payload: readonly number[], damage = 0): Uint8Array =>
  Uint8Array.of(
    STX,
    payload.length & 0x7f,
    payload.length >> 7,
    id,
    ...[...payload, crc8([id, ...payload]) ^ damage].flatMap(masked),
  )

/** What the device makes of the host's bytes. A packet without payload asks for the last answer of that id again. */
export type PacketEvent =
  | { readonly kind: 'packet'; readonly id: number; readonly payload: Uint8Array }
  | { readonly kind: 'damaged'; readonly id: number }

/** Cuts the host's bytes into packets. What stands before an STX, or behind a wrong escape, is passed over. */
export interface PacketParser {
  byte(byte: number): PacketEvent | null
  /** True while a packet has begun and is not complete. */
  readonly inPacket: boolean
  /** Forgets what has begun. */
  reset(): void
}

const HEADER_BYTES = 3

export function createPacketParser(): PacketParser {
  let header: number[] | null = null
  let body: number[] = []
  let escaped = false

  const reset = () => {
    header = null
    body = []
    escaped = false
  }

  const collect = (byte: number): PacketEvent | null => {
    const [low = 0, high = 0, id = 0] = header ?? []
    body.push(byte)
    if (body.length <= low + high * 128) return null
    const crc = body.at(-1)
    const payload = body.slice(0, -1)
    reset()
    return crc === crc8([id, ...payload])
      ? { kind: 'packet', id, payload: Uint8Array.from(payload) }
      : { kind: 'damaged', id }
  }

  return {
    byte(byte) {
      if (byte === STX) {
        reset()
        header = []
        return null
      }
      if (!header) return null
      if (header.length < HEADER_BYTES) {
        header.push(byte)
        return null
      }
      if (escaped) {
        escaped = false
        if (byte === ESCAPED_STX) return collect(STX)
        if (byte === ESCAPED_ESCAPE) return collect(ESCAPE)
        reset()
        return null
      }
      escaped = byte === ESCAPE
      return escaped ? null : collect(byte)
    },
    get inPacket() {
      return header !== null
    },
    reset,
  }
}
