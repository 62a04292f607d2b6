import type { EpochMs } from '@tillwatch/shared'

/** The earlier of two moments, either of which may be missing. */
export const earliest = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
