import { join } from 'node:path'
import type { RunningProcess } from './process-list.ts'
import { type RunProgram, runProgram, windowsProgram } from './run-program.ts'

/** File that a running program is in; null where the system does not let us know. Never rejects. */
export type ProgramFile = (running: RunningProcess) => Promise<string | null>

const KNOWN_MAX = 32

/** Files of programs. Windows lists none: it is asked for one the first time that this process is seen, so a few times a day. */
export function createProgramFile(
  ask: (id: number) => Promise<string | null> = process.platform === 'win32' ? id => windowsFile(id, runProgram) : noFile,
): ProgramFile {
  const known = new Map<string, Promise<string | null>>()
  return ({ id, name, path }) => {
    if (path !== null) return Promise.resolve(path)
    const key = `${id} ${name}`
    const before = known.get(key)
    if (before) return before
    const asked = ask(id).catch(() => null)
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(key, asked)
    return asked
  }
}

const noFile = (): Promise<null> => Promise.resolve(null)

const POWERSHELL = join('WindowsPowerShell', 'v1.0', 'powershell.exe')

/** No small program of Windows tells the file of a process. */
export async function windowsFile(id: number, run: RunProgram): Promise<string | null> {
  const question = `[Console]::OutputEncoding = [Text.Encoding]::UTF8; (Get-Process -Id ${id}).Path`
  const { code, stdout } = await run(windowsProgram(POWERSHELL), ['-NoProfile', '-NonInteractive', '-Command', question])
  const path = Buffer.from(stdout).toString('utf8').replace(/^\uFEFF/, '').trim()
  return code === 0 && /^([A-Za-z]:|\\)\\[^\r\n]+$/.test(path) ? path : null
}
