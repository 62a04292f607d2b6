import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { type IdentityFile, systemClock } from '@tillwatch/shared'
import { readIdentity } from '../stack/scripted-agent.ts'
import type { Stack } from '../stack/stack.ts'
import { enrolAgents } from './ingest.ts'

const REGISTERS = 10_000
const AGENTS = 100
/** Points older than the retention: enough for every step of a run to find some. */
const OLD_POINTS = 400_000
const OLD_MS = 31 * 86_400_000
const LOOK_MS = 2
/** Until everybody is connected and the collector runs warm. */
const WARM_UP_MS = 15_000
const PATIENCE_MS = 10_000

/** What the loading thread is told. */
export interface RulesLoadTask {
  readonly identities: readonly IdentityFile[]
  readonly registers: number
  readonly warmUpMs: number
  readonly seconds: number
}

/** A bad reading on its way: the serial of its register, and when it was published by the clock of the machine. */
export interface Published {
  readonly serial: string
  readonly at: number
}

/** Readings that the retention has to carry away while the load runs. */
function fillOldPoints(seriesFile: string, now: number): void {
  const series = new DatabaseSync(seriesFile)
  series.exec('PRAGMA busy_timeout = 5000')
  series.exec(`INSERT INTO series (id, tenant_id, item_id, fact) VALUES (1, 'main', 'old', 'fiscal.shift.receipts')`)
  series.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${OLD_POINTS})
    INSERT INTO points (series_id, at, value) SELECT 1, ${now - OLD_MS} - i * 1000, i FROM n`)
  series.close()
}

/**
 * Milliseconds from the publishing of a bad reading to the row of its incident, as another connection sees it: a real collector over MQTT
 * and TLS, 10 000 registers that report once a minute, roll-ups and retention running.
 */
export async function measureIncidents(stack: Stack, folder: string, seconds: number): Promise<readonly number[]> {
  const identities = await enrolAgents(stack.collectorConfig, readIdentity(join(folder, 'identity.json')), AGENTS)
  const first = await stack.startCollector()
  await first.stop()
  fillOldPoints(join(folder, 'collector', 'series.db'), systemClock.now())
  const collector = await stack.startCollector()
  const task: RulesLoadTask = { identities, registers: REGISTERS, warmUpMs: WARM_UP_MS, seconds }
  const worker = new Worker(new URL('./rules-load-thread.ts', import.meta.url), { workerData: task })
  const published: Published[] = []
  let isOver = false
  worker.on('message', (message: Published | 'over') => {
    if (message === 'over') isOver = true
    else published.push(message)
  })
  const state = new DatabaseSync(join(folder, 'collector', 'state.db'), { readOnly: true })
  const latencies = await watchFor(state, published, () => isOver)
  state.close()
  await worker.terminate()
  await collector.stop()
  return latencies
}

/** Looks for the incidents of what was published every other millisecond. */
async function watchFor(
  state: DatabaseSync,
  published: readonly Published[],
  isOver: () => boolean,
): Promise<readonly number[]> {
  const select = state.prepare('SELECT 1 FROM incidents WHERE item_id = ? LIMIT 1')
  const latencies: number[] = []
  const open = new Set<Published>()
  let known = 0
  for (let endsAt = Number.POSITIVE_INFINITY; systemClock.monotonic() < endsAt; await systemClock.sleep(LOOK_MS)) {
    for (; known < published.length; known++) open.add(published[known] as Published)
    for (const one of open) {
      if (!select.get(`register:main:${one.serial}`)) continue
      latencies.push(systemClock.now() - one.at)
      open.delete(one)
    }
    if (isOver() && endsAt === Number.POSITIVE_INFINITY) endsAt = systemClock.monotonic() + PATIENCE_MS
    if (isOver() && open.size === 0 && known === published.length) break
  }
  // What never came counts as the whole patience, so that it cannot hide.
  return [...latencies, ...[...open].map(() => PATIENCE_MS)]
}
