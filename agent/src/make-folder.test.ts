import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolder } from './make-folder.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tillwatch-folder-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a folder is made with those above it, for its owner alone, and made again without harm', () => {
  const path = join(root, 'a', 'b')
  makeFolder(path)
  makeFolder(path)
  expect([path, join(root, 'a')].map(each => statSync(each).mode & 0o777)).toEqual([0o700, 0o700])
})

test('a file in its place is told', () => {
  writeFileSync(join(root, 'file'), '')
  expect(() => makeFolder(join(root, 'file'))).toThrow('EEXIST')
  expect(() => makeFolder(join(root, 'file', 'in'))).toThrow('ENOTDIR')
})

test.skipIf(!existsSync('/proc/self'))('where the system makes no folders it is told at once', () => {
  expect(() => makeFolder('/proc/tillwatch/data')).toThrow('ENOENT')
})
