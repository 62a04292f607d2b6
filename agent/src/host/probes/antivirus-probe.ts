import type { Clock, WireFact } from '@tillwatch/shared'
import type { HostConfig } from '../host-config.ts'
import { pcItem, systemFailed, untold } from '../host-item.ts'
import type { HostProbe } from '../host-probe.ts'
import { isNamed, listedProcesses, type ProcessList } from '../system/process-list.ts'
import { registryValue } from '../system/registry-value.ts'
import { type RunProgram, runProgram } from '../system/run-program.ts'
import { utcDay } from '../told-json.ts'

const DEFENDER = 'Microsoft Defender'
/** Products by the processes that scan, on Windows and on Linux. */
const PRODUCTS: Readonly<Record<string, readonly string[]>> = {
  [DEFENDER]: ['MsMpEng.exe'],
  Kaspersky: ['avp.exe', 'avpsus.exe', 'kesl'],
  'Dr.Web': ['dwengine.exe', 'drweb-configd'],
  ESET: ['ekrn.exe', 'eset_daemon'],
  Avast: ['AvastSvc.exe'],
  ClamAV: ['clamd', 'clamd.exe'],
}

const DEFENDER_KEY = 'HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Signature Updates'
const DEFENDER_VALUE = 'SignaturesLastUpdated'
/** Milliseconds from 1601, where a FILETIME begins, to 1970; it counts steps of 100 ns. */
const FILETIME_ZERO_MS = 11_644_473_600_000

export interface AntivirusProbeOptions {
  readonly config: HostConfig['antivirus']
  readonly clock: Clock
  readonly processes: ProcessList
  readonly run?: RunProgram
}

/** Which antivirus runs, and of which day its definitions are. Only Microsoft Defender lets others know the day. */
export function createAntivirusProbe({ config, clock, processes, run = runProgram }: AntivirusProbeOptions): HostProbe {
  const updatedOn = async (): Promise<WireFact> => {
    try {
      const day = fileTimeDay(await registryValue(run, DEFENDER_KEY, DEFENDER_VALUE))
      return day ?? untold('not_told')
    } catch (thrown) {
      return systemFailed(thrown)
    }
  }
  return {
    name: 'antivirus',
    intervalS: config.interval_s,
    read: async () => {
      const running = await listedProcesses(processes)
      if ('unknown' in running) return [pcItem(clock.now(), { 'host.antivirus': running.unknown })]
      const products = Object.entries(PRODUCTS)
        .filter(([, names]) => running.some(each => names.some(name => isNamed(each, name))))
        .map(([product]) => product)
      const others = products.some(product => product !== DEFENDER)
      return [
        pcItem(clock.now(), {
          'host.antivirus': products.sort(),
          ...(products.length > 0 && { 'host.antivirus_updated_on': others ? untold('not_told') : await updatedOn() }),
        }),
      ]
    },
  }
}

/** Day of a FILETIME as the registry holds it, 16 hex digits with the lowest byte first; null when it is none. */
export function fileTimeDay(data: string | null): string | null {
  if (data === null || !/^[0-9A-Fa-f]{16}$/.test(data)) return null
  const ms = Number(Buffer.from(data, 'hex').readBigUInt64LE() / 10_000n) - FILETIME_ZERO_MS
  return ms > 0 && ms < Date.parse('2100-01-01T00:00:00Z') ? utcDay(ms) : null
}
