import type { FactState, ItemView } from '@tillwatch/rules'
import type { EpochMs, FactName } from '@tillwatch/shared'
import type { Directory } from '@tillwatch/shared/api'
import type { Beside } from './conclude.ts'

/** How registers of a client or a site should be set. Several right values are separated by commas. */
export type Profile = NonNullable<Directory['sites'][number]['profile']>

/** The fact behind each entry of a profile. */
export const PROFILE_FACTS: Readonly<Record<keyof Profile, FactName>> = {
  ofd_host: 'fiscal.register.ofd_host',
  ffd: 'fiscal.register.ffd',
  firmware: 'fiscal.register.firmware',
  driver: 'fiscal.driver.version',
}

/** The site's word before the client's. */
export const profileOf = (client: Profile | null, site: Profile | null): Profile | null =>
  client || site ? { ...client, ...site } : null

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
