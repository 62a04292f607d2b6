import { describe, expect, it } from 'vitest'
import type { DeskNews, DeskStatus } from '../connectors/desk-news.ts'
import type { Incident } from '../incidents/incident.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import { createNewsRows } from './news-rows.ts'
import { actsOf } from './ticket-news.ts'

const acts = (action: DeskNews['action'], about: Partial<Incident>) =>
  actsOf({ id: 'e', ticketId: 'tw-1', action, author: 'Olga', side: 'support' }, {
    status: 'open',
    assignee: null,
    priority: 3,
    ...about,
  } as Incident)
const status = (phase: DeskStatus['phase'], text: string | null = null): DeskStatus => ({
  action: 'status',
  phase,
  text,
})

describe('R36: what a desk tells by itself, as acts on the incident', () => {
  it.each([
    ['taken', status('in_work'), {}, [{ action: 'take' }]],
    ['taken with words', status('in_work', 'Soon'), {}, [{ action: 'comment', text: 'Soon' }, { action: 'take' }]],
    ['back in work', status('in_work', 'It is 5'), { status: 'waiting' }, [{ action: 'answer', text: 'It is 5' }]],
    ['asked', status('waiting', 'Which one?'), {}, [{ action: 'wait', question: 'Which one?' }]],
    ['asked again', status('waiting', 'Well?'), { status: 'waiting' }, [{ action: 'comment', text: 'Well?' }]],
    ['solved without a word', status('solved'), {}, [{ action: 'solve', text: 'tw-1: solved' }]],
    ['solved twice', status('solved'), { status: 'solved' }, []],
    ['closed while it was open', status('closed', 'Done'), {}, [{ action: 'solve', text: 'Done' }]],
    ['closed at last', status('closed', 'Thanks'), { status: 'solved' }, [{ action: 'close', text: 'Thanks' }]],
    ['rejected', status('rejected', 'Not ours'), {}, [{ action: 'discard', as: 'rejected', reason: 'Not ours' }]],
    ['opened again', status('open', 'It is back'), { status: 'solved' }, [{ action: 'reopen', text: 'It is back' }]],
    ['the same priority', { action: 'priority', priority: 3, reason: 'x' }, {}, []],
    ['the same person', { action: 'assign', assignee: 'Olga' }, { assignee: 'Olga' }, []],
  ] as [string, DeskNews['action'], Partial<Incident>, unknown][])('%s', (_name, action, about, expected) =>
    expect(acts(action, about)).toEqual(expected),
  )
})

describe('ids of news', () => {
  const DAY = 86_400_000
  const opened = () => {
    const database = openDatabase(':memory:')
    migrate(database, STATE_MIGRATIONS)
    const count = () => database.prepare('SELECT count(*) AS n FROM desk_news').get()?.['n']
    return { rows: createNewsRows(database), count }
  }

  it('one is new once, and to each desk by itself', () => {
    const { rows } = opened()
    expect(rows.isNew('a', 'e1', 'main', 0)).toBe(true)
    expect(rows.isNew('a', 'e1', 'main', 1)).toBe(false)
    expect(rows.isNew('b', 'e1', 'main', 1)).toBe(true)
  })

  it('they are forgotten after a month, and the oldest beyond twenty thousand of a desk', () => {
    const { rows, count } = opened()
    for (let index = 0; index < 20_005; index++) rows.isNew('a', `e${index}`, 'main', index)
    rows.isNew('b', 'e1', 'main', 0)
    rows.thin('a', 1_000)
    expect(count()).toBe(20_001)
    expect(rows.isNew('a', 'e4', 'main', 2_000)).toBe(true)
    expect(rows.isNew('a', 'e5', 'main', 2_000)).toBe(false)
    rows.thin('a', 31 * DAY)
    expect(count()).toBe(1)
  })
})
