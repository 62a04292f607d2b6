import { describe, expect, test } from 'vitest'
import {
  agentCommand,
  commandResultBody,
  isSwitchedOff,
  logPartBody,
  switchedOffReason,
  targetKey,
  targetOf,
} from './command.ts'
import { downMessage } from './envelope.ts'

const ID = '5f0c1f6e-7a53-4c0e-9b1b-2f6c3f7a9d10'
const UNTIL = '2026-11-23T09:00:00.000Z'

describe('the closed set', () => {
  test.each([
    [{ do: 'poll_now' }],
    [{ do: 'poll_now', slot: 'касса 1' }],
    [{ do: 'disable', target: { slot: 'front' }, until: UNTIL }],
    [{ do: 'disable', target: { question: 'shtrih-m:FF39' }, until: UNTIL }],
    [{ do: 'enable', target: { probe: 'egais_utm' } }],
    [{ do: 'collect_log', bytes_max: 65_536, since: UNTIL }],
  ])('%j can be asked', command => {
    expect(agentCommand.parse(command)).toEqual(command)
  })

  test.each([
    ['a shell', { do: 'shell', run: 'rm -rf /' }],
    ['a file', { do: 'collect_log', bytes_max: 65_536, path: '/etc/passwd' }],
    ['more log than fits', { do: 'collect_log', bytes_max: 10_000_000 }],
    ['a register command', { do: 'poll_now', slot: 'front', bytes: '02 05 FF' }],
    ['two targets at once', { do: 'disable', target: { slot: 'front', driver: 'shtrih-m' }, until: UNTIL }],
    ['no target', { do: 'disable', target: {}, until: UNTIL }],
    ['no end', { do: 'disable', target: { slot: 'front' } }],
    ['a time in a zone of its own', { do: 'disable', target: { slot: 'front' }, until: '2026-11-23T09:00:00+03:00' }],
    ['a driver by a path', { do: 'enable', target: { driver: '../../etc' } }],
    ['a question over several lines', { do: 'enable', target: { question: 'shtrih-m:FF39\nFF40' } }],
    ['a question without its driver', { do: 'enable', target: { question: 'FF39' } }],
    ['a field that the agent does not know', { do: 'enable', target: { slot: 'front' }, force: true }],
  ])('%s cannot', (_what, command) => {
    expect(agentCommand.safeParse(command).success).toBe(false)
  })
})

test('a command of tomorrow still has an id that can be answered', () => {
  const said = downMessage.parse({
    ...{ v: 1, kind: 'command', id: ID, issued_by: 'Анна', command: { do: 'dance' } },
    ...{ issued_at: UNTIL, expires_at: UNTIL, sent_at: UNTIL },
  })
  expect(said).toMatchObject({ kind: 'command', id: ID, command: { do: 'dance' } })
})

test('the name of a target leads back to it; what is no target has none', () => {
  const targets = [{ slot: 'касса: 1' }, { driver: 'atol-web' }, { probe: 'chz_lm' }, { question: 'shtrih-m:FF39' }]
  for (const target of targets) expect(targetOf(targetKey(target))).toEqual(target)
  for (const key of ['', 'slot', 'slot:', ':front', 'shell:rm', '__proto__:x', 'driver:../x']) {
    expect(targetOf(key), key).toBeNull()
  }
})

test('a result and a piece of log have their ceilings', () => {
  const result = { id: ID, outcome: 'done', text: { ru: 'Готово', en: 'Done' }, details: { front: 'ok' } }
  expect(commandResultBody.safeParse(result).success).toBe(true)
  expect(commandResultBody.safeParse({ ...result, outcome: 'perhaps' }).success).toBe(false)
  expect(commandResultBody.safeParse({ ...result, id: 'no uuid' }).success).toBe(false)
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`slot-${n}`, 'ok']))
  expect(commandResultBody.safeParse({ ...result, details: many }).success).toBe(false)
  const part = { id: ID, part: 0, parts: 1, text: 'line\n' }
  expect(logPartBody.safeParse(part).success).toBe(true)
  expect(logPartBody.safeParse({ ...part, part: 1 }).success).toBe(false)
  expect(logPartBody.safeParse({ ...part, parts: 1_000 }).success).toBe(false)
})

test('the reason of a fact that is not asked for says by whom and until when, and is known as such', () => {
  const reason = switchedOffReason('Анна', UNTIL)
  expect(reason).toContain('Анна')
  expect(reason).toContain(UNTIL)
  expect(isSwitchedOff(reason)).toBe(true)
  expect([isSwitchedOff('timeout'), isSwitchedOff(undefined)]).toEqual([false, false])
})
