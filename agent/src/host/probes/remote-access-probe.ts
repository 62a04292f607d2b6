import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@tillwatch/shared'
import type { HostConfig } from '../host-config.ts'
import { pcItem } from '../host-item.ts'
import type { HostProbe } from '../host-probe.ts'
import { isNamed, listedProcesses, type ProcessList } from '../system/process-list.ts'
import { registryValue } from '../system/registry-value.ts'
import { type RunProgram, runProgram } from '../system/run-program.ts'

/** The files of remote access tools are a few kilobytes. */
const FILE_BYTES_MAX = 64 * 1024

/** Reads a small text file; null when there is none or we may not. */
export type ReadText = (path: string) => Promise<string | null>

interface Tool {
  readonly name: string
  readonly processes: readonly string[]
  /** The number under which the tool is called; null where it does not let us know. Passwords and keys are never looked at. */
  readonly id?: (read: ReadText, run: RunProgram) => Promise<string | null>
}

const anydeskFile = (): string =>
  process.platform === 'win32'
    ? join(process.env['ProgramData'] ?? 'C:\\ProgramData', 'AnyDesk', 'system.conf')
    : '/etc/anydesk/system.conf'
const TEAMVIEWER_FILE = '/opt/teamviewer/config/global.conf'
const TEAMVIEWER_KEYS = ['HKLM\\SOFTWARE\\WOW6432Node\\TeamViewer', 'HKLM\\SOFTWARE\\TeamViewer'] as const

const TOOLS: readonly Tool[] = [
  {
    name: 'AnyDesk',
    processes: ['AnyDesk.exe', 'anydesk'],
    id: async read => idIn(await read(anydeskFile()), /^ad\.anynet\.id=(\d{6,12})\s*$/m),
  },
  {
    name: 'TeamViewer',
    processes: ['TeamViewer_Service.exe', 'teamviewerd'],
    id: async (read, run) => {
      if (process.platform !== 'win32')
        return idIn(await read(TEAMVIEWER_FILE), /^\[int32\] ClientID = (\d{6,12})\s*$/m)
      for (const key of TEAMVIEWER_KEYS) {
        const value = await registryValue(run, key, 'ClientID')
        if (value !== null && /^0x[0-9a-f]{1,8}$/i.test(value)) return String(Number(value))
      }
      return null
    },
  },
  { name: 'RustDesk', processes: ['rustdesk.exe', 'rustdesk'] },
  { name: 'RuDesktop', processes: ['rudesktop.exe', 'rudesktop'] },
  { name: 'Ammyy Admin', processes: ['AA_v3.exe'] },
  { name: 'LiteManager', processes: ['ROMServer.exe'] },
  { name: 'Remote Utilities', processes: ['rutserv.exe'] },
  { name: 'Radmin', processes: ['rserver3.exe'] },
  { name: 'VNC', processes: ['winvnc.exe', 'tvnserver.exe', 'vncserver.exe'] },
]

export interface RemoteAccessProbeOptions {
  readonly config: HostConfig['remote_access']
  readonly clock: Clock
  readonly processes: ProcessList
  readonly run?: RunProgram
  readonly read?: ReadText
}

/** Which remote access tools run, each with the number under which it is called where it tells one. */
export function createRemoteAccessProbe(options: RemoteAccessProbeOptions): HostProbe {
  const { config, clock, processes, run = runProgram, read = smallText } = options
  const label = async ({ name, id }: Tool): Promise<string> => {
    const number = id ? await id(read, run).catch(() => null) : null
    return number === null ? name : `${name} ${number}`
  }
  return {
    name: 'remote_access',
    intervalS: config.interval_s,
    read: async () => {
      const running = await listedProcesses(processes)
      if ('unknown' in running) return [pcItem(clock.now(), { 'host.remote_access': running.unknown })]
      const found = TOOLS.filter(tool => running.some(each => tool.processes.some(name => isNamed(each, name))))
      const labels = await Promise.all(found.map(label))
      return [pcItem(clock.now(), { 'host.remote_access': labels.sort() })]
    },
  }
}

const idIn = (text: string | null, pattern: RegExp): string | null => pattern.exec(text ?? '')?.[1] ?? null

const smallText: ReadText = async path => {
  try {
    const { size } = await stat(path)
    return size > FILE_BYTES_MAX ? null : await readFile(path, 'utf8')
  } catch {
    return null
  }
}
