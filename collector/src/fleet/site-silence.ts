import { COLLECTOR_GRACE_MS, type EpochMs } from '@tillwatch/shared'

/** What is known of one site with several agents. */
export interface SiteSubject {
  readonly siteId: string
  readonly tenantId: string
  readonly timezone: string
  /** Its agents by id, with their last word; never-heard and revoked ones are left out. */
  readonly agents: readonly { readonly id: string; readonly lastHeardAt: EpochMs }[]
  /** What the site's item says now; null when there is none yet. */
  readonly told: { readonly agents: number; readonly silentSince: string | null } | null
  readonly collectorStartedAt: EpochMs
}

/** Agents say something every minute; five times that is no hiccup of the line. */
const SILENT_MS = 5 * 60_000
/** Domain ruling 17.9. */
const TOGETHER_MS = 5 * 60_000
/** An agent whose last word is this much older than the others' is gone for reasons of its own and counts for nothing. */
const LIVE_MS = 24 * 3_600_000

/**
 * How many agents of a site count, and since when all of them have been silent, if they went within five minutes of one another; null while
 * one speaks, or when there is only one. Our own absence is not counted (domain ruling 17.21). Pure.
 */
export function siteSilence(
  { agents, collectorStartedAt }: Pick<SiteSubject, 'agents' | 'collectorStartedAt'>,
  now: EpochMs,
): { readonly agents: number; readonly since: EpochMs | null } {
  const last = Math.max(0, ...agents.map(({ lastHeardAt }) => lastHeardAt))
  const live = agents.filter(({ lastHeardAt }) => lastHeardAt >= last - LIVE_MS)
  const together = live.every(({ lastHeardAt }) => last - lastHeardAt <= TOGETHER_MS)
  const since = Math.max(last, collectorStartedAt + COLLECTOR_GRACE_MS)
  const silent = live.length >= 2 && together && now - since >= SILENT_MS
  return { agents: live.length, since: silent ? since : null }
}
