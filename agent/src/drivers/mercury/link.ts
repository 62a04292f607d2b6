import type { ExchangeMachine, ExchangeStep } from '../../transport/exchange.ts'
import { createAnswerParser, encodeRequest } from './framing.ts'

/** How one request ended over TCP. */
export type TcpResult =
  | { readonly kind: 'answer'; readonly json: string }
  /** An answer of no length. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'silent' }
  /** The answer broke off, or is none. */
  | { readonly kind: 'damaged' }

export interface LinkOptions {
  readonly json: string
  /** How long the service may take to begin its answer, milliseconds. */
  readonly answerMs: number
  /** Longest pause inside an answer, milliseconds. */
  readonly pauseMs: number
}

/** One request and its answer on a connection of its own: nothing is asked again, because a session must not be opened twice. */
export function createLink({ json, answerMs, pauseMs }: LinkOptions): ExchangeMachine<TcpResult> {
  const parser = createAnswerParser()
  const finish = (result: TcpResult): ExchangeStep<TcpResult> => ({ done: true, write: null, result })
  return {
    start: () => ({ done: false, write: encodeRequest(json), waitMs: answerMs }),
    receive(bytes) {
      const event = parser.push(bytes)
      return event ? finish(event) : { done: false, write: null, waitMs: pauseMs }
    },
    expire: () => finish({ kind: parser.isInside ? 'damaged' : 'silent' }),
    get answering() {
      return parser.isInside
    },
  }
}
