import { xorChecksum } from '../../codec/checksums.ts'

/** Control bytes of a cable (MITSU 1-F command description, exchange over COM and USB). */
const STX = 0x02
const ETX = 0x03
/** Stands after each 535 bytes of a long message over the network; no text holds it. */
const PIECE_END = 0x17
const LESS_THAN = 0x3c
const GREATER_THAN = 0x3e
const SLASH = 0x2f
const QUOTES = [0x22, 0x27]

const QUERY_BYTES_MAX = 2_040
/** Longest answer that is kept; real ones have a few hundred bytes. */
export const ANSWER_BYTES_MAX = 16 * 1024

/** How messages are carried: over a cable with length and LRC, over the network bare. */
export type Channel = 'cable' | 'network'

/**
 * A query ready for its channel: `02`, length of the query (low byte first), query, `03`, XOR of all that; or the bare query, which
 * over the network is short enough to go in one piece.
 */
export function encodeQuery(query: string, channel: Channel): Uint8Array {
  const text = Uint8Array.from(query, character => character.charCodeAt(0))
  if (text.length === 0 || text.length > QUERY_BYTES_MAX) throw new RangeError(`query of ${text.length} bytes`)
  if (channel === 'network') return text
  const frame = Uint8Array.of(STX, text.length & 0xff, text.length >> 8, ...text, ETX)
  return Uint8Array.of(...frame, xorChecksum(frame))
}

/** What the bytes of an answer came to so far. */
export type AnswerEvent = { readonly kind: 'answer'; readonly text: Uint8Array } | { readonly kind: 'damaged' }

/** Puts one answer together. */
export interface AnswerParser {
  /** Takes any chunk; null while the answer is not complete. Nothing is to be pushed after an event. */
  push(chunk: Uint8Array): AnswerEvent | null
  /** True once an answer has begun. */
  readonly isInside: boolean
}

/** A parser for the answers of a channel. Bytes before the first `<` are dropped; at most 16 KB are kept. */
export function createAnswerParser(channel: Channel): AnswerParser {
  const next = channel === 'cable' ? cableAnswer() : networkAnswer()
  const held: number[] = []
  return {
    get isInside() {
      return held.length > 0
    },
    push(chunk) {
      for (const byte of chunk) {
        if (held.length === 0 && byte !== LESS_THAN) continue
        if (channel === 'network' && byte === PIECE_END) continue
        held.push(byte)
        const event = next(byte, held) ?? (held.length > ANSWER_BYTES_MAX ? { kind: 'damaged' } : null)
        if (event) return event
      }
      return null
    },
  }
}

/** Judges an answer after each of its bytes. */
type EndOfAnswer = (byte: number, held: readonly number[]) => AnswerEvent | null

/** Over a cable: data, `03`, LRC of both. The LRC may be any byte, `03` among them. */
const cableAnswer = (): EndOfAnswer => (_byte, held) => {
  if (held.at(-2) !== ETX) return null
  if (xorChecksum(Uint8Array.from(held)) !== 0) return { kind: 'damaged' }
  return { kind: 'answer', text: Uint8Array.from(held.slice(0, -2)) }
}

/** Over the network: complete with the tag that closes the first one, whatever that is called. */
function networkAnswer(): EndOfAnswer {
  let depth = 0
  let tag: { isClosing: boolean; quote: number; last: number } | null = null
  return (byte, held) => {
    if (byte === LESS_THAN && !tag?.quote) {
      tag = { isClosing: false, quote: 0, last: byte }
    } else if (tag?.quote) {
      if (byte === tag.quote) tag.quote = 0
    } else if (tag && byte === GREATER_THAN) {
      if (tag.isClosing) depth -= 1
      else if (tag.last !== SLASH) depth += 1
      tag = null
      if (depth <= 0) return { kind: 'answer', text: Uint8Array.from(held) }
    } else if (tag) {
      if (byte === SLASH && tag.last === LESS_THAN) tag.isClosing = true
      if (QUOTES.includes(byte)) tag.quote = byte
      tag.last = byte
    }
    return null
  }
}
