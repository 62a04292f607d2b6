import { stat } from 'node:fs/promises'
import type { Clock, WireFact, WireItem } from '@tillwatch/shared'
import type { HostConfig, PosProgram } from '../host-config.ts'
import { serviceItem, told, untold } from '../host-item.ts'
import type { HostProbe } from '../host-probe.ts'
import type { Sightings } from '../sightings.ts'
import { fileVersion } from '../system/file-version.ts'
import { isNamed, listedProcesses, type ProcessList, type RunningProcess } from '../system/process-list.ts'
import { createProgramFile, type ProgramFile } from '../system/program-file.ts'

export interface PosAppProbeOptions {
  readonly config: HostConfig['pos_app']
  readonly clock: Clock
  readonly processes: ProcessList
  readonly sightings: Sightings
  readonly fileOf?: ProgramFile
  /** Version of a program file, as `fileVersion`. */
  readonly versionOf?: (path: string) => Promise<string | null>
}

/** POS programs by their processes: running or not, and in which version. One item a program. */
export function createPosAppProbe(options: PosAppProbeOptions): HostProbe {
  const { config, clock, processes, sightings, fileOf = createProgramFile() } = options
  const version = rememberedVersion(options.versionOf ?? fileVersion)

  const look = async (program: PosProgram, running: readonly RunningProcess[]): Promise<WireItem[]> => {
    const slot = `pos-${program.name.toLowerCase()}`
    const found = running.filter(each => program.processes.some(name => isNamed(each, name)))
    if (!sightings.mayTell(config.mode, slot, found.length > 0)) return []
    const shown = found.find(({ path }) => path !== null) ?? found[0]
    const path = shown ? await fileOf(shown) : null
    return [
      serviceItem(slot, clock.now(), {
        'pos.app.name': program.name,
        'pos.app.running': found.length > 0,
        // Of a program that does not run the last version stays known.
        ...(shown && { 'pos.app.version': path === null ? untold('no_rights') : await version(path) }),
      }),
    ]
  }

  return {
    name: 'pos_app',
    intervalS: config.interval_s,
    read: async () => {
      const running = await listedProcesses(processes)
      if ('unknown' in running) return untoldPrograms(options, running.unknown)
      const items: WireItem[] = []
      for (const program of config.programs) items.push(...(await look(program, running)))
      return items
    },
  }
}

/** The system does not tell its processes: what was seen before is unknown, not stopped. */
function untoldPrograms({ config, clock, sightings }: PosAppProbeOptions, unknown: WireFact): WireItem[] {
  return config.programs.flatMap(({ name }) => {
    const slot = `pos-${name.toLowerCase()}`
    if (!sightings.mayTell(config.mode, slot, false)) return []
    return serviceItem(slot, clock.now(), { 'pos.app.name': name, 'pos.app.running': unknown })
  })
}

/** Versions of files, read again only when a file has changed. */
function rememberedVersion(versionOf: (path: string) => Promise<string | null>) {
  const known = new Map<string, { readonly stamp: string; readonly version: WireFact }>()
  return async (path: string): Promise<WireFact> => {
    try {
      const { size, mtimeMs } = await stat(path)
      const stamp = `${size} ${mtimeMs}`
      const before = known.get(path)
      if (before?.stamp === stamp) return before.version
      const version = told((await versionOf(path)) ?? versionInPath(path))
      if (known.size >= VERSIONS_MAX) known.clear()
      known.set(path, { stamp, version })
      return version
    } catch {
      return told(versionInPath(path), 'no_rights')
    }
  }
}

const VERSIONS_MAX = 32

/** 1C is installed in a folder named by its version: `/opt/1cv8/x86_64/8.3.24.1667/1cv8c`. */
export const versionInPath = (path: string): string | null =>
  /[\\/](\d{1,5}(?:\.\d{1,5}){2,3})[\\/](?:[^\\/]+[\\/])?[^\\/]+$/.exec(path)?.[1] ?? null
