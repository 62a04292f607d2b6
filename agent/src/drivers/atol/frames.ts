import { xorChecksum } from '../../codec/checksums.ts'

/** Transport 2: control bytes. */
export const STX = 0x02
export const ETX = 0x03
export const EOT = 0x04
export const ENQ = 0x05
export const ACK = 0x06
export const DLE = 0x10
export const NAK = 0x15

/** Far beyond every answer that we ask for. */
const DATA_BYTES_MAX = 512

/** `STX data ETX XOR`: DLE stands before each DLE and ETX of the data; the XOR covers all that follows STX and is not masked. */
export function encodeFrame(data: Iterable<number>): Uint8Array {
  const masked = [...data].flatMap(byte => (byte === DLE || byte === ETX ? [DLE, byte] : [byte]))
  const body = Uint8Array.of(...masked, ETX)
  return Uint8Array.of(STX, ...body, xorChecksum(body))
}

/** Finds one frame in a byte stream. */
export interface FrameParser {
  /** Takes a byte; gives the frame's data when it is complete. */
  push(byte: number): Uint8Array | null
  /** True while a frame has begun and is not complete. */
  readonly inFrame: boolean
  /** Forgets what has begun. */
  reset(): void
}

/**
 * A parser that holds at most one frame; bytes before STX are dropped. Some firmware forgets the DLE before an ETX among the
 * data: an ETX whose checksum does not follow counts as data, so a damaged frame shows only by the silence behind it.
 */
export function createFrameParser(): FrameParser {
  let data: number[] | null = null
  let sum = 0
  let escaped = false
  let ended = false

  const reset = () => {
    data = null
    sum = 0
    escaped = false
    ended = false
  }

  return {
    push(byte) {
      if (!data) {
        if (byte === STX) data = []
        return null
      }
      if (ended) {
        if (byte === sum) {
          const whole = Uint8Array.from(data)
          reset()
          return whole
        }
        ended = false
        data.push(ETX)
      }
      sum ^= byte
      if (escaped) {
        escaped = false
        data.push(byte)
      } else if (byte === DLE) escaped = true
      else if (byte === ETX) ended = true
      else data.push(byte)
      if (data.length > DATA_BYTES_MAX) reset()
      return null
    },
    get inFrame() {
      return data !== null
    },
    reset,
  }
}
