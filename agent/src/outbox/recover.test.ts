import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Content, Outbox } from './outbox.ts'
import { openOutbox, SET_ASIDE_MAX } from './recover.ts'

const ALL = { messages: 1_000_000, bytes: Number.MAX_SAFE_INTEGER }
const event = (n: number, text = ''): Content => ({
  kind: 'event',
  body: { name: 'something_happened', at: '2026-11-22T09:00:00Z', details: { n, text } },
})
const bodies = (outbox: Outbox) => outbox.take(0, ALL).map(message => (message.kind === 'event' ? message.body : null))
const numbers = (outbox: Outbox) =>
  bodies(outbox).flatMap(body => (body?.name === 'something_happened' ? [Number(body.details['n'])] : []))

let root: string
let dir: string
let clock: ManualClock
const opened: Outbox[] = []

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'outbox-recover-'))
  dir = join(root, 'data')
  clock = new ManualClock()
})
afterEach(() => {
  for (const outbox of opened.splice(0)) outbox.close()
  rmSync(root, { recursive: true })
})

function open(where = dir, run = 'run', more: { readonly fileBytesMax?: number } = {}): Outbox {
  const outbox = openOutbox({ dir: where, clock, run, logger: recordingLogger(), ...more })
  opened.push(outbox)
  return outbox
}
function close(outbox: Outbox): void {
  opened.splice(opened.indexOf(outbox), 1)
  outbox.close()
}

/** The files of a live outbox as a power cut would leave them. */
function imageOf(from: string, name: string): string {
  const to = join(root, name)
  mkdirSync(to)
  for (const file of readdirSync(from)) copyFileSync(join(from, file), join(to, file))
  return to
}

test('messages, numbers and mark survive a restart; the age of an old message is no longer known', () => {
  const before = open(dir, 'first run')
  for (let n = 1; n <= 3; n++) before.append(event(n))
  before.offer(2)
  before.settle(1)
  const position = before.position()
  close(before)
  const after = open(dir, 'second run')
  expect(after.position()).toEqual(position)
  expect(after.take(1, ALL).map(message => message.recordedMonotonicMs)).toEqual([null, null])
  expect(numbers(after)).toEqual([1, 2, 3])
})

test('a second agent on the same directory is turned away and told what to do', () => {
  open()
  expect(() => open()).toThrow(expect.objectContaining({ code: 'agent.already_running', nextStep: expect.any(String) }))
})

test.each([
  ['is empty', () => truncateSync(join(dir, 'outbox.sqlite'), 0)],
  ['is gone', () => rmSync(join(dir, 'outbox.sqlite'))],
  ['is not a database', () => writeFileSync(join(dir, 'outbox.sqlite'), 'not a database at all'.repeat(500))],
  ['is half there', () => truncateSync(join(dir, 'outbox.sqlite'), 4_096)],
])('a file that %s begins a higher epoch and says how much is lost', (_what, harm) => {
  const before = open()
  for (let n = 1; n <= 70; n++) before.append(event(n, 'x'.repeat(200)))
  before.settle(10)
  const { epoch } = before.position()
  close(before)
  harm()
  const after = open()
  expect(after.position()).toMatchObject({ base: 1, next: 2, mark: 0 })
  expect(after.position().epoch).toBeGreaterThan(epoch)
  expect(after.counts().dropped).toBe(60)
  expect(bodies(after)).toMatchObject([
    {
      name: 'outbox_set_aside',
      details: { previous_epoch: epoch, last_sequence: 70, lost_at_least: 60, lost_at_most: 91 },
    },
  ])
})

test('damage that shows only in the middle of work is set aside as well, and the append is not lost', () => {
  const outbox = open()
  for (let n = 1; n <= 100; n++) outbox.append(event(n, 'x'.repeat(60_000)))
  close(outbox)
  const living = open()
  const file = join(dir, 'outbox.sqlite')
  const bytes = readFileSync(file)
  // Behind the back of the open database, past the pages that it has in memory.
  writeFileSync(file, bytes.fill(0x55, 4_096))
  const { epoch } = living.position()
  expect(living.append(event(101))).toMatchObject({ ok: true })
  living.take(0, ALL)
  expect(living.append(event(102))).toMatchObject({ ok: true })
  expect(living.position().epoch).toBeGreaterThan(epoch)
  expect(bodies(living)[0]).toMatchObject({
    name: 'outbox_set_aside',
    details: { previous_epoch: epoch, last_sequence: 100 },
  })
  expect(numbers(living)).toEqual([101, 102])
})

