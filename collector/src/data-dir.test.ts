import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataDir, openDataDir } from './data-dir.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tillwatch-data-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a second collector on one data folder is refused with the next step, and let in once the first is gone', () => {
  const dir = openDataDir(join(root, 'data'))
  const first = lockDataDir(dir)
  expect(() => lockDataDir(dir)).toThrow(expect.objectContaining({ code: 'data.in_use' }) as Error)
  first.release()
  lockDataDir(dir).release()
})

test('the folder of secrets is open to its owner alone', () => {
  const dir = openDataDir(join(root, 'data'))
  expect(statSync(dir.path).mode & 0o777).toBe(0o700)
  expect(statSync(dir.secrets).mode & 0o777).toBe(0o700)
})

test.skipIf(!existsSync('/proc/self'))(
  'a data folder where the system makes none is refused at once, with the next step',
  () => {
    expect(() => openDataDir('/proc/tillwatch/data')).toThrow(
      expect.objectContaining({ code: 'data.unwritable', nextStep: expect.stringContaining('data_dir') }) as Error,
    )
  },
)
