import { describe, expect, it } from 'vitest'
import type { Actor } from './act-draft.ts'
import type { Incident } from './incident.ts'
import { onDue } from './on-due.ts'
import { condition, DAY, doing, events, fresh, HOUR, kinds, NOW, see } from './testing/incident-fixture.ts'

const CLIENT: Actor = { name: 'Кафе', side: 'client' }
const PARTNER: Actor = { name: 'Партнёр', side: 'partner' }
const ROBOT: Actor = { name: 'triage', side: 'robot' }

describe('domain 18.12: waiting for the client', () => {
  const asked = doing(fresh(), { action: 'wait', question: 'Is the till switched on?' }, NOW)

  it('begins with a question that the client reads, and takes the incident into work', () => {
    expect(asked.incident).toMatchObject({ status: 'waiting', assignee: 'Анна', reactedAt: NOW, nextDueAt: NOW + DAY })
    expect(kinds(asked)).toEqual(['taken', 'waiting'])
    expect(asked.events).toEqual([
      { kind: 'comment', text: expect.objectContaining({ ru: expect.stringContaining('Is the till') }) },
    ])
  })

  it('reminds after one and after three working days, then goes on without an answer while the fault lasts', () => {
    const first = onDue(asked.incident, NOW + DAY)
    expect([kinds(first), events(first), first.incident.nextDueAt]).toEqual([['waiting'], ['comment'], NOW + 3 * DAY])
    const second = onDue(first.incident, NOW + 3 * DAY)
    expect(second.incident).toMatchObject({ status: 'waiting', waitingReminders: 2, nextDueAt: NOW + 5 * DAY })
    const end = onDue(second.incident, NOW + 5 * DAY)
    expect(end.incident).toMatchObject({ status: 'in_work', waitingFor: null, nextDueAt: null })
  })

  it('ends as "no answer" where no fault is seen', () => {
    const ticket = { ...asked.incident, firing: false, conditions: [] }
    const end = onDue(ticket, NOW + 5 * DAY)
    expect(end.incident).toMatchObject({ status: 'solved', resolution: 'no_answer', solvedByLine: 1 })
    expect(events(end)).toEqual(['solve'])
  })

  it('domain 18.22: pinned open, it goes on without an answer although no fault is seen', () => {
    const ticket = { ...asked.incident, firing: false, conditions: [] }
    const pinned = doing(ticket, { action: 'pin', reason: 'the master is on the way' }, NOW).incident
    expect(onDue(pinned, NOW + 5 * DAY).incident).toMatchObject({ status: 'in_work', pinned: true, waitingFor: null })
  })

  it('after a pause of the service only the latest reminder goes out', () => {
    const late = onDue(asked.incident, NOW + 4 * DAY)
    expect([events(late), late.incident.waitingReminders]).toEqual([['comment'], 2])
  })

  it("a client's words are the answer; so is what support writes down for him", () => {
    const words = doing(asked.incident, { action: 'comment', text: 'yes, it is' }, NOW + HOUR, CLIENT)
    const noted = doing(asked.incident, { action: 'answer', text: 'he says yes' }, NOW + HOUR)
    for (const { incident } of [words, noted]) expect(incident).toMatchObject({ status: 'in_work', waitingMarks: null })
  })
})

it('domain 18.13: waiting for the vendor, the OFD or the provider is In work', () => {
  const step = doing(fresh(), { action: 'pending', on: 'provider', text: 'cable cut' }, NOW)
  expect(step.incident).toMatchObject({ status: 'in_work', pendingOn: 'provider' })
  expect(step.entries[0]?.text.en).toContain('waiting for the provider')
})

describe('domain 18.2: reaction', () => {
  it.each([
    ['a comment of support', 'comment', undefined, NOW],
    ['a comment of the partner', 'comment', PARTNER, NOW],
    ['a comment of the client', 'comment', CLIENT, null],
    ['a comment of a robot', 'comment', ROBOT, null],
  ] as const)('%s', (_name, action, actor, reactedAt) => {
    expect(doing(fresh(), { action, text: 'seen' }, NOW, actor).incident.reactedAt).toBe(reactedAt)
  })
  it('being assigned by somebody else is none', () => {
    expect(doing(fresh(), { action: 'assign', assignee: 'Пётр' }, NOW).incident).toMatchObject({
      assignee: 'Пётр',
      reactedAt: null,
      status: 'open',
    })
  })
})

