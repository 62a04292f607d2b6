import { cp866, hexByte } from './bytes.ts'

/** Bytes outside and around a packet (vendor's protocol, packet structure). */
export const STX = 0x02
export const ETX = 0x03
export const ENQ = 0x05
export const ACK = 0x06
const FS = 0x1c
/** Alone on the line it feeds paper by one line. */
export const LF = 0x0a
/** Alone on the line it interrupts a report. */
export const CAN = 0x18

const PASSWORD_BYTES = 4
/** Password, packet number, command. */
const HEAD_BYTES = PASSWORD_BYTES + 3
const CHECKSUM_BYTES = 2
/** A packet that grows beyond this does not fit into the receive buffer: error 04. */
const PACKET_BYTES_MAX = 1024

/** XOR of everything behind STX up to and with ETX, as two hexadecimal digits. */
const checksum = (bytes: Iterable<number>): string => {
  let sum = 0
  for (const byte of bytes) sum ^= byte
  return hexByte(sum)
}

/** A request as it stands in its packet. */
export interface Request {
  readonly password: string
  readonly id: number
  /** Two digits. */
  readonly command: string
  readonly fields: readonly string[]
  readonly checksumOk: boolean
  /** Bytes of the whole packet. */
  readonly size: number
}

/** What the bytes on the line come to. */
export type LineEvent =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'enquiry' }
  | { readonly kind: 'paper_fed' }
  | { readonly kind: 'report_interrupted' }
  /** The packet does not fit; known as far as it came. */
  | { readonly kind: 'overflow'; readonly id: number; readonly command: string }

/** Reads the host's bytes. It knows no time: it is told when a byte is late. */
export interface RequestReader {
  byte(byte: number): LineEvent | null
  /** True inside a packet, where the next byte may not be late. */
  readonly inPacket: boolean
  /** A byte was late: the packet is dropped. Number and command, where so much had come. */
  expire(): { readonly id: number; readonly command: string } | null
}

export function createRequestReader(): RequestReader {
  let body: number[] | null = null

  const outside = (byte: number): LineEvent | null => {
    if (byte === STX) body = []
    if (byte === ENQ) return { kind: 'enquiry' }
    if (byte === LF) return { kind: 'paper_fed' }
    return byte === CAN ? { kind: 'report_interrupted' } : null
  }

  return {
    get inPacket() {
      return body !== null
    },
    byte(byte) {
      if (body === null) return outside(byte)
      body.push(byte)
      const end = body.indexOf(ETX)
      if (end < 0 && byte === STX) body = []
      else if (end >= 0 && body.length === end + 1 + CHECKSUM_BYTES) {
        const whole = body
        body = null
        const request = requestOf(whole, end)
        return request && { kind: 'request', request }
      } else if (body.length > PACKET_BYTES_MAX) {
        const known = headOf(body)
        body = null
        return known && { kind: 'overflow', ...known }
      }
      return null
    },
    expire() {
      const known = body && headOf(body)
      body = null
      return known
    },
  }
}

/** Number and command of a packet that has come so far. */
const headOf = (body: readonly number[]) =>
  body.length < HEAD_BYTES
    ? null
    : { id: body[PASSWORD_BYTES] ?? 0, command: textOf(body.slice(PASSWORD_BYTES + 1, HEAD_BYTES)) }

const textOf = (bytes: readonly number[]) => new TextDecoder('ibm866').decode(Uint8Array.from(bytes))

/** Null for what is too short to be a request at all. */
function requestOf(body: readonly number[], end: number): Request | null {
  const head = headOf(body.slice(0, end))
  if (!head) return null
  const data = textOf(body.slice(HEAD_BYTES, end))
  const fields = data.split('\x1c')
  // Every field ends with FS; the last FS may be missing.
  if (fields.at(-1) === '') fields.pop()
  return {
    ...head,
    password: textOf(body.slice(0, PASSWORD_BYTES)),
    fields,
    checksumOk: textOf(body.slice(end + 1)).toUpperCase() === checksum(body.slice(0, end + 1)),
    size: body.length + 1,
  }
}

/** How a unit writes its answers. */
export interface AnswerStyle {
  readonly lowerCaseChecksum: boolean
  readonly omitLastSeparator: boolean
}

/** An answer packet: number and command echoed, two digits of error, each field ended by FS. */
export function answerPacket(
  { id, command }: { readonly id: number; readonly command: string },
  error: number,
  fields: readonly string[],
  style: AnswerStyle,
): Uint8Array {
  const data = fields.flatMap(field => [...cp866(field), FS])
  const body = [
    id,
    ...cp866(command + hexByte(error)),
    ...(style.omitLastSeparator && data.length > 0 ? data.slice(0, -1) : data),
    ETX,
  ]
  const sum = checksum(body)
  return Uint8Array.of(STX, ...body, ...cp866(style.lowerCaseChecksum ? sum.toLowerCase() : sum))
}
