import { type BackoffPolicy, backoffMs, type MonotonicMs } from '@tillwatch/shared'
import type { Cadence, PollOutcome, RegisterLink } from '../drivers/driver.ts'

/** Slow facts are read again after a day. */
export const DAILY_MS = 24 * 3_600_000
/** Rest between a poll that saw the register change, or that could not read everything, and the next (domain ruling 17.23). */
export const REST_MS = 10_000
/** Holds of the port in one round; a line too slow for that waits for the next round. */
export const WINDOWS_PER_ROUND_MAX = 30
/** Share of the interval that is random, so that registers on one PC and tills of a site do not poll in step. */
const JITTER = 0.1
/** Longest pause of a back-off, in intervals. */
const BACKOFF_INTERVALS_MAX = 3

/** Whether a question is to be asked: once in every round, or a day after it was last answered. */
export function isDue(
  cadence: Cadence,
  answeredAtMs: MonotonicMs | undefined,
  roundBeganMs: MonotonicMs,
  nowMs: MonotonicMs,
): boolean {
  if (answeredAtMs === undefined) return true
  return cadence === 'poll' ? answeredAtMs < roundBeganMs : nowMs - answeredAtMs >= DAILY_MS
}

/** What the last hold of the port came to, as far as it matters for the next. */
export interface LastPoll {
  readonly link: RegisterLink
  readonly outcome: PollOutcome
  /** FD number or mode differ from the poll before: the register is being used. */
  readonly changed: boolean
  /** Polls in a row that were not answered, this one included. */
  readonly failures: number
  /** Holds of the port in this round, this one included. */
  readonly windows: number
}

export interface NextPoll {
  readonly delayMs: number
  /** False: the round goes on where it was left. */
  readonly newRound: boolean
}

/**
 * When to poll next, and whether everything is then due anew. A register at work is tried again after the rest; one that does
 * not answer at growing intervals; a first silence soon, because printing registers fall silent for seconds.
 */
export function nextPoll(last: LastPoll, intervalMs: number, random: number): NextPoll {
  const spreadMs = Math.round(intervalMs * (1 - JITTER * random))
  const after = (delayMs: number, newRound: boolean) => ({
    delayMs: last.changed ? Math.max(delayMs, REST_MS) : delayMs,
    newRound,
  })
  if (last.link === 'ok') {
    const goesOn = last.outcome !== 'complete' && last.windows < WINDOWS_PER_ROUND_MAX
    return goesOn ? after(Math.min(REST_MS, spreadMs), false) : after(spreadMs, true)
  }
  if (last.failures <= 1) return after(Math.min(REST_MS, spreadMs), true)
  const policy: BackoffPolicy = {
    firstMs: intervalMs,
    capMs: intervalMs * BACKOFF_INTERVALS_MAX,
    factor: 2,
    jitter: JITTER,
  }
  return after(backoffMs(policy, last.failures - 2, random), true)
}
