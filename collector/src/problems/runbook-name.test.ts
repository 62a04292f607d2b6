import { expect, it } from 'vitest'
import { runbookName } from './runbook-name.ts'

it.each([
  ['runbooks/fn.expiry.md', 'fn.expiry'],
  ['fn.expiry', 'fn.expiry'],
  ['https://example.com/Книга 1.md', null],
  ['', null],
])('R102: «%s» names the runbook %s', (path, name) => {
  expect(runbookName(path)).toBe(name)
})
