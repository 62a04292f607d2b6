import { ManualClock } from '@tillwatch/shared/testing'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import type { Connector } from '../connectors/connector.ts'
import { createPace } from '../connectors/pace.ts'
import { createDeliveryMetrics } from './delivery-metrics.ts'

it('R76: calls to each desk and what became of messages can be read as numbers', async () => {
  const registry = new Registry()
  const pace = createPace(2, new ManualClock())
  const count = createDeliveryMetrics(registry, [{ connector: { name: 'support' } as Connector, pace }])
  const never = new AbortController().signal
  await pace.turn(never)
  await pace.turn(never)
  count('support', 'retry')
  count('support', 'delivered')
  const told = await registry.metrics()
  expect(told).toContain('tillwatch_desk_requests_total{desk="support"} 2')
  expect(told).toContain('tillwatch_delivery_attempts_total{desk="support",outcome="retry"} 1')
  expect(told).toContain('tillwatch_delivery_attempts_total{desk="support",outcome="delivered"} 1')
})
