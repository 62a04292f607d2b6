import type { Failure } from '../kit/ending.ts'
import type { Link, Patience } from '../kit/exchange.ts'
import { fail, finish, wait } from '../kit/step.ts'
import { type Answer, createAnswerParser, ENQ, encodePacket, type Request, type StreamEvent } from './framing.ts'

export interface LinkOptions extends Patience {
  readonly request: Request
  /** A number for the next packet; another one each time. */
  readonly nextId: () => number
  /** Check the link before the device is given the request. */
  readonly enquire: boolean
}

/** Wait for an ACK: three tries fit into a hold. */
const ACK_MS = 500
/** A device that is silent for so long after a request is asked by ENQ whether it has got it. */
const PROBE_MS = 500
const TRIES = 3
/** A line that carries more than this in one exchange carries something else. */
const HEARD_BYTES_MAX = 4_096

/** Errors 04, 05 and 07: the request did not arrive as it was sent. */
const NOT_RECEIVED = [0x04, 0x05, 0x07]

type State = 'enquiry' | 'answer' | 'probe'

/**
 * The host's side for one command (vendor's protocol, exchange rules): ENQ and ACK where wanted, the packet, its answer. Answers
 * with another number or command belong to earlier exchanges and are read over. What did not arrive, either way, is put again
 * under the next number, three times in all. Silence after a request is cleared up by ENQ: its ACK comes behind an answer in
 * progress, so an ACK alone says that there is none.
 */
export function createLink(options: LinkOptions): Link<Answer> {
  const { request } = options
  const parser = createAnswerParser()
  const tries = { enquiry: 0, packet: 0 }
  let state: State = 'enquiry'
  let id = 0
  let heardCount = 0

  const enquire = () => {
    if (++tries.enquiry > TRIES) return heardCount > 0 ? fail('noise') : finish({ kind: 'silent' })
    return wait(ACK_MS, Uint8Array.of(ENQ))
  }

  const send = (failure: Failure) => {
    if (++tries.packet > TRIES) return fail(failure)
    parser.reset()
    id = options.nextId()
    state = 'answer'
    return wait(PROBE_MS, encodePacket(request, id))
  }

  /** The wait that the present state allows. */
  const current = () => {
    if (state === 'enquiry') return wait(ACK_MS)
    if (parser.inPacket) return wait(options.interByteMs)
    return wait(state === 'answer' ? PROBE_MS : options.answerMs)
  }

  const answered = (events: readonly StreamEvent[]) => {
    const own = events.find(
      event => event.kind === 'answer' && event.answer.id === id && event.answer.command === request.command,
    )
    if (own?.kind === 'answer') {
      if (NOT_RECEIVED.includes(own.answer.error)) return send('frame_refused')
      return finish({ kind: 'answer', payload: own.answer })
    }
    if (events.some(event => event.kind === 'damaged')) return send('answer_damaged')
    // An ACK owed for an earlier ENQ may come while nothing was asked by one.
    if (state === 'probe' && events.some(event => event.kind === 'ack')) return send('answer_missing')
    return current()
  }

  return {
    start: () => (options.enquire ? enquire() : send('answer_missing')),
    receive(bytes) {
      heardCount += bytes.length
      if (heardCount > HEARD_BYTES_MAX) return fail('noise')
      const events = parser.push(bytes)
      if (state !== 'enquiry') return answered(events)
      return events.some(event => event.kind === 'ack') ? send('answer_missing') : current()
    },
    expire() {
      if (state === 'enquiry') return enquire()
      if (parser.inPacket) return send('answer_damaged')
      if (state === 'probe') return fail('answer_missing')
      state = 'probe'
      return wait(options.answerMs, Uint8Array.of(ENQ))
    },
    get answering() {
      return state !== 'enquiry' && parser.inPacket
    },
    get frameSent() {
      return tries.packet > 0
    },
  }
}
