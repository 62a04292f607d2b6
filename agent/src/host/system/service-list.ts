import type { SERVICE_STARTS, SERVICE_STATES } from '@tillwatch/shared'
import { registryValue } from './registry-value.ts'
import { asciiOf, type RunProgram, runProgram, windowsProgram } from './run-program.ts'

/** A service of the system, installed or not. */
export interface SystemService {
  /** The name that was asked for. */
  readonly name: string
  /** Null where the system does not say. */
  readonly state: (typeof SERVICE_STATES)[number] | null
  /** Null where the system does not say, and for what is not installed. */
  readonly start: (typeof SERVICE_STARTS)[number] | null
}

/** The state of services by their names; case does not matter. Rejects when the system does not tell. */
export type ServiceList = (names: readonly string[]) => Promise<readonly SystemService[]>

/** Services of this machine, as the service manager of Windows or systemd tells them. */
export const serviceList: ServiceList = names =>
  process.platform === 'win32' ? windowsServices(names, runProgram) : systemdServices(names, runProgram)

const SERVICES_KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Services'
/** SERVICE_START of the Windows service manager: 0 and 1 are drivers, which begin with the system. */
const WINDOWS_STARTS: Readonly<Record<string, SystemService['start']>> = {
  '0x0': 'automatic',
  '0x1': 'automatic',
  '0x2': 'automatic',
  '0x3': 'manual',
  '0x4': 'disabled',
}
/** SERVICE_STATUS: stopped, start and stop pending, running, continue and pause pending, paused. */
const WINDOWS_STATES: Readonly<Record<string, SystemService['state']>> = {
  '1': 'stopped',
  '2': 'changing',
  '3': 'changing',
  '4': 'running',
  '5': 'changing',
  '6': 'changing',
  '7': 'stopped',
}
/** ERROR_SERVICE_DOES_NOT_EXIST, which `sc` ends with. */
const NO_SERVICE = 1_060

/** One after another by small programs of the system: the registry says what is installed, `sc query` how that is. */
export async function windowsServices(names: readonly string[], run: RunProgram): Promise<readonly SystemService[]> {
  const services: SystemService[] = []
  for (const name of names) services.push(await windowsService(name, run))
  return services
}

async function windowsService(name: string, run: RunProgram): Promise<SystemService> {
  const start = await registryValue(run, `${SERVICES_KEY}\\${name}`, 'Start')
  if (start === null) return { name, state: 'absent', start: null }
  const { code, stdout } = await run(windowsProgram('sc.exe'), ['query', name])
  if (code === NO_SERVICE) return { name, state: 'absent', start: null }
  return { name, state: code === 0 ? windowsState(asciiOf(stdout)) : null, start: WINDOWS_STARTS[start] ?? null }
}

/** The second number of `sc query`, after the type of the service: its labels are translated, in some versions its words too. */
function windowsState(text: string): SystemService['state'] {
  const numbers = [...text.matchAll(/^[ \t]+\S.*?: (\d+) /gm)]
  return WINDOWS_STATES[numbers[1]?.[1] ?? ''] ?? null
}

const PROPERTIES = 'Id,LoadState,ActiveState,UnitFileState'

/**
 * By `systemctl show`, which answers one block of `Key=value` lines a unit, in the order asked, empty lines between. A process of the
 * service's name would say nothing: a UTM, being Java, has none.
 */
export async function systemdServices(names: readonly string[], run: RunProgram): Promise<readonly SystemService[]> {
  if (names.length === 0) return []
  const units = names.map(name => (/\.[a-z]+$/.test(name) ? name : `${name.replaceAll(' ', '-')}.service`))
  const { code, stdout } = await run('systemctl', ['show', `--property=${PROPERTIES}`, '--', ...units])
  if (code !== 0) throw new Error('systemd does not tell its services')
  const blocks = unitBlocks(asciiOf(stdout))
  return names.map((name, index) => systemdService(name, blocks[index]))
}

/** The blocks of `systemctl show`, each by its keys. */
export const unitBlocks = (text: string): readonly ReadonlyMap<string, string>[] =>
  text
    .split(/\n{2,}/)
    .map(block => block.trim())
    .filter(block => block !== '')
    .map(block => new Map(block.split('\n').map(line => pairOf(line))))

const pairOf = (line: string): [string, string] => {
  const at = line.indexOf('=')
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
}

const SYSTEMD_STATES: Readonly<Record<string, SystemService['state']>> = {
  active: 'running',
  reloading: 'running',
  inactive: 'stopped',
  failed: 'stopped',
  activating: 'changing',
  deactivating: 'changing',
}
const SYSTEMD_STARTS: Readonly<Record<string, SystemService['start']>> = {
  enabled: 'automatic',
  'enabled-runtime': 'automatic',
  disabled: 'manual',
  static: 'manual',
  masked: 'disabled',
}

function systemdService(name: string, block: ReadonlyMap<string, string> | undefined): SystemService {
  const state = SYSTEMD_STATES[block?.get('ActiveState') ?? '']
  if (!block || !state) throw new Error('systemd does not tell its services')
  if (block.get('LoadState') === 'not-found') return { name, state: 'absent', start: null }
  return { name, state, start: SYSTEMD_STARTS[block.get('UnitFileState') ?? ''] ?? null }
}