describe('domain 18.2, 18.22: who reopens', () => {
  const solved = see(fresh(), NOW + HOUR, []).incident
  const reopened = (actor?: Actor) => doing(solved, { action: 'reopen', text: 'again' }, NOW + DAY, actor).incident

  it('support has reacted by that, and has it in work', () => {
    expect(reopened()).toMatchObject({ status: 'in_work', reactedAt: NOW + DAY, reopensHuman: 1 })
  })
  it('a client has not: it waits in the queue until somebody reacts', () => {
    expect(reopened(CLIENT)).toMatchObject({ status: 'open', reactedAt: null, reopensHuman: 1 })
  })
})

describe('domain 18.18: whose priority', () => {
  it('the word of support stands against a client; a client may set what support has not', () => {
    const byClient = doing(fresh(), { action: 'priority', priority: 1, reason: 'big day' }, NOW, CLIENT).incident
    expect(byClient).toMatchObject({ priority: 1, prioritySide: 'client', priorityAuthor: 'Кафе' })
    const bySupport = doing(byClient, { action: 'priority', priority: 3, reason: 'a spare is there' }, NOW).incident
    expect(bySupport).toMatchObject({ priority: 3, prioritySide: 'support' })
    expect(() => doing(bySupport, { action: 'priority', priority: 1, reason: 'no' }, NOW, CLIENT)).toThrow(/support/)
  })
  it('domain 18.16: a machine reopen does not go below it', () => {
    const manual = doing(fresh(), { action: 'priority', priority: 2, reason: 'the main till' }, NOW).incident
    const solved = see(manual, NOW + HOUR, []).incident
    expect(see(solved, NOW + 2 * HOUR, [condition('minor')], 4).incident).toMatchObject({ priority: 2 })
  })
  it('R57: a client may cancel and comment, not solve', () => {
    expect(
      doing(fresh(), { action: 'discard', as: 'cancelled', reason: 'not needed' }, NOW, CLIENT).incident.status,
    ).toBe('closed')
    expect(() => doing(fresh(), { action: 'solve', text: '' }, NOW, CLIENT)).toThrow(/may not/)
  })
})

describe('lines and how it was solved', () => {
  it('R111, R112: a person says how; the line is the one it was on', () => {
    const second = doing(fresh(), { action: 'line', line: 2, reason: 'needs a visit' }, NOW).incident
    const done = doing(second, { action: 'solve', text: '', mode: 'onsite' }, NOW + HOUR).incident
    expect(done).toMatchObject({ resolutionMode: 'onsite', solvedByLine: 2, executedAt: NOW + HOUR })
  })
  it('domain 18.55: after human work the machine says remotely, by the line that acted last; without any it says nothing', () => {
    const worked = doing(fresh(), { action: 'take' }, NOW).incident
    const escalated = { ...worked, line: 2 as const }
    expect(see(escalated, NOW + HOUR, []).incident).toMatchObject({ resolutionMode: 'remote', solvedByLine: 1 })
    expect(see(fresh(), NOW + HOUR, []).incident).toMatchObject({ resolutionMode: null, solvedByLine: null })
  })
  it('domain 18.33: another line changes no assignee', () => {
    const taken = doing(fresh(), { action: 'take' }, NOW).incident
    expect(doing(taken, { action: 'line', line: 3, reason: 'vendor' }, NOW).incident.assignee).toBe('Анна')
  })
})

