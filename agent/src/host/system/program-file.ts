import { join } from 'node:path'
import type { RunningProcess } from './process-list.ts'
import { type RunProgram, runProgram, windowsProgram } from './run-program.ts'

/** File that a running program is in; null where the system does not let us know. Never rejects. */
export type ProgramFile = (running: RunningProcess) => Promise<string | null>

const KNOWN_MAX = 32
/** A PC that is just starting may be too busy to answer the first time. */
const ASKED_MAX = 3

/** Files of programs. Windows lists none: it is asked when a process is seen for the first time, so a few times a day. */
export function createProgramFile(
  ask: (id: number) => Promise<string | null> = process.platform === 'win32'
    ? id => windowsFile(id, runProgram)
    : noFile,
): ProgramFile {
  const known = new Map<string, { readonly path: string | null; readonly asked: number }>()
  return async running => {
    if (running.path !== null) return running.path
    const key = `${running.id} ${running.name}`
    const before = known.get(key) ?? { path: null, asked: 0 }
    if (before.path !== null || before.asked >= ASKED_MAX) return before.path
    const path = await ask(running.id).catch(() => null)
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(key, { path, asked: before.asked + 1 })
    return path
  }
}

const noFile = (): Promise<null> => Promise.resolve(null)

const POWERSHELL = join('WindowsPowerShell', 'v1.0', 'powershell.exe')

/** No small program of Windows tells the file of a process. */
export async function windowsFile(id: number, run: RunProgram): Promise<string | null> {
  const question = `[Console]::OutputEncoding = [Text.Encoding]::UTF8; (Get-Process -Id ${id}).Path`
  const { code, stdout } = await run(windowsProgram(POWERSHELL), [
    '-NoProfile',
    '-NonInteractive',
    '-Command',
    question,
  ])
  const path = Buffer.from(stdout)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim()
  return code === 0 && /^([A-Za-z]:|\\)\\[^\r\n]+$/.test(path) ? path : null
}
