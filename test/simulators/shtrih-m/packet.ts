/** Begins a packet and stands nowhere inside it (Shtrih-M protocol 2, byte stuffing). */
export const PACKET_STX = 0x8f
const ESC = 0x9f
const ESCAPED_STX = 0x81
const ESCAPED_ESC = 0x83

const CRC_POLYNOMIAL = 0x1021
const LENGTH_BYTES = 2
const NUMBER_BYTES = 2
const CRC_BYTES = 2

/** CRC-16 over length, number and data, before stuffing: polynomial 1021, start FFFF, not reflected. */
export function crc16(bytes: Iterable<number>): number {
  let sum = 0xffff
  for (const byte of bytes) {
    sum ^= byte << 8
    for (let bit = 0; bit < 8; bit++) sum = ((sum << 1) ^ (sum & 0x8000 ? CRC_POLYNOMIAL : 0)) & 0xffff
  }
  return sum
}

const u16 = (value: number): number[] => [value & 0xff, value >> 8]

const stuffed = (byte: number): number[] => {
  if (byte === PACKET_STX) return [ESC, ESCAPED_STX]
  return byte === ESC ? [ESC, ESCAPED_ESC] : [byte]
}

function onWire(body: readonly number[], spoil: number): Uint8Array {
  const crc = u16(crc16(body) ^ spoil)
  return Uint8Array.from([PACKET_STX, ...[...body, ...crc].flatMap(stuffed)])
}

/** The host's question for the last answer, without number and data. */
export const EMPTY_PACKET = onWire(u16(0), 0)

/** STX, length, number, data, CRC. The checksum is wrong by the bits of `spoil`. */
export const packetOf = (number: number, data: readonly number[], spoil = 0): Uint8Array =>
  onWire([...u16(data.length + NUMBER_BYTES), ...u16(number), ...data], spoil)

/** A packet that arrived whole. The empty one has no number. */
export interface Packet {
  readonly number: number | null
  readonly data: Uint8Array
}

/** Takes packets out of a stream. Damaged ones vanish: the device does not react to them. */
export interface PacketReader {
  byte(byte: number): Packet | null
  readonly inPacket: boolean
  /** Drops what has begun. */
  reset(): void
}

export function createPacketReader(): PacketReader {
  let body: number[] | null = null
  let escaped = false

  const complete = (): Packet | null => {
    const [low, high] = body ?? []
    if (!body || low === undefined || high === undefined) return null
    const length = low + high * 256
    if (length !== 1 && body.length < LENGTH_BYTES + length + CRC_BYTES) return null
    const [covered, crc] = [body.slice(0, LENGTH_BYTES + length), body.slice(LENGTH_BYTES + length)]
    body = null
    if (length === 1 || u16(crc16(covered)).join() !== crc.join()) return null
    const [numberLow, numberHigh] = covered.slice(LENGTH_BYTES)
    const number = length === 0 ? null : (numberLow ?? 0) + (numberHigh ?? 0) * 256
    return { number, data: Uint8Array.from(covered.slice(LENGTH_BYTES + NUMBER_BYTES)) }
  }

  return {
    byte(byte) {
      if (byte === PACKET_STX) {
        body = []
        escaped = false
        return null
      }
      if (!body) return null
      if (escaped) {
        escaped = false
        if (byte !== ESCAPED_STX && byte !== ESCAPED_ESC) {
          body = null
          return null
        }
        body.push(byte === ESCAPED_STX ? PACKET_STX : ESC)
      } else if (byte === ESC) {
        escaped = true
        return null
      } else {
        body.push(byte)
      }
      return complete()
    },
    get inPacket() {
      return body !== null
    },
    reset() {
      body = null
    },
  }
}
