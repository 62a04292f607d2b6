import { assert } from '@tillwatch/shared'
import { xorChecksum } from '../../codec/checksums.ts'
import { decodeCp866 } from '../../codec/codepage.ts'

/** Bytes around a packet (vendor's protocol, packet structure). ENQ alone checks the link and is answered by ACK alone. */
export const STX = 0x02
export const ETX = 0x03
export const ENQ = 0x05
export const ACK = 0x06
/** Ends every field. */
const FS = 0x1c

/** Packet numbers to go round in: the protocol allows 20 to F0. */
export const PACKET_IDS = { first: 0x20, last: 0xef } as const

const CHECKSUM_BYTES = 2
/** Number, command, error, ETX. */
const ANSWER_BYTES_MIN = 6
/** Real answers are below 300 bytes. */
const ANSWER_BYTES_MAX = 1024

/** What is asked, before it has a packet number. */
export interface Request {
  /** Password of the link, four characters. */
  readonly password: string
  /** Two digits. */
  readonly command: string
  readonly fields: readonly string[]
}

/** An answer whose checksum is right. */
export interface Answer {
  /** Number of the request that it belongs to. */
  readonly id: number
  /** Two digits, as in the request. */
  readonly command: string
  /** 0 for success. */
  readonly error: number
  /** Text of each field, blanks around it removed. */
  readonly fields: readonly string[]
}

const text = new TextEncoder()
const HEX = /^[0-9A-Fa-f]{2}$/

/**
 * `STX password id command fields ETX checksum`. What is sent holds printable ASCII alone between the control bytes of the
 * packet: no request can contain a line feed, which feeds paper, or CAN, which interrupts a report.
 */
export function encodePacket({ password, command, fields }: Request, id: number): Uint8Array {
  const parts = [password, command, ...fields]
  assert(password.length === 4 && command.length === 2, 'a password of four characters and a command of two')
  assert(
    parts.every(part => /^[\x20-\x7e]*$/.test(part)),
    'a request holds printable ASCII alone',
  )
  assert(id >= PACKET_IDS.first && id <= PACKET_IDS.last, 'a packet number in its range')
  const data = fields.flatMap(field => [...text.encode(field), FS])
  const body = Uint8Array.of(...text.encode(password), id, ...text.encode(command), ...data, ETX)
  const checksum = xorChecksum(body).toString(16).padStart(2, '0').toUpperCase()
  return Uint8Array.of(STX, ...body, ...text.encode(checksum))
}

/** What a piece of the byte stream turned out to be. */
export type StreamEvent =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** An ACK outside packets. */
  | { readonly kind: 'ack' }
  /** A packet was cut off by another, or its checksum or head was wrong. */
  | { readonly kind: 'damaged' }

/** Cuts a byte stream into answers. */
export interface AnswerParser {
  /** Takes any chunk and gives what became complete. Independent of how the stream is cut. */
  push(chunk: Uint8Array): StreamEvent[]
  /** True while a packet has begun and is not complete. */
  readonly inPacket: boolean
  /** Forgets what has begun. */
  reset(): void
}

/** A parser that holds at most one packet. Bytes outside packets are dropped; STX begins a packet wherever it stands. */
export function createAnswerParser(): AnswerParser {
  let body: number[] | null = null
  let end = -1

  const begin = () => {
    body = []
    end = -1
  }
  const take = (byte: number): StreamEvent | null => {
    if (byte === STX) {
      const cut = body !== null
      begin()
      return cut ? { kind: 'damaged' } : null
    }
    if (body === null) return byte === ACK ? { kind: 'ack' } : null
    body.push(byte)
    if (end < 0 && byte === ETX) end = body.length
    const isWhole = end >= 0 && body.length === end + CHECKSUM_BYTES
    if (!isWhole && body.length < ANSWER_BYTES_MAX) return null
    const answer = isWhole ? answerOf(Uint8Array.from(body), end) : null
    body = null
    return answer ? { kind: 'answer', answer } : { kind: 'damaged' }
  }

  return {
    get inPacket() {
      return body !== null
    },
    reset() {
      body = null
    },
    push(chunk) {
      const events: StreamEvent[] = []
      for (const byte of chunk) {
        const event = take(byte)
        if (event) events.push(event)
      }
      return events
    },
  }
}

/** The answer in a packet's bytes; null when checksum or head is wrong. `end`: behind ETX. */
function answerOf(body: Uint8Array, end: number): Answer | null {
  const ascii = (from: number, to: number) => String.fromCharCode(...body.subarray(from, to))
  const [command, error, checksum] = [ascii(1, 3), ascii(3, 5), ascii(end, end + CHECKSUM_BYTES)]
  if (end < ANSWER_BYTES_MIN || !HEX.test(command) || !HEX.test(error) || !HEX.test(checksum)) return null
  if (Number.parseInt(checksum, 16) !== xorChecksum(body.subarray(0, end))) return null
  return {
    id: body[0] ?? 0,
    command,
    error: Number.parseInt(error, 16),
    fields: fieldsOf(body.subarray(ANSWER_BYTES_MIN - 1, end - 1)),
  }
}

/** Every field is ended by FS; the last FS may be missing. */
function fieldsOf(data: Uint8Array): string[] {
  const fields: string[] = []
  for (let from = 0; from < data.length; ) {
    const at = data.indexOf(FS, from)
    const to = at < 0 ? data.length : at
    fields.push(decodeCp866(data.subarray(from, to)))
    from = to + 1
  }
  return fields
}