test('a damaged file that cannot be replaced yet costs what is counted, and the outbox comes back by itself', () => {
  const before = open()
  for (let n = 1; n <= 100; n++) before.append(event(n, 'x'.repeat(60_000)))
  close(before)
  const living = open()
  const file = join(dir, 'outbox.sqlite')
  writeFileSync(file, readFileSync(file).fill(0x55, 4_096))
  renameSync(dir, join(root, 'away'))
  writeFileSync(dir, 'no directory')
  for (const n of [101, 102]) {
    expect(living.append(event(n))).toMatchObject({ ok: false, error: { code: 'outbox.unavailable' } })
  }
  expect(() => living.position()).toThrow(expect.objectContaining({ code: 'outbox.unavailable' }))
  rmSync(dir)
  renameSync(join(root, 'away'), dir)
  expect(living.append(event(103))).toMatchObject({ ok: true })
  expect(numbers(living)).toEqual([103])
  expect(bodies(living)[0]).toMatchObject({ name: 'outbox_set_aside', details: { lost_at_least: 100 } })
  expect(living.counts().dropped).toBe(102)
})

test('losses counted while the disk was full outlive the process', () => {
  const outbox = open()
  outbox.append(event(1, 'x'.repeat(70_000)))
  close(outbox)
  expect(open().counts().dropped).toBe(1)
})

test('the files are for the owner alone', ({ skip }) => {
  skip(process.platform === 'win32', 'Windows has no such rights')
  open().append(event(1))
  const open4all = readdirSync(dir).filter(name => (statSync(join(dir, name)).mode & 0o077) !== 0)
  expect(open4all).toEqual([])
})

test('only the newest damaged files are kept', async () => {
  for (let round = 0; round < SET_ASIDE_MAX + 2; round++) {
    close(open())
    writeFileSync(join(dir, 'outbox.sqlite'), 'damaged'.repeat(1_000))
    await clock.advance(1_000)
  }
  open()
  expect(readdirSync(dir).filter(name => /^outbox-damaged-.*sqlite$/.test(name))).toHaveLength(SET_ASIDE_MAX)
})

test('newest messages that were cut off are counted and their numbers are never used again', () => {
  const before = open()
  for (let n = 1; n <= 10; n++) before.append(event(n))
  const image = imageOf(dir, 'image')
  for (let n = 11; n <= 40; n++) before.append(event(n))
  const { epoch } = before.position()
  close(before)
  copyFileSync(join(dir, 'outbox.json'), join(image, 'outbox.json'))
  const after = open(image)
  expect(after.position().epoch).toBeGreaterThan(epoch)
  expect(after.counts()).toMatchObject({ dropped: 30, waiting: 11 })
  expect(bodies(after).at(-1)).toMatchObject({ name: 'messages_dropped', details: { lost_at_least: 30 } })
})

test('a full disk loses only what is counted, and the outbox works again when there is room', () => {
  const outbox = open(dir, 'run', { fileBytesMax: 64 * 1024 })
  let kept = 0
  let failed = 0
  for (let n = 1; n <= 100; n++) {
    const appended = outbox.append(event(n, 'x'.repeat(2_000)))
    if (appended.ok) kept++
    else {
      failed++
      expect(appended.error).toMatchObject({ code: 'outbox.write_failed', nextStep: expect.any(String) })
    }
  }
  expect(failed).toBeGreaterThan(0)
  expect(outbox.counts()).toMatchObject({ waiting: kept, dropped: failed })
  outbox.settle(kept)
  close(outbox)
  const roomy = open()
  expect(roomy.append(event(101)).ok).toBe(true)
  expect(roomy.counts().dropped).toBe(failed)
})

test('a directory that cannot be made is said with the next step', () => {
  writeFileSync(join(root, 'file'), '')
  expect(() => open(join(root, 'file', 'below'))).toThrow(expect.objectContaining({ code: 'outbox.unavailable' }))
})
