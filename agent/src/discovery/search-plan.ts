import { type BackoffPolicy, backoffMs, type EpochMs } from '@tillwatch/shared'
import type { FoundState } from './found-file.ts'
import { isMissing } from './found-register.ts'
import type { SerialPlace } from './serial-ports.ts'

const HOUR_MS = 3_600_000
/**
 * Between two searches that are wanted and bring nothing: an hour or two at first, a day in the end, because each one asks everybody who is
 * not ours. Half of it is random, so that the tills of a network do not search in step.
 */
export const BETWEEN_MS_MAX = 24 * HOUR_MS
const BETWEEN: BackoffPolicy = { firstMs: 2 * HOUR_MS, capMs: BETWEEN_MS_MAX, factor: 2, jitter: 0.5 }
/** How often it is looked whether a search is wanted; that touches no port. */
export const CHECK_MS = 60_000
/** After the PC has started its programs open their ports; a port that we hold then would seem broken to them. */
export const AFTER_BOOT_MS = 5 * 60_000
/** From one look to the next by the wall clock, `CHECK_MS` when the PC was awake: from this on it slept, or its clock was set. */
export const ASLEEP_MS = 3 * CHECK_MS

/** Whether there is something to search for: nothing was found so far, a port of a register is gone, or there is a port that is new. */
export function isSearchWanted(
  { searched_at, ports, registers }: FoundState,
  present: readonly SerialPlace[],
): boolean {
  if (searched_at === null || registers.length === 0) return true
  if (registers.some(register => isMissing(register, present))) return true
  return present.some(({ path }) => !ports.includes(path))
}

/** Earliest time of the next search by the wall clock: `searches` have been made, the last one at `lastMs`. Never sooner than an hour. */
export const nextSearchMs = (lastMs: EpochMs, searches: number, random: number): EpochMs =>
  lastMs + backoffMs(BETWEEN, searches - 1, random)
