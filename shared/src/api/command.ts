import { z } from 'zod'
import { agentCommand, COMMAND_OUTCOMES, switchTarget } from '../wire/command.ts'
import { apiInstant, bilingual } from './problem.ts'

export { type AgentCommand, type SwitchTarget, targetKey } from '../wire/command.ts'

/**
 * How far a command is: `waiting` for an agent that is away, `said` to it, then its outcome; `unanswered` when its time is over and nobody
 * knows what came of it. A late result still replaces that.
 */
export const COMMAND_STATES = ['waiting', 'said', ...COMMAND_OUTCOMES, 'unanswered'] as const
export const commandState = z.enum(COMMAND_STATES)
export type CommandState = z.infer<typeof commandState>

/** POST /api/agents/{id}/commands takes an `agentCommand` and answers with this. */
export const commandView = z.object({
  id: z.string(),
  command: agentCommand,
  by: z.string(),
  issuedAt: apiInstant,
  expiresAt: apiInstant,
  state: commandState,
  answeredAt: apiInstant.nullable(),
  /** What the agent says about it. */
  text: bilingual.nullable(),
  /** The log that it brought, under …/commands/{command}/log; `complete` is false while pieces are missing. */
  log: z.object({ bytes: z.number().int(), complete: z.boolean() }).nullable(),
})
export type CommandView = z.infer<typeof commandView>

/** GET /api/agents/{id}/commands: what was asked lately, newest first; what the agent says is switched off; what it can switch off. */
export const agentCommandsView = z.object({
  rows: z.array(commandView),
  /** `until` and `by` are null when the command is not known here any more. */
  switchedOff: z.array(z.object({ target: switchTarget, until: apiInstant.nullable(), by: z.string().nullable() })),
  checks: z.array(switchTarget),
})
export type AgentCommandsView = z.infer<typeof agentCommandsView>
