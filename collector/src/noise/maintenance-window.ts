import { isOpen, nextBoundary } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { MaintenanceScope, MaintenanceSource, WeeklyHours } from '@tillwatch/shared/api'

/** A planned time in which faults open nothing new (domain section 8). */
export interface MaintenanceWindow {
  readonly id: number
  readonly tenantId: string
  readonly scope: MaintenanceScope
  readonly scopeId: string
  /** A rule or a cause class; null: everything. */
  readonly check: string | null
  readonly startsAt: EpochMs
  /** Null: a weekly one without an end. */
  readonly endsAt: EpochMs | null
  /** Every week at these local hours of each site; null: once, from start to end. */
  readonly weekly: WeeklyHours | null
  readonly reason: string
  readonly author: string
  /** Agreed with the client: the clock of the contract stands still too (domain ruling 18.14). */
  readonly agreed: boolean
  readonly source: MaintenanceSource
  readonly endedAt: EpochMs | null
  readonly endedBy: string | null
}

/** What a window may cover: a fault or an incident, and where it is. */
export interface WindowTarget {
  readonly tenantId: string
  readonly clientId: string | null
  readonly siteId: string | null
  readonly agentId: string
  readonly itemId: string
  readonly causeClass: string
  readonly rules: readonly string[]
}

/** Is it on, and until when does that stay so? Null: for ever. */
export interface WindowState {
  readonly on: boolean
  readonly until: EpochMs | null
}

type Times = Pick<MaintenanceWindow, 'startsAt' | 'endsAt' | 'weekly' | 'endedAt'>

/** The window in a site's zone. A weekly interval may go over midnight; a day of the change of clocks is as long as it is. */
export function windowState(window: Times, timezone: string, now: EpochMs): WindowState {
  const end = endOf(window)
  if (end !== null && now >= end) return { on: false, until: null }
  if (now < window.startsAt) return { on: false, until: window.startsAt }
  if (window.weekly === null) return { on: true, until: end }
  const calendar = { timezone, hours: { week: weekOf(window.weekly) } }
  const boundary = nextBoundary(calendar, now)
  const until = boundary === null ? end : end === null ? boundary : Math.min(boundary, end)
  return { on: isOpen(calendar, now) === true, until }
}

/** Since when a window that is on has been on. */
export function onSince(window: Times, timezone: string, now: EpochMs): EpochMs {
  if (window.weekly === null) return window.startsAt
  const calendar = { timezone, hours: { week: weekOf(window.weekly) } }
  let since = now - WEEK_MS
  for (let at: EpochMs | null = since; at !== null && at <= now; at = nextBoundary(calendar, at))
    if (isOpen(calendar, at) === true) since = at
  return Math.max(since, window.startsAt)
}
const WEEK_MS = 7 * 24 * 3_600_000

const endOf = ({ endsAt, endedAt }: Times): EpochMs | null =>
  endsAt !== null && endedAt !== null ? Math.min(endsAt, endedAt) : (endedAt ?? endsAt)

function weekOf({ days, from, to }: WeeklyHours) {
  const on = (day: number): readonly string[] => (days.includes(day) ? [`${from}-${to}`] : [])
  return { 1: on(1), 2: on(2), 3: on(3), 4: on(4), 5: on(5), 6: on(6), 7: on(7) } as const
}

/** Does it speak of this target at all, whatever the time? An item is covered together with what stands below it. */
export function speaksOf(window: MaintenanceWindow, target: WindowTarget): boolean {
  if (window.tenantId !== target.tenantId) return false
  const { check } = window
  if (check !== null && check !== target.causeClass && !isOnly(target.rules, check)) return false
  return scopesOf(target).some(({ scope, id }) => scope === window.scope && id === window.scopeId)
}

const isOnly = (rules: readonly string[], check: string): boolean =>
  rules.length > 0 && rules.every(rule => rule === check)

/** The scopes that cover a target, narrowest first. */
export function scopesOf(
  target: Omit<WindowTarget, 'causeClass' | 'rules'>,
): readonly { readonly scope: MaintenanceScope; readonly id: string }[] {
  const { tenantId, clientId, siteId, agentId, itemId } = target
  const scopes: { scope: MaintenanceScope; id: string | null }[] = [
    { scope: 'item', id: itemId },
    { scope: 'item', id: `pc:${agentId}` },
    { scope: 'site', id: siteId },
    { scope: 'client', id: clientId },
    { scope: 'tenant', id: tenantId },
  ]
  return scopes.flatMap(({ scope, id }) => (id === null ? [] : [{ scope, id }]))
}

/** The window that covers a target longest, or null. A window without an end in sight is the longest. */
export function coverOf(
  windows: readonly MaintenanceWindow[],
  target: WindowTarget,
  timezone: string,
  now: EpochMs,
): { readonly window: MaintenanceWindow; readonly until: EpochMs | null } | null {
  let best: { window: MaintenanceWindow; until: EpochMs | null } | null = null
  for (const window of windows) {
    if (!speaksOf(window, target)) continue
    const { on, until } = windowState(window, timezone, now)
    if (!on) continue
    const longer = best === null || until === null || (best.until !== null && until > best.until)
    if (longer) best = { window, until }
  }
  return best
}
