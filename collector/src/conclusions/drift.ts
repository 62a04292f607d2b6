import type { FactState, ItemView } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { Beside } from './beside.ts'
import { PROFILE_FACTS, type Profile } from './profile.ts'

const plain = (text: string): string => text.trim().toLowerCase()

/** Facts that differ from the profile and were not accepted; unknown ones say nothing. Undefined where nothing was ever expected. */
export function driftOf(
  item: ItemView,
  { profile, accepted }: Pick<Beside, 'profile' | 'accepted'>,
  now: EpochMs,
): FactState | undefined {
  const known = item.facts['config.drift']
  if (!profile && !known) return undefined
  const names = Object.entries(PROFILE_FACTS).flatMap(([key, name]) => {
    const expected = profile?.[key as keyof Profile]
    const value = item.facts[name]?.value
    if (expected === undefined || typeof value !== 'string' || accepted?.[name] === value) return []
    return expected.split(',').map(plain).includes(plain(value)) ? [] : [name]
  })
  if (known && Array.isArray(known.value) && known.value.join() === names.join()) return known
  return { value: names, at: now, receivedAt: now, source: 'collector' }
}
