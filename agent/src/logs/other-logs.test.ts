import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { END_BYTES, readEnd } from './file-end.ts'
import { type LogSource, logSources } from './log-source.ts'
import { fits } from './newest-file.ts'
import { createOtherLogs } from './other-logs.ts'

let dir = ''
const NOW = Date.parse('2026-11-22T09:00:00Z')
let clock: ManualClock
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tillwatch-logs-'))
  clock = new ManualClock(NOW)
})
afterEach(() => rmSync(dir, { recursive: true }))

const at = (name: string) => join(dir, name)
/** A file that was written to last so long ago. */
function write(name: string, content: string | Buffer, agoS = 60): void {
  writeFileSync(at(name), content)
  utimesSync(at(name), NOW / 1_000 - agoS, NOW / 1_000 - agoS)
}
async function read(more: Partial<LogSource>, since: string | null = null, secrets: readonly string[] = []) {
  const source = { name: 'POS', path: at('pos.log'), encoding: 'utf-8', time_zone: 'Europe/Moscow', ...more } as const
  const [log] = await createOtherLogs([source], clock)({ since: since === null ? null : Date.parse(since), secrets })
  if (!log) throw new Error('nothing was read')
  const lines = log.lines.map(({ text }) => JSON.parse(text) as { time: string; log: string; msg: string })
  return { note: log.note, lines, messages: lines.map(({ msg }) => msg) }
}

describe('R29: the end of another program’s log', () => {
  test('comes line by line, each with its source and its time', async () => {
    write('pos.log', '2026-11-22 11:00:00 чек 15\r\n  at Driver.open\r\n\r\n22.11.2026 11:00:05 закрыт\r\n')
    expect(await read({})).toMatchObject({
      note: null,
      lines: [
        { time: '2026-11-22T08:00:00.000Z', log: 'POS', msg: '2026-11-22 11:00:00 чек 15' },
        { time: '2026-11-22T08:00:00.000Z', log: 'POS', msg: '  at Driver.open' },
        { time: '2026-11-22T08:00:05.000Z', log: 'POS', msg: '22.11.2026 11:00:05 закрыт' },
      ],
    })
  })

  test.each([
    ['utf-8', Buffer.from('\ufeff2026-11-22 11:00:00 касса № 5\n')],
    ['utf-16le', Buffer.from('\ufeff2026-11-22 11:00:00 касса № 5\r\n', 'utf16le')],
    [
      'windows-1251',
      Buffer.concat([
        Buffer.from('2026-11-22 11:00:00 '),
        Buffer.from([0xea, 0xe0, 0xf1, 0xf1, 0xe0, 0x20, 0xb9, 0x20, 0x35, 0x0a]),
      ]),
    ],
  ] as const)('is decoded as it was written: %s', async (encoding, bytes) => {
    write('pos.log', bytes)
    expect((await read({ encoding })).lines).toEqual([
      { time: '2026-11-22T08:00:00.000Z', log: 'POS', msg: '2026-11-22 11:00:00 касса № 5' },
    ])
  })

  test.each(['utf-8', 'utf-16le'] as const)('of a long file is its newest whole lines: %s', async encoding => {
    const all = Array.from({ length: 6_000 }, (_, n) => `2026-11-22 11:00:00 строка ${n}`)
    for (const odd of ['', 'я', 'яя', 'x']) {
      write('pos.log', Buffer.from(`${odd}${all.join('\n')}\n`, encoding))
      const { note, messages } = await read({ encoding })
      expect(note).toBe('cut')
      expect(messages.length).toBeGreaterThan(500)
      expect(messages).toEqual(all.slice(-messages.length))
    }
  })

  test('of a file of a gigabyte is read alone', async () => {
    write('pos.log', '')
    truncateSync(at('pos.log'), 3 * 2 ** 30)
    appendFileSync(at('pos.log'), '\n2026-11-22 11:00:00 the newest\n')
    const { lines, bytes, isWhole } = await readEnd(at('pos.log'), 'utf-8', NOW + 60_000)
    expect(bytes).toBeGreaterThan(3 * 2 ** 30)
    expect([isWhole, lines]).toEqual([false, ['2026-11-22 11:00:00 the newest']])
    expect((await read({})).messages).toEqual(['2026-11-22 11:00:00 the newest'])
  })

  test('begins where it was asked to: a stack with the line that it belongs to, what tells no time by the change of its file', async () => {
    write('pos.log', '2026-11-22 10:00:00 old\n  old stack\n2026-11-22 11:30:00 new\n  new stack\n')
    expect((await read({}, '2026-11-22T08:00:00Z')).messages).toEqual(['2026-11-22 11:30:00 new', '  new stack'])
    write('pos.log', 'no times\nat all\n', 600)
    expect((await read({}, '2026-11-22T08:50:00Z')).messages).toEqual(['no times', 'at all'])
    expect((await read({}, '2026-11-22T08:50:01Z')).messages).toEqual([])
  })

  test('says that older lines are missing only where the end does not reach back to when it was asked for', async () => {
    const all = Array.from(
      { length: 9_000 },
      (_, n) => `2026-11-22 11:${String(Math.floor(n / 150)).padStart(2, '0')}:00 line ${n}`,
    )
    write('pos.log', `${all.join('\n')}\n`)
    expect((await read({}, '2026-11-22T08:10:00Z')).note).toBe('cut')
    expect((await read({}, '2026-11-22T08:58:00Z')).note).toBeNull()
  })

  test('leaves out the line that is being written, unless it stands like that for a while', async () => {
    write('pos.log', 'whole\nhalf a sec', 2)
    expect((await read({})).messages).toEqual(['whole'])
    write('pos.log', 'whole\nthe last word of a program', 20)
    expect((await read({})).messages).toEqual(['whole', 'the last word of a program'])
  })

  test('that is one endless line is no line', async () => {
    write('pos.log', 'x'.repeat(3 * END_BYTES))
    expect(await read({})).toMatchObject({ note: 'cut', lines: [] })
  })
})

