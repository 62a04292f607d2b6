import { elementLength } from './xml.ts'

const STX = 0x02
export const ETX = 0x03
/** Stands between the pieces of a long bare message. */
export const PIECE_END = 0x17
const PIECE_BYTES = 535
/** Longer bare messages are cut into pieces. */
const WHOLE_BYTES_MAX = 536
const COMMAND_BYTES_MAX = 2040
const LESS_THAN = 0x3c

/** A request as it came. */
export interface Message {
  /** With 02, length, 03 and LRC, as over a cable; else bare, as over the network. */
  readonly framed: boolean
  readonly text: string
  readonly bytesCount: number
}

const lrc = (bytes: readonly number[]): number => bytes.reduce((sum, byte) => sum ^ byte, 0)
const windows1251 = new TextDecoder('windows-1251')
const textOf = (bytes: readonly number[]): string => windows1251.decode(Uint8Array.from(bytes))

/** A request over a cable: 02, length (low byte first), command, 03, XOR of all that. */
export function requestBytes(command: readonly number[]): number[] {
  const frame = [STX, command.length & 0xff, command.length >> 8, ...command, ETX]
  return [...frame, lrc(frame)]
}

/** An answer over a cable: data, 03, XOR of both. `sent` stands on the wire in place of `data` when the answer is damaged. */
export const framedBytes = (data: readonly number[], sent = data): number[] => [...sent, ETX, lrc([...data, ETX])]

/** An answer over the network. */
export function bareBytes(data: readonly number[], cutsLongAnswers: boolean): number[] {
  if (!cutsLongAnswers || data.length <= WHOLE_BYTES_MAX) return [...data]
  const pieces: number[] = []
  for (let from = 0; from < data.length; from += PIECE_BYTES) {
    if (from > 0) pieces.push(PIECE_END)
    pieces.push(...data.slice(from, from + PIECE_BYTES))
  }
  return pieces
}

/** Finds requests of both kinds in a stream of bytes. */
export interface Input {
  push(bytes: Uint8Array): Message[]
  /** True while a request has begun and is not complete. */
  readonly isInside: boolean
  /** Forgets what has begun. */
  reset(): void
}

/**
 * Bytes before a start are dropped. A frame that is damaged is passed over without a word: the description knows no answer to it.
 * A 02 in the middle of a bare message begins anew, because no text holds it.
 */
export function createInput(): Input {
  let held: number[] = []

  const dropTo = (starts: readonly number[]) => {
    const start = held.findIndex(byte => starts.includes(byte))
    held = start < 0 ? [] : held.slice(start)
  }

  const framedMessage = (): Message | null => {
    const [, low, high] = held
    if (low === undefined || high === undefined) return null
    const length = low + high * 256
    const whole = length + 5
    if (length <= COMMAND_BYTES_MAX && held.length < whole) return null
    const frame = held.slice(0, whole)
    if (length > COMMAND_BYTES_MAX || frame[whole - 2] !== ETX || lrc(frame) !== 0) {
      // What follows may be the rest of that frame, so only another frame begins in it.
      held = held.slice(1)
      dropTo([STX])
      return next()
    }
    held = held.slice(whole)
    return { framed: true, text: textOf(frame.slice(3, -2)), bytesCount: whole }
  }

  const bareMessage = (): Message | null => {
    const frameStart = held.indexOf(STX)
    if (frameStart > 0) {
      held = held.slice(frameStart)
      return next()
    }
    const text = textOf(held.filter(byte => byte !== PIECE_END))
    const length = elementLength(text)
    if (length === 0) {
      if (held.length > COMMAND_BYTES_MAX) held = []
      return null
    }
    const bytesCount = rawLength(held, length)
    held = held.slice(bytesCount)
    return { framed: false, text: text.slice(0, length), bytesCount }
  }

  const next = (): Message | null => {
    dropTo([STX, LESS_THAN])
    if (held.length === 0) return null
    return held[0] === STX ? framedMessage() : bareMessage()
  }

  return {
    get isInside() {
      return held.length > 0
    },
    reset() {
      held = []
    },
    push(bytes) {
      const messages: Message[] = []
      for (const byte of bytes) {
        held.push(byte)
        for (let message = next(); message; message = next()) messages.push(message)
      }
      return messages
    },
  }
}

/** How many bytes of a stream hold so many characters, the marks between pieces included. */
function rawLength(bytes: readonly number[], characters: number): number {
  let left = characters
  let index = 0
  while (left > 0) {
    if (bytes[index] !== PIECE_END) left -= 1
    index += 1
  }
  return index
}
