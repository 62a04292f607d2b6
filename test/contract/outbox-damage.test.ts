import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Outbox } from '@tillwatch/agent/outbox/outbox'
import { openOutbox } from '@tillwatch/agent/outbox/recover'
import { ManualClock, recordingLogger, seededRandom } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { event } from './outbox.contract.ts'

const ALL = { messages: 1_000_000, bytes: Number.MAX_SAFE_INTEGER }
const clock = new ManualClock()
let root: string
let dir: string

beforeEach(() => {
  // Thousands of openings: in memory where the system has such a place.
  root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'outbox-damage-'))
  dir = join(root, 'data')
})
afterEach(() => rmSync(root, { recursive: true }))

const open = (where: string): Outbox => openOutbox({ dir: where, clock, run: 'run', logger: recordingLogger() })
const bodies = (outbox: Outbox) => outbox.take(0, ALL).map(message => (message.kind === 'event' ? message.body : null))
const numbers = (outbox: Outbox) =>
  bodies(outbox).flatMap(body => (body?.name === 'something_happened' ? [Number(body.details.n)] : []))
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

/** The files of a live outbox as a power cut would leave them. */
function imageOf(from: string, name: string): string {
  const to = join(root, name)
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to)
  for (const file of readdirSync(from)) copyFileSync(join(from, file), join(to, file))
  return to
}

test('a log cut at any byte keeps a prefix of what was committed, and the outbox goes on', () => {
  // Pages of 512 bytes make the log short enough to try every byte of it.
  mkdirSync(dir)
  const small = new DatabaseSync(join(dir, 'outbox.sqlite'))
  small.exec('PRAGMA page_size = 512; VACUUM')
  small.close()
  const before = open(dir)
  for (const n of upTo(2)) before.append(event(n))
  const image = imageOf(dir, 'image')
  before.close()
  const log = readFileSync(join(image, 'outbox.sqlite-wal'))
  // Four pages at least: the state and the message of two commits.
  expect(log.length).toBeGreaterThan(4 * 512)
  expect(log.length).toBeLessThan(8_000)
  let longest = 0
  for (let cut = 0; cut <= log.length; cut++) {
    writeFileSync(join(image, 'outbox.sqlite-wal'), log.subarray(0, cut))
    const outbox = open(imageOf(image, 'copy'))
    const kept = numbers(outbox)
    expect(kept).toEqual(upTo(kept.length))
    expect(kept.length).toBeGreaterThanOrEqual(longest)
    longest = kept.length
    expect(outbox.append(event(99))).toMatchObject({ ok: true })
    outbox.close()
    expect(readdirSync(join(root, 'copy')).filter(name => name.includes('damaged'))).toEqual([])
  }
  expect(longest).toBe(2)
}, 60_000)

test('a main file damaged anywhere opens unharmed or is set aside by itself, and every loss is counted', () => {
  const before = open(dir)
  for (const n of upTo(40)) before.append(event(n, 'x'.repeat(300)))
  before.close()
  const random = seededRandom(7)
  const size = readFileSync(join(dir, 'outbox.sqlite')).length
  let damaged = 0
  for (let round = 0; round < 150; round++) {
    const copy = imageOf(dir, 'copy')
    const file = readFileSync(join(copy, 'outbox.sqlite'))
    const at = round < 60 ? round * 2 : Math.floor(random() * size)
    for (let byte = 0; byte < 1 + (round % 3) * 20 && at + byte < size; byte++)
      file[at + byte] = Math.floor(random() * 256)
    writeFileSync(join(copy, 'outbox.sqlite'), file)
    const outbox = open(copy)
    if (readdirSync(copy).some(name => name.startsWith('outbox-damaged-'))) {
      damaged++
      expect(numbers(outbox)).toEqual([])
      expect(bodies(outbox)[0]).toMatchObject({
        name: 'outbox_set_aside',
        details: { last_sequence: 40, lost_at_least: 40 },
      })
      expect(outbox.counts().dropped).toBe(40)
    } else {
      expect(numbers(outbox)).toEqual(upTo(40))
    }
    const appended = outbox.append(event(99))
    expect(appended.ok ? 'ok' : `${appended.error.message} after damage at ${at}`).toBe('ok')
    outbox.close()
  }
  expect(damaged).toBeGreaterThan(30)
}, 60_000)
