import { agentCommand } from '@tillwatch/shared'
import { type AgentCommandsView, agentCommandsView, type CommandView, commandView } from '@tillwatch/shared/api'
import { HOUR, iso, type Routes } from './mock-call.ts'
import { commandId } from './mock-commands.ts'
import type { MockState } from './mock-state.ts'

const NOTHING: AgentCommandsView = { rows: [], switchedOff: [], checks: [{ slot: 'register-1' }] }

/** Commands that are answered at once, as by an agent that is there. */
export function commandRoutes(state: MockState): Routes {
  const viewOf = (agentId = '') => state.commands.get(agentId) ?? NOTHING
  return {
    'GET agents/*/commands': ({ parts }) => [agentCommandsView, viewOf(parts[1])],
    'POST agents/*/commands': ({ parts, body }) => {
      const command = agentCommand.parse(body)
      const before = viewOf(parts[1])
      const given: CommandView = {
        ...{ id: commandId(100 + before.rows.length), command, by: state.person.name, state: 'said' },
        ...{ issuedAt: iso(state.now), expiresAt: iso(state.now + HOUR), answeredAt: null, text: null, log: null },
      }
      state.commands.set(parts[1] ?? '', { ...before, rows: [given, ...before.rows] })
      return [commandView, given]
    },
  }
}
