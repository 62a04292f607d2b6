import type { AppError, Clock, MonotonicMs } from '@tillwatch/shared'
import type { Line } from './line.ts'

/** What a handshake machine wants next: bytes sent, then a wait of at most `waitMs`; or it is done. */
export type ExchangeStep<R> =
  | { readonly done: false; readonly write: Uint8Array | null; readonly waitMs: number }
  | { readonly done: true; readonly write: Uint8Array | null; readonly result: R }

/** One request as a pure machine: told of bytes and of silence, it says what to send and how long to wait. */
export interface ExchangeMachine<R> {
  start(): ExchangeStep<R>
  receive(bytes: Uint8Array): ExchangeStep<R>
  /** The wait ended without bytes. */
  expire(): ExchangeStep<R>
  /** True from the first byte of an answer: it is read to its end even when the time for the port is over. */
  readonly answering: boolean
}

export type ExchangeOutcome<R> =
  | { readonly kind: 'result'; readonly result: R }
  /** The time for the port was over before an answer began. */
  | { readonly kind: 'out_of_time' }
  | { readonly kind: 'lost'; readonly error: AppError }

/** Longest reading of an answer that was begun: 258 bytes at 2400 baud, and the pauses. */
const ANSWER_MS_MAX = 3_000

/**
 * Drives a machine over a line. Ends with its result, with the loss of the line, or at the instant `untilMs`; only an answer
 * that has begun may go on past it, and not for longer than three seconds.
 */
export async function runExchange<R>(
  machine: ExchangeMachine<R>,
  line: Line,
  clock: Clock,
  untilMs: MonotonicMs,
): Promise<ExchangeOutcome<R>> {
  let step = machine.start()
  for (;;) {
    const leftMs = untilMs + (machine.answering ? ANSWER_MS_MAX : 0) - clock.monotonic()
    // Past the end only a last word is still said: what would begin anew is left to the next exchange.
    if (!step.done && leftMs <= 0) return { kind: 'out_of_time' }
    if (step.write) line.write(step.write)
    if (step.done) return { kind: 'result', result: step.result }
    const event = await line.next(Math.min(step.waitMs, leftMs))
    if (event.kind === 'lost') return event
    if (event.kind === 'bytes') step = machine.receive(event.bytes)
    else if (leftMs < step.waitMs) return { kind: 'out_of_time' }
    else step = machine.expire()
  }
}
