/** Why a connection is cut before its packet is read: too long for what it may send, or no MQTT at all. */
export type MeterVerdict = 'ok' | 'too_long' | 'not_mqtt'

/**
 * Follows the fixed headers of an MQTT byte stream (MQTT 3.1.1, 2.2) and tells at the header, before the body is collected, that a
 * packet is longer than allowed. Holds no bytes; chunks may be cut anywhere.
 */
export interface PacketMeter {
  feed(chunk: Uint8Array): MeterVerdict
}

/** `maxBytes` is asked at every header: the allowance grows once the sender is known. */
export function createPacketMeter(maxBytes: () => number): PacketMeter {
  /** Body bytes of the current packet still to come. */
  let toSkip = 0
  /** Bytes of the current fixed header seen so far; 0 = between packets. */
  let headerBytes = 0
  let length = 0
  return {
    feed: chunk => {
      let at = 0
      while (at < chunk.length) {
        if (toSkip > 0) {
          const skipped = Math.min(toSkip, chunk.length - at)
          toSkip -= skipped
          at += skipped
          continue
        }
        const byte = chunk[at++] ?? 0
        if (headerBytes++ === 0) {
          length = 0
          continue
        }
        length += (byte & 0x7f) * 128 ** (headerBytes - 2)
        if (length + headerBytes > maxBytes()) return 'too_long'
        if (byte < 0x80) {
          toSkip = length
          headerBytes = 0
        } else if (headerBytes > 4) {
          return 'not_mqtt'
        }
      }
      return 'ok'
    },
  }
}
