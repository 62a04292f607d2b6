import { Counter, type Registry } from 'prom-client'
import type { Desk } from '../connectors/registry.ts'
import type { AttemptOutcome } from './attempt-outcome.ts'

/** Counts what becomes of attempts. */
export type CountAttempt = (desk: string, outcome: AttemptOutcome['kind']) => void

/** Shows how often each desk was called, for whatever reason, and what became of messages to it. */
export function createDeliveryMetrics(
  registry: Registry,
  desks: readonly Pick<Desk, 'connector' | 'pace'>[],
): CountAttempt {
  const registers = [registry]
  new Counter({
    name: 'tillwatch_desk_requests_total',
    help: 'Calls to a desk, whatever they were for; of a desk by mail, mails',
    labelNames: ['desk'],
    registers,
    collect() {
      this.reset()
      for (const { connector, pace } of desks) this.inc({ desk: connector.name }, pace.turns)
    },
  })
  const attempts = new Counter({
    name: 'tillwatch_delivery_attempts_total',
    help: 'Attempts to tell a desk something, by how they ended',
    labelNames: ['desk', 'outcome'],
    registers,
  })
  return (desk, outcome) => attempts.inc({ desk, outcome })
}
