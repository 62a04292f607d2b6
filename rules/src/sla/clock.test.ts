import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../calendar/zone.ts'
import { compileBook, SHIPPED_CALENDARS, SHIPPED_POLICIES } from './book.ts'
import { advanced, begun, clockAt, happened, type SlaClock, type SlaRules } from './clock.ts'
import { inOrder, type SlaEvent } from './events.ts'
import { HOLDS } from './policy.ts'
import { shareAt, viewOf } from './sla-view.ts'
import { timeOf } from './working-calendar.ts'

const read = (url: URL) => ({ file: url.pathname, text: readFileSync(url, 'utf8') })
const made = compileBook(SHIPPED_CALENDARS.map(read), SHIPPED_POLICIES.map(read))
if (!made.ok) throw new Error('the shipped book is wrong')
const book = made.value

function rulesOf(id: string, more: { classA?: boolean; pauses?: 'none' } = {}): SlaRules {
  const policy = book.policies.get(id)
  if (!policy) throw new Error(id)
  return {
    policy: more.pauses ? { ...policy, pauses: [] } : policy,
    classA: more.classA ?? false,
    timeOf: calendar => {
      const found = book.calendars.get(calendar)
      if (!found) throw new Error(calendar)
      return timeOf(found, 'Europe/Moscow')
    },
  }
}
const around = rulesOf('outsourcing-24x7')
const office = rulesOf('business-hours')

/** Monday, ten o'clock in Moscow. */
const START = Date.parse('2026-11-23T10:00:00+03:00')
const h = (hours: number) => START + hours * HOUR_MS
type Happening = SlaEvent extends infer E ? (E extends SlaEvent ? Omit<E, 'at'> : never) : never
const log = (priority: 1 | 2 | 3 | 4, ...events: [number, Happening][]): SlaEvent[] => [
  { at: START, kind: 'registered', priority, critical: false, mass: false },
  ...events.map(([hours, event]) => ({ ...event, at: h(hours) }) as SlaEvent),
]
function at(rules: SlaRules, events: readonly SlaEvent[], hours: number): SlaClock {
  const clock = clockAt(rules, events, h(hours))
  if (!clock) throw new Error('no registration')
  return clock
}
const used = (clock: SlaClock) => clock.solution.usedMs / HOUR_MS

describe('reaction (R59, R73, domain 18.3)', () => {
  it('the limit decides whether it was met, the target drives the warning and has its own figure', () => {
    const late = log(1, [0.5, { kind: 'reacted' }])
    expect(viewOf(around, at(around, late, 1)).reaction).toMatchObject({ met: true, targetMet: false, doneAt: h(0.5) })
    const open = viewOf(around, at(around, log(1), 0.1))
    expect(open.reaction).toMatchObject({ met: null, limitAt: h(3), targetAt: h(0.25) })
    expect(open.next).toEqual({ name: 'reaction.70', at: START + 10.5 * MINUTE_MS + 1 })
    expect(viewOf(around, at(around, log(1), 3.1)).reaction).toMatchObject({ met: false, limitAt: h(3) })
  })

  it('is not asked for again once given, and waiting does not stop it', () => {
    const waits = log(1, [0.1, { kind: 'hold', why: 'waiting' }])
    expect(at(around, waits, 2).reaction.usedMs).toBe(2 * HOUR_MS)
    const returned = log(
      1,
      [0.1, { kind: 'reacted' }],
      [1, { kind: 'solved' }],
      [9, { kind: 'reopened', how: 'return' }],
    )
    expect(viewOf(around, at(around, returned, 99)).reaction).toMatchObject({ met: true, doneAt: h(0.1) })
  })
})

