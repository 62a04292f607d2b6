import type { Clock, WireItem } from '@tillwatch/shared'
import type { HostConfig } from '../host-config.ts'
import { serviceItem, systemFailed, told } from '../host-item.ts'
import type { HostProbe } from '../host-probe.ts'
import type { Sightings } from '../sightings.ts'
import type { ServiceList, SystemService } from '../system/service-list.ts'

export interface ServicesProbeOptions {
  readonly config: HostConfig['services']
  readonly clock: Clock
  readonly services: ServiceList
  readonly sightings: Sightings
}

/** Vendors' services by name: register drivers, the UTM. One item a service. */
export function createServicesProbe({ config, clock, services, sightings }: ServicesProbeOptions): HostProbe {
  const slotOfService = (name: string): string => `service-${name.toLowerCase()}`

  const itemOf = ({ name, state, start }: SystemService): WireItem[] => {
    const slot = slotOfService(name)
    if (!sightings.mayTell(config.mode, slot, state !== 'absent' && state !== null)) return []
    return [
      serviceItem(slot, clock.now(), {
        'host.service.name': name,
        'host.service.state': told(state),
        ...(state !== 'absent' && { 'host.service.start': told(start) }),
      }),
    ]
  }

  return {
    name: 'services',
    intervalS: config.interval_s,
    read: async () => {
      try {
        return (await services(config.names)).flatMap(itemOf)
      } catch (thrown) {
        // Unknown, not stopped; and nothing at all of what never was.
        return config.names.flatMap(name => {
          const slot = slotOfService(name)
          if (!sightings.mayTell(config.mode, slot, false)) return []
          const state = systemFailed(thrown)
          return serviceItem(slot, clock.now(), { 'host.service.name': name, 'host.service.state': state })
        })
      }
    },
  }
}
