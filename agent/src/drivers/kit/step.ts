import type { ExchangeStep } from '../../transport/exchange.ts'
import type { Failure } from './ending.ts'
import type { LinkResult } from './exchange.ts'

type Bytes = Uint8Array | readonly number[]

/** A link that waits for so long at the most, and says something before where `write` is given. */
export const wait = (waitMs: number, write: Bytes | null = null): ExchangeStep<never> => ({
  done: false,
  write: write && Uint8Array.from(write),
  waitMs,
})

/** A link that is done; `write` is its last word. */
export const finish = <Payload = never>(
  result: LinkResult<Payload>,
  write: Bytes | null = null,
): ExchangeStep<LinkResult<Payload>> => ({ done: true, write: write && Uint8Array.from(write), result })

/** A link whose exchange with a living device did not succeed. */
export const fail = (reason: Failure, write: Bytes | null = null): ExchangeStep<LinkResult<never>> =>
  finish({ kind: 'failed', reason }, write)
