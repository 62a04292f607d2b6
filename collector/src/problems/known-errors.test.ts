import type { ProblemAction } from '@tillwatch/shared/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SHIPPED_TEMPLATES } from '../templates/shipped-templates.ts'
import { createProblemWorld, DAY, HOUR, NOW, type ProblemWorld } from './testing/problem-world.ts'

const ONE = 'register:main:1'
const TWO = 'register:main:2'
const FOUR = 'register:main:4'
const atol = { 'fiscal.register.model': 'АТОЛ 30Ф', 'fiscal.register.firmware': '5.8.17' }
const signature = {
  ...{ causeClass: 'ofd', checks: ['ofd.queue_age'], model: 'атол 30ф', firmware: { from: '5.8', to: '5.8.20' } },
  ...{ driver: null, posApp: null, posVersion: null, errorCode: null, ofd: null },
}
const known = {
  title: 'Прошивка теряет связь с ОФД',
  signature,
  rootCause: 'Ошибка прошивки',
  workaround: 'Перезагрузить кассу',
  clientHint: 'Выключите и включите кассу',
}

let world: ProblemWorld
beforeEach(() => {
  world = createProblemWorld()
})
afterEach(() => world.stop())

const links = () => world.rows('SELECT problem_id, incident_id, how FROM problem_incidents')
const told = (kind: string) =>
  world
    .rows('SELECT payload_json FROM deliveries WHERE kind = ? ORDER BY id', kind)
    .map(row => JSON.parse(String(row['payload_json'])).text.ru as string)
const comments = () => told('comment')
const problem = (id: string) => world.rows('SELECT * FROM problems WHERE id = ?', id)[0]
const act = (id: string, action: ProblemAction, at: number) => world.part.problems.act('main', id, action, 'Анна', at)

