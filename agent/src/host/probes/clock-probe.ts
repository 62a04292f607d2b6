import { type Clock, messageOf, type WireFact } from '@tillwatch/shared'
import type { HostConfig } from '../host-config.ts'
import { type HostFacts, pcItem, systemFailed, told, untold } from '../host-item.ts'
import type { HostProbe } from '../host-probe.ts'
import { askTimeServer, type TimeServer } from '../system/sntp.ts'
import { type TimeKeeping, timeKeeping } from '../system/time-service.ts'

export interface ClockProbeOptions {
  readonly config: HostConfig['clock']
  readonly clock: Clock
  readonly keeping?: () => Promise<TimeKeeping>
  readonly ask?: (server: TimeServer, clock: Clock) => Promise<number>
}

/** Whether the PC's clock is kept right, by whom and against what; and how far it is from a time server, where one is configured. */
export function createClockProbe(options: ClockProbeOptions): HostProbe {
  const { config, clock, keeping = timeKeeping, ask = askTimeServer } = options

  const kept = async (): Promise<HostFacts> => {
    try {
      const { service, isSynchronised, source } = await keeping()
      return {
        'host.clock.service': told(service),
        'host.clock.synchronised': told(isSynchronised),
        'host.clock.source': source === undefined ? untold('not_told') : source,
      }
    } catch (thrown) {
      const unknown = systemFailed(thrown)
      return { 'host.clock.service': unknown, 'host.clock.synchronised': unknown, 'host.clock.source': unknown }
    }
  }

  const offset = async (server: string): Promise<WireFact> => {
    try {
      return await ask({ host: server }, clock)
    } catch (thrown) {
      return { value: null, reason: 'no_time', raw: messageOf(thrown).slice(0, 200) }
    }
  }

  return {
    name: 'clock',
    intervalS: config.interval_s,
    read: async () => {
      const facts = await kept()
      const server = config.sntp_server
      const compared = server === undefined ? {} : { 'host.clock.ntp_offset_ms': await offset(server) }
      return [pcItem(clock.now(), { ...facts, ...compared })]
    },
  }
}
