import type { ProblemAction } from '@tillwatch/shared/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProblemWorld, DAY, HOUR, NOW, type ProblemWorld } from './testing/problem-world.ts'

const ONE = 'register:main:1'
const TWO = 'register:main:2'
let world: ProblemWorld
beforeEach(() => {
  world = createProblemWorld()
})
afterEach(() => world.stop())

const problems = () => world.rows('SELECT * FROM problems ORDER BY number')
const reviews = () => world.rows('SELECT * FROM incident_reviews')
const act = (action: ProblemAction, at: number) =>
  world.part.problems.act('main', String(problems()[0]?.['id']), action, 'Анна', at)
const review = (incidentId: string, at: number) =>
  act({ action: 'review', incidentId, summary: 'Кассы стояли 4 часа', prevention: 'Резервный канал', done: true }, at)
const critical = (register: string) =>
  world.database.prepare('UPDATE incidents SET critical_at = ? WHERE item_id = ?').run(NOW, register)

describe('a review', () => {
  it('R87, R88: of a critical incident begins at its first Solved, under a new problem, one for the incident', async () => {
    await world.fail([ONE], NOW)
    critical(ONE)
    await world.fail([ONE], NOW + 60_000)
    expect(reviews()).toEqual([])
    await world.recover([ONE], NOW + HOUR)
    const { id } = world.incident(ONE)
    expect(problems()).toMatchObject([{ status: 'open', origin: 'review' }])
    expect(reviews()).toMatchObject([{ incident_id: id, reason: 'critical', done_at: null }])
    await review(id, NOW + 3 * HOUR)
    await world.fail([ONE], NOW + 5 * HOUR)
    await world.recover([ONE], NOW + 6 * HOUR)
    expect(problems()).toHaveLength(1)
    expect(reviews()).toMatchObject([{ prevention: 'Резервный канал', done_by: 'Анна' }])
  })

  it('domain 18.46: an incident that others belong to is mass; an ordinary one is not reviewed', async () => {
    await world.fail([ONE, TWO], NOW)
    world.database.prepare('UPDATE incidents SET parent_id = ? WHERE item_id = ?').run(world.incident(ONE).id, TWO)
    await world.recover([ONE, TWO], NOW + HOUR)
    expect(reviews()).toMatchObject([{ incident_id: world.incident(ONE).id, reason: 'mass' }])
  })

  it('domain 18.46: goes to the open problem of the same signature', async () => {
    await world.fail([ONE], NOW)
    const { id: incidentId } = world.incident(ONE)
    const problem = await world.part.problems.create('main', { title: 'Очередь стоит', incidentId }, 'Анна', NOW)
    await world.fail([TWO], NOW)
    critical(TWO)
    await world.recover([TWO], NOW + HOUR)
    expect(problems()).toHaveLength(1)
    expect(reviews()).toMatchObject([{ problem_id: problem }])
  })

  it('domain 18.46: opens the proposed problem that it goes to', async () => {
    await world.fail([ONE], NOW)
    const { id: incidentId } = world.incident(ONE)
    await world.part.problems.create('main', { title: 'Очередь стоит', incidentId }, 'Анна', NOW)
    world.database.exec(`UPDATE problems SET status = 'proposed'`)
    await world.fail([TWO], NOW)
    critical(TWO)
    await world.recover([TWO], NOW + HOUR)
    expect(problems()).toMatchObject([{ status: 'open' }])
    expect(reviews()).toHaveLength(1)
  })

  it('R88, domain 18.46: a reopen locks the form; an accepted workaround opens it while the clock runs on', async () => {
    await world.fail([ONE], NOW)
    critical(ONE)
    await world.recover([ONE], NOW + HOUR)
    await world.fail([ONE], NOW + 5 * HOUR)
    const { id } = world.incident(ONE)
    await expect(review(id, NOW + 5 * HOUR)).rejects.toMatchObject({ code: 'review.locked' })
    const measure = { action: 'add_measure', text: 'x', owner: 'Борис', dueOn: '2026-11-10', incidentId: id } as const
    await expect(act(measure, NOW + 5 * HOUR)).rejects.toMatchObject({ code: 'review.locked' })
    await world.part.problems.restore('main', id, 'Торгуем через вторую кассу', 'Анна', NOW + 6 * HOUR)
    expect(world.incident(ONE).status).not.toBe('solved')
    await review(id, NOW + 6 * HOUR)
    await world.recover([ONE], NOW + 7 * HOUR)
    await world.fail([ONE], NOW + 9 * HOUR)
    await expect(review(id, NOW + 9 * HOUR)).rejects.toMatchObject({ code: 'review.locked' })
  })

  it('an ordinary incident has nothing to restore for a review', async () => {
    await world.fail([ONE], NOW)
    await expect(world.part.problems.restore('main', world.incident(ONE).id, 'x', 'Анна', NOW)).rejects.toMatchObject({
      code: 'review.not_needed',
    })
  })

  it('does not begin for what turned out to be nothing', async () => {
    await world.fail([ONE], NOW)
    critical(ONE)
    world.database.exec(`UPDATE incidents SET status = 'closed', resolution = 'duplicate', firing = 1`)
    await world.recover([ONE], NOW + HOUR)
    expect(reviews()).toEqual([])
  })
})

