import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineTime } from './line-time.ts'
import { wallTimeOf } from './wall-time.ts'

const utc = wallTimeOf('UTC')
const moscow = wallTimeOf('Europe/Moscow')
const at = (line: string, wall = moscow) => {
  const found = lineTime(line, wall)
  return found === null ? null : new Date(found).toISOString()
}

test.each([
  ['2026-11-22T09:08:07.123Z started', '2026-11-22T09:08:07.123Z'],
  ['2026-11-22T09:08:07.1234567+05:00 started', '2026-11-22T04:08:07.123Z'],
  ['2026-11-22T09:08:07+0500 started', '2026-11-22T04:08:07.000Z'],
  ['2026-11-22 09:08:07,123 [main] INFO started', '2026-11-22T06:08:07.123Z'],
  ['2026-11-22 09:08:07.5 started', '2026-11-22T06:08:07.500Z'],
  ['2026/11/22 9:08:07 started', '2026-11-22T06:08:07.000Z'],
  ['2026-11-22 09:08:07 +0300 started', '2026-11-22T06:08:07.000Z'],
  ['2026-11-22 09:08:07 UTC started', '2026-11-22T09:08:07.000Z'],
  ['2026-11-22 09:08:07 -1000 rub', '2026-11-22T06:08:07.000Z'],
  ['22.11.2026 09:08:07 запуск', '2026-11-22T06:08:07.000Z'],
  ['22.11.2026, 9:08:07.250 запуск', '2026-11-22T06:08:07.250Z'],
  ['[22.11.2026 09:08:07] запуск', '2026-11-22T06:08:07.000Z'],
  ['INFO  | 2026-11-22 09:08:07 | started', '2026-11-22T06:08:07.000Z'],
  ['  2026-11-22 09:08:07 set in', '2026-11-22T06:08:07.000Z'],
  ['{"level":30,"time":"2026-11-22T09:08:07Z","msg":"x"}', '2026-11-22T09:08:07.000Z'],
  ['{"@t":"2026-11-22T09:08:07.1Z","@m":"x"}', '2026-11-22T09:08:07.100Z'],
  ['{"msg":"x","time":1795338487123}', new Date(1_795_338_487_123).toISOString()],
  ['{"msg":"x","ts":1795338487.5}', new Date(1_795_338_487_500).toISOString()],
  ['{"time":"2026-11-22 09:08:07","msg":"cut of', '2026-11-22T06:08:07.000Z'],
])('R30: %s', (line, expected) => {
  expect(at(line)).toBe(expected)
})

test.each([
  '   at Driver.open (2026-11-22 09:08:07)',
  '\tat 2026-11-22T09:08:07Z',
  '',
  'no time at all',
  `${'x'.repeat(60)} 2026-11-22 09:08:07`,
  '31.02.2026 09:08:07',
  '2026-13-01 09:08:07',
  '2026-11-22 25:08:07',
  '1026-11-22 09:08:07',
  '12026-11-22 09:08:07',
  '192.168.22.11.2026 09:08:07',
  '2026-11-22',
  '09:08:07 only a clock',
  '{"time":"soon"}',
  '{"time":null}',
])('a line without a time of its own belongs to the one before: %j', line => {
  expect(at(line)).toBeNull()
})

test('a time that the clock skips has the offset before; of two equal ones the first is meant', () => {
  const berlin = wallTimeOf('Europe/Berlin')
  expect(at('2026-03-29 01:59:59', berlin)).toBe('2026-03-29T00:59:59.000Z')
  expect(at('2026-03-29 02:30:00', berlin)).toBe('2026-03-29T01:30:00.000Z')
  expect(at('2026-03-29 03:00:00', berlin)).toBe('2026-03-29T01:00:00.000Z')
  expect(at('2026-10-25 02:30:00', berlin)).toBe('2026-10-25T00:30:00.000Z')
  expect(at('2026-10-25 03:30:00', berlin)).toBe('2026-10-25T02:30:00.000Z')
})

const instants = fc
  .date({ noInvalidDate: true, min: new Date('2001-01-01'), max: new Date('2098-01-01') })
  .map(date => date.getTime())
const zones = fc.constantFrom(
  'UTC',
  'Europe/Moscow',
  'Europe/Kaliningrad',
  'Asia/Kamchatka',
  'Asia/Kolkata',
  'America/St_Johns',
)

test('an instant that any program writes down in any of the forms is found again', () => {
  const pad = (value: number, length = 2) => String(value).padStart(length, '0')
  fc.assert(
    fc.property(
      instants,
      fc.integer({ min: -56, max: 56 }),
      fc.constantFrom('', '[', 'INFO ', 'касса: '),
      (ms, quarters, before) => {
        const local = new Date(ms + quarters * 900_000)
        const [date, clock] = [local.toISOString().slice(0, 10), local.toISOString().slice(11, 23)]
        const zone = `${quarters < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(quarters) / 4))}:${pad((Math.abs(quarters) % 4) * 15)}`
        const [year, month, day] = date.split('-')
        for (const line of [
          `${date}T${clock}${zone} text`,
          `${date} ${clock.replace('.', ',')} ${zone} text`,
          `${day}.${month}.${year} ${clock}${zone} text`,
        ])
          expect(lineTime(before + line, utc), line).toBe(ms)
      },
    ),
  )
})

test('wall times of a place lead back to their instant, or to the earlier of two', () => {
  fc.assert(
    fc.property(instants, zones, (ms, zone) => {
      const seconds = Math.floor(ms / 1_000) * 1_000
      const text = new Date(seconds).toLocaleString('sv-SE', { timeZone: zone })
      const found = lineTime(`${text} text`, wallTimeOf(zone))
      if (found === null) throw new Error(text)
      expect(new Date(found).toLocaleString('sv-SE', { timeZone: zone })).toBe(text)
      expect(found).toBeLessThanOrEqual(seconds)
    }),
  )
})

test('whatever a line holds, it is survived, and what is found is a moment of this century', () => {
  const unit = fc.constantFrom(
    '2026-11-22',
    ' ',
    'T',
    '09:08:07',
    '.',
    ',',
    '+',
    '03:00',
    '{"time":',
    '"',
    '}',
    '9',
    'я',
    '\0',
  )
  const odd = fc.oneof(fc.string(), fc.string({ unit, maxLength: 30 }))
  fc.assert(
    fc.property(odd, line => {
      const found = lineTime(line, moscow)
      if (found !== null) expect(new Date(found).toISOString()).toMatch(/^(1999|20\d\d|2100)-/)
    }),
    { numRuns: 2_000 },
  )
  for (const piece of ['2026-11-22 ', '1:', ' ', '.', '{', '22.11.2026 09:08:0'])
    expect(lineTime(piece.repeat(100_000), moscow)).toBeNull()
})
