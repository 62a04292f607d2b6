import { OWN_TENANT } from '@tillwatch/rules'
import { USUAL_PLACE } from '../../connectors/connector.ts'
import type { RoutableDesk, Target } from '../route-book.ts'
import type { RoutedIncident } from '../route-keeper.ts'

/** A desk that hears of every incident of the own tenant. */
export const HOUSE_DESK: RoutableDesk = { name: 'desk', tenants: [OWN_TENANT] }

/** Every incident goes there. */
export const toHouseDesk = (): readonly Target[] => [
  { route: null, desk: HOUSE_DESK.name, placement: USUAL_PLACE, dryRun: false },
]

/** An incident of the own tenant that nobody knows the place of. */
export const UNPLACED: Omit<RoutedIncident, 'id' | 'priority'> = {
  ...{ tenantId: OWN_TENANT, clientId: null, siteId: null, causeClass: 'ofd' },
  ...{ category: 'ofd', kind: 'incident', source: 'monitoring' },
}
