import { type Directory, directory } from '@tillwatch/shared/api'
import { expect, test } from 'vitest'
import { planImport } from './import-plan.ts'

const empty: Directory = directory.parse({})
const file: Directory = {
  ...empty,
  clients: [{ code: 'pyaterka', name: 'Пятёрка' }],
  legal_entities: [{ client: 'pyaterka', name: 'ООО Пятёрка', inn: '7709990008' }],
  sites: [
    {
      ...{ code: 'msk-1', client: 'pyaterka', name: 'Магазин 1', address: 'Москва, Тверская 1' },
      ...{ timezone: 'Europe/Moscow', hours: '10:00-23:00', class: 'A' as const },
    },
  ],
  terminals: [{ code: 'msk-1-k1', site: 'msk-1', name: 'Касса 1', agent: 'till-0001', inn: '7709990008' }],
}
const plan = planImport

test('R20: a first import creates everything named and finds no fault', () => {
  const { report, writes } = plan(empty, file)
  expect(report).toMatchObject({ unchanged: 0, updated: [], problems: [], gaps: [] })
  expect(report.created.map(({ kind }) => kind)).toEqual(['clients', 'legal_entities', 'sites', 'terminals'])
  expect(writes).toHaveLength(4)
})

test('the same file again changes nothing', () => {
  expect(plan(file, file)).toMatchObject({ report: { created: [], updated: [], unchanged: 4 }, writes: [] })
})

test('a changed field is named; a field that the file leaves out stays', () => {
  const [site] = file.sites
  if (!site) throw new Error('a site was expected')
  const { hours: _left, ...rest } = site
  const { report, writes } = plan(file, { ...empty, sites: [{ ...rest, class: 'B' }] })
  expect(report.updated).toEqual([{ kind: 'sites', code: 'msk-1', fields: ['class'] }])
  expect(writes[0]?.entry).toMatchObject({ class: 'B', hours: '10:00-23:00' })
})

test('missing hours are said, not guessed', () => {
  const sites = file.sites.map(({ hours: _hours, ...site }) => site)
  expect(plan(empty, { ...file, sites }).report).toMatchObject({
    problems: [],
    gaps: [
      {
        where: 'sites msk-1',
        message: { ru: expect.stringContaining('часы работы не указаны'), en: expect.anything() },
      },
    ],
  })
})

test.each([
  ['an unknown client', { ...file, clients: [] }, /клиента pyaterka нет ни здесь/],
  ['an unknown site', { ...file, sites: [] }, /объекта msk-1 нет/],
  ['an unknown legal entity', { ...file, legal_entities: [] }, /юрлица с ИНН 7709990008/],
  ['an entry twice', { ...file, clients: [...file.clients, ...file.clients] }, /указано дважды/],
  [
    'one agent on two terminals',
    { ...file, terminals: [...file.terminals, ...file.terminals.map(one => ({ ...one, code: 'k2' }))] },
    /агент till-0001 уже стоит на терминале msk-1-k1/,
  ],
  [
    'an INN with a mistyped digit',
    { ...file, terminals: file.terminals.map(one => ({ ...one, inn: '7709990009' })) },
    /ИНН 7709990009 с опечаткой: контрольные цифры/,
  ],
  [
    'hours that nobody understands',
    { ...file, sites: file.sites.map(one => ({ ...one, hours: 'всегда' })) },
    /часы «всегда» непонятны/,
  ],
])('%s is a problem', (_what, incoming, message) => {
  const { problems } = plan(empty, incoming).report
  expect(problems.map(problem => problem.message.ru).join('\n')).toMatch(message)
})

test('an entry left out for its own fault is not told again by those that point to it', () => {
  const { report } = planImport(empty, { ...file, clients: [] }, new Set(['clients pyaterka']))
  expect(report.problems).toEqual([])
})
