import {
  agentCommand,
  type CommandOutcome,
  type EpochMs,
  type FactValue,
  type SwitchTarget,
  targetKey,
  targetOf,
} from '@tillwatch/shared'
import { type AgentCommandsView, bilingual, type CommandState, type CommandView } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { itemIdOf } from '../fleet/item-id.ts'
import { instant, instantOrNull, parseState } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

/** Commands shown, newest first. */
const ROWS_MAX = 50

type CommandRow = ReadTables['agent_commands']

/** What was asked of an agent and what is switched off on it, or null when the tenant has no such agent. */
export async function readCommands(
  queries: Kysely<ReadTables>,
  tenantId: string,
  agentId: string,
  now: EpochMs,
): Promise<AgentCommandsView | null> {
  const agent = await queries
    .selectFrom('agents')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', agentId)
    .select('id')
    .executeTakeFirst()
  if (!agent) return null
  const rows = await commandsOf(queries, tenantId, agentId).limit(ROWS_MAX).execute()
  const logs = await readLogs(
    queries,
    tenantId,
    rows.map(({ id }) => id),
  )
  const facts = await readPcFacts(queries, tenantId, agentId)
  return {
    rows: rows.map(row => viewOf(row, logs.get(row.id) ?? null, now)),
    switchedOff: await readSwitchedOff(queries, tenantId, agentId, targetsIn(facts('agent.switched_off'))),
    checks: targetsIn(facts('agent.checks')),
  }
}

/** The log that a command has brought so far, or null when the tenant's agent was never asked for it. */
export async function readCommandLog(
  queries: Kysely<ReadTables>,
  tenantId: string,
  agentId: string,
  commandId: string,
): Promise<string | null> {
  const parts = await queries
    .selectFrom('agent_log_parts as part')
    .innerJoin('agent_commands as command', 'command.id', 'part.command_id')
    .where('command.tenant_id', '=', tenantId)
    .where('command.agent_id', '=', agentId)
    .where('command.id', '=', commandId)
    .orderBy('part.part')
    .select('part.text')
    .execute()
  return parts.length === 0 ? null : parts.map(({ text }) => text).join('')
}

const commandsOf = (queries: Kysely<ReadTables>, tenantId: string, agentId: string) =>
  queries
    .selectFrom('agent_commands')
    .where('tenant_id', '=', tenantId)
    .where('agent_id', '=', agentId)
    .orderBy('issued_at', 'desc')
    .orderBy('id')
    .selectAll()

function viewOf(row: CommandRow, log: CommandView['log'], now: EpochMs): CommandView {
  return {
    id: row.id,
    command: agentCommand.parse(JSON.parse(row.command_json)),
    by: row.issued_by,
    issuedAt: instant(row.issued_at),
    expiresAt: instant(row.expires_at),
    state: stateOf(row, now),
    answeredAt: instantOrNull(row.answered_at),
    text: row.text_json === null ? null : bilingual.parse(JSON.parse(row.text_json)),
    log,
  }
}

function stateOf(
  { outcome, expires_at: expiresAt, sent_at: sentAt }: Pick<CommandRow, 'outcome' | 'expires_at' | 'sent_at'>,
  now: EpochMs,
): CommandState {
  const told: CommandOutcome | null = outcome
  if (told !== null) return told
  if (expiresAt <= now) return 'unanswered'
  return sentAt === null ? 'waiting' : 'said'
}

async function readLogs(
  queries: Kysely<ReadTables>,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, NonNullable<CommandView['log']>>> {
  if (ids.length === 0) return new Map()
  const rows = await queries
    .selectFrom('agent_log_parts')
    .where('tenant_id', '=', tenantId)
    .where('command_id', 'in', [...ids])
    .groupBy('command_id')
    .select([
      'command_id',
      sql<number>`count(*)`.as('count'),
      sql<number>`max(parts)`.as('parts'),
      sql<number>`sum(length(cast(text as blob)))`.as('bytes'),
    ])
    .execute()
  return new Map(rows.map(row => [row.command_id, { bytes: row.bytes, complete: row.count === row.parts }]))
}

/** A fact of the PC that the agent runs on. */
async function readPcFacts(
  queries: Kysely<ReadTables>,
  tenantId: string,
  agentId: string,
): Promise<(name: string) => FactValue> {
  const row = await queries
    .selectFrom('items')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', itemIdOf(tenantId, agentId, { kind: 'pc', slot: 'pc', id: null }))
    .select('state_json')
    .executeTakeFirst()
  const facts = row ? parseState(row.state_json).facts : {}
  return name => facts[name]?.value ?? null
}

const targetsIn = (value: FactValue): SwitchTarget[] =>
  Array.isArray(value) ? value.flatMap((key: string) => targetOf(key) ?? []) : []

/** What is off is what the agent says; by whom and until when stands in the command that it has carried out. */
async function readSwitchedOff(
  queries: Kysely<ReadTables>,
  tenantId: string,
  agentId: string,
  targets: readonly SwitchTarget[],
): Promise<AgentCommandsView['switchedOff']> {
  if (targets.length === 0) return []
  const rows = await commandsOf(queries, tenantId, agentId)
    .where('outcome', '=', 'done')
    .where(sql<string>`json_extract(command_json, '$.do')`, '=', 'disable')
    .execute()
  const disables = rows.flatMap(row => {
    const command = agentCommand.parse(JSON.parse(row.command_json))
    return command.do === 'disable' ? [{ key: targetKey(command.target), until: command.until, by: row.issued_by }] : []
  })
  return targets.map(target => {
    const newest = disables.find(({ key }) => key === targetKey(target))
    return { target, until: newest?.until ?? null, by: newest?.by ?? null }
  })
}
