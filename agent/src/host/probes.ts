import type { Clock, Logger, WireFact, WireItem } from '@tillwatch/shared'
import type { HostConfig } from './host-config.ts'
import type { HostProbe } from './host-probe.ts'
import { createAntivirusProbe } from './probes/antivirus-probe.ts'
import { createChzLmProbe } from './probes/chz-lm-probe.ts'
import { createClockProbe } from './probes/clock-probe.ts'
import { createEgaisUtmProbe } from './probes/egais-utm-probe.ts'
import { createOfdReachProbe } from './probes/ofd-reach-probe.ts'
import { createPosAppProbe } from './probes/pos-app-probe.ts'
import { createRemoteAccessProbe } from './probes/remote-access-probe.ts'
import { createServicesProbe } from './probes/services-probe.ts'
import { createTsPiotProbe } from './probes/ts-piot-probe.ts'
import { openSightings } from './sightings.ts'
import { createProcessList } from './system/process-list.ts'
import { serviceList } from './system/service-list.ts'
import { createSystemProbe, type SystemProbe } from './system-probe.ts'

export interface HostProbesOptions {
  readonly config: HostConfig
  readonly dataDir: string
  readonly clock: Clock
  readonly logger: Logger
  /** Facts of the agent itself, which belong to the PC. */
  readonly agentFacts: () => Record<string, WireFact>
  /** The newest state of every register of this PC. */
  readonly registers: () => readonly WireItem[]
}

/** Every probe that the configuration leaves on; the system probe comes first and tells the identity of the PC. */
export function createHostProbes(options: HostProbesOptions): {
  readonly system: SystemProbe
  readonly all: readonly HostProbe[]
} {
  const { config, clock, logger, agentFacts, registers } = options
  const processes = createProcessList(clock)
  const sightings = openSightings(options.dataDir, clock, logger)
  const system = createSystemProbe({ intervalS: config.interval_s, clock, agentFacts })
  const all: readonly HostProbe[] = [
    system,
    createClockProbe({ config: config.clock, clock }),
    createAntivirusProbe({ config: config.antivirus, clock, processes }),
    createRemoteAccessProbe({ config: config.remote_access, clock, processes }),
    createServicesProbe({ config: config.services, clock, services: serviceList, sightings }),
    createPosAppProbe({ config: config.pos_app, clock, processes, sightings }),
    createEgaisUtmProbe({ config: config.egais_utm, clock, sightings }),
    createChzLmProbe({ config: config.chz_lm, clock, sightings }),
    createTsPiotProbe({ config: config.ts_piot, clock, sightings }),
    createOfdReachProbe({ config: config.ofd_reach, clock, registers }),
  ]
  return { system, all: all.filter(({ name }) => name === 'system' || config[name].mode !== 'off') }
}
