const LENGTH_BYTES = 4
/** A longer request is somebody else's conversation. */
const REQUEST_BYTES_MAX = 64 * 1024

/** A text as it goes over TCP: four bytes of length, high byte first, and UTF-8. */
export function framed(text: string, { nuls = 0, counted = true } = {}): Buffer {
  const body = Buffer.concat([Buffer.from(text), Buffer.alloc(nuls)])
  const head = Buffer.alloc(LENGTH_BYTES)
  head.writeUInt32BE(counted ? body.length : body.length - nuls)
  return Buffer.concat([head, body])
}

/** Finds requests in a stream of bytes. */
export interface Input {
  push(bytes: Uint8Array): string[]
  /** True while a request has begun and is not complete. */
  readonly isInside: boolean
  /** Forgets what has begun. */
  reset(): void
}

/** Zero bytes behind the JSON are dropped. A length that no request has makes everything before it worthless. */
export function createInput(): Input {
  let held = Buffer.alloc(0)
  return {
    get isInside() {
      return held.length > 0
    },
    reset() {
      held = Buffer.alloc(0)
    },
    push(bytes) {
      held = Buffer.concat([held, bytes])
      const texts: string[] = []
      while (held.length >= LENGTH_BYTES) {
        const length = held.readUInt32BE()
        if (length > REQUEST_BYTES_MAX) held = Buffer.alloc(0)
        if (held.length < LENGTH_BYTES + length) break
        const text = held.toString('utf8', LENGTH_BYTES, LENGTH_BYTES + length).replace(/\0+$/, '')
        if (text !== '') texts.push(text)
        held = held.subarray(LENGTH_BYTES + length)
      }
      return texts
    },
  }
}