describe('measures', () => {
  const measure = { action: 'add_measure', text: 'Завести второй канал', owner: 'Борис', dueOn: '2026-11-10' } as const
  const entries = () => world.rows('SELECT text_ru FROM problem_entries ORDER BY id').map(row => String(row['text_ru']))
  beforeEach(async () => {
    await world.fail([ONE], NOW)
    critical(ONE)
    await world.recover([ONE], NOW + HOUR)
    await act({ ...measure, incidentId: world.incident(ONE).id }, NOW + DAY)
  })

  it('R90: are reminded of on the morning after their day and then weekly, in both trails, until they are done', async () => {
    const overdue = () => entries().filter(text => text.startsWith('Просрочена мера')).length
    const morning = Date.parse('2026-11-11T09:00:00+03:00')
    await world.part.problems.work(morning - 1)
    expect(overdue()).toBe(0)
    await world.part.problems.work(morning)
    await world.part.problems.work(morning + DAY)
    expect(overdue()).toBe(1)
    expect(world.rows('SELECT role, subject FROM notices')).toMatchObject([
      { role: 'head', subject: expect.stringContaining('Просрочена мера') },
    ])
    expect(world.rows(`SELECT * FROM timeline WHERE text_ru LIKE 'Просрочена мера%'`)).toHaveLength(1)
    await world.part.problems.work(morning + 7 * DAY)
    expect(overdue()).toBe(2)
    const id = String(world.rows('SELECT id FROM problem_measures')[0]?.['id'])
    await act({ action: 'finish_measure', measureId: id, done: true }, morning + 8 * DAY)
    await world.part.problems.work(morning + 30 * DAY)
    expect(overdue()).toBe(2)
  })

  it('R90: a problem is not closed before they are done', async () => {
    await act({ action: 'move', status: 'solved', reason: '' }, NOW + DAY)
    await expect(act({ action: 'move', status: 'closed', reason: '' }, NOW + DAY)).rejects.toMatchObject({
      code: 'problem.measures_open',
    })
    const id = String(world.rows('SELECT id FROM problem_measures')[0]?.['id'])
    await act({ action: 'finish_measure', measureId: id, done: true }, NOW + DAY)
    await act({ action: 'move', status: 'closed', reason: '' }, NOW + DAY)
    expect(problems()).toMatchObject([{ status: 'closed' }])
  })

  it('R89: change their owner and day, and belong to their own problem', async () => {
    const id = String(world.rows('SELECT id FROM problem_measures')[0]?.['id'])
    await act({ action: 'change_measure', measureId: id, owner: 'Вера', dueOn: '2026-12-01' }, NOW + DAY)
    expect(world.rows('SELECT owner, due_on, text FROM problem_measures')).toEqual([
      { owner: 'Вера', due_on: '2026-12-01', text: measure.text },
    ])
    const other = await world.part.problems.create('main', { title: 'Другая' }, 'Анна', NOW)
    const stolen = { action: 'finish_measure', measureId: id, done: true } as const
    await expect(world.part.problems.act('main', other, stolen, 'Анна', NOW)).rejects.toMatchObject({
      code: 'measure.unknown',
    })
  })
})

describe('statuses', () => {
  it('domain 18.47: a cause is known and a fix planned only once the root cause is written down', async () => {
    await world.part.problems.create('main', { title: 'Очередь' }, 'Анна', NOW)
    const known = { action: 'move', status: 'root_cause_known', reason: '' } as const
    await expect(act(known, NOW)).rejects.toMatchObject({ code: 'problem.root_cause' })
    await act({ action: 'edit', rootCause: 'Прошивка' }, NOW)
    await act(known, NOW)
    await act({ action: 'move', status: 'fix_planned', reason: '' }, NOW)
    await expect(act({ action: 'move', status: 'proposed', reason: '' }, NOW)).rejects.toMatchObject({
      code: 'problem.status',
    })
  })
})