describe('a known error', () => {
  it('R78, R94, R96: its workaround and hint stand in the ticket of a matching incident, and in no comment again', async () => {
    await world.part.problems.create('main', { ...known, runbook: 'ofd.queue_age' }, 'Анна', NOW)
    await world.fail([ONE], NOW + HOUR, atol)
    expect(links()).toMatchObject([{ incident_id: world.incident(ONE).id, how: 'matched' }])
    const next = await world.part.evaluator.tick(NOW + HOUR, 1000)
    expect(next.incidentIds).toContain(world.incident(ONE).id)
    const [opening] = told('open')
    for (const words of ['Известная ошибка: №1', 'Перезагрузить кассу', 'Выключите и включите кассу'])
      expect(opening).toContain(words)
    const note = world.rows(`SELECT text_ru FROM timeline WHERE kind = 'note'`)[0]?.['text_ru']
    for (const words of ['Известная ошибка №1', 'Перезагрузить кассу', 'ofd.queue_age', 'Выключите и включите кассу'])
      expect(note).toContain(words)
    await world.tick(NOW + HOUR + 60_000)
    expect(comments()).toEqual([])
  })

  it('a tenant whose templates leave workarounds out hears of them in a comment, once', async () => {
    for (const language of ['ru', 'en'] as const) {
      const { body } = SHIPPED_TEMPLATES
      const text = body[language].replace(/^.*workaround.*\n/m, '')
      await world.part.templates.save({ tenantId: 'main', kind: 'body', language }, text, 'Анна', NOW)
    }
    await world.part.problems.create('main', known, 'Анна', NOW)
    await world.fail([ONE], NOW + HOUR, atol)
    await world.tick(NOW + HOUR)
    expect(told('open')[0]).not.toContain('Перезагрузить кассу')
    expect(comments()).toEqual([expect.stringContaining('Перезагрузить кассу')])
    await world.tick(NOW + HOUR + 60_000)
    expect(comments()).toHaveLength(1)
  })

  it('R93: nothing matches before root cause and workaround are both written down; then open incidents get it at once', async () => {
    const { rootCause, workaround, clientHint: _, ...half } = known
    const id = await world.part.problems.create('main', { ...half, workaround }, 'Анна', NOW)
    await world.fail([ONE, FOUR], NOW, atol)
    expect(links()).toEqual([])
    await act(id, { action: 'edit', rootCause }, NOW + 60_000)
    expect(links()).toHaveLength(2)
    await world.tick(NOW + 60_000)
    expect(comments()).toHaveLength(2)
    expect(comments()[0]).not.toContain('Подсказка клиенту')
    await act(id, { action: 'edit', workaround: 'Обновить прошивку' }, NOW + 120_000)
    await world.tick(NOW + 120_000)
    expect(comments().at(-1)).toContain('Обновить прошивку')
    await act(id, { action: 'edit', steps: 'Включить и ждать' }, NOW + 180_000)
    await world.tick(NOW + 180_000)
    expect(comments()).toHaveLength(4)
  })

  it('R95: of one client reaches that client alone, and wins over one of the product', async () => {
    await world.part.problems.create('main', known, 'Анна', NOW)
    const own = await world.part.problems.create('main', { ...known, clientCode: 'b' }, 'Анна', NOW)
    await world.fail([ONE, FOUR], NOW, atol)
    expect(links().find(link => link['incident_id'] === world.incident(FOUR).id)).toMatchObject({ problem_id: own })
    expect(links().find(link => link['incident_id'] === world.incident(ONE).id)?.['problem_id']).not.toBe(own)
  })

  it('R96: firmware outside the range, another model and an unknown version match nothing', async () => {
    await world.part.problems.create('main', known, 'Анна', NOW)
    await world.fail([ONE], NOW, { ...atol, 'fiscal.register.firmware': '5.9' })
    await world.fail([TWO], NOW, { ...atol, 'fiscal.register.model': 'РИТЕЙЛ-01Ф' })
    await world.fail([FOUR], NOW)
    expect(links()).toEqual([])
  })

  it('domain 18.47: a match after Solved opens the problem again as recurred', async () => {
    const id = await world.part.problems.create('main', known, 'Анна', NOW)
    await act(id, { action: 'move', status: 'solved', reason: 'новая прошивка' }, NOW)
    await act(id, { action: 'move', status: 'closed', reason: '' }, NOW)
    await world.fail([ONE], NOW + DAY, atol)
    expect(problem(id)).toMatchObject({ status: 'open', recurrences: 1, recurred_at: NOW + DAY, solved_at: null })
    expect(links()).toHaveLength(1)
  })

  it('does not reach another tenant, nor does another tenant reach it', async () => {
    const id = await world.part.problems.create('main', known, 'Анна', NOW)
    await world.fail(['register:other:1'], NOW, atol)
    expect(links()).toEqual([])
    const foreign = world.incident('register:other:1')
    const { problems } = world.part
    const refused = [
      problems.act('other', id, { action: 'edit', title: 'x' }, 'Злоумышленник', NOW),
      problems.act('other', id, { action: 'move', status: 'solved', reason: '' }, 'Злоумышленник', NOW),
      problems.create('main', { title: 'x', incidentId: foreign.id }, 'Злоумышленник', NOW),
      problems.act('main', id, { action: 'unlink', incidentId: foreign.id }, 'Злоумышленник', NOW),
      problems.restore('main', foreign.id, 'x', 'Злоумышленник', NOW),
      problems.markSent('main', foreign.id, { vendor: 'x', reference: '' }, 'Злоумышленник', NOW),
      problems.create('other', { title: 'x', clientCode: 'main-a' }, 'Злоумышленник', NOW),
    ]
    const codes = await Promise.all(refused.map(each => each.then(() => 'done').catch(thrown => thrown.code)))
    expect(codes).toEqual([
      ...['problem.unknown', 'problem.unknown', 'incident.unknown', 'incident.unknown'],
      ...['incident.unknown', 'incident.unknown', 'problem.client'],
    ])
    expect(problem(id)).toMatchObject({ title_ru: known.title, status: 'open' })
  })

  it('what a failed call left undone is not remembered', async () => {
    const id = await world.part.problems.create('main', { ...known, rootCause: '' }, 'Анна', NOW)
    const wrong = { ...signature, firmware: { from: '6', to: '5' } }
    await expect(act(id, { action: 'edit', rootCause: 'x', signature: wrong }, NOW)).rejects.toMatchObject({
      code: 'problem.range',
    })
    await world.fail([ONE], NOW, atol)
    expect(links()).toEqual([])
  })

  it('an incident that desks may not hear of yet tells it in the ticket that they get then', async () => {
    await world.fail([ONE], NOW, atol)
    world.database.exec(`UPDATE incidents SET untold = 'mass'`)
    await world.part.problems.create('main', known, 'Анна', NOW + 60_000)
    await world.tick(NOW + 60_000)
    expect(comments()).toEqual([])
    world.database.exec('UPDATE incidents SET untold = NULL')
    await world.tick(NOW + 400_000)
    expect(comments()).toEqual([])
    expect(world.rows(`SELECT text_ru FROM timeline WHERE kind = 'note'`)[0]?.['text_ru']).toContain('№1')
  })

  it('a person who takes an incident out is not overruled; one who adds it again is heard', async () => {
    const id = await world.part.problems.create('main', known, 'Анна', NOW)
    await world.fail([ONE], NOW, atol)
    const incident = world.incident(ONE)
    await act(id, { action: 'unlink', incidentId: incident.id }, NOW)
    await act(id, { action: 'edit', workaround: 'Обновить прошивку' }, NOW + 60_000)
    await act(id, { action: 'move', status: 'solved', reason: '' }, NOW + 60_000)
    expect(links()).toEqual([])
    expect(problem(id)).toMatchObject({ status: 'solved', recurrences: 0 })
    await act(id, { action: 'link', incidentNumber: incident.number }, NOW + 120_000)
    expect(links()).toMatchObject([{ incident_id: incident.id, how: 'person' }])
  })

  it('domain 18.47: one that recurs with several incidents at once says so once', async () => {
    const { workaround, ...half } = known
    const id = await world.part.problems.create('main', half, 'Анна', NOW)
    await act(id, { action: 'move', status: 'solved', reason: '' }, NOW)
    await world.fail([ONE, FOUR], NOW, atol)
    await act(id, { action: 'edit', workaround }, NOW + 60_000)
    expect(links()).toHaveLength(2)
    const told = world.rows(`SELECT 1 FROM problem_entries WHERE text_ru LIKE 'Повторилась%'`)
    expect([problem(id)?.['recurrences'], told.length]).toEqual([1, 1])
  })
})
