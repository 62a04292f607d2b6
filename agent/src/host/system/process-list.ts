import { readdir, readFile, readlink } from 'node:fs/promises'
import type { Clock, WireFact } from '@tillwatch/shared'
import { systemFailed } from '../host-item.ts'
import { asciiOf, type RunProgram, runProgram, windowsProgram } from './run-program.ts'

/** A running program. Its command line is never read: it may hold a password. */
export interface RunningProcess {
  readonly id: number
  readonly name: string
  /** File that it runs; null where the system does not let us know. */
  readonly path: string | null
}

/** All running programs. Rejects when the system does not tell. */
export type ProcessList = () => Promise<readonly RunningProcess[]>

/** Several probes of a round look at one list. */
const REMEMBERED_MS = 30_000

/** The processes of this machine; a list serves for half a minute. */
export function createProcessList(clock: Clock): ProcessList {
  const list = process.platform === 'win32' ? () => windowsProcesses(runProgram) : () => linuxProcesses('/proc')
  let known: { readonly atMs: number; readonly list: Promise<readonly RunningProcess[]> } | null = null
  return () => {
    if (!known || clock.monotonic() - known.atMs >= REMEMBERED_MS) known = { atMs: clock.monotonic(), list: list() }
    return known.list
  }
}

/** By `/proc`: no other program has to be started. */
export async function linuxProcesses(root: string): Promise<readonly RunningProcess[]> {
  const ids = (await readdir(root)).filter(name => /^\d+$/.test(name))
  const processes = await Promise.all(ids.map(id => linuxProcess(Number(id), `${root}/${id}`)))
  return processes.filter(each => each !== null)
}

async function linuxProcess(id: number, folder: string): Promise<RunningProcess | null> {
  // The link needs the rights of the process's owner; the name is open to all, cut to 15 characters by the kernel.
  const path = await readlink(`${folder}/exe`).then(withoutDeleted, () => null)
  if (path) return { id, name: baseName(path), path }
  const name = await readFile(`${folder}/comm`, 'utf8').catch(() => '')
  return name.trim() === '' ? null : { id, name: name.trim(), path: null }
}

/** A program that was updated while it runs. */
const withoutDeleted = (path: string): string => path.replace(/ \(deleted\)$/, '')

/** By `tasklist`: names alone, and far cheaper than PowerShell, which would also hand over every command line. */
export async function windowsProcesses(run: RunProgram): Promise<readonly RunningProcess[]> {
  const { code, stdout } = await run(windowsProgram('tasklist.exe'), ['/fo', 'csv', '/nh'])
  const processes = code === 0 ? asciiOf(stdout).split(/\r?\n/).flatMap(listedTask) : []
  if (processes.length === 0) throw new Error('the system does not tell its processes')
  return processes
}

/** `"iikoFront.Net.exe","4312","Console","1","310 552 K"`: only the words behind the id are translated. */
function listedTask(line: string): RunningProcess[] {
  const [, name, id] = /^"([^"]{1,260})","(\d{1,10})",/.exec(line) ?? []
  return name && id ? [{ id: Number(id), name, path: null }] : []
}

/** Name of a file in a path of either system. */
export const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)

/** Whether a process is meant by a name; the kernel of Linux cuts names whose file it does not show. */
export function isNamed({ name, path }: RunningProcess, wanted: string): boolean {
  const [one, other] = [name.toLowerCase(), wanted.toLowerCase()]
  return one === other || (path === null && one.length === 15 && other.startsWith(one))
}

/** The list, or why there is none. */
export const listedProcesses = async (
  list: ProcessList,
): Promise<readonly RunningProcess[] | { readonly unknown: WireFact }> => {
  try {
    return await list()
  } catch (thrown) {
    return { unknown: systemFailed(thrown) }
  }
}
