import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FoundState, nothingFound, openFoundFile, readFound } from './found-file.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'found-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const STATE: FoundState = { version: 1, searched_at: '2026-11-22T09:00:00.000Z', ports: ['COM3'], registers: [] }

test('what was found is known to the next run', () => {
  openFoundFile(join(dir, 'data'), recordingLogger()).save(STATE)
  expect(readFound(join(dir, 'data'))).toEqual(STATE)
})

test.each([
  ['no file', null],
  ['a cut file', '{"version":1,"registers":['],
  [
    'a driver that does not exist',
    JSON.stringify({ ...STATE, registers: [{ slot: 'a', ways: [{ driver: 'abacus' }] }] }),
  ],
  ['a file of another version', JSON.stringify({ ...STATE, version: 9 })],
])('%s: the registers are found again', (_title, text) => {
  if (text !== null) writeFileSync(join(dir, 'registers.json'), text)
  expect(openFoundFile(dir, recordingLogger()).state).toEqual(nothingFound)
})

test('a disk that cannot be written costs the memory of the next run, not this one', () => {
  writeFileSync(join(dir, 'file'), '')
  const logger = recordingLogger()
  const file = openFoundFile(join(dir, 'file'), logger)
  file.save(STATE)
  expect(file.state).toEqual(STATE)
  expect(logger.lines).toMatchObject([{ level: 'warn' }])
  expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('')
})
