import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { asyncApi } from './asyncapi.ts'

test('the published description of the wire is what both ends check with; `pnpm run docs` renews it', () => {
  const published = JSON.parse(readFileSync(new URL('../../docs/wire/asyncapi.json', import.meta.url), 'utf8'))
  expect(published).toEqual(JSON.parse(JSON.stringify(asyncApi(published.info.version))))
})
