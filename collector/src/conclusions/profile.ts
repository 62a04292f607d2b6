import type { FactName } from '@tillwatch/shared'
import type { Directory } from '@tillwatch/shared/api'

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
