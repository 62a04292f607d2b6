import { describe, expect, it } from 'vitest'
import { nextDueOf, takesReturn } from './incident.ts'
import { onDue } from './on-due.ts'
import { ANNA, both, condition, DAY, doing, events, fresh, HOUR, kinds, NOW, see } from './testing/incident-fixture.ts'

describe('while the fault lasts', () => {
  it('the same again says nothing', () => {
    const step = see(fresh(), NOW + HOUR, [condition()])
    expect([kinds(step), events(step)]).toEqual([[], []])
  })

  it('worsening adds a note; desks hear of it at most once an hour, then what was held back', () => {
    const early = see(fresh(), NOW + 60_000, [condition('critical')])
    expect([kinds(early), events(early)]).toEqual([['worsened'], []])
    expect(early.incident.nextDueAt).toBe(NOW + HOUR)
    const later = onDue(early.incident, NOW + HOUR)
    expect(events(later)).toEqual(['comment'])
    expect(later.incident.nextDueAt).toBeNull()
    expect(events(see(fresh(), NOW + HOUR, [condition('critical')]))).toEqual(['comment'])
  })

  it('domain 17.5: another check of the class joins as a note and may raise the priority at once', () => {
    const contract = condition('critical', { rule: 'ofd.contract', title: both('contract over') })
    const step = see(fresh(), NOW + 60_000, [condition(), contract], 2)
    expect(kinds(step)).toEqual(['worsened', 'priority'])
    expect(events(step)).toEqual(['priority'])
    expect(step.incident).toMatchObject({ priority: 2, title: both('contract over') })
  })

  it('domain 18.16: the priority never falls while it is open', () => {
    const step = see(fresh({ priority: 2, priorityComputed: 2 }), NOW + HOUR, [condition('minor')], 4)
    expect(step.incident).toMatchObject({ priority: 2, priorityComputed: 4 })
    expect(kinds(step)).toEqual(['eased'])
  })

  it('is solved only when none of the class is bad', () => {
    const two = fresh({ conditions: [condition(), condition('minor', { rule: 'ofd.contract' })] })
    const one = see(two, NOW + HOUR, [condition()])
    expect([kinds(one), one.incident.status]).toEqual([['eased'], 'open'])
    const none = see(one.incident, NOW + 2 * HOUR, [])
    expect([kinds(none), events(none), none.incident.status]).toEqual([['solved'], ['solve'], 'solved'])
  })
})

describe('a priority set by hand', () => {
  const manual = doing(fresh(), { action: 'priority', priority: 4, reason: 'the shop is closed' }, NOW).incident

  it('R49: carries author and reason', () => {
    expect(manual).toMatchObject({ priority: 4, priorityAuthor: 'Анна', priorityOverrideOf: 3 })
    expect(manual.priorityReason.en).toContain('the shop is closed')
  })
  it.each([
    ['what was computed at the override stays a note', 3, 4],
    ['a rise to 2 wins', 2, 2],
    ['a rise to 1 wins', 1, 1],
  ] as const)('domain 18.17: %s', (_name, computed, priority) => {
    const step = see(manual, NOW + 2 * HOUR, [condition('critical')], computed)
    expect(step.incident).toMatchObject({ priority, priorityManual: 4, priorityAuthor: 'Анна' })
  })
})

