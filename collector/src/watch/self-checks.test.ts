import { describe, expect, test } from 'vitest'
import { type SelfReadings, selfFindings } from './self-checks.ts'

const NOW = Date.UTC(2026, 10, 20, 9)
const SECOND = 1_000
const MINUTE = 60 * SECOND

const well: Omit<SelfReadings, 'at' | 'monotonicMs'> = {
  intakeShare: 0.01,
  batchMs: 20,
  statePending: 1,
  stateSilentMs: 0,
  diskFreeBytes: 100e9,
  storeBytes: 1e9,
  itemFailures: 0,
  oldestDeliveryMs: null,
  deskProblems: [],
  connections: 100,
  refusedFiles: [],
  refusedRoutes: [],
  isUnrouted: false,
  missingYears: [],
}
/** Readings half a minute apart, the last one now. */
const series = (...changes: Partial<SelfReadings>[]): SelfReadings[] =>
  changes.map((change, index) => {
    const ago = (changes.length - 1 - index) * 30 * SECOND
    return { ...well, at: NOW - ago, monotonicMs: 1e9 - ago, ...change }
  })
const checksOf = (readings: readonly SelfReadings[]) =>
  selfFindings(readings).map(({ check, level }) => `${check} ${level}`)

describe('domain 15: the collector watches itself', () => {
  test('finds nothing wrong when all is well, and nothing at all before the first reading', () => {
    expect([selfFindings(series({}, {}, {})), selfFindings([])]).toEqual([[], []])
  })

  test.each<[string, Partial<SelfReadings>[], string, string]>([
    ['a queue that stays full', Array(3).fill({ intakeShare: 0.8 }), 'intake degraded', '80%'],
    ['a queue that overflows', Array(3).fill({ intakeShare: 1 }), 'intake failing', '100%'],
    ['slow commits', Array(3).fill({ batchMs: 6_000 }), 'commit degraded', '6 seconds'],
    ['a state thread that answers nobody', [{ stateSilentMs: 3 * MINUTE }], 'state_thread failing', '3 minutes'],
    ['calls that pile up', Array(3).fill({ statePending: 300 }), 'state_thread degraded', '300 calls'],
    ['little room', [{ diskFreeBytes: 1.5e9 }], 'disk degraded', '1.5 GB'],
    ['no room', [{ diskFreeBytes: 0.1e9 }], 'disk failing', '0.1 GB'],
    ['rules that fail', [{}, { itemFailures: 2 }], 'evaluation degraded', '2 times'],
    ['a desk that takes nothing', [{ oldestDeliveryMs: 45 * MINUTE }], 'deliveries degraded', '45 minutes'],
    [
      'a desk that does not fit its settings',
      [{ deskProblems: [{ desk: 'support', problem: 'key field: tick “Used as a filter”' }] }],
      'desks degraded',
      'support (key field: tick “Used as a filter”)',
    ],
    ['a clock set back', [{}, { at: NOW - 10 * MINUTE }], 'clock degraded', 'back by 10 minutes'],
    ['a file that is wrong', [{ refusedFiles: ['rules/cafe.yaml'] }], 'files degraded', 'rules/cafe.yaml'],
    ['routes that are wrong', [{ refusedRoutes: ['routes.yaml'] }], 'files degraded', 'page of desks'],
    [
      'no routes',
      [{ refusedRoutes: ['routes.yaml'], isUnrouted: true }],
      'files failing',
      'desks hear of no new incident',
    ],
    [
      'a year whose holidays nobody has loaded',
      [{ missingYears: [{ calendar: { ru: 'Пн–пт', en: 'Mon–Fri' }, year: 2027 }] }],
      'calendar degraded',
      'The holidays of 2027 are not loaded, calendar “Mon–Fri”',
    ],
    ['agents that leave together', [{}, { connections: 45 }], 'connections degraded', '55 of 100'],
  ])('%s', (_name, changes, found, words) => {
    const readings = series(...changes)
    expect(checksOf(readings)).toEqual([found])
    expect(selfFindings(readings)[0]?.text.en).toContain(words)
  })

  test('one busy moment is no finding', () => {
    expect(checksOf(series({}, { intakeShare: 0.9, batchMs: 9_000, statePending: 999 }))).toEqual([])
  })

  test('databases that would fill the disk within two days are told in time', () => {
    const grown = { storeBytes: 2e9, diskFreeBytes: 20e9 }
    const readings = series(
      ...Array.from({ length: 61 }, (_each, index) => ({ ...grown, storeBytes: 1e9 + index * (1e9 / 60) })),
    )
    expect(selfFindings(readings)).toMatchObject([
      { check: 'growth', text: { en: expect.stringContaining('10 hours') } },
    ])
    expect(checksOf(readings.slice(-20))).toEqual([])
  })

  test('tills switched off one by one in the evening are no alarm', () => {
    const evening = Array.from({ length: 20 }, (_each, index) => ({ connections: 100 - index }))
    expect(checksOf(series(...evening))).toEqual([])
  })
})
