import { execFile } from 'node:child_process'
import { join } from 'node:path'

const RUN_MS_MAX = 10_000
const OUTPUT_BYTES_MAX = 256 * 1024

/** What a program of the system printed, and how it ended; a code of null: it was ended because it took too long or printed too much. */
export interface ProgramOutput {
  readonly code: number | null
  readonly stdout: Uint8Array
}

/** Runs a program of the system with fixed arguments, without a shell. Rejects when it cannot be started. */
export type RunProgram = (file: string, args: readonly string[]) => Promise<ProgramOutput>

/** Programs of this machine, bounded in time and output, with the words of the C locale where they obey it. */
export const runProgram: RunProgram = (file, args) =>
  new Promise((resolve, reject) => {
    const settings = {
      timeout: RUN_MS_MAX,
      maxBuffer: OUTPUT_BYTES_MAX,
      // One that does not heed a request to end would stay for ever.
      killSignal: 'SIGKILL',
      windowsHide: true,
      encoding: 'buffer',
      env: { ...process.env, LC_ALL: 'C' },
    } as const
    execFile(file, args, settings, (error, stdout) => {
      if (!error) return resolve({ code: 0, stdout })
      // A word such as ENOENT: it never began.
      if (typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) return reject(error)
      resolve({ code: typeof error.code === 'number' ? error.code : null, stdout })
    })
  })

/** A program of Windows by its full path, so that none of the same name in another folder is run. */
export const windowsProgram = (name: string): string =>
  join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', name)

/** Output that consists of ASCII as far as it matters: words in the code page of the console are not read. */
export const asciiOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
