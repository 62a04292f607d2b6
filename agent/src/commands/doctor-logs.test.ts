import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogSource } from '../logs/log-source.ts'
import { checkLogs } from './doctor-logs.ts'

let dir = ''
const NOW = Date.parse('2026-11-22T09:00:00Z')
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tillwatch-doctor-logs-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const RUSSIAN = '2026-11-22 11:59:00 касса: смена открыта'
/** Russian letters as Windows-1251 has them. */
const cp1251 = (text: string) =>
  Buffer.from(Array.from(text, letter => (letter < '\u0400' ? letter.charCodeAt(0) : letter.charCodeAt(0) - 0x350)))

async function looked(content: string | Buffer, more: Partial<LogSource> = {}) {
  const path = join(dir, 'pos.log')
  writeFileSync(path, content)
  utimesSync(path, NOW / 1_000 - 60, NOW / 1_000 - 60)
  const source = { name: 'POS', path, encoding: 'utf-8', time_zone: 'Europe/Moscow', ...more } as const
  const [check] = await checkLogs([source], NOW)
  return check
}

test('a log that can be read and understood says so, with the file that was meant', async () => {
  for (const [encoding, bytes] of [
    ['utf-8', `${RUSSIAN}\n`],
    ['utf-16le', Buffer.from(`\ufeff${RUSSIAN}\r\n`, 'utf16le')],
    ['windows-1251', cp1251(`${RUSSIAN}\n`)],
  ] as const) {
    const check = await looked(bytes, { encoding, path: join(dir, 'p*.log') })
    expect(check).toMatchObject({ id: 'log:POS', status: 'ok' })
    expect(check?.text.ru).toContain(join(dir, 'pos.log'))
  }
  expect(await looked('')).toMatchObject({ status: 'ok' })
})

test.each([
  ['utf-8', cp1251(`${RUSSIAN}\n`), 'windows-1251'],
  ['utf-8', Buffer.from(`${RUSSIAN}\n`, 'utf16le'), 'utf-16le'],
  ['windows-1251', Buffer.from(`${RUSSIAN}\n`, 'utf16le'), 'utf-16le'],
  ['windows-1251', Buffer.from(`${RUSSIAN}\n`), 'utf-8'],
] as const)('a wrong encoding is told with the likely one: %s', async (encoding, bytes, likely) => {
  const check = await looked(bytes, { encoding })
  expect(check).toMatchObject({ status: 'warn', nextStep: { ru: `Попробуйте encoding: ${likely}` } })
})

test('a path that leads nowhere, times that are not understood, a zone that is another: each is a remark with what to do', async () => {
  expect(await looked('x', { path: join(dir, 'other*.log') })).toMatchObject({
    status: 'warn',
    text: { ru: expect.stringContaining('файла нет') as string },
    nextStep: { en: expect.stringContaining('Check the path') as string },
  })
  expect(await looked('11:59:00 open\n')).toMatchObject({
    status: 'warn',
    text: { en: expect.stringContaining('no line tells a time') as string },
  })
  expect(await looked(`${RUSSIAN}\n`, { time_zone: 'Asia/Yekaterinburg' })).toMatchObject({
    status: 'warn',
    nextStep: { ru: 'Проверьте time_zone этого журнала' },
  })
})
