import { dayOfDate, dayStart } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'

/** A new outlet counts as one for so long after the first word of its agents, where the directory names no date (R11, R12); a client watched for less has none. */
export const LAUNCH_MS = 14 * 24 * 3_600_000

/** Causes that speak of how an outlet was set up (R13). */
export const SETUP_CLASSES = ['config', 'clock_register', 'clock_pc', 'program', 'daily'] as const

/** What decides how long a site counts as new. */
export interface LaunchDates {
  readonly timezone: string
  /** Last day by the directory, `YYYY-MM-DD`. */
  readonly launch_until: string | null
  readonly first_heard_at: number | null
  /** First word from any site of its client. */
  readonly client_heard_at: number | null
}

/**
 * The directory's date, its day included; otherwise so long after the site was first heard, if its client was watched before: the sites with
 * which a client comes are old ones, only the monitoring is new. Null where it is no launch.
 */
export function launchEnd({
  timezone,
  launch_until: lastDay,
  first_heard_at: firstHeardAt,
  client_heard_at: clientHeardAt,
}: LaunchDates): EpochMs | null {
  const day = lastDay === null ? null : dayOfDate(lastDay)
  if (day !== null) return dayStart(timezone, day + 1)
  if (firstHeardAt === null || clientHeardAt === null || firstHeardAt - clientHeardAt < LAUNCH_MS) return null
  return firstHeardAt + LAUNCH_MS
}
