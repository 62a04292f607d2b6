import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogFile } from './log-file.ts'
import { createLogger } from './logger.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tillwatch-log-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('the log never grows beyond two files of its size, and keeps the newest lines in order', () => {
  const log = createLogFile(join(dir, 'data', 'agent.log'), 1_000)
  for (let n = 0; n < 500; n++) log.write(`line ${n} ${'x'.repeat(40)}\n`)
  expect(readdirSync(join(dir, 'data')).sort()).toEqual(['agent.log', 'agent.log.1'])
  const kept = log.read().trimEnd().split('\n')
  expect(kept.at(-1)).toMatch(/^line 499 /)
  const numbers = kept.map(line => Number(line.split(' ')[1]))
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => 500 - numbers.length + index))
  for (const file of ['agent.log', 'agent.log.1']) {
    expect(statSync(join(dir, 'data', file)).size).toBeLessThanOrEqual(1_000)
    expect(statSync(join(dir, 'data', file)).mode & 0o077).toBe(0)
  }
})

test('the next run goes on behind what is there', () => {
  const path = join(dir, 'agent.log')
  createLogFile(path).write('one\n')
  const next = createLogFile(path)
  next.write('two\n')
  expect(next.read()).toBe('one\ntwo\n')
})

test('only its own files are read, and no more than their size: no link elsewhere, no folder, no huge file that somebody put there', () => {
  const path = join(dir, 'agent.log')
  writeFileSync(join(dir, 'elsewhere'), 'secret of another file\n')
  symlinkSync(join(dir, 'elsewhere'), `${path}.1`)
  writeFileSync(path, `${'x'.repeat(3_000)}\nthe newest\n`)
  expect(createLogFile(path, 1_000).read()).toBe('the newest\n')
  rmSync(path)
  mkdirSync(path)
  expect(createLogFile(path, 1_000).read()).toBe('')
})

test('a place that cannot be written costs the lines, not the agent', () => {
  writeFileSync(join(dir, 'file'), '')
  const log = createLogFile(join(dir, 'file', 'agent.log'))
  log.write('one\n')
  expect(log.read()).toBe('')
})

test('what is logged stands in the file as JSON, without secrets', () => {
  const log = createLogFile(join(dir, 'agent.log'))
  createLogger('info', false, log).info({ passwords: { operator: 30 }, slot: 'front' }, 'a register was polled')
  expect(JSON.parse(log.read())).toMatchObject({
    msg: 'a register was polled',
    slot: 'front',
    passwords: '[Redacted]',
    time: expect.any(String) as string,
  })
})
