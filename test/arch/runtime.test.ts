import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test('tests run on Node 24, whatever Node the machine came with', () => {
  expect(Number.parseInt(process.versions.node, 10)).toBeGreaterThanOrEqual(24)
})

test('every library is pinned to one exact version', () => {
  const catalog = /^catalog:\n([\s\S]*?)\n\n/m.exec(read('pnpm-workspace.yaml'))?.[1] ?? ''
  const lines = catalog.split('\n')
  expect(lines.length).toBeGreaterThan(30)
  expect(lines.filter(line => !/^ {2}\S+: \d+\.\d+\.\d+(-[\w.]+)?$/.test(line))).toEqual([])
})

test('the lock file names no download host', () => {
  expect(read('pnpm-lock.yaml')).not.toMatch(/https?:\/\//)
})
