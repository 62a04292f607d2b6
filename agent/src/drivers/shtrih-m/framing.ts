import { xorChecksum } from '../../codec/checksums.ts'

/** Control bytes (Shtrih-M protocol 1.17, data link layer). */
export const ENQ = 0x05
export const STX = 0x02
export const ACK = 0x06
export const NAK = 0x15
/** Sent by some devices over TCP after the host's last ACK, meaning nothing. */
export const FILLER = 0xff

const PAYLOAD_BYTES_MAX = 255

/** What a piece of the byte stream turned out to be. */
export type FrameEvent =
  | { readonly kind: 'frame'; readonly payload: Uint8Array }
  /** A frame was complete but its checksum or length was wrong. */
  | { readonly kind: 'damaged' }

/** `STX length payload LRC`; the LRC covers the length and the payload. A payload has 1 to 255 bytes. */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  if (payload.length < 1 || payload.length > PAYLOAD_BYTES_MAX)
    throw new RangeError(`payload of ${payload.length} bytes`)
  const body = Uint8Array.of(payload.length, ...payload)
  return Uint8Array.of(STX, ...body, xorChecksum(body))
}

/** Cuts a byte stream into frames. */
export interface FrameParser {
  /** Takes any chunk and gives what became complete. Independent of how the stream is cut. */
  push(chunk: Uint8Array): FrameEvent[]
  /** True while a frame has begun and is not complete. */
  readonly inFrame: boolean
  /** Forgets what has begun. */
  reset(): void
}

/**
 * A parser that holds at most one frame (258 bytes). Bytes before STX are dropped. After a damaged frame the search goes on
 * with the byte behind its STX, so that a good frame inside the damage is found.
 */
export function createFrameParser(): FrameParser {
  let held: number[] = []

  const next = (): FrameEvent | null => {
    const start = held.indexOf(STX)
    held = start < 0 ? [] : held.slice(start)
    const length = held[1]
    if (length === undefined) return null
    if (length > 0 && held.length < length + 3) return null
    const body = Uint8Array.from(held.slice(1, 2 + length))
    if (length === 0 || xorChecksum(body) !== held[2 + length]) {
      held = held.slice(1)
      return { kind: 'damaged' }
    }
    held = held.slice(length + 3)
    return { kind: 'frame', payload: body.subarray(1) }
  }

  return {
    get inFrame() {
      return held.length > 0
    },
    reset() {
      held = []
    },
    push(chunk) {
      const events: FrameEvent[] = []
      for (const byte of chunk) {
        held.push(byte)
        for (let event = next(); event; event = next()) events.push(event)
      }
      return events
    },
  }
}
