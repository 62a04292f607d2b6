import type { ExchangeStep } from '../../transport/exchange.ts'
import type { Problem } from '../driver.ts'
import type { Link, LinkResult, Patience } from '../kit/exchange.ts'
import { fail, finish, wait } from '../kit/step.ts'
import type { Reply } from './commands.ts'
import { ACK, createFrameParser, ENQ, EOT, encodeFrame, NAK } from './frames.ts'

export interface HandshakeOptions extends Patience {
  /** Access password, command and data. */
  readonly request: Uint8Array
  /** An answer that waits in the device is the end of our own exchange that was cut: it is fetched and dropped. */
  readonly fetchPending: boolean
}

/** Wait for a control byte, and the pause after both sides began at once (T1, T4 and T7 of the protocol). */
const CONTROL_MS = 500
/** Silences and collisions of one kind; the protocol allows five, three fit into one hold. */
const TRIES = 3
/** Refusals by NAK come at once, so that the protocol's own number of them is tried. */
const ENQUIRIES_REFUSED_MAX = 5
const FRAMES_REFUSED_MAX = 10
/** A line that never falls silent is given up. */
const RECEIVED_BYTES_MAX = 8_192

type State =
  | 'enquiry'
  /** Both sides began at once. */
  | 'collision'
  /** The frame is out. */
  | 'acceptance'
  /** The device works; it says ENQ before its answer. */
  | 'offer'
  | 'answer'
  /** The answer is acknowledged; the device ends the exchange. */
  | 'end'

/**
 * The host's side of transport 2 for one command: ENQ, frame, EOT; the device's ENQ, frame, EOT. Nothing is said to a device
 * that offers an answer before it was asked, unless that answer is our own.
 */
export function createHandshake({ request, fetchPending, answerMs, interByteMs }: HandshakeOptions): Link<Reply> {
  const parser = createFrameParser()
  const frame = encodeFrame(request)
  const counts = { silences: 0, refusedEnquiries: 0, collisions: 0, frames: 0, damaged: 0, acknowledged: 0 }
  let state: State = 'enquiry'
  let isPending = false
  let wasOfferedAgain = false
  let heard = false
  let receivedCount = 0
  let reply: Reply | null = null

  const enquire = (): ExchangeStep<LinkResult<Reply>> => {
    parser.reset()
    state = 'enquiry'
    return wait(CONTROL_MS, [ENQ])
  }
  const sendFrame = () => {
    if (++counts.frames > FRAMES_REFUSED_MAX) return fail('frame_refused')
    state = 'acceptance'
    return wait(CONTROL_MS, frame)
  }
  const acceptOffer = () => {
    parser.reset()
    wasOfferedAgain = false
    state = 'answer'
    // A device whose ENQ we did not acknowledge says it again after half a second.
    return wait(CONTROL_MS * 2, [ACK])
  }

  const collide = () => {
    if (fetchPending) {
      isPending = true
      return acceptOffer()
    }
    if (++counts.collisions > TRIES) return finish({ kind: 'foreign', problem: OFFERED_PROBLEM })
    state = 'collision'
    return wait(CONTROL_MS)
  }

  const take = (bytes: Uint8Array) => {
    if (!isPending) reply = { failed: false, bytes }
    state = 'end'
    return wait(CONTROL_MS, [ACK])
  }

  /** The exchange is over on both sides. */
  const conclude = () => {
    if (reply) return finish({ kind: 'answer', payload: reply })
    isPending = false
    return enquire()
  }

  /** The frame did not come whole. */
  const refuse = () => {
    if (++counts.damaged > FRAMES_REFUSED_MAX) return fail('answer_damaged')
    parser.reset()
    return wait(CONTROL_MS * 2, [NAK])
  }

  const inAnswer = (byte: number): ExchangeStep<LinkResult<Reply>> | null => {
    const bytes = parser.push(byte)
    if (bytes) return take(bytes)
    if (parser.inFrame) return null
    if (byte === EOT) return isPending ? conclude() : fail('answer_missing')
    // Said again while our ACK was on its way; acknowledged once more only if nothing follows.
    if (byte === ENQ) wasOfferedAgain = true
    return null
  }

  const inEnd = (byte: number): ExchangeStep<LinkResult<Reply>> | null => {
    const isRepeated = parser.push(byte) !== null
    if (!parser.inFrame && byte === EOT) return conclude()
    return isRepeated && ++counts.acknowledged <= TRIES ? wait(CONTROL_MS, [ACK]) : null
  }

  /** Null: nothing follows from this byte. */
  const heed = (byte: number): ExchangeStep<LinkResult<Reply>> | null => {
    switch (state) {
      case 'enquiry':
        if (byte === ACK) return sendFrame()
        if (byte === ENQ) return collide()
        if (byte !== NAK) return null
        return ++counts.refusedEnquiries > ENQUIRIES_REFUSED_MAX ? fail('frame_refused') : enquire()
      case 'collision':
        return null
      case 'acceptance':
        if (byte === NAK) return sendFrame()
        if (byte !== ACK) return null
        state = 'offer'
        return wait(answerMs, [EOT])
      case 'offer':
        return byte === ENQ ? acceptOffer() : null
      case 'answer':
        return inAnswer(byte)
      case 'end':
        return inEnd(byte)
    }
  }

  /** The wait that the present state allows. */
  const current = () => {
    if (parser.inFrame || wasOfferedAgain) return wait(interByteMs)
    if (state === 'offer') return wait(answerMs)
    return wait(state === 'answer' ? CONTROL_MS * 2 : CONTROL_MS)
  }

  const silent = () => {
    if (++counts.silences < TRIES) return enquire()
    return heard ? fail('noise') : finish({ kind: 'silent' })
  }

  return {
    start: enquire,
    receive(bytes) {
      heard = true
      receivedCount += bytes.length
      if (receivedCount > RECEIVED_BYTES_MAX) return fail('noise')
      for (const byte of bytes) {
        const step = heed(byte)
        if (step?.done || step?.write) return step
      }
      return current()
    },
    expire() {
      switch (state) {
        case 'enquiry':
          return silent()
        case 'collision':
          return enquire()
        case 'acceptance':
          return ++counts.silences < TRIES ? enquire() : fail('frame_refused')
        case 'offer':
          return fail('answer_missing')
        case 'answer':
          if (parser.inFrame) return refuse()
          return wasOfferedAgain && ++counts.acknowledged <= TRIES ? acceptOffer() : fail('answer_missing')
        case 'end':
          return conclude()
      }
    },
    get answering() {
      // An answer without its ACK would be sent again and again to whoever opens the port next.
      return parser.inFrame || state === 'end'
    },
    get frameSent() {
      return counts.frames > 0
    },
  }
}

const OFFERED_PROBLEM: Problem = {
  code: 'register.foreign_answer',
  message: 'the register offers an answer that this agent did not ask for; it was left there',
  nextStep: 'Another program talks to this register. Poll it by the vendor’s service, or give it a port of its own.',
}
