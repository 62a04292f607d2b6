import type { DatabaseSync } from 'node:sqlite'
import { type AgentCommand, AppError, type EpochMs } from '@tillwatch/shared'
import { createChangeLog } from '../../alerting/change-log.ts'
import { itemIdOf } from '../../fleet/item-id.ts'
import { changeOf, LATELY_MS, lifeOf, refusalOf } from '../../remote/command-rules.ts'
import type { RemoteCommands, WaitingCommand } from '../../remote/remote-commands.ts'
import { inTransaction } from './database.ts'

/** Commands kept of one agent; the oldest that wait for nothing go first. */
const COMMANDS_PER_AGENT_MAX = 500
/** Rows deleted in one step of thinning, so that no step is felt. */
const THIN_ROWS = 200
/** Logs kept of one agent: what was looked at is looked at within days, and a log may hold more than anybody meant. */
const LOGS_PER_AGENT_MAX = 20

interface CommandRow {
  readonly id: string
  readonly agent_id: string
  readonly command_json: string
  readonly issued_by: string
  readonly issued_at: EpochMs
  readonly expires_at: EpochMs
  readonly sent_at: EpochMs | null
  readonly outcome: string | null
}

const commandOf = ({ command_json: text }: CommandRow): AgentCommand => JSON.parse(text) as AgentCommand

const waitingOf = (row: CommandRow): WaitingCommand => ({
  id: row.id,
  agentId: row.agent_id,
  command: commandOf(row),
  issuedBy: row.issued_by,
  issuedAt: row.issued_at,
  expiresAt: row.expires_at,
  sentAt: row.sent_at,
})

/** The commands over an open, migrated relational file. */
export function createRemoteCommands(database: DatabaseSync, newId: () => string): RemoteCommands {
  const agent = database.prepare('SELECT revoked_at FROM agents WHERE id = ? AND tenant_id = ?')
  const earlier = database.prepare(
    `SELECT * FROM agent_commands
     WHERE agent_id = :agent AND (issued_at > :lately OR (outcome IS NULL AND expires_at > :now))`,
  )
  const insert = database.prepare(
    `INSERT INTO agent_commands (id, tenant_id, agent_id, command_json, issued_by, issued_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const trim = database.prepare(
    `DELETE FROM agent_commands WHERE id IN
     (SELECT id FROM agent_commands WHERE agent_id = ? ORDER BY issued_at DESC LIMIT -1 OFFSET ${COMMANDS_PER_AGENT_MAX})
     AND (outcome IS NOT NULL OR expires_at <= ?)`,
  )
  const trimLogs = database.prepare(
    `DELETE FROM agent_log_parts WHERE command_id IN
     (SELECT id FROM agent_commands WHERE agent_id = ? AND json_extract(command_json, '$.do') = 'collect_log'
      ORDER BY issued_at DESC LIMIT -1 OFFSET ${LOGS_PER_AGENT_MAX})`,
  )
  // Not DISTINCT, for which SQLite would walk over every command that was ever given.
  const agents = database.prepare('SELECT agent_id FROM agent_commands WHERE outcome IS NULL AND expires_at > ?')
  const waiting = database.prepare(
    `SELECT * FROM agent_commands
     WHERE agent_id = ? AND outcome IS NULL AND expires_at > ? ORDER BY issued_at`,
  )
  const sent = database.prepare('UPDATE agent_commands SET sent_at = ? WHERE id = ?')
  const thin = database.prepare(
    `DELETE FROM agent_commands WHERE id IN (SELECT id FROM agent_commands WHERE issued_at < ? LIMIT ${THIN_ROWS})`,
  )
  const changes = createChangeLog(database)

  const judge = (tenantId: string, agentId: string, command: AgentCommand, now: EpochMs): void => {
    const found = agent.get(agentId, tenantId) as { revoked_at: number | null } | undefined
    if (!found)
      throw new AppError('agent.unknown', `there is no agent ${agentId}`, { nextStep: 'Open it from the list.' })
    if (found.revoked_at !== null) {
      throw new AppError('agent.revoked', `agent ${agentId} is revoked and will never answer`, {
        nextStep: 'Give it a new identity first: tillwatch agent rotate.',
      })
    }
    const rows = earlier.all({ agent: agentId, lately: now - LATELY_MS, now }) as unknown as CommandRow[]
    const refusal = refusalOf(
      command,
      rows.map(row => ({
        command: commandOf(row),
        issuedAt: row.issued_at,
        waits: row.outcome === null && row.expires_at > now,
      })),
      now,
    )
    if (refusal) throw refusal
  }

  return {
    issue: ({ tenantId, name }, agentId, command, now) =>
      inTransaction(database, () => {
        judge(tenantId, agentId, command, now)
        const id = newId()
        insert.run(id, tenantId, agentId, JSON.stringify(command), name, now, lifeOf(command, now))
        const value = { value: changeOf(command, name), at: now, receivedAt: now, source: 'collector' as const }
        const itemId = itemIdOf(tenantId, agentId, { kind: 'pc', slot: 'pc', id: null })
        changes.live(tenantId, itemId, 'agent.command', value, undefined)
        trim.run(agentId, now)
        if (command.do === 'collect_log') trimLogs.run(agentId)
        return id
      }),
    waitingAgents: async now => [...new Set(agents.all(now).map(row => String(row.agent_id)))],
    waitingFor: async (agentIds, now) =>
      agentIds.flatMap(agentId => (waiting.all(agentId, now) as unknown as CommandRow[]).map(waitingOf)),
    noteSent: (ids, now) =>
      inTransaction(database, () => {
        for (const id of ids) sent.run(now, id)
      }),
    thinCommands: async before => Number(thin.run(before).changes) === THIN_ROWS,
  }
}
