import type { ExchangeStep } from '../../transport/exchange.ts'
import type { Link, LinkResult, Patience } from '../kit/exchange.ts'
import { fail, finish, wait } from '../kit/step.ts'
import { type AnswerParser, type Channel, createAnswerParser, encodeQuery } from './framing.ts'

export interface LinkOptions extends Patience {
  readonly query: string
  readonly channel: Channel
}

const TRIES = 3
/** A line that never falls silent is given up. */
const DRAIN_BYTES_MAX = 4_096

/**
 * One query and its answer (MITSU 1-F command description, exchange). There is no handshake: a damaged answer is asked for again once
 * the line is silent, three times at most, because a query changes nothing.
 */
export function createLink({ query, channel, answerMs, interByteMs }: LinkOptions): Link {
  const request = encodeQuery(query, channel)
  let parser: AnswerParser = createAnswerParser(channel)
  let tries = 0
  let isDraining = false
  let drainedCount = 0

  const ask = (): ExchangeStep<LinkResult> => {
    if (++tries > TRIES) return fail('answer_damaged')
    parser = createAnswerParser(channel)
    isDraining = false
    return wait(answerMs, request)
  }

  const drain = (count: number): ExchangeStep<LinkResult> => {
    isDraining = true
    drainedCount += count
    return drainedCount > DRAIN_BYTES_MAX ? fail('noise') : wait(interByteMs)
  }

  return {
    start: ask,
    receive(bytes) {
      if (isDraining) return drain(bytes.length)
      const event = parser.push(bytes)
      if (event?.kind === 'answer') return finish({ kind: 'answer', payload: event.text })
      if (event) return drain(bytes.length)
      if (parser.isInside) return wait(interByteMs)
      // Not even the beginning of an answer: bytes that mean nothing must not keep the line for ever.
      drainedCount += bytes.length
      return drainedCount > DRAIN_BYTES_MAX ? fail('noise') : wait(answerMs)
    },
    expire: () => (isDraining || parser.isInside ? ask() : finish({ kind: 'silent' })),
    get answering() {
      return parser.isInside && !isDraining
    },
    get frameSent() {
      return tries > 0
    },
  }
}
