import type { ExchangeStep } from '../../transport/exchange.ts'
import type { Link, LinkResult, Patience } from '../kit/exchange.ts'
import { fail, finish, wait } from '../kit/step.ts'
import { ACK, createFrameParser, ENQ, FILLER, type FrameEvent, NAK, STX } from './framing.ts'

export interface LinkOptions extends Patience {
  /** The whole frame to send. */
  readonly frame: Uint8Array
  /** First bytes of the answer's payload: the command code, one or two bytes. */
  readonly code: Uint8Array
  /** Fetch and drop an answer that waits in the device, instead of leaving it. */
  readonly fetchPending: boolean
}

/** Wait for a control byte. Devices react within their byte time-out, 50 to 100 ms by default; this leaves room for three tries in a hold. */
export const CONTROL_MS = 500
const TRIES = 3
/** Strange bytes tolerated before a control byte; more of them are somebody's conversation, waited out. */
const NOISE_BYTES_MAX = 3
/** A line that never falls silent is given up. */
const DRAIN_BYTES_MAX = 4_096

type State = 'enquiry' | 'acceptance' | 'answer' | 'pending' | 'drain'

/**
 * The host's side of protocol 1 for one command (Shtrih-M protocol 1.17, host state diagram): ENQ, NAK, frame, ACK, answer,
 * ACK. Three tries of each kind at most. An answer with another command code is acknowledged, dropped and the command asked
 * again: it belongs to an exchange that was cut.
 */
export function createLink(options: LinkOptions): Link {
  const parser = createFrameParser()
  const tries = { enquiry: 0, frame: 0, answer: 0 }
  let state: State = 'enquiry'
  let heard = false
  let noiseCount = 0
  let drainedCount = 0

  /** Asks for the device's attention; `before` is sent in front. */
  const enquire = (before: number[] = []): ExchangeStep<LinkResult> => {
    if (++tries.enquiry > TRIES) return heard ? fail('noise') : finish({ kind: 'silent' })
    parser.reset()
    noiseCount = 0
    state = 'enquiry'
    return wait(CONTROL_MS, [...before, ENQ])
  }

  const sendFrame = (): ExchangeStep<LinkResult> => {
    if (++tries.frame > TRIES) return fail('frame_refused')
    tries.enquiry = 0
    noiseCount = 0
    state = 'acceptance'
    return wait(CONTROL_MS, options.frame)
  }

  const awaitAnswer = (next: 'answer' | 'pending'): ExchangeStep<LinkResult> => {
    parser.reset()
    state = next
    return wait(options.answerMs)
  }

  /** The answer did not arrive, or not whole, or was another's: asks for it again, `before` in front. */
  const askAgain = (reason: 'answer_damaged' | 'answer_missing', before: number[]): ExchangeStep<LinkResult> => {
    if (++tries.answer >= TRIES) return fail(reason, before)
    tries.enquiry = 0
    return enquire(before)
  }

  /** A byte where a control byte is due. Null: nothing follows from it. */
  const control = (byte: number): ExchangeStep<LinkResult> | null => {
    if (byte === FILLER) return null
    heard = true
    // After a cut answer NAK says that nothing waits any more: the command is given again, it only reads.
    if (byte === NAK) return sendFrame()
    if (byte === ACK) {
      if (tries.frame > 0) return awaitAnswer('answer')
      return options.fetchPending || tries.answer > 0 ? awaitAnswer('pending') : finish({ kind: 'foreign' })
    }
    if (byte !== STX && ++noiseCount <= NOISE_BYTES_MAX) return null
    state = 'drain'
    return wait(options.interByteMs)
  }

  const answered = (events: FrameEvent[]): ExchangeStep<LinkResult> | null => {
    const frame = events.find(event => event.kind === 'frame')
    if (!frame) return events.length > 0 ? askAgain('answer_damaged', [NAK]) : null
    const ours = state === 'answer' && options.code.every((byte, index) => frame.payload[index] === byte)
    return ours ? finish({ kind: 'answer', payload: frame.payload }, [ACK]) : askAgain('answer_missing', [ACK])
  }

  /** The wait that the present state allows. */
  const current = (): ExchangeStep<LinkResult> => {
    if (state === 'drain') return wait(options.interByteMs)
    if (state === 'enquiry' || state === 'acceptance') return wait(CONTROL_MS)
    return wait(parser.inFrame ? options.interByteMs : options.answerMs)
  }

  /** Feeds bytes to the state they meet; the rest of a chunk goes on in the state that follows. */
  const receive = (bytes: Uint8Array): ExchangeStep<LinkResult> => {
    for (let index = 0; index < bytes.length; index++) {
      if (state === 'drain') {
        drainedCount += bytes.length - index
        return drainedCount > DRAIN_BYTES_MAX ? fail('noise') : current()
      }
      if (state === 'answer' || state === 'pending') return answered(parser.push(bytes.subarray(index))) ?? current()
      const step = control(bytes[index] ?? FILLER)
      if (step && (step.done || step.write)) return step
    }
    return current()
  }

  const expire = (): ExchangeStep<LinkResult> => {
    if (state !== 'answer' && state !== 'pending') return enquire()
    return parser.inFrame ? askAgain('answer_damaged', [NAK]) : askAgain('answer_missing', [])
  }

  return {
    start: () => enquire(),
    receive,
    expire,
    get answering() {
      return parser.inFrame
    },
    get frameSent() {
      return tries.frame > 0
    },
  }
}
