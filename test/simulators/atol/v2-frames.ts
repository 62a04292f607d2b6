/** Control bytes of transport 2. */
export const STX = 0x02
const ETX = 0x03
export const EOT = 0x04
export const ENQ = 0x05
export const ACK = 0x06
const DLE = 0x10
export const NAK = 0x15

const xor = (bytes: Iterable<number>): number => {
  let sum = 0
  for (const byte of bytes) sum ^= byte
  return sum
}

/** How a frame of the device differs from the rule. */
interface FrameFlaws {
  /** Laid over the checksum. */
  readonly damage?: number
  /** An ETX among the data stands without the DLE before it. */
  readonly forgetsDle?: boolean
}

/** STX, masked data, ETX, and the XOR of all that follows STX, itself not masked. */
export function frameOf(data: readonly number[], { damage = 0, forgetsDle = false }: FrameFlaws = {}): Uint8Array {
  const masked = data.flatMap(byte => (byte === DLE || (byte === ETX && !forgetsDle) ? [DLE, byte] : [byte]))
  const body = [...masked, ETX]
  return Uint8Array.of(STX, ...body, xor(body) ^ damage)
}

/** Reads the host's frame behind its STX, byte by byte. */
export interface FrameReader {
  /** The data of a complete frame, null for a damaged one, undefined while it is not complete. */
  byte(byte: number): Uint8Array | null | undefined
}

export function createFrameReader(): FrameReader {
  const data: number[] = []
  let sum = 0
  let escaped = false
  let ended = false

  return {
    byte(byte) {
      if (ended) return byte === sum ? Uint8Array.from(data) : null
      sum ^= byte
      if (!escaped && byte === ETX) {
        ended = true
        return undefined
      }
      escaped = !escaped && byte === DLE
      if (!escaped) data.push(byte)
      return undefined
    },
  }
}