describe('solution', () => {
  it('domain 18.7, 18.8: counts working time of the policy, and equal to the limit is met', () => {
    const done = log(1, [8, { kind: 'solved' }])
    expect(viewOf(office, at(office, done, 20)).solution).toMatchObject({
      met: true,
      percent: 100,
      usedMs: 8 * HOUR_MS,
    })
    expect(viewOf(office, at(office, log(1), 2)).solution.limitAt).toBe(h(8))
    const late = log(1, [23.001, { kind: 'solved' }])
    expect(viewOf(office, at(office, late, 30)).solution).toMatchObject({ met: false, limitAt: h(8) })
  })

  it('R67, domain 18.11: waiting freezes it by policy; a visit or a word does not', () => {
    const waits = log(1, [1, { kind: 'hold', why: 'waiting' }], [3, { kind: 'release', why: 'waiting' }])
    expect(used(at(around, waits, 2))).toBe(1)
    expect(viewOf(around, at(around, waits, 2)).paused).toEqual(['waiting'])
    expect(used(at(around, waits, 4))).toBe(2)
    expect(used(at(rulesOf('outsourcing-24x7', { pauses: 'none' }), waits, 4))).toBe(4)
    const vendor = log(1, [1, { kind: 'hold', why: 'third_party' }])
    expect(used(at(around, vendor, 4))).toBe(4)
  })

  it('domain 18.14: suppression holds back steps, not the contract; an agreed window holds back both', () => {
    const below = at(around, log(1, [0.1, { kind: 'reacted' }], [1, { kind: 'hold', why: 'suppressed' }]), 5)
    expect(below.solution).toMatchObject({ usedMs: 5 * HOUR_MS, stepsMs: HOUR_MS })
    expect(below.passed).toEqual({ 'solution.breach': h(4) })
    const agreed = at(around, log(1, [1, { kind: 'hold', why: 'agreed_window' }]), 5)
    expect(agreed.solution).toMatchObject({ usedMs: HOUR_MS, stepsMs: HOUR_MS })
    expect(agreed.reaction.usedMs).toBe(HOUR_MS)
    const later = log(1, [1, { kind: 'hold', why: 'suppressed' }], [5, { kind: 'release', why: 'suppressed' }])
    expect(at(around, later, 7).passed['solution.70']).toBe(h(6.8))
  })

  it('domain 18.24: executed at the first good reading; a relapse puts the gap back', () => {
    const cleared = log(1, [3.9, { kind: 'clearing' }], [4.4, { kind: 'solved' }])
    expect(viewOf(around, at(around, cleared, 5)).solution).toMatchObject({ met: true, doneAt: h(3.9) })
    const relapsed = log(1, [2, { kind: 'clearing' }], [2.5, { kind: 'relapsed' }])
    expect(used(at(around, relapsed, 2.4))).toBe(2)
    expect(used(at(around, relapsed, 3))).toBe(3)
  })

  it('domain 18.29: time in Solved is not used time, unless it was not fixed', () => {
    const back = (how: 'human' | 'unfixed') => log(1, [1, { kind: 'solved' }], [3, { kind: 'reopened', how }])
    expect(used(at(around, back('human'), 4))).toBe(2)
    expect(used(at(around, back('unfixed'), 4))).toBe(4)
    const again = [...back('human'), { at: h(6), kind: 'solved' as const }]
    expect(viewOf(around, at(around, again, 9)).solution).toMatchObject({
      met: true,
      doneAt: h(6),
      usedMs: 4 * HOUR_MS,
    })
  })

  it('domain 18.5: a row without a time of solution is judged by its last milestone and stays out of figures', () => {
    const tracker = rulesOf('tracker-3-level')
    expect(viewOf(tracker, at(tracker, log(1), 25)).solution).toMatchObject({
      counts: false,
      met: false,
      limitAt: h(24),
    })
    const begun_ = log(1, [20, { kind: 'milestone', event: 'work_started' }])
    expect(viewOf(tracker, at(tracker, begun_, 99)).solution).toMatchObject({ met: true, doneAt: h(20) })
  })

  it('what was cancelled counts for nothing', () => {
    const cancelled = at(around, log(1, [1, { kind: 'ended' }]), 99)
    expect(cancelled.passed).toEqual({ 'reaction.70': START + 10.5 * MINUTE_MS })
    expect(viewOf(around, cancelled).met).toBeNull()
  })
})

