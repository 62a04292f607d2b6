import { type ExchangeMachine, runExchange } from '../../transport/exchange.ts'
import type { PollContext, Problem } from '../driver.ts'
import {
  type Ending,
  type Failure,
  FOREIGN_PROBLEM,
  failureProblem,
  lostProblem,
  SILENT_PROBLEM,
  slowProblem,
} from './ending.ts'

/** How one command ended on its way. `sent`: the device was given it, so an answer may still come. */
export type Exchanged<Payload> =
  | { readonly kind: 'answer'; readonly payload: Payload }
  | { readonly kind: 'ended'; readonly ending: Ending; readonly sent: boolean; readonly problem?: Problem }

/** A command that ended without an answer. */
export const ended = (
  ending: Ending,
  problem?: Problem,
  sent = true,
): Extract<Exchanged<never>, { kind: 'ended' }> => ({ kind: 'ended', ending, sent, ...(problem && { problem }) })

/** The command under way, as far as the way of carrying it depends on it. */
export interface Asking {
  readonly context: PollContext
  /** Name of the command. */
  readonly name: string
  /** Nothing was sent in this hold yet. */
  readonly isFirst: boolean
  readonly answersCount: number
  /** An answer that waits in the device, or comes unasked, may be the end of an exchange of ours that was cut. */
  readonly isOwnAnswerDue: boolean
}

/** Carries one request to the device and its answer back. */
export type Exchange<Request, Payload> = (request: Request, asking: Asking) => Promise<Exchanged<Payload>>

/** How one command ended on a line of bytes. */
export type LinkResult<Payload = Uint8Array> =
  | { readonly kind: 'answer'; readonly payload: Payload }
  /** Another program's conversation. Without a problem of its own: an answer to it waits in the device and was left there. */
  | { readonly kind: 'foreign'; readonly problem?: Problem }
  /** Nothing at all came back. */
  | { readonly kind: 'silent' }
  /** The device says that it works for another master. */
  | { readonly kind: 'at_work'; readonly problem?: Problem }
  /** The device is there, but the exchange did not succeed. */
  | { readonly kind: 'failed'; readonly reason: Failure }

/** How long a link waits, milliseconds. */
export interface Patience {
  /** For the device to begin its answer. */
  readonly answerMs: number
  /** Longest pause between bytes of an answer. */
  readonly interByteMs: number
}

/** A machine for one command. */
export interface Link<Payload = Uint8Array> extends ExchangeMachine<LinkResult<Payload>> {
  /** True once the device was given the request: an answer may come from then on. */
  readonly frameSent: boolean
}

/** Exchanges over a line of bytes, each by a machine of its own. */
export function lineExchange<Request, Payload = Uint8Array>(
  createLink: (request: Request, asking: Asking) => Link<Payload>,
): Exchange<Request, Payload> {
  return async (request, asking) => {
    const { context, name, answersCount } = asking
    const { line, clock, untilMs } = context
    if (line.kind === 'http') throw new Error('a driver of lines was given a web service')
    const link = createLink(request, asking)
    const beganMs = clock.monotonic()
    const outcome = await runExchange(link, line, clock, untilMs)
    const end = (ending: Ending, problem?: Problem) => ended(ending, problem, link.frameSent)
    if (outcome.kind === 'lost') return end('lost', lostProblem(outcome.error))
    if (outcome.kind === 'out_of_time') {
      if (link.frameSent) return end('time', slowProblem(name, clock.monotonic() - beganMs))
      // Bytes kept coming, and the register could not be given its first command.
      return end('time', answersCount === 0 ? failureProblem(name, 'noise') : undefined)
    }
    const { result } = outcome
    switch (result.kind) {
      case 'answer':
        return result
      case 'foreign':
        return end('foreign', result.problem ?? FOREIGN_PROBLEM)
      case 'silent':
        return end('silent', SILENT_PROBLEM)
      case 'at_work':
        return end('at_work', result.problem)
      case 'failed':
        return end('failed', failureProblem(name, result.reason))
    }
  }
}