describe('R29: no secret leaves', () => {
  const KEY = Array.from({ length: 30 }, (_, n) => `key line ${n} ${'k'.repeat(40)}`)

  test('by its name, by being known, over several lines, in one that is cut', async () => {
    const pem = ['-----BEGIN PRIVATE KEY-----', ...KEY, '-----END PRIVATE KEY-----']
    const long = `2026-11-22 11:00:00 ${'x'.repeat(4_070)} known-secret-1`
    write(
      'pos.log',
      ['login password=hunter2-x', 'known-secret-1 said', 'пароль:', 'hunter3-y', ...pem, long, 'end', ''].join('\n'),
    )
    const { messages } = await read({}, null, ['known-secret-1'])
    expect(messages.join('\n')).not.toMatch(/hunter|key line|known|secret/)
    expect(messages.at(-1)).toBe('end')
    expect(messages.at(-2)).toHaveLength(4_096)
  })

  test('that began before what is read', async () => {
    const after = Array.from(
      { length: END_BYTES / 32 - 10 },
      (_, n) => `2026-11-22 11:00:00 line ${String(n).padStart(6, '0')}`,
    )
    const pem = ['-----BEGIN PRIVATE KEY-----', ...KEY, '-----END PRIVATE KEY-----']
    // Wherever the end begins within the key.
    for (let skipped = 0; skipped < 24; skipped += 3) {
      write('pos.log', ['old', ...pem, ...after.slice(skipped * 2), ''].join('\n'))
      expect((await read({})).messages.join('\n')).not.toContain('key line')
    }
    for (let length = 60; length < 92; length++) {
      const filler = `2026-11-22 11:00:00 ${'x'.repeat(80)}`
      const rest = Array.from({ length: 648 }, () => filler)
      write('pos.log', ['old'.repeat(2_000), 'пароль:', 'hunter2-x', 'y'.repeat(length), ...rest, ''].join('\n'))
      expect((await read({})).messages.join('\n')).not.toContain('hunter2')
    }
  })
})

describe('which file is meant', () => {
  test('is the newest that fits the star; a link, a folder and what lies elsewhere never', async () => {
    write('cash-server.1.log', 'older\n', 600)
    write('cash-server.2.log', 'newest\n', 60)
    write('other.log', 'other\n', 1)
    mkdirSync(at('cash-server.3.log'))
    mkdirSync(at('sub'))
    write('sub/cash-server.4.log', 'deeper\n', 1)
    symlinkSync(at('other.log'), at('cash-server.5.log'))
    expect((await read({ path: at('cash-server*.log') })).messages).toEqual(['newest'])
    expect(await read({ path: at('cash-server.5.log') })).toMatchObject({ note: 'missing', lines: [] })
    expect(await read({ path: at('sub') })).toMatchObject({ note: 'missing', lines: [] })
    expect(await read({ path: at('none*.log') })).toMatchObject({ note: 'missing', lines: [] })
    expect(await read({ path: at('none/x*.log') })).toMatchObject({ note: 'missing', lines: [] })
  })

  test('is looked for anew each time: after a rotation it is the next one, and one that is cut short is read as it is', async () => {
    write('pos.log', 'first\n', 60)
    expect((await read({ path: at('pos*.log') })).messages).toEqual(['first'])
    renameSync(at('pos.log'), at('pos-old.log'))
    write('pos.log', 'second\n', 30)
    expect((await read({ path: at('pos*.log') })).messages).toEqual(['second'])
    truncateSync(at('pos.log'), 0)
    expect(await read({})).toMatchObject({ note: null, lines: [] })
  })

  test.each([
    ['a.log', 'a.log', true],
    ['a.log', '*', true],
    ['a.log', 'a*.log', true],
    ['a-1.log', 'a*.log', true],
    ['a-1.log.gz', 'a*.log', false],
    ['ab', 'ab*b', false],
    ['abb', 'ab*b', true],
    ['x-2026-err.log', '*2026*.log', true],
    ['x.log', '*2026*.log', false],
    ['a.b', 'a?b', false],
    ['a+b', 'a+*', true],
    [`${'a'.repeat(250)}b`, `${'*a'.repeat(60)}*c`, false],
  ])('%s fits %s: %s', (name, pattern, expected) => {
    expect(fits(name, pattern, false)).toBe(expected)
  })

  test('case counts as the system counts it', () => {
    expect([fits('POS.LOG', 'pos*.log', true), fits('POS.LOG', 'pos*.log', false)]).toEqual([true, false])
  })
})

