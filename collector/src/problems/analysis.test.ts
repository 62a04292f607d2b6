import { expect, it } from 'vitest'
import { type AnalysedIncident, analyse } from './analysis.ts'
import { createProblemWorld, DAY, NOW } from './testing/problem-world.ts'

const incident = (id: string, change: Partial<AnalysedIncident> = {}): AnalysedIncident => ({
  id,
  number: Number(id),
  parentId: null,
  clientId: 'a',
  client: 'Кафе',
  itemId: `item-${id}`,
  signatureKey: 'ofd',
  face: {
    ...{ causeClass: 'ofd', checks: ['ofd.queue_age'], model: null, firmware: null, driver: null },
    ...{ posApp: null, posVersion: null, errorCodes: [], ofd: null },
  },
  title: { ru: 'Чеки не уходят', en: 'Receipts do not leave' },
  component: { ru: 'Передача в ОФД', en: 'OFD exchange' },
  ...change,
})

it('R100: lists the same-type incidents of each client with their numbers, the most frequent first', () => {
  const { clients, total } = analyse(
    [
      incident('1'),
      incident('2', { itemId: 'item-1' }),
      incident('3', { signatureKey: 'link' }),
      incident('4', { clientId: 'b', client: 'Бар' }),
    ],
    [],
  )
  expect(total).toBe(4)
  expect(clients.map(each => [each.client, each.total])).toEqual([
    ['Кафе', 3],
    ['Бар', 1],
  ])
  expect(clients[0]?.types).toMatchObject([
    { count: 2, items: 1, numbers: [2, 1] },
    { count: 1, items: 1, numbers: [3] },
  ])
})

it('domain 18.43: a mass incident and its children are one incident of each client that it touched', () => {
  const parent = incident('1', { clientId: null, client: null })
  const { clients, total } = analyse(
    [
      parent,
      incident('2', { parentId: '1' }),
      incident('3', { parentId: '1' }),
      incident('4', { parentId: '1', clientId: 'b', client: 'Бар' }),
    ],
    [],
  )
  expect(total).toBe(2)
  expect(clients.map(each => each.client)).toEqual(['Бар', 'Кафе'])
})

it('R101: names what was raised, with its usual number and the rule in words; without earlier months nothing is raised', () => {
  const six = [1, 2, 3, 4, 5, 6].map(id => incident(String(id)))
  const calm = analyse(six.slice(0, 3), []).counts
  const { raised } = analyse(six, [calm, calm])
  expect(raised.map(each => [each.kind, each.client, each.count, each.usual])).toEqual([
    ['client', 'Кафе', 6, 3],
    ['module', 'Кафе', 6, 3],
    ['operation', 'Кафе', 6, 3],
  ])
  expect(raised[0]?.text.ru).toContain('обычно 3')
  expect(analyse(six, []).raised).toEqual([])
  expect(analyse(six.slice(0, 5), [calm, calm]).raised).toEqual([])
  expect(analyse(six.slice(0, 4), [{}]).raised).toEqual([])
})

it('R100: is issued once after the month for each tenant, and stays as it was issued', async () => {
  const world = createProblemWorld()
  const issued = () => world.rows('SELECT tenant_id, month, body_json FROM monthly_analyses ORDER BY month, tenant_id')
  const december = Date.parse('2026-12-01T00:00:00+03:00')
  await world.fail(['register:main:1', 'register:main:2', 'register:other:1'], NOW)
  await world.part.problems.work(december - 1)
  expect(issued()).toEqual([])
  await world.part.problems.work(december)
  expect(issued().map(row => [row['tenant_id'], row['month'], JSON.parse(String(row['body_json'])).total])).toEqual([
    ['main', '2026-11', 2],
    ['other', '2026-11', 1],
  ])
  const before = issued()
  world.database.exec(`UPDATE incidents SET resolution = 'duplicate'`)
  await world.part.problems.work(december + DAY)
  expect(issued()).toEqual(before)
  world.stop()
})