describe('a priority that changes mid-way (domain 18.10)', () => {
  const to = (priority: 1 | 2 | 3 | 4, critical = false): Happening => ({
    kind: 'terms',
    priority,
    critical,
    mass: false,
  })
  it('raised: the smaller of what was left and what was used plus the new limit; used time stays', () => {
    const raised = at(around, log(3, [10, to(1)]), 10)
    expect(raised.solution).toMatchObject({ usedMs: 10 * HOUR_MS, limitMs: 14 * HOUR_MS })
    expect(at(around, log(3, [71, to(1)]), 71).solution.limitMs).toBe(72 * HOUR_MS)
  })
  it('lowered: the larger; breaches and marks stay', () => {
    const lowered = at(around, log(1, [5, to(3)]), 6)
    expect(lowered.solution.limitMs).toBe(72 * HOUR_MS)
    expect(viewOf(around, lowered).solution.met).toBe(false)
    expect(lowered.passed).toMatchObject({ 'solution.70': h(2.8), 'solution.100': h(4), 'solution.breach': h(4) })
  })
  it('a pending reaction follows, a given one does not', () => {
    expect(at(around, log(3, [1, to(1)]), 1).reaction).toMatchObject({ limitMs: 3 * HOUR_MS, targetMs: 1.25 * HOUR_MS })
    const given = log(3, [0.5, { kind: 'reacted' }], [1, to(1)])
    expect(at(around, given, 1).reaction).toMatchObject({ limitMs: 3 * HOUR_MS, targetMs: 3 * HOUR_MS })
  })
  it('domain 18.44: becoming critical shortens the reaction to its target', () => {
    expect(at(around, log(2, [0.1, to(2, true)]), 0.1).reaction.limitMs).toBe(0.6 * HOUR_MS)
  })
  it('a critical one that becomes more urgent is raised all the same', () => {
    const raised = log(2, [0, to(2, true)], [1, to(1, true)])
    expect(at(around, raised, 1).solution.limitMs).toBe(5 * HOUR_MS)
    expect(at(around, log(1, [0, to(1, true)], [1, to(2, true)]), 1).solution.limitMs).toBe(8 * HOUR_MS)
  })
  it('a limit that grows at the instant at which it ends is broken at its new end', () => {
    const grown = log(1, [0.1, { kind: 'reacted' }], [4, to(2)])
    expect(at(around, grown, 9).passed).toMatchObject({ 'solution.100': h(8), 'solution.breach': h(8) })
  })
})

describe('marks (R64, domain 18.32)', () => {
  it('70, 100 and 150 % of the solution, 70 and 100 % of the reaction; class A is called at 50', () => {
    expect(at(around, log(1), 7).passed).toEqual({
      'reaction.70': START + 10.5 * MINUTE_MS,
      'reaction.100': h(3),
      'reaction.breach': h(3),
      'solution.70': h(2.8),
      'solution.100': h(4),
      'solution.150': h(6),
      'solution.breach': h(4),
    })
    const a = rulesOf('outsourcing-24x7', { classA: true })
    expect(at(a, log(1), 2.1).passed).toMatchObject({ 'solution.70': h(2) })
  })
  it('exactly 70 % is still within the first 70 % (domain 18.8), also when nobody works afterwards', () => {
    const within = log(1, [2.8, { kind: 'solved' }])
    expect(at(around, within, 9).passed).not.toHaveProperty('solution.70')
    expect(at(office, log(1), 8.0001).passed).not.toHaveProperty('solution.breach')
    expect(at(office, log(1), 23.0001).passed['solution.breach']).toBe(h(8))
  })

  it('what was looked at in the instant of its mark is one thing only afterwards: gone past', () => {
    const looked = advanced(around, at(around, log(1), 2.8), h(3))
    expect(looked).toEqual(at(around, log(1), 3))
    expect(looked.reached).not.toHaveProperty('solution.70')
  })
})

const event: fc.Arbitrary<Happening> = fc.oneof(
  fc.constantFrom<Happening>(
    { kind: 'reacted' },
    { kind: 'clearing' },
    { kind: 'relapsed' },
    { kind: 'solved' },
    { kind: 'milestone', event: 'work_started' },
    { kind: 'milestone', event: 'owner' },
  ),
  fc.record({
    kind: fc.constant('reopened' as const),
    how: fc.constantFrom('human', 'unfixed', 'return'),
  }) as fc.Arbitrary<Happening>,
  fc.record({ kind: fc.constantFrom('hold', 'release'), why: fc.constantFrom(...HOLDS) }) as fc.Arbitrary<Happening>,
  fc.record({
    kind: fc.constant('terms' as const),
    priority: fc.constantFrom(1, 2, 3, 4),
    critical: fc.boolean(),
    mass: fc.constant(false),
  }) as fc.Arbitrary<Happening>,
)
const story = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 10 * DAY_MS }), event), { maxLength: 12 })
  .map((events): SlaEvent[] => [
    { at: START, kind: 'registered', priority: 2, critical: false, mass: false },
    ...events.map(([after, one]) => ({ ...one, at: START + after }) as SlaEvent),
  ])
