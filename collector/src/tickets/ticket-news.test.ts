import { describe, expect, it } from 'vitest'
import type { DeskComment, TicketState } from '../connectors/ticket-state.ts'
import type { Incident } from '../incidents/incident.ts'
import { raisedIncident } from '../incidents/new-incident.ts'
import { newsOf, seenOf, type Whose } from './ticket-news.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const both = { ru: 'x', en: 'x' }
const incident: Incident = {
  ...raisedIncident(
    {
      ...{ tenantId: 'main', dedupKey: 'k', itemId: 'i', agentId: 'a', subject: 's', causeClass: 'ofd', priority: 3 },
      ...{ priorityReason: both, title: both, explanation: both, expected: both, component: both },
      ...{ runbook: 'ofd', onsetAt: NOW },
    },
    null,
    1,
    NOW,
  ),
  id: 'i1',
}
const seen: TicketState = {
  ticket: { id: '7', number: '7', url: null, written: {} },
  ...{ status: 'New', phase: 'open', priority: 3, assignee: null, comments: [], rating: null },
  ...{ updatedAt: NOW, mergedInto: null },
}
const comment = (more: Partial<DeskComment>): DeskComment => ({
  ...{ id: '1', at: NOW, author: 'Field Engineer', text: 'Выехал', internal: true, ours: false },
  ...more,
})
const THEIRS: Whose = { status: true, priority: true }
const OURS: Whose = { status: false, priority: false }
const news = (state: Partial<TicketState>, about: Partial<Incident> = {}, theirs = THEIRS) =>
  newsOf(seenOf(seen), { ...seen, ...state }, { ...incident, ...about }, theirs).map(({ action, side }) => [
    side,
    action,
  ])

describe('R36, R168: what people do in the desk comes back', () => {
  it('nothing changed: no news, whatever the incident says meanwhile', () => {
    expect(news({}, { status: 'solved', priority: 1, assignee: 'Somebody' })).toEqual([])
  })

  it.each([
    ['taken into work', { phase: 'in_work' as const }, {}, [{ action: 'take' }]],
    [
      'a question',
      { phase: 'waiting' as const, status: 'Feedback' },
      {},
      [{ action: 'wait', question: '7: Feedback' }],
    ],
    ['answered', { phase: 'in_work' as const }, { status: 'waiting' as const }, [{ action: 'answer', text: '7: New' }]],
    ['solved', { phase: 'solved' as const }, {}, [{ action: 'solve', text: '7: New' }]],
    ['closed at once', { phase: 'closed' as const }, {}, [{ action: 'solve', text: '7: New' }]],
    [
      'closed after the solution',
      { phase: 'closed' as const },
      { status: 'solved' as const },
      [{ action: 'close', text: '7: New' }],
    ],
    ['rejected', { phase: 'rejected' as const }, {}, [{ action: 'discard', as: 'rejected', reason: '7: New' }]],
    [
      'opened again',
      { phase: 'in_work' as const },
      { status: 'solved' as const },
      [{ action: 'reopen', text: '7: New' }],
    ],
  ])('%s', (_what, state, about, actions) => {
    expect(news(state, about)).toEqual(actions.map(action => ['support', action]))
  })

  it('what was written into a ticket long before the incident is about an earlier one', () => {
    const old = comment({ id: '1', at: NOW - 40 * 86_400_000, text: 'Заменили ФН' })
    const fresh = comment({ id: '2', at: NOW - 5 * 60_000 })
    const told = newsOf(null, { ...seen, comments: [old, fresh] }, incident, OURS)
    expect(told.map(({ action }) => action)).toEqual([{ action: 'comment', text: 'Выехал' }])
    expect(newsOf(seenOf(seen), { ...seen, comments: [old] }, incident, OURS)).toHaveLength(1)
  })

  it('what is so already is no news', () => {
    expect(news({ phase: 'solved' }, { status: 'solved' })).toEqual([])
    expect(news({ phase: 'in_work' }, { status: 'in_work' })).toEqual([])
    expect(news({ priority: 1 }, { priority: 1 })).toEqual([])
  })

  it('status and priority that we wrote are no news; who has it and what people say are', () => {
    const state = {
      phase: 'in_work' as const,
      priority: 1 as const,
      assignee: 'Field Engineer',
      comments: [comment({})],
    }
    expect(news(state, { status: 'open' }, OURS)).toEqual([
      ['support', { action: 'comment', text: 'Выехал' }],
      ['support', { action: 'assign', assignee: 'Field Engineer' }],
    ])
  })

  it('R43: a priority set by hand comes back with where it was set', () => {
    expect(news({ priority: 1 })).toEqual([['support', { action: 'priority', priority: 1, reason: '7: New' }]])
    expect(news({ priority: null })).toEqual([])
  })

  it('our own comments and those seen before do not come back', () => {
    const before = { ...seen, comments: [comment({ id: '1' })] }
    const after = { ...seen, comments: [comment({ id: '1' }), comment({ id: '2', ours: true }), comment({ id: '3' })] }
    expect(newsOf(seenOf(before), after, incident, THEIRS)).toHaveLength(1)
  })

  it('of more comments than are remembered none comes back twice', () => {
    const many = Array.from({ length: 700 }, (_, index) => comment({ id: String(index) }))
    const before = seenOf({ ...seen, comments: many })
    expect(newsOf(before, { ...seen, comments: many }, incident, THEIRS)).toEqual([])
    const after = [...many, comment({ id: 'new' })]
    expect(newsOf(before, { ...seen, comments: after }, incident, THEIRS)).toHaveLength(1)
  })

  it('the last comment says why the status changed', () => {
    const state = { phase: 'solved' as const, comments: [comment({ text: 'Заменил ФН' })] }
    expect(news(state).at(-1)).toEqual(['support', { action: 'solve', text: 'Заменил ФН' }])
  })

  it('a comment counts as work only where the desk shows that it is the staff’s', () => {
    const by = (more: Partial<DeskComment>, assignee: string | null = null) =>
      newsOf(seenOf({ ...seen, assignee }), { ...seen, assignee, comments: [comment(more)] }, incident, THEIRS)[0]?.side
    expect(by({ internal: true })).toBe('support')
    expect(by({ internal: false })).toBe('robot')
    expect(by({ internal: false }, 'Field Engineer')).toBe('support')
  })
})
