import type { DatabaseSync } from 'node:sqlite'
import { LOG_EXCERPT_BYTES_MAX } from '@tillwatch/shared'
import type { AcceptedMessage } from '../../ingest/batch.ts'

/** Writes down what an agent says of a command, inside the caller's transaction. */
export type AnswerWriter = (message: Pick<AcceptedMessage, 'agentId' | 'tenantId' | 'receivedAt' | 'answer'>) => void

/**
 * Answers over an open connection. The first result stands: an agent that was killed may say it again. What speaks of a command that was
 * never given to this very agent, or brings more log than was asked for, leaves no trace.
 */
export function createAnswerWriter(database: DatabaseSync): AnswerWriter {
  const own = 'id = :id AND agent_id = :agent AND tenant_id = :tenant AND outcome IS NULL'
  const result = database.prepare(
    `UPDATE agent_commands SET outcome = :outcome, text_json = :text, details_json = :details, answered_at = :at WHERE ${own}`,
  )
  const logPart = database.prepare(
    `INSERT OR IGNORE INTO agent_log_parts (command_id, tenant_id, part, parts, text)
     SELECT id, tenant_id, :part, :parts, :text FROM agent_commands
     WHERE ${own} AND json_extract(command_json, '$.do') = 'collect_log'
       AND length(:text) + (SELECT coalesce(sum(length(text)), 0) FROM agent_log_parts WHERE command_id = :id) <= ${LOG_EXCERPT_BYTES_MAX}`,
  )
  return ({ agentId, tenantId, receivedAt, answer }) => {
    if (!answer) return
    const whose = { id: answer.body.id, agent: agentId, tenant: tenantId }
    if (answer.kind === 'log_part') {
      const { part, parts, text } = answer.body
      logPart.run({ ...whose, part, parts, text })
      return
    }
    const { outcome, text, details } = answer.body
    result.run({
      ...whose,
      outcome,
      text: JSON.stringify(text),
      details: JSON.stringify(details),
      at: receivedAt,
    })
  }
}
