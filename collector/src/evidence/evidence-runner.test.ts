import { AppError } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { Connector } from '../connectors/connector.ts'
import type { Charts } from './charts.ts'
import type { Evidence, EvidenceTask } from './evidence.ts'
import { createEvidenceRunner } from './evidence-runner.ts'

const PLACE = { incidentId: 'i1', tenantId: 'main', number: 7 }
const CHART = { ...PLACE, do: 'chart', subject: {} } as EvidenceTask
const ASK = { ...PLACE, do: 'ask', agentId: 'a1', command: { do: 'collect_log', bytes_max: 1_024 } } as EvidenceTask
const SOURCES = { timezone: 'Europe/Moscow', from: 0, agentLog: '{"msg":"x"}', skewMs: 0, changes: [], events: [] }
const LOG: EvidenceTask = { ...PLACE, do: 'log', sources: SOURCES, missing: null }

const deskOf = (name: string, language: 'ru' | 'en', fileMax: number, tenants = ['main']) => ({
  tenants,
  connector: {
    ...{ name, language, capabilities: { fileMax } },
    ...(fileMax > 0 ? { attach: () => undefined } : { linkItem: () => undefined }),
  } as unknown as Connector,
})
const DESKS = [deskOf('files', 'ru', 1), deskOf('items', 'en', 0), deskOf('foreign', 'en', 1, ['other'])]

async function run(tasks: EvidenceTask[], more: { draw?: Charts['draw']; refuses?: boolean } = {}) {
  const clock = new ManualClock()
  const told: unknown[][] = []
  const tell =
    (name: string) =>
    async (...args: readonly unknown[]) =>
      void told.push([name, ...args.slice(0, -1)])
  const evidence: Evidence = {
    next: async () => tasks.shift() ?? null,
    nextAt: async () => null,
    ...{ charted: tell('charted'), asked: tell('asked'), logged: tell('logged'), putOff: tell('putOff') },
    thinAttachments: async () => false,
  }
  const registry = new Registry()
  const runner = createEvidenceRunner({
    evidence,
    charts: { draw: more.draw ?? (async (_subject, languages) => languages.map(() => new Uint8Array([1]))) },
    courier: {
      issue: async () => {
        if (more.refuses) throw new AppError('command.waiting', 'busy')
        return 'c1'
      },
    },
    ...{ desks: DESKS, registry, clock, log: recordingLogger(), changed: () => {} },
  })
  await runner.start()
  await clock.advance(5_000)
  await runner.stop()
  return { told, metrics: await registry.metrics() }
}

test('files are made in the languages of the tenant’s desks, and every desk hears of them', async () => {
  const { told } = await run([CHART, LOG])
  const desks = { files: ['files', 'items'], items: ['items'] }
  expect(told).toMatchObject([
    ['charted', 'i1', [{ name: 'tillwatch-7-chart-ru.png' }, { name: 'tillwatch-7-chart-en.png' }], desks],
    ['logged', 'i1', [{ name: 'tillwatch-7-log-ru.txt' }, { name: 'tillwatch-7-log-en.txt' }], null, desks],
  ])
})

test('a chart that cannot be drawn is counted and holds back nothing', async () => {
  const { told, metrics } = await run([CHART], { draw: () => Promise.reject(new Error('no canvas here')) })
  expect(told).toMatchObject([['charted', 'i1', [], {}]])
  expect(metrics).toContain('tillwatch_evidence_files_total{sort="chart",outcome="failed"} 1')
})

test('a file that is too large is left out and counted', async () => {
  const { told, metrics } = await run([CHART], { draw: async () => [new Uint8Array(600 * 1024)] })
  expect(told).toMatchObject([['charted', 'i1', [], {}]])
  expect(metrics).toContain('outcome="too_large"} 1')
})

test('R98: the agent is asked through the courier; one that cannot be asked is told as such', async () => {
  expect((await run([ASK])).told).toEqual([['asked', 'i1', 'c1']])
  expect((await run([ASK], { refuses: true })).told).toEqual([['asked', 'i1', null]])
})
