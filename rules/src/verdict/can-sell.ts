import type { CanSellReason, EpochMs, FactName, FactValue } from '@tillwatch/shared'
import { DAY_MS, dayOfDate, HOUR_MS, instantOfLocal, localDay } from '../calendar/zone.ts'
import { STALE_MS, siteOf } from '../engine/scope.ts'
import type { CanSell, ItemView } from '../model.ts'

/** A document unconfirmed for so long locks the FN (domain section 2). */
const OFD_LOCK_MS = 30 * DAY_MS
/** A shift may last so long. */
const SHIFT_MS = 24 * HOUR_MS
const OFD_FACTS = ['fiscal.ofd.unsent_documents', 'fiscal.ofd.first_unsent_at'] as const
const ERROR_REASONS: Readonly<Record<string, CanSellReason>> = { paper: 'paper_absent', cover: 'cover_open' }

/** A known value, whatever its age. */
export const knownValue = (item: ItemView, name: FactName): FactValue => item.facts[name]?.value ?? null
/** A value that is known and at most two hours old (domain ruling 17.12). */
const freshValue = (item: ItemView, name: FactName, now: EpochMs): FactValue => {
  const fact = item.facts[name]
  return fact && now - fact.at <= STALE_MS ? fact.value : null
}

/** When the OFD lock falls or fell; null when nothing waits, nothing is known, or the register works without an OFD. */
export function ofdLockAt(item: ItemView): EpochMs | null {
  const unsent = knownValue(item, 'fiscal.ofd.unsent_documents')
  const since = knownValue(item, 'fiscal.ofd.first_unsent_at')
  if (knownValue(item, 'fiscal.register.autonomous') === true) return null
  if (typeof unsent !== 'number' || unsent === 0 || typeof since !== 'string') return null
  const at = instantOfLocal(siteOf(item).timezone, since)
  return at === null ? null : at + OFD_LOCK_MS
}

/** Is the queue's age known only from stale facts? */
export const isOfdStale = (item: ItemView, now: EpochMs): boolean =>
  OFD_FACTS.some(name => now - (item.facts[name]?.at ?? now) > STALE_MS)

/** When the shift reaches 24 hours; null when it is closed, unknown or stale. */
export function shiftLockAt(item: ItemView, now: EpochMs): EpochMs | null {
  const openedAt = freshValue(item, 'fiscal.shift.opened_at', now)
  if (freshValue(item, 'fiscal.shift.state', now) !== 'open' || typeof openedAt !== 'string') return null
  const at = instantOfLocal(siteOf(item).timezone, openedAt)
  return at === null ? null : at + SHIFT_MS
}

/** Reasons in the FN itself: they outlast silence, because only a replacement takes them away. */
function fnReasons(item: ItemView, now: EpochMs): CanSellReason[] {
  const reasons: CanSellReason[] = []
  const phase = knownValue(item, 'fiscal.fn.phase')
  const flags = knownValue(item, 'fiscal.fn.flags')
  const validUntil = knownValue(item, 'fiscal.fn.valid_until')
  const lastDay = typeof validUntil === 'string' ? dayOfDate(validUntil) : null
  if (lastDay !== null && localDay(siteOf(item).timezone, now) > lastDay) reasons.push('fn_expired')
  if (knownValue(item, 'fiscal.fn.documents_left') === 0) reasons.push('fn_full')
  if (phase !== null && phase !== 'fiscal') reasons.push('fn_phase')
  if (Array.isArray(flags) && flags.includes('critical_error')) reasons.push('fn_critical')
  return reasons
}

/** Reasons that come and go: judged on fresh facts only. */
function passingReasons(item: ItemView, now: EpochMs): CanSellReason[] {
  const reasons: CanSellReason[] = []
  const fresh = (name: FactName) => freshValue(item, name, now)
  const lockAt = ofdLockAt(item)
  if (lockAt !== null && lockAt <= now && !isOfdStale(item, now)) reasons.push('ofd_locked')
  const shiftAt = shiftLockAt(item, now)
  const expired = fresh('fiscal.shift.state') === 'expired' || fresh('fiscal.register.mode') === 'shift_expired'
  if (expired || (shiftAt !== null && shiftAt <= now)) reasons.push('shift_expired')
  if (fresh('fiscal.register.paper') === 'absent') reasons.push('paper_absent')
  if (fresh('fiscal.register.cover') === 'open') reasons.push('cover_open')
  const error = fresh('fiscal.register.error')
  if (typeof error === 'string' && error !== 'none') reasons.push(ERROR_REASONS[error] ?? 'device_error')
  if (fresh('fiscal.register.mode') === 'blocked') reasons.push('device_error')
  return [...new Set(reasons)]
}

/**
 * "Can it sell?" of a register (domain ruling 17.14): `no` with every reason of the closed list; `yes` only when it
 * answers and its FN is known to be in fiscal mode by fresh facts; otherwise `unknown`, as for anything but a register.
 */
export function canSell(item: ItemView, now: EpochMs): CanSell {
  if (item.kind !== 'register') return { value: 'unknown', reasons: [] }
  const reasons = [...passingReasons(item, now), ...fnReasons(item, now)]
  if (reasons.length > 0) return { value: 'no', reasons }
  const link = freshValue(item, 'fiscal.register.link', now)
  const phase = freshValue(item, 'fiscal.fn.phase', now)
  const answers = link === 'ok' || link === 'busy'
  return { value: answers && phase === 'fiscal' ? 'yes' : 'unknown', reasons: [] }
}
