import { describe, expect, it } from 'vitest'
import { type RouteFacts, readRoutes } from './route-book.ts'

const DESKS = [
  { name: 'support', tenants: ['main'] },
  { name: 'field', tenants: ['main'] },
  { name: 'partner', tenants: ['volga'] },
]
const FACTS: RouteFacts = {
  ...{ tenantId: 'main', client: 'bakery', site: 'bakery-1', priority: 2, causeClass: 'ofd' },
  ...{ category: 'ofd', kind: 'incident', source: 'monitoring' },
}
const bookOf = (...texts: string[]) => {
  const { book, problems } = readRoutes(
    texts.map((text, index) => ({ file: `routes-${index}.yaml`, text })),
    DESKS,
  )
  if (!book) throw new Error(problems.map(problem => `${problem.line}: ${problem.reason}`).join('\n'))
  return book
}
const problemsOf = (text: string) => readRoutes([{ file: 'routes.yaml', text }], DESKS).problems ?? []
const desksOf = (text: string, facts: Partial<RouteFacts> = {}) =>
  bookOf(text)
    .targetsOf({ ...FACTS, ...facts })
    .map(({ route, desk }) => `${route} ${desk}`)

describe('R27, R167: where an incident goes', () => {
  it('without routes every desk of its tenant hears, and none of another', () => {
    expect(
      bookOf()
        .targetsOf(FACTS)
        .map(target => target.desk),
    ).toEqual(['support', 'field'])
    expect(
      bookOf()
        .targetsOf({ ...FACTS, tenantId: 'volga' })
        .map(target => target.desk),
    ).toEqual(['partner'])
    expect(bookOf().targetsOf({ ...FACTS, tenantId: 'ural' })).toEqual([])
  })

  const routes = `
routes:
  - { name: blocking, for: { priority: 1 }, desk: field, continue: true }
  - { name: bakery, for: { client: [bakery, cafe], category: ofd }, desk: support, place: { project: bread, fields: { "12": ОФД } } }
  - { name: rest, desk: support }
`
  it('the first route that fits takes it; one that says so lets others hear too', () => {
    expect(desksOf(routes)).toEqual(['bakery support'])
    expect(desksOf(routes, { priority: 1 })).toEqual(['blocking field', 'bakery support'])
    expect(desksOf(routes, { client: 'inn', priority: 4 })).toEqual(['rest support'])
  })

  it('what narrows by place does not take an incident whose place nobody knows', () => {
    expect(desksOf(routes, { client: null, site: null })).toEqual(['rest support'])
  })

  it('a trial takes nothing from the desk that works, whatever stands before or behind it', () => {
    const trial = `
routes:
  - { name: trial, for: { client: bakery }, desk: field, dry_run: true }
  - { name: rest, desk: support }
`
    const told = (text: string) =>
      bookOf(text)
        .targetsOf(FACTS)
        .map(({ route, desk, dryRun }) => `${route} ${desk}${dryRun ? ' dry' : ''}`)
    expect(told(trial)).toEqual(['trial field dry', 'rest support'])
    expect(told(trial.replace('desk: field', 'desk: support'))).toEqual(['rest support'])
    expect(
      told(trial.replace('dry_run: true', 'continue: true').replace('desk: support', 'desk: field, dry_run: true')),
    ).toEqual(['trial field'])
  })

  it('a desk hears once, in the place of the first route to it', () => {
    const twice = routes.replace('desk: field, continue', 'desk: support, continue')
    expect(desksOf(twice, { priority: 1 })).toEqual(['blocking support'])
  })

  it('a tenant with routes of its own is sent nowhere else', () => {
    expect(desksOf(`routes:\n  - { name: one, for: { priority: 1 }, desk: support }`)).toEqual([])
    expect(desksOf(`routes:\n  - { name: one, desk: support }`, { tenantId: 'volga' })).toEqual(['null partner'])
  })

  it('the place is told in the words of the desk, and a dry run says so', () => {
    const [target] = bookOf(
      routes.replace('name: bakery', 'name: bakery, dry_run: true').replace('rest, desk: support', 'rest, desk: field'),
    ).targetsOf(FACTS)
    expect(target).toMatchObject({ dryRun: true, placement: { project: 'bread', type: null, fields: { 12: 'ОФД' } } })
  })
})

describe('wrong routes are told with file, line and reason', () => {
  it.each([
    ['a desk that is not there', 'routes:\n  - name: a\n    desk: nowhere', 3, /no desk “nowhere”.*support, field/],
    ['a desk of another tenant', 'routes:\n  - name: a\n    desk: partner', 3, /no desk “partner” hears tenant main/],
    ['a name twice', 'routes:\n  - { name: a, desk: field }\n  - { name: a, desk: field }', 3, /another route “a”/],
    [
      'a category that is none',
      'routes:\n  - name: a\n    for: { category: rain }\n    desk: field',
      3,
      /allowed: ofd, fiscal_drive, .* or a list of them/,
    ],
    [
      'a key that is none',
      'routes:\n  - name: a\n    desk: field\n    quue: x',
      4,
      /no such key; allowed: name, for, desk/,
    ],
    ['an empty file', '', 1, /is missing; allowed: a list/],
    ['UTF-16 of an editor', '\ufffd\ufffdr\0o\0u\0', 1, /save the file as UTF-8/],
  ])('%s', (_what, text, line, reason) => {
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({ file: 'routes.yaml', line, reason: expect.stringMatching(reason) }),
    ])
  })
})
