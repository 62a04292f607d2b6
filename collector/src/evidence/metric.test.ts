import { readFileSync } from 'node:fs'
import { compilePack, SHIPPED_PACKS } from '@tillwatch/rules'
import { assert } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import { chartSubject } from './chart-subject.ts'
import { ageLevelsOf, levelsOf, metricOf, scaleOf } from './metric.ts'

const compiled = compilePack(SHIPPED_PACKS.map(url => ({ file: url.pathname, text: readFileSync(url, 'utf8') })))
const rulesOf = (...ids: string[]) => {
  assert(compiled.ok, 'the packs that ship are right')
  return compiled.value.rules.filter(({ id }) => ids.includes(id))
}
const linesOf = (causeClass: string, ...ids: string[]) => {
  const metric = metricOf(causeClass)
  assert(metric, 'it has a metric')
  return levelsOf(metric, rulesOf(...ids)).map(({ kind, value, level }) => `${kind} ${value} ${level}`)
}

test('levels of the shipped rules become lines in the terms of the metric', () => {
  expect(linesOf('disk', 'disk.system')).toEqual([
    'set 20 minor',
    'set 10 important',
    'set 3 critical',
    'clear 23 minor',
  ])
  expect(linesOf('clock_register', 'clock.register')).toEqual([
    ...['set 2 minor', 'set 5 important', 'set 60 critical', 'clear 1 minor'],
  ])
  expect(linesOf('ofd', 'ofd.queue_growth', 'ofd.queue_age')).toEqual(['set 50 minor', 'set 500 important'])
})

test('ages of a fact become moments', () => {
  const [queue] = ageLevelsOf(rulesOf('ofd.queue_age'))
  expect(queue?.fact).toBe('fiscal.ofd.first_unsent_at')
  expect(queue?.levels.map(({ afterMs }) => afterMs / 3_600_000)).toEqual([24, 72, 240, 600, 720])
})

test('free space is a share of the disk, and not drawn while its size is not known', () => {
  const metric = metricOf('disk')
  assert(metric, 'it has a metric')
  const total = { value: 200e9, at: 0, receivedAt: 0, source: 'host' as const }
  expect(scaleOf(metric, { 'host.disk.total_bytes': total })?.scale.factor).toBeCloseTo(100 / 200e9)
  expect(scaleOf(metric, {})).toBeNull()
  expect([metricOf('config'), metricOf('toString')]).toEqual([null, null])
})

const NOW = Date.parse('2026-11-23T09:00:00Z')
const subjectOf = (rule: string, facts: Readonly<Record<string, string | number>>) =>
  chartSubject(
    { itemId: 'register:main:1', causeClass: 'fn_end', title: { ru: '', en: '' }, onsetAt: NOW },
    {
      facts: Object.fromEntries(
        Object.entries(facts).map(([name, value]) => [
          name,
          { value, at: 0, receivedAt: 0, source: 'register' as const },
        ]),
      ),
      ...{ rules: rulesOf(rule), timezone: 'Europe/Moscow', hours: null, place: '' },
    },
    NOW,
  )

test('R32: of a drive near its date the days left are drawn, with the levels of the rule', async () => {
  const subject = subjectOf('fn.expiry', { 'fiscal.fn.valid_until': '2026-12-01', 'fiscal.fn.last_document': 12_000 })
  assert(subject, 'there is something to draw')
  expect(subject).toMatchObject({ fact: 'fiscal.fn.valid_until', unit: { ru: 'дней', en: 'days' } })
  expect(subject.levels.map(({ kind, value, level }) => `${kind} ${value} ${level}`)).toEqual([
    ...['set 14 important', 'set 30 important', 'set 7 critical', 'set 3 critical'],
  ])
  expect((subject.lastDay ?? 0) - Math.floor(NOW / 86_400_000)).toBe(8)
})

test('R32: of a drive that fills up its share is drawn, by its own count of documents where it has one', () => {
  const known = { 'fiscal.fn.valid_until': '2027-12-01', 'fiscal.fn.last_document': 228_000 }
  expect(subjectOf('fn.documents', known)).toMatchObject({ lastDay: null, scale: { factor: 100 / 250_000 } })
  expect(subjectOf('fn.documents', { ...known, 'fiscal.fn.documents_left': 2_000 })?.scale.factor).toBe(100 / 230_000)
})
