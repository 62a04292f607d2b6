import { expect, it } from 'vitest'
import { delivered } from './connector.ts'
import { type ChangedEntry, changesNewestFirst } from './newest-first.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 9, minute)).toISOString()
const entry = (id: number, minute: number, sticky = false): ChangedEntry => ({ id, updated_at: at(minute), sticky })
const changes = (pages: readonly (readonly ChangedEntry[])[], cursor: string | null) =>
  changesNewestFirst(async page => delivered(pages[page - 1] ?? pages.at(-1) ?? []), cursor)

it('a look begins now, and goes back to where the last one ended', async () => {
  const pages = [[entry(4, 9), entry(3, 7)], [entry(2, 5), entry(1, 3)], []]
  expect(await changes(pages, null)).toEqual(delivered({ ids: [], cursor: at(9) }))
  expect(await changes(pages, at(5))).toEqual(delivered({ ids: ['4', '3', '2'], cursor: at(9) }))
  expect(await changes([[]], '')).toEqual(delivered({ ids: [], cursor: '' }))
})

it('tickets that people keep on top do not hide what changed', async () => {
  const pages = [
    [entry(1, 1, true), entry(2, 8, true)],
    [entry(4, 9), entry(3, 2)],
  ]
  expect(await changes(pages, at(5))).toEqual(delivered({ ids: ['2', '4'], cursor: at(9) }))
})

it('a list in another order, or one that does not turn its pages, has an end', async () => {
  expect(await changes([[entry(1, 1), entry(2, 8)]], at(5))).toMatchObject({ reason: 'misconfigured' })
  expect(await changes([[entry(4, 9)]], at(5))).toEqual(delivered({ ids: ['4'], cursor: at(9) }))
})
