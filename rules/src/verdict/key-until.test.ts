import { describe, expect, it } from 'vitest'
import type { FactState, ItemView } from '../model.ts'
import { KEY_UNTIL, keyDate, keyUntil } from './key-until.ts'

const DAY_MS = 86_400_000
const NOW = Date.parse('2026-11-22T12:00:00Z')
const ENDING = ['key_resource_ending']
const URGENT = ['key_resource_ending', 'replace_urgently']

/** What is known after polls that told these flags, a day apart. */
function afterPolls(...polls: readonly (readonly string[])[]): FactState | undefined {
  let known: FactState | undefined
  for (const [day, value] of polls.entries()) {
    const at = NOW + day * DAY_MS
    const flags = { value, at, receivedAt: at, source: 'register' as const }
    const facts = { 'fiscal.fn.flags': flags, ...(known && { [KEY_UNTIL]: known }) }
    const view: ItemView = {
      id: 'r',
      kind: 'register',
      facts,
      site: null,
      presence: null,
      replacementUntil: null,
      spare: false,
    }
    known = keyUntil(view)
  }
  return known
}

describe('domain 19.6: the end of a key by its flags', () => {
  it.each([
    ['30 days after "key ending" was first seen', [[], ENDING, ENDING, ENDING], '2026-12-23', 'medium'],
    ['3 days after "urgent" was first seen', [[], URGENT, URGENT], '2026-11-26', 'medium'],
    ['the same for a flag that was on at first contact, but low', [ENDING, ENDING], '2026-12-22', 'low'],
    ['"urgent" after "ending" brings it nearer', [ENDING, URGENT, URGENT], '2026-11-26', 'medium'],
    [
      '"urgent" that comes later than the end already told leaves it',
      [[...URGENT], [...URGENT], URGENT],
      '2026-11-25',
      'low',
    ],
  ])('%s', (_what, polls, date, confidence) => {
    expect(afterPolls(...polls)).toMatchObject({ value: date, raw: confidence, source: 'collector' })
  })

  it('is none while no such flag is on, and not known while the flags are not', () => {
    expect(afterPolls(ENDING, ['ofd_timeout'])).toMatchObject({ value: null })
    expect(afterPolls()).toBeUndefined()
  })

  it('only confirms the date of the drive when it lies within 3 days of it', () => {
    expect(keyDate('2026-11-26', '2026-11-29')).toBeNull()
    expect(keyDate('2026-11-26', '2026-11-30')).toBe('2026-11-26')
    expect(keyDate('2026-11-26', null)).toBe('2026-11-26')
    expect(keyDate(null, '2026-11-26')).toBeNull()
  })
})