describe('reopening', () => {
  const solved = see(fresh(), NOW, []).incident

  it('domain 18.23: a return inside 72 hours belongs to it, the start included and the end not', () => {
    expect(takesReturn(solved, NOW)).toBe(true)
    expect(takesReturn(solved, NOW + 72 * HOUR - 1)).toBe(true)
    expect(takesReturn(solved, NOW + 72 * HOUR)).toBe(false)
  })
  it('domain 18.22: without any reaction it goes back to Open, otherwise to In work', () => {
    expect(see(solved, NOW + HOUR, [condition()]).incident.status).toBe('open')
    const reacted = { ...solved, reactedAt: NOW }
    const step = see(reacted, NOW + HOUR, [condition()])
    expect(step.incident).toMatchObject({ status: 'in_work', reopensReturn: 1, solvedAt: null })
    expect(events(step)).toEqual(['reopen'])
  })
  it('is closed by itself after 72 hours', () => {
    expect(solved.nextDueAt).toBe(NOW + 72 * HOUR)
    expect(onDue(solved, NOW + 72 * HOUR).incident).toMatchObject({ status: 'closed', nextDueAt: null })
    expect(onDue(solved, NOW + 72 * HOUR - 1).incident.status).toBe('solved')
  })
  it('domain 18.30: after the third return in a week it stays open until it was good for a day', () => {
    const often = fresh({ returns: [NOW - 5 * DAY, NOW - 2 * DAY, NOW - DAY] })
    const good = see(often, NOW, [])
    expect([good.incident.status, kinds(good)]).toEqual(['open', ['eased']])
    expect(good.incident.nextDueAt).toBe(NOW + DAY)
    expect(see(good.incident, NOW + HOUR, [condition()]).incident.nextDueAt).toBeNull()
    expect(onDue(good.incident, NOW + DAY).incident.status).toBe('solved')
  })
})

describe('a person solves while the fault lasts', () => {
  const solved = doing(fresh(), { action: 'solve', text: 'rebooted' }, NOW)

  it('domain 18.26: says so at once', () => {
    expect(kinds(solved)).toEqual(['solved', 'note'])
    expect(events(solved)).toEqual(['solve', 'comment'])
    expect(events(see(solved.incident, NOW + 60_000, [condition()]))).toEqual([])
  })
  it.each([
    [2, 2 * HOUR],
    [3, 24 * HOUR],
  ] as const)('domain 18.26: priority %i is reopened after its grace', (priority, graceMs) => {
    const step = doing(fresh({ priority }), { action: 'solve', text: '' }, NOW)
    expect(step.incident.nextDueAt).toBe(NOW + graceMs)
    const reopened = onDue(step.incident, NOW + graceMs)
    expect(reopened.incident).toMatchObject({ status: 'in_work', reopensUnfixed: 1 })
    expect(events(reopened)).toEqual(['reopen'])
  })
  it('domain 18.26: at most once a day', () => {
    const again = fresh({ priority: 1, unfixedAt: NOW - HOUR })
    expect(doing(again, { action: 'solve', text: '' }, NOW).incident.nextDueAt).toBe(NOW + 23 * HOUR)
  })
  it('domain 18.26: a fault that grew to Blocking meanwhile waits two hours, not a day', () => {
    const grown = see(solved.incident, NOW + HOUR, [condition('critical')], 1)
    expect(grown.incident.nextDueAt).toBe(NOW + 2 * HOUR)
  })
  it('a tenant that wants it reopens at once, and yet at most once a day', () => {
    const step = doing(fresh(), { action: 'solve', text: '' }, NOW, ANNA, 'at_once')
    expect(step.incident.nextDueAt).toBe(NOW)
    const reopened = onDue(step.incident, NOW)
    expect(reopened.incident.reopensUnfixed).toBe(1)
    const again = doing(reopened.incident, { action: 'solve', text: '' }, NOW + HOUR, ANNA, 'at_once')
    expect(again.incident.nextDueAt).toBe(NOW + 24 * HOUR)
  })
  it('a tenant that never wants it is told so, and nothing is opened until the fault is over', () => {
    const step = doing(fresh({ priority: 3 }), { action: 'solve', text: '' }, NOW, ANNA, 'never')
    expect(step.events.at(-1)?.text.en).toContain('Does not reopen')
    expect(step.incident.nextDueAt).toBe(NOW + 72 * HOUR)
    const closed = onDue(step.incident, NOW + 72 * HOUR).incident
    expect(closed).toMatchObject({ status: 'closed', firing: true, nextDueAt: null })
    const over = see(closed, NOW + 80 * HOUR, []).incident
    expect(over).toMatchObject({ status: 'closed', firing: false, reopensUnfixed: 0 })
  })
  it('and yet it reopens when it grows to where it stops the work', () => {
    const step = doing(fresh({ priority: 3 }), { action: 'solve', text: '' }, NOW, ANNA, 'never')
    const grown = see(step.incident, NOW + HOUR, [condition('critical')], 1)
    expect(grown.incident.nextDueAt).toBe(NOW + 2 * HOUR)
    expect(onDue(grown.incident, NOW + 2 * HOUR).incident.reopensUnfixed).toBe(1)
  })
  it('domain 18.25: once its facts are gone it is closed in time instead', () => {
    const gone = see(solved.incident, NOW + HOUR, [{ ...condition(), unproved: true }])
    expect(gone.incident.nextDueAt).toBe(NOW + 72 * HOUR)
    expect(onDue(gone.incident, NOW + 72 * HOUR).incident).toMatchObject({ status: 'closed', firing: false })
  })
  it('a fault that then goes away only confirms it', () => {
    const gone = see(solved.incident, NOW + HOUR, [])
    expect([kinds(gone), events(gone), gone.incident.status]).toEqual([['note'], [], 'solved'])
    expect(gone.incident.nextDueAt).toBe(NOW + 72 * HOUR)
  })
})

