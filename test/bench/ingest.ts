import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { hashSecret } from '@tillwatch/collector/broker/access'
import { TENANT, withState } from '@tillwatch/collector/commands/offline-stores'
import { createAgentStore } from '@tillwatch/collector/store/sqlite/sqlite-agents'
import { type IdentityFile, systemClock } from '@tillwatch/shared'
import { readIdentity } from '../stack/scripted-agent.ts'
import { createStack, TERMINAL } from '../stack/stack.ts'
import type { LoadReport, LoadTask } from './ingest-load.ts'
import { type Bench, quantile, type Report, rounded } from './result.ts'

const AGENTS = 50
const MIB = 1024 * 1024
/** Messages that one commit of the limit's loop takes: a batch of the collector. */
const BATCH = 256

/** Enrols many agents at once, each with an identity of its own. */
export async function enrolAgents(
  configFile: string,
  pattern: IdentityFile,
  count: number = AGENTS,
): Promise<IdentityFile[]> {
  return withState(configFile, async ({ database }) => {
    const agents = createAgentStore(database)
    const identities: IdentityFile[] = []
    for (let index = 0; index < count; index++) {
      const agent = `bench-till-${index}`
      const identity = { ...pattern, agent, secret: `${'A'.repeat(39)}${String(index).padStart(4, '0')}` }
      const place = { tenantId: TENANT, site: TERMINAL.site }
      await agents.addAgent({ id: agent, ...place, secretHash: hashSecret(identity.secret) }, systemClock.now())
      identities.push(identity)
    }
    return identities
  })
}

/** What this disk allows: the same bytes appended durably in one table, in batches of the collector's size. */
async function appendLimit(folder: string, message: string, seconds: number): Promise<number> {
  const database = new DatabaseSync(join(folder, 'limit.db'))
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE m (id INTEGER PRIMARY KEY, body TEXT)',
  )
  const insert = database.prepare('INSERT INTO m (body) VALUES (?)')
  const until = systemClock.monotonic() + seconds * 1_000
  const beganMs = systemClock.monotonic()
  let count = 0
  while (systemClock.monotonic() < until) {
    database.exec('BEGIN IMMEDIATE')
    for (let index = 0; index < BATCH; index++) insert.run(message)
    database.exec('COMMIT')
    count += BATCH
    await nextTurn()
  }
  database.close()
  return (count * 1_000) / (systemClock.monotonic() - beganMs)
}

/** Resident memory of the collector in MiB, now and at its highest; nothing where there is no /proc. */
function memoryOf(pid: number): { now: number; peak: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
    return { now: (kib('VmRSS') * 1024) / MIB, peak: (kib('VmHWM') * 1024) / MIB }
  } catch {
    return null
  }
}

function tell(report: Report, load: LoadReport, limit: number): void {
  const rate = (load.stored * 1_000) / load.wallMs
  report({
    measure: 'stored',
    value: rounded(rate),
    unit: 'messages/s of 20 facts',
    ratio: rounded(rate / limit),
    against: `${rounded(limit)} messages/s: the same bytes appended durably to SQLite in batches of ${BATCH}`,
  })
  report({ measure: 'publish_to_stored.p50', value: rounded(quantile(load.latenciesMs, 0.5)), unit: 'ms' })
  report({ measure: 'publish_to_stored.p99', value: rounded(quantile(load.latenciesMs, 0.99)), unit: 'ms' })
}

/** Telemetry messages that the collector stores durably in a second, with all rules on. */
export const ingestBench: Bench = {
  seconds: 20,
  async run(report, seconds, say) {
    const folder = mkdtempSync(join(tmpdir(), 'tillwatch-bench-'))
    const stack = await createStack({ folder, registerPort: 'none' })
    try {
      await stack.enrol()
      const identities = await enrolAgents(stack.collectorConfig, readIdentity(join(folder, 'identity.json')))
      const collector = await stack.startCollector()
      const before = memoryOf(collector.pid)
      say(`${AGENTS} agents over TLS, each with a full window, ${seconds} s`)
      const task: LoadTask = { identities, seconds }
      const worker = new Worker(new URL('./ingest-load.ts', import.meta.url), { workerData: task })
      const [load] = (await once(worker, 'message')) as [LoadReport]
      await worker.terminate()
      const after = memoryOf(collector.pid)
      await collector.stop()
      tell(report, load, await appendLimit(folder, load.sample, Math.min(5, seconds)))
      if (before) report({ measure: 'collector.rss_before', value: rounded(before.now), unit: 'MiB' })
      if (after) report({ measure: 'collector.rss_after', value: rounded(after.now), unit: 'MiB' })
      if (after) report({ measure: 'collector.rss_peak', value: rounded(after.peak), unit: 'MiB' })
    } finally {
      await stack.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
