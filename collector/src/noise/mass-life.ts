import type { EpochMs } from '@tillwatch/shared'

/** Domain section 8: solved once fewer than a fifth of the peak were affected for an hour. */
const ENDING_SHARE = 0.2
export const ENDING_MS = 60 * 60_000

/** How a mass incident stands. */
export interface MassLife {
  readonly affected: number
  readonly peak: number
  readonly belowSince: EpochMs | null
}

/** The life after a count of the affected. */
export function afterCount(life: MassLife, affected: number, now: EpochMs): MassLife {
  const peak = Math.max(life.peak, affected)
  const below = affected < ENDING_SHARE * peak
  return { affected, peak, belowSince: below ? (life.belowSince ?? now) : null }
}

/** When it is over unless more fall; null while too many are affected. */
export const endsAt = ({ belowSince }: MassLife): EpochMs | null =>
  belowSince === null ? null : belowSince + ENDING_MS
