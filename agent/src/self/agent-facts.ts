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

/** Facts of the agent itself about its PC. */
const selfItem = (id: string | null, facts: Record<string, WireFact>, nowMs: number): WireItem => ({
  kind: 'pc',
  slot: PC_SLOT,
  id,
  at: new Date(nowMs).toISOString(),
  source: 'agent',
  facts,
})

/** A sign of life: the PC with the agent's own facts alone. */
export const heartbeatItem = (id: string | null, counts: OutboxCounts, nowMs: number): WireItem =>
  selfItem(id, agentFacts(counts), nowMs)

/**
 * What can be switched off here, and what is: told at the start and whenever it changes, so that nobody forgets a check that is off.
 * The PC is known by its agent; its own identity is told by the probes.
 */
export const switchesItem = (
  switches: { readonly checks: readonly string[]; readonly off: readonly string[] },
  nowMs: number,
): WireItem => selfItem(null, { 'agent.checks': [...switches.checks], 'agent.switched_off': [...switches.off] }, nowMs)
