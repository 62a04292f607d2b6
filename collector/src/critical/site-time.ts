import type { DatabaseSync } from 'node:sqlite'
import { DEFAULT_ZONE, instantAfterOpenMs, type OpeningHours, openMsBetween } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'

/** Opening time at a site. Where its hours are not known it counts as always open: a stop is not put off by an empty field. */
export interface SiteTime {
  openMs(from: EpochMs, to: EpochMs): number
  /** When so much opening time will have passed since `from`. */
  after(from: EpochMs, ms: number): EpochMs
}

/** Beyond the look-ahead of a calendar it is asked again after this long. */
const ASK_AGAIN_MS = 24 * 3_600_000
const ALWAYS: SiteTime = { openMs: (from, to) => to - from, after: (from, ms) => from + ms }

/** Reads the hours of a site by its key. */
export function createSiteTimes(database: DatabaseSync): (siteId: string | null) => SiteTime {
  const select = database.prepare('SELECT timezone, hours_json AS hours FROM sites WHERE id = ?')
  return siteId => {
    const row = select.get(siteId) as { timezone: string | null; hours: string | null } | undefined
    if (!row?.hours) return ALWAYS
    const calendar = { timezone: row.timezone ?? DEFAULT_ZONE, hours: JSON.parse(row.hours) as OpeningHours }
    return {
      openMs: (from, to) => openMsBetween(calendar, from, to) ?? to - from,
      after: (from, ms) => instantAfterOpenMs(calendar, from, ms) ?? from + ASK_AGAIN_MS,
    }
  }
}
