import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@tillwatch/shared'
import { createStack } from '../stack/stack.ts'
import { type Bench, type Report, rounded } from './result.ts'

const EXECUTABLE = fileURLToPath(new URL('../../installers/dist/tillwatch-agent-linux-x64', import.meta.url))
/** The agent has read, connected and told what it read; what follows is idling. */
const WARM_UP_MS = 15_000
/** Clock ticks a second in /proc, the same on every Linux of today. */
const TICKS_PER_S = 100
const MIB = 1024 * 1024

/** What a process takes, by /proc. */
interface Usage {
  readonly rssBytes: number
  /** Memory of its own: without the pages of its program file, which the system can drop at any time. */
  readonly privateBytes: number
  readonly peakBytes: number
  readonly cpuMs: number
}

function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const privateKib = Number(/^Private_Dirty:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0)
  // Fields 14 to 17 (user and system time, then those of the programs that it ran); the name before them may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return {
    rssBytes: kib('VmRSS') * 1024,
    privateBytes: privateKib * 1024,
    peakBytes: kib('VmHWM') * 1024,
    cpuMs: (ticks * 1_000) / TICKS_PER_S,
  }
}

/** RSS of a Node process that does nothing: what this runtime costs at least. */
async function bareNodeBytes(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  await systemClock.sleep(2_000)
  const { rssBytes } = usageOf(child.pid ?? 0)
  child.kill('SIGKILL')
  return rssBytes
}

async function measure(name: string, pid: number, bareBytes: number, seconds: number, report: Report): Promise<void> {
  await systemClock.sleep(WARM_UP_MS)
  const before = usageOf(pid)
  const beganMs = systemClock.monotonic()
  await systemClock.sleep(seconds * 1_000)
  const after = usageOf(pid)
  const wallMs = systemClock.monotonic() - beganMs
  report({
    measure: `${name}.idle_rss`,
    value: rounded(after.rssBytes / MIB),
    unit: 'MiB',
    ratio: rounded(after.rssBytes / bareBytes),
    against: `${rounded(bareBytes / MIB)} MiB: a Node process that does nothing`,
  })
  report({
    measure: `${name}.idle_private`,
    value: rounded(after.privateBytes / MIB),
    unit: 'MiB without the pages of its program file',
  })
  report({ measure: `${name}.peak_rss`, value: rounded(after.peakBytes / MIB), unit: 'MiB since its start' })
  report({
    measure: `${name}.cpu`,
    value: rounded(((after.cpuMs - before.cpuMs) / wallMs) * 100),
    unit: '% of one core',
  })
}

/** RSS and CPU of the agent with one register polled once a minute, run from source and as the packaged executable. */
export const agentBench: Bench = {
  seconds: 65,
  async run(report, seconds, say) {
    if (!existsSync('/proc/self/status')) return say('needs /proc, which is there on Linux only')
    const bareBytes = await bareNodeBytes()
    const folder = mkdtempSync(join(tmpdir(), 'tillwatch-bench-'))
    const stack = await createStack({ folder, pollIntervalS: 60 })
    try {
      await stack.startRegister()
      await stack.enrol()
      await stack.startCollector()
      say(`from source: ${WARM_UP_MS / 1_000} s to settle, ${seconds} s measured`)
      const child = await stack.startAgent()
      await child.line(/connected to the collector/)
      await measure('from_source', child.pid, bareBytes, seconds, report)
      await child.stop()
      if (!existsSync(EXECUTABLE)) return say('no packaged agent here: `pnpm package` makes one')
      say('the packaged executable, in the same way')
      const packaged = spawn(EXECUTABLE, ['run', '--config', stack.agentConfig], { stdio: 'ignore' })
      const ended = new Promise<void>(resolve => packaged.once('exit', () => resolve()))
      try {
        await measure('executable', packaged.pid ?? 0, bareBytes, seconds, report)
      } finally {
        packaged.kill('SIGTERM')
        await ended
      }
    } finally {
      await stack.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
