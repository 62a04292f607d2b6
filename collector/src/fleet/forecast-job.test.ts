import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import type { AcceptedMessage } from '../ingest/batch.ts'
import { createLiveBus } from '../live/live-bus.ts'
import { createMemorySeriesStore } from '../store/memory-series-store.ts'
import { forecastAll } from './forecast-job.ts'
import type { ForecastSubject } from './forecast-subject.ts'

const DAY_MS = 24 * 3_600_000
const clock = new ManualClock()
const register: ForecastSubject = {
  ...{ itemId: 'register:main:1', tenantId: 'main', kind: 'register', agentId: 'till-0001', slot: 'r1', identity: '1' },
  ...{ epoch: 1, seq: 99, factsAt: clock.now() - 1000, timezone: 'Europe/Moscow', hoursJson: null },
  facts: { 'fiscal.fn.last_document': 3000, 'fiscal.fn.documents_left': 1000 },
  almostFullSince: null,
}

async function run(subject: ForecastSubject) {
  const series = createMemorySeriesStore()
  for (let day = 20; day > 0; day--) {
    const at = clock.now() - day * DAY_MS
    const facts = { 'fiscal.fn.last_document': { value: 3000 - day * 100, at, source: 'register' as const } }
    const items = [{ itemId: subject.itemId, kind: 'register' as const, slot: 'r1', identity: '1', at, facts }]
    const message = { agentId: 'till-0001', tenantId: 'main', epoch: 1, seq: 21 - day, lost: 0, receivedAt: at, items }
    await series.append([{ ...message, kind: 'telemetry', event: null, refusal: null }])
  }
  const committed: AcceptedMessage[] = []
  await forecastAll({
    fleet: { forecastSubjects: async after => (after === '' ? [subject] : []) },
    evaluator: {
      commit: async messages => {
        committed.push(...messages)
        return { itemIds: [], incidentIds: [], failures: [] }
      },
    },
    seriesReads: series,
    ...{ metrics: { itemFailures: () => {} }, live: createLiveBus(), clock, log: recordingLogger() },
  })
  return committed
}

test('a forecast becomes a fact of the collector, with its confidence, that moves neither mark nor age of the item', async () => {
  const [message] = await run(register)
  expect(message).toMatchObject({ kind: 'derived', epoch: 1, seq: 99 })
  expect(message?.items[0]).toMatchObject({ itemId: register.itemId, at: register.factsAt })
  expect(message?.items[0]?.facts['fiscal.fn.exhausted_at']).toMatchObject({
    ...{ value: '2026-12-01', source: 'collector', raw: 'medium' },
  })
})

test('a forecast that says what is known already is not written again', async () => {
  const facts = { ...register.facts, 'fiscal.fn.exhausted_at': '2026-12-01' }
  expect(await run({ ...register, facts })).toEqual([])
})

test('a forecast that no longer holds is taken back', async () => {
  const facts = { 'fiscal.fn.last_document': 3000, 'fiscal.fn.exhausted_at': '2026-12-01' }
  const [message] = await run({ ...register, facts })
  expect(message?.items[0]?.facts['fiscal.fn.exhausted_at']).toMatchObject({ value: null })
})
