import { agentCommand } from '@tillwatch/shared'
import { type AgentCommandsView, agentCommandsView, type CommandView, commandView } from '@tillwatch/shared/api'
import { HOUR, iso, type Routes } from './mock-call.ts'
import type { MockState } from './mock-state.ts'

const MINUTE = 60_000
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const both = (ru: string, en: string) => ({ ru, en })

/** What people asked of the first agents, with every state that a command can be in. */
export function commandsAtFirst(now: number): Map<string, AgentCommandsView> {
  const row = (n: number, ago: number, more: Pick<CommandView, 'command' | 'state'> & Partial<CommandView>) => ({
    ...{ id: id(n), by: 'Анна', issuedAt: iso(now - ago), expiresAt: iso(now - ago + 24 * HOUR) },
    ...{ answeredAt: more.text ? iso(now - ago + 4_000) : null, text: null, log: null },
    ...more,
  })
  const slot = 'register-1'
  const until = iso(now + 14 * HOUR)
  const rows: CommandView[] = [
    row(7, 20_000, { command: { do: 'poll_now', slot }, state: 'said' }),
    row(6, 3 * MINUTE, {
      command: { do: 'collect_log', bytes_max: 262_144 },
      state: 'done',
      text: both('Строк: 812', 'Lines: 812'),
      log: { bytes: 187_340, complete: true },
    }),
    row(5, 40 * MINUTE, {
      command: { do: 'disable', target: { question: 'shtrih-m:FF39' }, until },
      state: 'done',
      text: both('Выключено', 'Switched off'),
    }),
    row(4, 2 * HOUR, {
      command: { do: 'poll_now', slot },
      state: 'refused',
      by: 'Пётр',
      text: both('register-1: опрошено только что', 'register-1: polled just now'),
    }),
    row(3, 26 * HOUR, {
      command: { do: 'disable', target: { probe: 'antivirus' }, until },
      state: 'done',
      text: both('Выключено', 'Switched off'),
    }),
    row(2, 50 * HOUR, { command: { do: 'enable', target: { driver: 'shtrih-m' } }, state: 'unanswered' }),
  ]
  const checks = [
    { slot },
    { driver: 'shtrih-m' },
    ...['system', 'clock', 'antivirus', 'ofd_reach'].map(probe => ({ probe })),
    ...['FF09', 'FF39', 'FF40', 'FF03'].map(key => ({ question: `shtrih-m:${key}` })),
  ]
  const switchedOff = [
    { target: { question: 'shtrih-m:FF39' }, until, by: 'Анна' },
    { target: { probe: 'antivirus' }, until, by: 'Анна' },
  ]
  return new Map([['agent-002', { rows, switchedOff, checks }]])
}

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
        ...{ id: id(100 + before.rows.length), command, by: state.person.name, state: 'said' },
        ...{ issuedAt: iso(state.now), expiresAt: iso(state.now + HOUR), answeredAt: null, text: null, log: null },
      }
      state.commands.set(parts[1] ?? '', { ...before, rows: [given, ...before.rows] })
      return [commandView, given]
    },
  }
}