const someRules = fc.constantFrom(around, office, rulesOf('tracker-3-level'))
const later = fc.integer({ min: 0, max: 14 * DAY_MS }).map(ms => START + ms)

describe('whatever happens', () => {
  it('domain 18.15: working it out from the log equals carrying it along, however often it was looked at', () => {
    fc.assert(
      fc.property(someRules, story, fc.array(later, { maxLength: 8 }), later, (rules, events, looks, end) => {
        const [first, ...rest] = inOrder(events).filter(one => one.at <= end)
        if (first?.kind !== 'registered') throw new Error('no registration')
        const steps = [...rest, ...looks.filter(look => look <= end)].sort((a, b) => timeIn(a) - timeIn(b))
        let clock = begun(rules, first)
        for (const step of steps)
          clock = typeof step === 'number' ? advanced(rules, clock, step) : happened(rules, clock, step)
        expect(advanced(rules, clock, end)).toEqual(clockAt(rules, events, end))
      }),
      { numRuns: 200 },
    )
  })

  it('an event that is heard of late gives what it would have given in time', () => {
    fc.assert(
      fc.property(someRules, story, later, (rules, events, end) => {
        const [first, ...rest] = events
        if (!first) return
        const inTime = [first, ...rest.toSorted((a, b) => a.at - b.at)]
        expect(clockAt(rules, events, end)).toEqual(clockAt(rules, inTime, end))
      }),
      { numRuns: 60 },
    )
  })

  it('while nothing happens a running deadline does not move, and a standing one only moves away', () => {
    fc.assert(
      fc.property(someRules, story, fc.tuple(later, later), (rules, events, pair) => {
        const [early, late] = pair.toSorted((a, b) => a - b) as [number, number]
        const told = events.filter(one => one.at <= early)
        const a = viewOf(rules, clockAt(rules, told, early) as SlaClock)
        const b = viewOf(rules, clockAt(rules, told, late) as SlaClock)
        if (a.solution.limitAt === null || a.solution.doneAt !== null) return
        expect(b.solution.limitAt).toBeGreaterThanOrEqual(a.solution.limitAt)
        if (a.paused.length === 0) expect(b.solution.limitAt).toBe(a.solution.limitAt)
      }),
      { numRuns: 60 },
    )
  })

  it('a mark is never passed under suppression, and never withdrawn', () => {
    fc.assert(
      fc.property(someRules, story, fc.tuple(later, later), (rules, events, pair) => {
        const [early, late] = pair.toSorted((a, b) => a - b) as [number, number]
        const told: SlaEvent[] = [
          ...events.filter(one => one.at <= early),
          { at: early, kind: 'hold', why: 'suppressed' },
        ]
        const before = clockAt(rules, told, early)
        const after = clockAt(rules, told, late)
        const marks = (clock: SlaClock | null) =>
          Object.entries(clock?.passed ?? {}).filter(([name]) => !name.endsWith('breach'))
        expect(marks(after)).toEqual(marks(before))
        expect(clockAt(rules, events, late)?.passed).toMatchObject(clockAt(rules, events, early)?.passed ?? {})
      }),
      { numRuns: 60 },
    )
  })

  it('contract time is never less than the time of steps, and both only grow', () => {
    fc.assert(
      fc.property(someRules, story, fc.tuple(later, later), (rules, events, pair) => {
        const [early, late] = pair.toSorted((a, b) => a - b) as [number, number]
        const [a, b] = [clockAt(rules, events, early), clockAt(rules, events, late)]
        for (const which of ['reaction', 'solution'] as const) {
          expect(b?.[which].usedMs).toBeGreaterThanOrEqual(b?.[which].stepsMs ?? 0)
          expect(b?.[which].usedMs).toBeGreaterThanOrEqual(a?.[which].usedMs ?? 0)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('a share of the limit is reached at the instant that is told', () => {
    const clock = at(office, log(1), 1)
    expect(shareAt(office, clock, 70)).toBe(h(5.6))
    expect(shareAt(office, at(office, log(1), 6), 70)).toBeLessThanOrEqual(h(6))
  })
})

const timeIn = (step: SlaEvent | number): number => (typeof step === 'number' ? step : step.at)