describe('recovery', () => {
  it('domain 18.24: executed with the first good reading, Solved when the hold is over; a relapse takes it back', () => {
    const since = NOW + HOUR
    const clearing = see(fresh(), since, [condition('important', { clearingSince: since })]).incident
    expect(clearing.clearingSince).toBe(since)
    const solved = see(clearing, since + HOUR / 2, []).incident
    expect(solved).toMatchObject({ status: 'solved', executedAt: since, solvedAt: since + HOUR / 2 })
    expect(see(clearing, since + 60_000, [condition()]).incident.clearingSince).toBeNull()
  })
  it('domain 18.22: pinned open, it waits for a person; unpinned, the readings solve it', () => {
    const pinned = doing(fresh(), { action: 'pin', reason: 'watching' }, NOW).incident
    const good = see(pinned, NOW + HOUR, []).incident
    expect(good).toMatchObject({ status: 'open', goodSince: NOW + HOUR, nextDueAt: null })
    const free = doing(good, { action: 'unpin' }, NOW + 5 * HOUR).incident
    expect(free.nextDueAt).toBe(NOW + HOUR)
    expect(onDue(free, NOW + 5 * HOUR).incident).toMatchObject({ status: 'solved', executedAt: NOW + HOUR })
  })
  it('domain 18.28: a return while the state flaps is a flap, and counts for nothing', () => {
    const solved = see(fresh(), NOW + HOUR, []).incident
    const back = see(solved, NOW + 2 * HOUR, [condition('important', { flapping: true })]).incident
    expect(back).toMatchObject({ reopensFlap: 1, reopensReturn: 0, returns: [] })
  })
})

describe('endings', () => {
  it('domain 18.23: support or the client may close earlier; the fault may still reopen it within 72 hours', () => {
    const solved = see(fresh(), NOW + HOUR, []).incident
    const closed = doing(solved, { action: 'close', text: 'all is well' }, NOW + 2 * HOUR, CLIENT).incident
    expect(closed).toMatchObject({ status: 'closed', nextDueAt: null })
    expect(see(closed, NOW + 3 * HOUR, [condition()]).incident.status).toBe('open')
  })
  it('domain 18.26: closing too early does not hide a fault that lasts', () => {
    const solved = doing(fresh(), { action: 'solve', text: '' }, NOW).incident
    const closed = doing(solved, { action: 'close', text: '' }, NOW + HOUR).incident
    expect(onDue(closed, NOW + DAY).incident).toMatchObject({ status: 'in_work', reopensUnfixed: 1 })
  })
  it.each([
    ['falls to what holds now', 2, 3, 3],
    ['rises to what holds now', 3, 1, 1],
  ] as const)('domain 18.16: at the reopening its priority %s, and says why', (_name, before, now, after) => {
    const raised = see(fresh(), NOW, [condition('critical')], before).incident
    const solved = doing(raised, { action: 'solve', text: '' }, NOW).incident
    const seen = see(solved, NOW + HOUR, [condition()], now).incident
    const step = onDue(seen, NOW + DAY)
    expect(step.incident).toMatchObject({ status: 'in_work', priority: after, priorityTold: after })
    expect(step.incident.priorityReason.en).toContain('queue stands')
    expect(kinds(step)).toEqual(['reopened', 'priority'])
  })
  it('domain 18.27: a duplicate names the incident that goes on, and is no solution', () => {
    const step = doing(fresh(), { action: 'discard', as: 'duplicate', reason: 'same fault', duplicateOf: 9 }, NOW)
    expect(step.incident).toMatchObject({ resolution: 'duplicate', duplicateOf: 'i9', solvedAt: null, muted: true })
    expect(() => doing(fresh(), { action: 'discard', as: 'duplicate', reason: 'same' }, NOW)).toThrow(/number/)
  })
  it('R84: an incident is called critical once, with a reason', () => {
    const step = doing(fresh(), { action: 'critical', reason: 'the chain stands' }, NOW)
    expect(step.incident).toMatchObject({ criticalAt: NOW, criticalBy: 'Анна' })
    const again = (incident: Incident) => doing(incident, { action: 'critical', reason: 'again' }, NOW)
    expect(() => again(step.incident)).toThrow(/critical already/)
    expect(() => doing(fresh(), { action: 'uncritical', reason: 'only one' }, NOW)).toThrow(/not critical/)
  })
})
