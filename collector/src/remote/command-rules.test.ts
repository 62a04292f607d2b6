import { type AgentCommand, COMMANDS_PER_MINUTE_MAX, COMMANDS_WAITING_MAX } from '@tillwatch/shared'
import { describe, expect, test } from 'vitest'
import { changeOf, type EarlierCommand, lifeOf, refusalOf } from './command-rules.ts'

const NOW = Date.parse('2026-11-22T09:00:00Z')
const HOUR_MS = 3_600_000
const iso = (at: number) => new Date(at).toISOString()
const poll = (slot?: string): AgentCommand => ({ do: 'poll_now', ...(slot && { slot }) })
const disable = (until: number, slot = 'front'): AgentCommand => ({
  do: 'disable',
  target: { slot },
  until: iso(until),
})
const earlier = (command: AgentCommand, agoMs: number, waits = false): EarlierCommand => ({
  ...{ command, issuedAt: NOW - agoMs, waits },
})
const codeOf = (command: AgentCommand, before: readonly EarlierCommand[] = []) =>
  refusalOf(command, before, NOW)?.code ?? null

describe('what may be asked', () => {
  test('a register is asked for at most once in ten seconds, whoever asks and however', () => {
    expect(codeOf(poll('front'), [earlier(poll('front'), 9_999)])).toBe('command.too_soon')
    expect(codeOf(poll('front'), [earlier(poll(), 9_999)])).toBe('command.too_soon')
    expect(codeOf(poll(), [earlier(poll('bar'), 9_999)])).toBe('command.too_soon')
    expect(codeOf(poll('front'), [earlier(poll('bar'), 1)])).toBeNull()
    expect(codeOf(poll('front'), [earlier(poll('front'), 10_000)])).toBeNull()
  })

  test('what waits already is not asked again', () => {
    const log: AgentCommand = { do: 'collect_log', bytes_max: 65_536 }
    expect(codeOf(log, [earlier(log, 60_000, true)])).toBe('command.waiting')
    expect(codeOf(log, [earlier(log, 60_000)])).toBeNull()
    expect(codeOf({ ...log, bytes_max: 1_024 }, [earlier(log, 60_000, true)])).toBe('command.waiting')
  })

  test('no agent is given more in a minute than a person would give, answered or not', () => {
    const given = Array.from({ length: COMMANDS_PER_MINUTE_MAX }, (_, n) => earlier(poll(`slot-${n}`), 59_999))
    expect(codeOf(disable(NOW + HOUR_MS), given)).toBe('command.too_often')
    expect(codeOf(disable(NOW + HOUR_MS), given.slice(1))).toBeNull()
    const before = given.map(({ command }) => earlier(command, 60_000))
    expect(codeOf(disable(NOW + HOUR_MS), before)).toBeNull()
  })

  test('no more than a few commands wait for an agent that is away', () => {
    const waiting = Array.from({ length: COMMANDS_WAITING_MAX }, (_, n) => earlier(poll(`slot-${n}`), 60_000, true))
    expect(codeOf(poll('front'), waiting)).toBe('command.too_many')
    expect(codeOf(poll('front'), waiting.slice(1))).toBeNull()
  })

  test('a check is switched off into the future, for a month at most', () => {
    expect(codeOf(disable(NOW + HOUR_MS))).toBeNull()
    expect(codeOf(disable(NOW))).toBe('command.until')
    expect(codeOf(disable(NOW + 30 * 24 * HOUR_MS))).toBeNull()
    expect(codeOf(disable(NOW + 31 * 24 * HOUR_MS))).toBe('command.until')
  })
})

test('a poll that nobody took is soon forgotten; a switch is said as long as it means something', () => {
  expect(lifeOf(poll(), NOW) - NOW).toBe(10 * 60_000)
  expect(lifeOf(disable(NOW + HOUR_MS), NOW)).toBe(NOW + HOUR_MS)
  expect(lifeOf(disable(NOW + 90 * HOUR_MS), NOW)).toBe(NOW + 24 * HOUR_MS)
  expect(lifeOf({ do: 'collect_log', bytes_max: 1_024 }, NOW)).toBe(NOW + 24 * HOUR_MS)
})

test('the change log says what, of what, until when, and by whom', () => {
  expect(changeOf(disable(NOW), 'Анна')).toEqual(['disable', 'slot:front', iso(NOW), 'Анна'])
  expect(changeOf(poll('bar'), 'Анна')).toEqual(['poll_now', 'slot:bar', '', 'Анна'])
  expect(changeOf({ do: 'enable', target: { question: 'shtrih-m:FF39' } }, 'Пётр')).toEqual([
    ...['enable', 'question:shtrih-m:FF39', '', 'Пётр'],
  ])
})
