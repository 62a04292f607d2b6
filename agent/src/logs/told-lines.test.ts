import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fairShares, foreignLine, mergedExcerpt, type ToldLog } from './told-lines.ts'

const NOW = Date.parse('2026-11-22T09:00:00Z')
const foreign = (name: string, count: number, text = 'x'.repeat(100)): ToldLog => ({
  ...{ name, note: null },
  lines: Array.from({ length: count }, (_, n) => foreignLine(name, NOW + n * 1_000, `${n} ${text}`)),
})
const told = (logs: readonly ToldLog[], bytesMax = 262_144) =>
  mergedExcerpt(logs, { bytesMax, now: NOW }).map(line => JSON.parse(line) as Record<string, unknown>)

test('R30: lines of all logs stand in the order of their times, those of one log in theirs', () => {
  const own: ToldLog = { name: null, note: null, lines: [{ at: NOW + 500, text: '{"level":30,"msg":"own"}' }] }
  const pos = { ...foreign('POS', 2, ''), note: null }
  expect(told([own, pos]).map(({ msg }) => msg)).toEqual(['0 ', 'own', '1 '])
})

test('the bytes are shared fairly: a noisy log takes nothing from a quiet one, and says that it was cut', () => {
  const lines = told([foreign('noisy', 2_000), foreign('quiet', 20), foreign('loud', 3_000)], 64 * 1_024)
  const of = (name: string) => lines.filter(({ log }) => log === name)
  expect(of('quiet')).toHaveLength(20)
  expect(Math.abs(of('noisy').length - of('loud').length)).toBeLessThan(3)
  expect(
    of('noisy')
      .map(({ note }) => note)
      .filter(Boolean),
  ).toEqual(['cut'])
  expect(of('noisy')[0]).toMatchObject({ note: 'cut', msg: 'older lines did not fit' })
  expect(of('noisy').at(-1)?.['msg']).toMatch(/^1999 /)
})

test('R29: a log that was not read is one line of now', () => {
  expect(told([{ name: 'Driver', lines: [], note: 'denied' }])).toEqual([
    { time: '2026-11-22T09:00:00.000Z', log: 'Driver', note: 'denied', msg: 'no right to read the file' },
  ])
})

test('however many logs and however little room: within the bytes, nothing made up, order kept', () => {
  const log = fc.record({
    name: fc.constantFrom('POS', 'Драйвер', null),
    note: fc.constantFrom(null, 'cut' as const, 'missing' as const),
    lines: fc.array(
      fc.record({ at: fc.oneof(fc.constant(Number.NEGATIVE_INFINITY), fc.nat(1e9)), text: fc.string() }),
      { maxLength: 40 },
    ),
  })
  fc.assert(
    fc.property(fc.array(log, { maxLength: 9 }), fc.integer({ min: 1, max: 4_096 }), (logs, bytesMax) => {
      const lines = mergedExcerpt(logs, { bytesMax, now: NOW })
      expect(lines.reduce((bytes, line) => bytes + Buffer.byteLength(line) + 1, 0)).toBeLessThanOrEqual(bytesMax)
      const given = new Set(logs.flatMap(each => each.lines.map(({ text }) => text)))
      for (const line of lines) if (!given.has(line)) expect(JSON.parse(line)).toHaveProperty('note')
    }),
  )
})

test('shares never exceed what is wanted or there, and who gets less than it wants gets as much as anybody', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_000), { maxLength: 9 }), fc.nat(4_000), (wanted, total) => {
      const shares = fairShares(wanted, total)
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(total)
      shares.forEach((share, index) => {
        expect(share).toBeLessThanOrEqual(wanted[index] ?? 0)
        if (share < (wanted[index] ?? 0)) expect(share).toBeGreaterThanOrEqual(Math.max(...shares) - wanted.length)
      })
    }),
  )
})
