import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { assert, type EpochMs } from '@tillwatch/shared'
import type { AcceptedMessage } from '../../ingest/batch.ts'
import { type AgentRecords, createAgentRecords } from './agent-records.ts'
import { type AnswerWriter, createAnswerWriter } from './command-answers.ts'

interface MarkStatements {
  readonly advance: StatementSync
  readonly heard: StatementSync
  readonly version: StatementSync
  readonly records: AgentRecords
  readonly answer: AnswerWriter
}

const prepared = new WeakMap<DatabaseSync, MarkStatements>()

function statementsOf(database: DatabaseSync): MarkStatements {
  const known = prepared.get(database)
  if (known) return known
  const made: MarkStatements = {
    advance: database.prepare(
      `INSERT INTO marks (tenant_id, agent_id, epoch, mark, lost) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (agent_id, epoch) DO UPDATE SET mark = excluded.mark, lost = lost + excluded.lost
       WHERE excluded.mark > mark`,
    ),
    heard: database.prepare(
      `UPDATE agents SET last_heard_at = max(coalesce(last_heard_at, 0), ?), first_heard_at = coalesce(first_heard_at, ?),
       epoch = max(coalesce(epoch, 0), ?) WHERE id = ?`,
    ),
    version: database.prepare('UPDATE agents SET version = ? WHERE id = ? AND version IS NOT ?'),
    records: createAgentRecords(database),
    answer: createAnswerWriter(database),
  }
  prepared.set(database, made)
  return made
}

/**
 * Writes down how far each agent of a batch is stored, inside the caller's transaction: marks and lost messages, when it was heard,
 * its events, its answers to commands and refused messages. A snapshot only makes its epoch known; derived facts leave no trace here.
 */
export function advanceMarks(database: DatabaseSync, messages: readonly AcceptedMessage[]): void {
  assert(database.isTransaction, 'marks advance in the transaction that stores their messages')
  const run = statementsOf(database)
  /** Last word of each agent in this batch: one update of its row instead of one for every message. */
  const heard = new Map<string, { at: EpochMs; first: EpochMs; epoch: number }>()
  for (const message of messages) {
    if (message.kind === 'derived') continue
    const { agentId, tenantId, epoch, seq } = message
    const isSnapshot = message.kind === 'snapshot'
    const { changes } = run.advance.run(tenantId, agentId, epoch, isSnapshot ? 0 : seq, isSnapshot ? 0 : message.lost)
    const before = heard.get(agentId)
    heard.set(agentId, {
      at: Math.max(before?.at ?? 0, message.receivedAt),
      first: Math.min(before?.first ?? Number.MAX_SAFE_INTEGER, message.receivedAt),
      epoch: Math.max(before?.epoch ?? 0, epoch),
    })
    const version = versionIn(message)
    if (version) run.version.run(version, agentId, version)
    // A message at or below the mark was stored before; its event and its refusal were too.
    if (changes === 0) continue
    if (message.event) {
      const { name, at, details } = message.event
      run.records.event(agentId, name, Date.parse(at), JSON.stringify(details))
    }
    run.answer(message)
    if (message.refusal) run.records.refused(agentId, { epoch, seq }, message.refusal, message.receivedAt)
  }
  for (const [agentId, { at, first, epoch }] of heard) run.heard.run(at, first, epoch, agentId)
}

function versionIn(message: AcceptedMessage): string | null {
  for (const item of message.items) {
    const value = item.kind === 'pc' ? item.facts['agent.version']?.value : undefined
    if (typeof value === 'string') return value
  }
  return null
}
