import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createSlaBookKeeper, type SlaBookKeeper, type SlaBookState } from './sla-book.ts'
import { shippedSlaTexts } from './sla-files.ts'
import type { SlaTexts } from './sla-opening.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')

let folder: string
let database: DatabaseSync
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillwatch-book-'))
  database = openDatabase(join(folder, 'state.db'), { durability: 'normal' })
  migrate(database, STATE_MIGRATIONS)
})
afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

const policyText = (solution: string, calendar = '24x7') =>
  [
    'policies:',
    '  - id: own',
    '    title: { ru: Своя, en: Own }',
    `    calendar: ${calendar}`,
    `    rows: { ${[1, 2, 3, 4].map(row => `${row}: { reaction: 1h, solution: ${solution} }`).join(', ')} }`,
  ].join('\n')
const calendarText = (hours: string) =>
  `calendars:\n  - { id: shop, title: { ru: Магазин, en: Shop }, hours: ${hours}, zone: Europe/Moscow }\n`
const textsOf = (calendar: string | null, policy: string | null): SlaTexts => {
  const { calendars, policies } = shippedSlaTexts()
  return {
    calendars: calendar === null ? calendars : [...calendars, { file: '/etc/shop.yaml', text: calendar }],
    policies: policy === null ? policies : [...policies, { file: '/etc/own.yaml', text: policy }],
  }
}
const open = (texts: SlaTexts): SlaBookKeeper => createSlaBookKeeper(database, texts, () => {}, NOW)
const hoursOf = ({ policies }: SlaBookState) => {
  const solution = policies.find(({ id }) => id === 'own')?.rows[1].solution.limitMs
  return solution === undefined ? null : solution / 3_600_000
}
const told = ({ refused }: SlaBookState) =>
  refused.map(({ file, inForce, problems }) => [file, inForce, ...problems.map(({ line }) => line)])

describe('a wrong file of the customer never stops the start', () => {
  it('one that was never good has no say, is named with line and reason, and the others count', async () => {
    const state = await open(textsOf(calendarText('9 to 6'), policyText('4h'))).service.state()
    expect(told(state)).toEqual([['/etc/shop.yaml', 'nothing', 2]])
    expect(state.refused[0]?.problems[0]?.reason).toContain('expected hours')
    expect(hoursOf(state)).toBe(4)
    expect(state.policies.map(({ id }) => id)).toContain('outsourcing-24x7')
  })

  it('after a restart the last good texts go on, also those that only fit together', async () => {
    open(textsOf(calendarText('Mo-Fr 09:00-18:00'), policyText('4h', 'shop')))
    const state = await open(textsOf('calendars: none', policyText('6h', 'shop'))).service.state()
    expect(told(state).map(([file, inForce]) => [file, inForce])).toEqual([
      ['/etc/shop.yaml', 'earlier'],
      ['/etc/own.yaml', 'earlier'],
    ])
    expect(hoursOf(state)).toBe(4)
  })

  it('a policy in a calendar that nobody has falls back to what ships', async () => {
    const state = await open(textsOf(null, policyText('4h', 'shop'))).service.state()
    expect(told(state)[0]?.slice(0, 2)).toEqual(['/etc/own.yaml', 'nothing'])
    expect(state.refused[0]?.problems[0]?.reason).toContain('no calendar is named shop')
    expect(hoursOf(state)).toBeNull()
  })

  it('corrected, it is taken without a restart', async () => {
    const keeper = open(textsOf(null, 'policies: 5'))
    const state = await keeper.service.load(textsOf(null, policyText('4h')), NOW + 1)
    expect([told(state), hoursOf(state), state.loadedAt]).toEqual([[], 4, NOW + 1])
  })

  it('only what ships with the program stops it', () => {
    const { calendars, policies } = shippedSlaTexts()
    expect(() => open({ calendars: [{ shipped: true, file: 'ru.yaml', text: 'x: 1' }], policies })).toThrow(
      'ru.yaml:1:1',
    )
    expect(() => open({ calendars, policies })).not.toThrow()
  })
})

describe('calendars are kept by their versions (domain 18.6)', () => {
  it('a pinned version answers as it was, the current one as it is', async () => {
    const policy = { calendar: 'shop', rows: {}, id: 'x' } as unknown as SlaBookState['policies'][number]
    const keeper = open(textsOf(calendarText('Mo-Fr 09:00-18:00'), null))
    const pinned = keeper.versionsFor(policy)
    await keeper.service.load(textsOf(calendarText('Mo-Fr 10:00-12:00'), null), NOW + 1)
    expect(keeper.calendarOf('shop', pinned).dayMs).toBe(9 * 3_600_000)
    expect(keeper.calendarOf('shop', null).dayMs).toBe(2 * 3_600_000)
    // Back as it was: no third version.
    await keeper.service.load(textsOf(calendarText('Mo-Fr 09:00-18:00'), null), NOW + 2)
    expect(keeper.versionsFor(policy)).toEqual(pinned)
    const rows = database.prepare(`SELECT current FROM sla_calendars WHERE id = 'shop' ORDER BY current`).all()
    expect(rows.map(row => row['current'])).toEqual([0, 1])
  })
})
