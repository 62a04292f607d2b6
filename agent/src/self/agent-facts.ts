import type { WireFact, WireItem } from '@tillwatch/shared'
import type { OutboxCounts } from '../outbox/outbox.ts'
import { AGENT_VERSION } from '../version.ts'

/** Slot of the PC that the agent runs on. */
export const PC_SLOT = 'pc'

/** What the agent tells of itself. */
export const agentFacts = (counts: OutboxCounts): Record<string, WireFact> => ({
  'agent.version': AGENT_VERSION,
  'agent.outbox.messages': counts.waiting,
  'agent.outbox.oldest_at': counts.oldestAt === null ? null : new Date(counts.oldestAt).toISOString(),
  'agent.dropped_total': counts.dropped,
})

/** A sign of life: the PC with the agent's own facts alone. */
export const heartbeatItem = (id: string | null, counts: OutboxCounts, nowMs: number): WireItem => ({
  kind: 'pc',
  slot: PC_SLOT,
  id,
  at: new Date(nowMs).toISOString(),
  source: 'agent',
  facts: agentFacts(counts),
})
