import { CLOCK_TOLERANCE_MS, type EpochMs } from '@tillwatch/shared'

/** What was recorded at a time that cannot be is put into so much time before its receipt. */
const GUESS_MS = 60_000

/** The times that a message carries, by the agent's clock except `receivedAt` (ours) and `ageMs` (the agent's monotonic clock). */
export interface MessageTimes {
  readonly recordedAt: EpochMs
  readonly sentAt: EpochMs
  /** Monotonic time from recording to sending; null when the agent was restarted between. */
  readonly ageMs: number | null
  /** Its number among the messages of its agent. */
  readonly seq: number
  readonly receivedAt: EpochMs
}

/** How to move instants of one message to the collector's clock, and how wrong the agent's clock is now. */
export interface TimeCorrection {
  /** Agent's clock minus ours at sending; network delay included. Positive = ahead. */
  readonly skewMs: number
  /** The agent's clock was set between recording and sending. */
  readonly stepped: boolean
  /** Never later than the moment of receipt, because nothing was read in the future; never before 1970, whatever the message claims. */
  correct(at: EpochMs): EpochMs
}

/**
 * Skew inside the tolerance is delay and NTP slack, so the agent's times stand as they are. Beyond it they move by the skew; when the
 * clock was set after the message was recorded, the skew at sending says nothing about the reading, and its age by the monotonic
 * clock does. Of a message whose age is not known and which is dated after its receipt only the order is known: each gets an instant of
 * its own shortly before, so that none takes the place of another.
 */
export function correctionOf(times: MessageTimes): TimeCorrection {
  const { recordedAt, sentAt, ageMs, seq, receivedAt } = times
  const skewMs = sentAt - receivedAt
  const stepped = ageMs !== null && Math.abs(sentAt - recordedAt - ageMs) > CLOCK_TOLERANCE_MS
  const offset = stepped ? receivedAt - ageMs - recordedAt : -skewMs
  const moveBy = Math.abs(offset) <= CLOCK_TOLERANCE_MS ? 0 : offset
  const isImpossible = ageMs === null && recordedAt + moveBy > receivedAt
  const latest = isImpossible ? receivedAt - GUESS_MS + (seq % GUESS_MS) : receivedAt
  return { skewMs, stepped, correct: at => Math.max(0, Math.min(at + moveBy, latest)) }
}