describe('silence', () => {
  const until = new Date(NOW + 5 * HOUR).toISOString()
  const silent = doing(fresh(), { action: 'silence', until, reason: 'known' }, NOW).incident

  it('holds back follow-ups and tells at its end what came meanwhile', () => {
    const worse = see(silent, NOW + 2 * HOUR, [condition('critical')], 2)
    expect(events(worse)).toEqual([])
    const end = onDue(worse.incident, NOW + 5 * HOUR)
    expect(events(end)).toContain('priority')
    expect(end.incident.silencedUntil).toBeNull()
  })
  it('says until when in the time of the site', () => {
    const said = doing(fresh(), { action: 'silence', until: '2026-12-01T20:30:00Z', reason: 'known' }, NOW)
    expect(said.entries[0]?.text.ru).toBe('Без сообщений до 02.12.2026 06:30 (Asia/Vladivostok): known')
  })
  it('a rise that it held back is told when a person lifts it, or when the fault returns after a solution', () => {
    const worse = see(silent, NOW + 2 * HOUR, [condition('critical')], 2).incident
    const lifted = doing(worse, { action: 'unsilence' }, NOW + 3 * HOUR)
    expect(events(lifted)).toEqual(['priority'])
    expect(lifted.incident.priorityTold).toBe(2)
    const solved = see(worse, NOW + 3 * HOUR, []).incident
    expect(events(see(solved, NOW + 4 * HOUR, [condition('critical')], 2))).toEqual(['reopen', 'priority'])
  })
  it('does not hold back a rise to Blocking, nor the solution', () => {
    expect(events(see(silent, NOW + 2 * HOUR, [condition('critical')], 1))).toEqual(['priority'])
    expect(events(see(silent, NOW + 2 * HOUR, []))).toEqual(['solve'])
  })
})

describe('what does not fit', () => {
  const solved = see(fresh(), NOW, []).incident
  it.each([
    [solved, { action: 'take' }, NOW, 'incident.finished'],
    [fresh(), { action: 'reopen', text: '' }, NOW, 'incident.not_solved'],
    [solved, { action: 'reopen', text: '' }, NOW + 72 * HOUR, 'incident.reopen_window'],
    [fresh(), { action: 'silence', until: new Date(NOW).toISOString(), reason: 'x' }, NOW, 'incident.silence_past'],
  ] as const)('is refused with a next step', (incident, action, at, code) => {
    expect(() => doing(incident, action, at)).toThrow(expect.objectContaining({ code, nextStep: expect.any(String) }))
  })
})

it('an open incident without debts waits for facts only', () => {
  expect(nextDueOf(fresh())).toBeNull()
})
