import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'

/** Refused messages kept for each agent; the newest explain a fault as well as all of them would. */
const REFUSED_PER_AGENT_MAX = 200
/** Events kept for each agent. */
const EVENTS_PER_AGENT_MAX = 1_000

/** What is kept of one agent for people to look at; the oldest go when there is too much. Works inside the caller's transaction. */
export interface AgentRecords {
  event(agentId: string, name: string, at: EpochMs, details: string): void
  /** A message that was put aside; without a place when not even that could be read. */
  refused(
    agentId: string,
    place: { readonly epoch: number; readonly seq: number } | null,
    refusal: { readonly reason: string; readonly payload: string },
    at: EpochMs,
  ): void
}

/** The records over an open connection. An agent that is not known leaves none. */
export function createAgentRecords(database: DatabaseSync): AgentRecords {
  const insertEvent = database.prepare(
    `INSERT INTO agent_events (tenant_id, agent_id, name, at, details)
     SELECT tenant_id, id, ?, ?, ? FROM agents WHERE id = ?`,
  )
  const insertRefused = database.prepare(
    `INSERT INTO quarantine (tenant_id, agent_id, epoch, seq, reason, payload, at)
     SELECT tenant_id, id, ?, ?, ?, ?, ? FROM agents WHERE id = ?`,
  )
  const trim = (table: 'quarantine' | 'agent_events', max: number) =>
    database.prepare(
      `DELETE FROM ${table} WHERE id IN
       (SELECT id FROM ${table} WHERE agent_id = ? ORDER BY at DESC, id DESC LIMIT -1 OFFSET ${max})`,
    )
  const trimEvents = trim('agent_events', EVENTS_PER_AGENT_MAX)
  const trimRefused = trim('quarantine', REFUSED_PER_AGENT_MAX)
  return {
    event: (agentId, name, at, details) => {
      insertEvent.run(name, at, details, agentId)
      trimEvents.run(agentId)
    },
    refused: (agentId, place, { reason, payload }, at) => {
      insertRefused.run(place?.epoch ?? null, place?.seq ?? null, reason, payload, at, agentId)
      trimRefused.run(agentId)
    },
  }
}
