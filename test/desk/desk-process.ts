import { type ChildProcess, execFileSync } from 'node:child_process'

/** The account that Debian gives to web applications. */
const USER = 'www-data'
const READY_MS_MAX = 120_000

/** Number of that account or of its group. */
export const webId = (flag: '-u' | '-g'): number => Number(execFileSync('id', [flag, USER], { encoding: 'utf8' }))

/** Waits for a 200. Throws when the process ends first, or after two minutes. */
export async function untilAnswers(
  url: string,
  headers: Readonly<Record<string, string>>,
  server: ChildProcess,
): Promise<void> {
  const giveUpAt = performance.now() + READY_MS_MAX
  while (performance.now() < giveUpAt) {
    if (server.exitCode !== null) throw new Error(`the desk’s process ended with ${server.exitCode}`)
    const answer = await fetch(url, { headers }).catch(() => null)
    if (answer?.status === 200) return
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  throw new Error('the desk did not come up in two minutes')
}

/** Ends a process that we started, if it has not ended by itself. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  const hard = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await ended
  clearTimeout(hard)
}
