import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { prioritiesDocument } from './priorities.ts'

test('R44: the printed method of priorities is the one that decides; `pnpm run docs` renews it', () => {
  expect(readFileSync(new URL('../../docs/priorities.md', import.meta.url), 'utf8')).toBe(prioritiesDocument())
})
