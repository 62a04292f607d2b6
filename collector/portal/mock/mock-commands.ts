import type { AgentCommandsView, CommandView } from '@tillwatch/shared/api'
import { both, HOUR, iso } from './mock-call.ts'

const MINUTE = 60_000
/** Id of the n-th command. */
export const commandId = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** What people asked of the first agents, with every state that a command can be in. */
export function commandsAtFirst(now: number): Map<string, AgentCommandsView> {
  const row = (n: number, ago: number, more: Pick<CommandView, 'command' | 'state'> & Partial<CommandView>) => ({
    ...{ id: commandId(n), by: 'Анна', issuedAt: iso(now - ago), expiresAt: iso(now - ago + 24 * HOUR) },
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
