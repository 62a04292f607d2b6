import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { AbsenceManner } from '../../fleet/silence-cause.ts'

/** Absences and addresses kept of each agent: a month of nights, or a day of a line that breaks all the time. */
const ABSENCES_PER_AGENT_MAX = 200
const ADDRESSES_PER_AGENT_MAX = 50

/** When agents go and come back, and from where. Works inside the caller's transaction. */
export interface AgentComings {
  went(agentId: string, manner: AbsenceManner, at: EpochMs): void
  came(agentId: string, address: string, at: EpochMs): void
}

/** The record over an open connection. An agent that is not known leaves none. */
export function createAgentComings(database: DatabaseSync): AgentComings {
  const insertAbsence = database.prepare(
    `INSERT OR IGNORE INTO agent_absences (agent_id, tenant_id, began_at, manner) SELECT id, tenant_id, ?, ? FROM agents WHERE id = ?`,
  )
  const endAbsence = database.prepare('UPDATE agent_absences SET back_at = ? WHERE agent_id = ? AND back_at IS NULL')
  const insertAddress = database.prepare(
    `INSERT OR IGNORE INTO agent_addresses (agent_id, tenant_id, at, address)
     SELECT id, tenant_id, :at, :address FROM agents WHERE id = :agent AND :address IS NOT
       (SELECT address FROM agent_addresses WHERE agent_id = :agent ORDER BY at DESC LIMIT 1)`,
  )
  const trim = (table: string, time: string, max: number) =>
    database.prepare(
      `DELETE FROM ${table} WHERE agent_id = ?1 AND ${time} <=
       (SELECT ${time} FROM ${table} WHERE agent_id = ?1 ORDER BY ${time} DESC LIMIT 1 OFFSET ${max})`,
    )
  const trimAbsences = trim('agent_absences', 'began_at', ABSENCES_PER_AGENT_MAX)
  const trimAddresses = trim('agent_addresses', 'at', ADDRESSES_PER_AGENT_MAX)
  return {
    went: (agentId, manner, at) => {
      insertAbsence.run(at, manner, agentId)
      trimAbsences.run(agentId)
    },
    came: (agentId, address, at) => {
      endAbsence.run(at, agentId)
      insertAddress.run({ agent: agentId, address, at })
      trimAddresses.run(agentId)
    },
  }
}
