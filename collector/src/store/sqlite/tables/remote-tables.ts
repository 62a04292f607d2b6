import type { CommandOutcome } from '@tillwatch/shared'

/** Columns of migration 0004. `command_json` is an `AgentCommand`, `text_json` both languages, `details_json` what the agent added. */
export interface RemoteTables {
  agent_commands: {
    id: string
    tenant_id: string
    agent_id: string
    command_json: string
    issued_by: string
    issued_at: number
    expires_at: number
    sent_at: number | null
    outcome: CommandOutcome | null
    text_json: string | null
    details_json: string | null
    answered_at: number | null
  }
  agent_log_parts: { command_id: string; tenant_id: string; part: number; parts: number; text: string }
}