describe('what cannot be read', () => {
  test.runIf(process.getuid?.() !== 0)('is one note, and costs no other log', async () => {
    write('closed.log', 'secret\n')
    chmodSync(at('closed.log'), 0)
    write('pos.log', 'open\n')
    const path = (name: string) => ({ path: at(name), encoding: 'utf-8' as const })
    const sources = [
      { name: 'Driver', ...path('closed.log') },
      { name: 'POS', ...path('pos.log') },
    ]
    const told = await createOtherLogs(sources, systemClock)({ since: null, secrets: [] })
    expect(told.map(({ name, note, lines }) => [name, note, lines.length])).toEqual([
      ['Driver', 'denied', 0],
      ['POS', null, 1],
    ])
  })

  test('a pipe in the place of a file is none, and nobody waits for it', async () => {
    const { execFileSync } = await import('node:child_process')
    execFileSync('mkfifo', [at('pos.log')])
    expect(await read({})).toMatchObject({ note: 'missing', lines: [] })
  })

  test('a disk that does not answer is not waited for, nor asked again meanwhile', async () => {
    write('pos.log', 'open\n')
    const stuck = Object.assign(Object.create(clock) as ManualClock, { now: () => NOW, sleep: () => Promise.resolve() })
    const logs = createOtherLogs([{ name: 'POS', path: at('pos.log'), encoding: 'utf-8' }], stuck)
    const asked = { since: null, secrets: [] }
    expect(await logs(asked)).toEqual([{ name: 'POS', lines: [], note: 'busy' }])
    expect(await logs(asked)).toEqual([{ name: 'POS', lines: [], note: 'busy' }])
  })
})

test('nothing that is read is changed', async () => {
  write('pos.log', 'one\ntwo')
  await read({})
  expect(readFileSync(at('pos.log'), 'utf8')).toBe('one\ntwo')
})

describe('settings', () => {
  const path = 'C:/POS/logs/pos*.log'
  const problems = (...sources: object[]) =>
    logSources.safeParse(sources).error?.issues.map(issue => [issue.path.join('.'), issue.message]) ?? []

  test.each([path, 'C:\\POS\\logs\\pos*.log', '/var/log/pos/*', '/var/log/pos.log'])('%s is a path', good => {
    expect(problems({ name: 'POS', path: good })).toEqual([])
  })

  test.each([
    ['pos.log', 'full path'],
    ['//server/share/pos.log', 'on this PC'],
    ['\\\\server\\share\\pos.log', 'on this PC'],
    ['C:/POS/../secret/pos*.log', '..'],
    ['C:\\POS\\..\\pos.log', '..'],
    ['C:/*/pos.log', 'star'],
    ['/var/log/', 'file'],
    ['/var/log/pos\0.log', 'full path'],
  ])('%s is refused', (bad, why) => {
    expect(problems({ name: 'POS', path: bad })).toEqual([['0.path', expect.stringContaining(why)]])
  })

  test('a name is one line and taken once, a zone and an encoding are known, there are at most eight', () => {
    expect(problems({ name: 'POS', path }, { name: 'POS', path })).toEqual([['1.name', expect.any(String)]])
    expect(problems({ name: 'a\nb', path })).toHaveLength(1)
    expect(problems({ name: 'POS', path, time_zone: 'Europe/Nowhere' })).toHaveLength(1)
    expect(problems({ name: 'POS', path, encoding: 'koi8-r' })).toHaveLength(1)
    expect(problems(...Array.from({ length: 9 }, (_, n) => ({ name: `log ${n}`, path })))).toHaveLength(1)
  })
})
