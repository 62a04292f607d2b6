import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Evaluator } from '@tillwatch/collector/alerting/evaluator-port'
import { loadConfig } from '@tillwatch/collector/config'
import { dataDirAt } from '@tillwatch/collector/data-dir'
import type { Fleet } from '@tillwatch/collector/fleet/fleet'
import { stateThreadData } from '@tillwatch/collector/stores'
import { createStateServices } from '@tillwatch/collector/threads/state-services'
import { systemClock } from '@tillwatch/shared'
import { createStack } from '../stack/stack.ts'
import { type Bench, processorMs, quantile, type Report, rounded } from './result.ts'
import { measureEngine } from './rules-engine.ts'
import { fillFleet } from './rules-fleet.ts'
import { measureIncidents } from './rules-load.ts'

const FLEETS = [10_000, 100_000] as const
const MINUTE_MS = 60_000
/** Rows in one transaction of the baseline: what one slice of a tick takes. */
const ROWS_PER_COMMIT = 32
/** One slice as the collector has it between two readings. */
const SLICE_MS = 10
/** A Sunday afternoon with every site open: nothing is excused by the hour. */
const NOW = Date.parse('2026-11-22T11:00:00Z')

/** Milliseconds of `run`. */
async function timed(run: () => Promise<void> | void): Promise<number> {
  const beganMs = systemClock.monotonic()
  await run()
  return systemClock.monotonic() - beganMs
}

/** Evaluates until nothing is due at `now`; the longest slice in ms. */
async function tickAll(evaluator: Evaluator, now: number): Promise<number> {
  let longestMs = 0
  for (let due: number | null = now; due !== null && due <= now; ) {
    longestMs = Math.max(
      longestMs,
      await timed(async () => {
        due = (await evaluator.tick(now, SLICE_MS)).nextDueAt
      }),
    )
  }
  return longestMs
}

/** The same rows read, parsed, written out again and updated, without a question asked: what this machine allows. */
function bareRows(database: DatabaseSync): void {
  const ids = database.prepare(`SELECT id FROM items WHERE kind = 'register'`).all()
  const select = database.prepare('SELECT state_json, rule_state_json, view_json FROM items WHERE id = ?')
  const update = database.prepare(
    'UPDATE items SET state_json = ?, rule_state_json = ?, view_json = ?, next_due_at = next_due_at WHERE id = ?',
  )
  const again = (text: unknown): string | null => (typeof text === 'string' ? JSON.stringify(JSON.parse(text)) : null)
  for (let first = 0; first < ids.length; first += ROWS_PER_COMMIT) {
    database.exec('BEGIN IMMEDIATE')
    for (const { id } of ids.slice(first, first + ROWS_PER_COMMIT)) {
      const row = select.get(id as string)
      update.run(again(row?.['state_json']), again(row?.['rule_state_json']), again(row?.['view_json']), id as string)
    }
    database.exec('COMMIT')
  }
}

/** Evaluations of a whole fleet in one thread, over its file. */
async function measureTicks(folder: string, configFile: string, registers: number, report: Report): Promise<void> {
  const config = loadConfig(configFile)
  const databasePath = join(folder, `fleet-${registers}.db`)
  const told = await stateThreadData(config, dataDirAt(config.data_dir))
  const services = createStateServices({ ...told, databasePath })
  const evaluator = services['evaluator'] as Evaluator
  const database = new DatabaseSync(databasePath)
  database.exec('PRAGMA busy_timeout = 5000')
  await fillFleet({ fleet: services['fleet'] as Fleet, evaluator }, database, registers, NOW)
  await tickAll(evaluator, NOW)
  const name = `tick_${registers / 1_000}k`
  database.exec(`UPDATE items SET next_due_at = ${NOW} WHERE kind = 'register'`)
  let longestMs = 0
  const began = process.cpuUsage()
  const allMs = await timed(async () => {
    longestMs = await tickAll(evaluator, NOW)
  })
  const usedMs = processorMs(began)
  const bareMs = await timed(() => bareRows(database))
  report({ measure: `${name}.all_due`, value: rounded(allMs), unit: 'ms' })
  report({
    measure: `${name}.evaluations`,
    value: rounded((registers * 1_000) / allMs),
    unit: 'evaluations/s on one core, stored',
    ratio: rounded(bareMs / allMs),
    against: `${rounded((registers * 1_000) / bareMs)} rows/s: the same rows read, parsed and written back without a rule`,
  })
  report({ measure: `${name}.processor`, value: rounded((usedMs * 1_000) / registers), unit: 'µs of one core each' })
  report({ measure: `${name}.longest_slice`, value: rounded(longestMs), unit: 'ms' })
  const minutes = 10
  const someMs = await timed(async () => {
    for (let minute = 1; minute <= minutes; minute++) await tickAll(evaluator, NOW + minute * MINUTE_MS)
  })
  report({ measure: `${name}.of_an_ordinary_minute`, value: rounded(someMs / minutes), unit: 'ms' })
  database.close()
}

/** What rules cost: a whole fleet due at once, an ordinary minute of it, and the way from a reading to its incident. */
export const rulesBench: Bench = {
  seconds: 60,
  async run(report, seconds, say) {
    const folder = mkdtempSync(join(tmpdir(), 'tillwatch-bench-'))
    const stack = await createStack({ folder, registerPort: 'none' })
    try {
      await stack.enrol()
      say('the rules alone on one core')
      measureEngine(Math.min(10, seconds), NOW, report)
      for (const registers of FLEETS) {
        say(`${registers} registers, all due at once, with the full set of rules`)
        await measureTicks(folder, stack.collectorConfig, registers, report)
      }
      say(`${seconds} s of 10 000 registers that report every minute; retention runs`)
      const latenciesMs = await measureIncidents(stack, folder, seconds)
      report({ measure: 'publish_to_incident.count', value: latenciesMs.length, unit: 'incidents' })
      report({ measure: 'publish_to_incident.p50', value: rounded(quantile(latenciesMs, 0.5)), unit: 'ms' })
      report({
        measure: 'publish_to_incident.p99',
        value: rounded(quantile(latenciesMs, 0.99)),
        unit: 'ms',
        ratio: rounded(quantile(latenciesMs, 0.99) / GOAL_MS),
        against: `${GOAL_MS} ms, the goal`,
      })
    } finally {
      await stack.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

const GOAL_MS = 200
