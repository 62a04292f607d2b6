import type { AgentCommand, EpochMs } from '@tillwatch/shared'

/** A command that has no result yet and may still be said to its agent. */
export interface WaitingCommand {
  readonly id: string
  readonly agentId: string
  readonly command: AgentCommand
  readonly issuedBy: string
  readonly issuedAt: EpochMs
  readonly expiresAt: EpochMs
  /** When it was said last; null: never. */
  readonly sentAt: EpochMs | null
}

/** Who asks. */
export interface Issuer {
  readonly tenantId: string
  /** Name for the agent's log and for the page. */
  readonly name: string
}

/** What people ask of agents, as it is kept. Lives in the state thread under the name `remote`; every call is one transaction. */
export interface RemoteCommands {
  /**
   * Writes a command down, with its entry in the change log of the PC, and returns its id. Rejects with `agent.unknown`, `agent.revoked`,
   * `command.until`, `command.too_soon`, `command.too_often`, `command.waiting`, `command.too_many`.
   */
  issue(issuer: Issuer, agentId: string, command: AgentCommand, now: EpochMs): Promise<string>
  /** Agents for which something waits, those that are away too. */
  waitingAgents(now: EpochMs): Promise<readonly string[]>
  /** Everything that may still be said to these agents, oldest first. */
  waitingFor(agentIds: readonly string[], now: EpochMs): Promise<readonly WaitingCommand[]>
  noteSent(ids: readonly string[], now: EpochMs): Promise<void>
  /** Deletes a small step of what was asked before; true when more is left. */
  thinCommands(before: EpochMs): Promise<boolean>
}
