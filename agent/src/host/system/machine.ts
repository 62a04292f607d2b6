import { readFile } from 'node:fs/promises'
import os from 'node:os'
import { registryValue } from './registry-value.ts'
import { type RunProgram, runProgram } from './run-program.ts'

/** The machine's own id, then that of its board, which only root may read. */
const LINUX_IDS = ['/var/lib/dbus/machine-id', '/etc/machine-id', '/sys/class/dmi/id/product_uuid'] as const
const LINUX_NAMES = ['/etc/os-release', '/usr/lib/os-release'] as const
const WINDOWS_ID_KEY = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography'

/** The id that this machine's system gave itself, in lower case; null where it has none. */
export async function machineId(run: RunProgram = runProgram): Promise<string | null> {
  const id =
    process.platform === 'win32' ? await registryValue(run, WINDOWS_ID_KEY, 'MachineGuid') : await firstText(LINUX_IDS)
  return id?.trim().toLowerCase() || null
}

/** What the system calls itself: `Debian GNU/Linux 12 (bookworm)`, `Windows 10 Pro 10.0.19045`. */
export async function systemName(): Promise<string> {
  if (process.platform === 'win32') return `${os.version()} ${os.release()}`
  return prettyName((await firstText(LINUX_NAMES)) ?? '') ?? `${os.type()} ${os.release()}`
}

/** `PRETTY_NAME` of an os-release file (man os-release); null when there is none. */
export const prettyName = (text: string): string | null =>
  /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.replace(/["']/g, '').trim() || null

type Cpus = () => readonly Pick<os.CpuInfo, 'times'>[]

/** Share of all processors' time that went into work since the last call, 0 to 1, at first since the system's start; null while no time has passed. */
export function createCpuLoad(cpus: Cpus = os.cpus): () => number | null {
  let [idleBefore, totalBefore] = [0, 0]
  return () => {
    const times = cpus().map(cpu => cpu.times)
    const idle = sum(times.map(time => time.idle))
    const total = sum(times.flatMap(time => Object.values(time)))
    const passed = total - totalBefore
    const share = passed > 0 ? 1 - (idle - idleBefore) / passed : null
    ;[idleBefore, totalBefore] = [idle, total]
    return share === null ? null : Math.min(1, Math.max(0, share))
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** The first of the files that says anything. */
async function firstText(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => '')
    if (text.trim() !== '') return text
  }
  return null
}
