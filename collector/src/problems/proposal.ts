import type { EpochMs } from '@tillwatch/shared'

/** When repeated incidents of one signature are worth a look into their cause (domain section 9). */
export interface ProposalSettings {
  /** So many on one item … */
  readonly repeats: number
  /** … within so many days. */
  readonly repeatDays: number
  /** Or so many items … */
  readonly items: number
  /** … within so many days. */
  readonly itemDays: number
  /** A rejected proposal stays quiet for so many days, or until its count doubles. */
  readonly quietDays: number
}

export const USUAL_PROPOSALS: ProposalSettings = { repeats: 3, repeatDays: 30, items: 5, itemDays: 7, quietDays: 30 }

/**
 * Classes of which repetition says nothing about a cause: drives end because their time is over, and a wave of them is planning
 * (domain 18.39 keeps them out of mass incidents for the same reason).
 */
export const isPlannable = (causeClass: string): boolean => causeClass === 'fn_end'

/** How often a signature occurred lately. */
export interface Occurrences {
  /** On the item of the newest incident, within `repeatDays`. */
  readonly onItem: number
  /** Different items, within `itemDays`. */
  readonly items: number
}

/** Whether either threshold is reached. */
export const isWorthProposing = (seen: Occurrences, settings: ProposalSettings): boolean =>
  seen.onItem >= settings.repeats || seen.items >= settings.items

/** Whether a signature that was rejected may not be proposed yet. `occurrences` counts as it did at the rejection. */
export const isQuiet = (
  rejected: { readonly at: EpochMs; readonly count: number },
  occurrences: number,
  settings: ProposalSettings,
  now: EpochMs,
): boolean => now < rejected.at + settings.quietDays * 24 * 3_600_000 && occurrences < 2 * rejected.count
