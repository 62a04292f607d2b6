import { dateOfDay, dayOfDate, localDay } from '../calendar/zone.ts'
import { siteOf } from '../engine/scope.ts'
import type { FactState, ItemView } from '../model.ts'

export const KEY_UNTIL = 'fiscal.fn.key_until'

/** How long a drive signs after a flag of its key was first seen (domain ruling 19.6); the worse flag first. */
const KEY_FLAGS = [
  { flag: 'replace_urgently', daysLeft: 3 },
  { flag: 'key_resource_ending', daysLeft: 30 },
] as const
/** A flag so near to what the FN's date predicts only confirms it. */
const CONFIRMS_DAYS = 3

/**
 * When the key of a drive runs out by its flags: a fact that the collector keeps with the others of the drive, its confidence beside it.
 * Null while no such flag is on, so that one which comes on later was seen coming (medium); one that was on at first contact may be
 * older than we know (low). A date once given never moves later while a flag stays. Undefined while the flags are not known.
 */
export function keyUntil(item: ItemView): FactState | undefined {
  const flags = item.facts['fiscal.fn.flags']
  const known = item.facts[KEY_UNTIL]
  if (!flags || !Array.isArray(flags.value)) return known
  const names: readonly string[] = flags.value
  const on = KEY_FLAGS.find(({ flag }) => names.includes(flag))
  const told = { at: flags.at, receivedAt: flags.receivedAt, source: 'collector' } as const
  if (!on) return { value: null, ...told }
  const value = dateOfDay(localDay(siteOf(item).timezone, flags.at) + on.daysLeft)
  if (typeof known?.value === 'string' && known.value <= value) return { ...known, ...told }
  return { value, ...told, raw: known ? 'medium' : 'low' }
}

/** The key's date where it says more than the drive's own; null where it is unknown or only confirms that (both `YYYY-MM-DD`). */
export function keyDate(until: string | null, validUntil: string | null): string | null {
  const day = until === null ? null : dayOfDate(until)
  const lastDay = validUntil === null ? null : dayOfDate(validUntil)
  return day === null || (lastDay !== null && Math.abs(day - lastDay) <= CONFIRMS_DAYS) ? null : until
}
