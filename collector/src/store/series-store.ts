import type { EpochMs } from '@tillwatch/shared'
import type { AcceptedMessage } from '../ingest/batch.ts'

/** One stretch of a chart: everything between `at` and the next point. */
export interface SeriesPoint {
  readonly at: EpochMs
  readonly mean: number
  readonly min: number
  readonly max: number
}

/** Which numbers, from when to when (`to` exclusive), thinned out to at most `points`. */
export interface SeriesRequest {
  readonly itemId: string
  readonly fact: string
  readonly from: EpochMs
  readonly to: EpochMs
  readonly points: number
}

/** What a counter or a level was on one calendar day of the given zone. */
export interface DayPoint {
  /** `YYYY-MM-DD` */
  readonly day: string
  readonly min: number
  readonly max: number
  /** First and last hour of the day for which anything is known. */
  readonly firstAt: EpochMs
  readonly lastAt: EpochMs
}

/** How much is kept. */
export interface SeriesRetention {
  readonly rawDays: number
  readonly hourlyDays: number
}

/**
 * Numbers over time. Every implementation passes the contract suite. Append is idempotent on (agent, epoch, seq): a message that was
 * taken once is skipped the next time, in the same transaction that would write it.
 */
export interface SeriesStore {
  /** All of the batch or nothing. Of two values of one fact at one instant the later in sequence stays. Messages without a place of their own (snapshots) are not written. */
  append(messages: readonly AcceptedMessage[]): Promise<void>
  /** Points in time order. Long ranges and times beyond the raw retention are answered from hourly roll-ups. */
  query(request: SeriesRequest): Promise<readonly SeriesPoint[]>
  /** One row for each calendar day in zone `timezone` that has values, oldest first. */
  days(request: {
    readonly itemId: string
    readonly fact: string
    readonly from: EpochMs
    readonly to: EpochMs
    readonly timezone: string
  }): Promise<readonly DayPoint[]>
  /** Items that have values of a fact since `from`. */
  itemsWith(fact: string, from: EpochMs): Promise<readonly string[]>
  /** Deletes one small step of what is older than the retention; true when more is left. */
  thin(retention: SeriesRetention, now: EpochMs): Promise<boolean>
}
