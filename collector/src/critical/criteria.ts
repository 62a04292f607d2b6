/** What makes an incident critical by contract (domain ruling 18.45). Null: that criterion is off. */
export interface CriticalCriteria {
  /** Blocking for so much opening time in sum, minutes. */
  readonly blockingMinutes: number | null
  /** No register of a site of two or more can sell for so much opening time, minutes. */
  readonly siteStoppedMinutes: number | null
  /** At a marked site: this priority or more urgent. */
  readonly markedPriority: 1 | 2 | 3 | 4 | null
}

/** What counts where a contract says nothing. */
export const USUAL_CRITERIA: CriticalCriteria = { blockingMinutes: 60, siteStoppedMinutes: 5, markedPriority: 2 }
