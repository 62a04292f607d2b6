import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tillwatch-compiled-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const MODULE = JSON.stringify(new URL('./compile-cache.ts', import.meta.url).href)
const LOADED = JSON.stringify(new URL('./repeated-job.ts', import.meta.url).href)

/** A program that keeps what it compiles, and loads something here and in a thread; what it says. */
const run = (env: NodeJS.ProcessEnv = {}): string => {
  const code = `
    const { keepCompiled } = await import(${MODULE})
    keepCompiled(${JSON.stringify(dataDir)})
    await import(${LOADED})
    const { Worker } = await import('node:worker_threads')
    const thread = \`
      import { getCompileCacheDir } from 'node:module'
      import { parentPort } from 'node:worker_threads'
      parentPort.postMessage(getCompileCacheDir() ?? 'none')\`
    new Worker(thread, { eval: true }).on('message', said => console.log(said))`
  const { NODE_COMPILE_CACHE: _unset, ...rest } = process.env
  const options = { env: { ...rest, ...env }, encoding: 'utf8' as const }
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], options).trim()
}

test('what was compiled is kept in the data folder, for threads too', () => {
  expect(run()).toContain(join(dataDir, 'compiled'))
  const [version = ''] = readdirSync(join(dataDir, 'compiled'))
  expect(readdirSync(join(dataDir, 'compiled', version)).length).toBeGreaterThan(0)
})

test('a cache that the environment names is used instead', () => {
  const named = join(dataDir, 'elsewhere')
  mkdirSync(named)
  expect(run({ NODE_COMPILE_CACHE: named })).toContain(named)
  expect(readdirSync(dataDir)).toEqual(['elsewhere'])
})

test('where nothing can be kept the program runs without', () => {
  writeFileSync(join(dataDir, 'compiled'), 'a file is in the way')
  expect(run()).toBe('none')
})
