import { backoffMs, type MonotonicMs } from '@tillwatch/shared'
import type { Cadence, PollOutcome, RegisterLink } from '../drivers/driver.ts'

/** Slow facts are read again after a day. */
export const DAILY_MS = 24 * 3_600_000
/** Rest between a poll that saw the register at work or changed, or that could not read everything, and the next (domain ruling 17.23). */
export const REST_MS = 10_000
/** Holds of the port in one round; a line too slow for that waits for the next round. */
export const WINDOWS_PER_ROUND_MAX = 30
/** Share of the interval that is random, so that registers on one PC and tills of a site do not poll in step. */
const JITTER = 0.1
/** Longest pause of a back-off, in intervals. */
const BACKOFF_INTERVALS_MAX = 3

/** Since when answers count: of questions of every poll, and of slow ones, which a person may want anew. */
export interface AnswersCount {
  readonly roundBeganMs: MonotonicMs
  /** Null: nobody has asked for the slow ones. */
  readonly slowWantedMs: MonotonicMs | null
}

/** Whether a question is to be asked: once in every round, or a day after it was last answered, sooner when a person wants to see it. */
export function isDue(
  cadence: Cadence,
  answeredAtMs: MonotonicMs | undefined,
  { roundBeganMs, slowWantedMs }: AnswersCount,
  nowMs: MonotonicMs,
): boolean {
  if (answeredAtMs === undefined) return true
  if (cadence === 'poll') return answeredAtMs < roundBeganMs
  return nowMs - answeredAtMs >= DAILY_MS || (slowWantedMs !== null && answeredAtMs < slowWantedMs)
}

/** What the last hold of the port came to, as far as it matters for the next. */
export interface LastPoll {
  readonly link: RegisterLink
  readonly outcome: PollOutcome
  /** FD number or mode differ from the poll before: the register is being used. */
  readonly changed: boolean
}

/** How often in a row things went as they last did. */
export interface Streaks {
  /** Polls that were not answered. */
  readonly failures: number
  /** Holds that found the register at work. */
  readonly yields: number
  /** Holds of the port in this round. */
  readonly windows: number
}

export const NO_STREAKS: Streaks = { failures: 0, yields: 0, windows: 0 }

/** The streaks with one more hold; `newRound`: it was the first of its round. */
export const streaksWith = (streaks: Streaks, { link, outcome }: LastPoll, newRound: boolean): Streaks => ({
  failures: link === 'ok' ? 0 : streaks.failures + 1,
  yields: link === 'ok' && outcome === 'yielded' ? streaks.yields + 1 : 0,
  windows: newRound ? 1 : streaks.windows + 1,
})

export interface NextPoll {
  readonly delayMs: number
  /** Part of the delay that the register is owed; nobody's wish for a poll shortens it. */
  readonly restMs: number
  /** False: the round goes on where it was left. */
  readonly newRound: boolean
}

/**
 * When to poll next, and whether everything is then due anew. A register at work, or whose port another program has, is tried again
 * after growing pauses, and so is one that does not answer; a first silence soon, because printing registers fall silent for seconds.
 */
export function nextPoll(last: LastPoll, streaks: Streaks, intervalMs: number, random: number): NextPoll {
  const { link, outcome, changed } = last
  const spreadMs = Math.round(intervalMs * (1 - JITTER * random))
  const isAtWork = link === 'busy' || (link === 'ok' && outcome === 'yielded')
  const restMs = changed || isAtWork ? REST_MS : 0
  const after = (delayMs: number, newRound: boolean) => ({ delayMs: Math.max(delayMs, restMs), restMs, newRound })
  const soonMs = Math.min(REST_MS, spreadMs)
  if (link === 'ok') {
    if (outcome === 'complete' || streaks.windows >= WINDOWS_PER_ROUND_MAX) return after(spreadMs, true)
    if (outcome === 'more') return after(soonMs, false)
    const pauseMs = pause(REST_MS, intervalMs, streaks.yields - 1, random)
    return after(Math.min(pauseMs, spreadMs), pauseMs >= spreadMs)
  }
  if (streaks.failures <= 1) return after(soonMs, true)
  return after(pause(intervalMs, intervalMs * BACKOFF_INTERVALS_MAX, streaks.failures - 2, random), true)
}

const pause = (firstMs: number, capMs: number, attempt: number, random: number): number =>
  backoffMs({ firstMs, capMs, factor: 2, jitter: JITTER }, attempt, random)

/** Polls between two tries of a source that failed so often in a row while another one tells: one, then growing up to the same limit. */
export const roundsBetweenTries = (failures: number): number => Math.min(2 ** (failures - 1), BACKOFF_INTERVALS_MAX)
