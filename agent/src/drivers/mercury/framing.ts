/** Length in front of every message over TCP, high byte first. */
const LENGTH_BYTES = 4
/** Longest answer that is kept; real ones have a few kilobytes. */
export const ANSWER_BYTES_MAX = 256 * 1024

/** A request as it goes over TCP: four bytes of length and UTF-8 JSON (known clients of the service INECRMAN). */
export function encodeRequest(json: string): Uint8Array {
  const body = new TextEncoder().encode(json)
  const frame = new Uint8Array(LENGTH_BYTES + body.length)
  new DataView(frame.buffer).setUint32(0, body.length)
  frame.set(body, LENGTH_BYTES)
  return frame
}

/** What the bytes of an answer came to. */
export type AnswerEvent =
  | { readonly kind: 'answer'; readonly json: string }
  /** An answer of no length. */
  | { readonly kind: 'empty' }
  /** A length that no answer has. */
  | { readonly kind: 'damaged' }

/** Puts one answer together; nothing is to be pushed after an event. */
export interface AnswerParser {
  /** Takes any chunk; null while the answer is not complete. */
  push(chunk: Uint8Array): AnswerEvent | null
  /** True once an answer has begun. */
  readonly isInside: boolean
}

/** A parser that keeps at most one answer of 256 KB. Zero bytes behind the JSON are dropped, counted in its length or not. */
export function createAnswerParser(): AnswerParser {
  const head = new Uint8Array(LENGTH_BYTES)
  let headCount = 0
  let body: Uint8Array | null = null
  let bodyCount = 0
  return {
    get isInside() {
      return headCount > 0
    },
    push(chunk) {
      const ofHead = chunk.subarray(0, LENGTH_BYTES - headCount)
      head.set(ofHead, headCount)
      headCount += ofHead.length
      if (headCount < LENGTH_BYTES) return null
      const length = new DataView(head.buffer).getUint32(0)
      if (length === 0) return { kind: 'empty' }
      if (length > ANSWER_BYTES_MAX) return { kind: 'damaged' }
      body ??= new Uint8Array(length)
      const ofBody = chunk.subarray(ofHead.length, ofHead.length + length - bodyCount)
      body.set(ofBody, bodyCount)
      bodyCount += ofBody.length
      if (bodyCount < length) return null
      return { kind: 'answer', json: new TextDecoder().decode(body).replace(/\0+$/, '') }
    },
  }
}
