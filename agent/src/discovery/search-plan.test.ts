import { expect, test } from 'vitest'
import type { FoundState } from './found-file.ts'
import { isSearchWanted, nextSearchMs } from './search-plan.ts'
import type { SerialPlace } from './serial-ports.ts'

const HOUR_MS = 3_600_000
const SEARCHED = '2026-11-22T09:00:00.000Z'
const NOW_MS = Date.parse(SEARCHED)
const port = (path: string): SerialPlace => ({ path, device: path, usb: null, about: '' })
const at = (path: string): FoundState => ({
  version: 1,
  searched_at: SEARCHED,
  ports: [path],
  registers: [
    {
      slot: 'kkt-1',
      serial: '301234',
      fn_serial: null,
      model: null,
      ways: [{ driver: 'shtrih-m', variant: 1, port: path, baud: 115_200, usb: null, rank: 2 }],
    },
  ],
})

test.each<[string, FoundState, SerialPlace[], boolean]>([
  ['nothing was ever looked for', { version: 1, searched_at: null, ports: [], registers: [] }, [], true],
  ['nothing was found', { ...at('COM3'), registers: [] }, [port('COM3')], true],
  ['all is where it was', at('COM3'), [port('COM3')], false],
  ['the port of a register is gone', at('COM3'), [], true],
  ['a port is new', at('COM3'), [port('COM3'), port('COM4')], true],
])('a search when %s: %s', (_title, state, ports, wanted) => {
  expect(isSearchWanted(state, ports)).toBe(wanted)
})

test('no sooner than after an hour, in the end about once a day, and not in step with others', () => {
  const waitMs = (searches: number, random: number) => nextSearchMs(NOW_MS, searches, random) - NOW_MS
  for (const random of [0, 0.5, 0.999]) expect(waitMs(1, random)).toBeGreaterThanOrEqual(HOUR_MS)
  expect(waitMs(1, 0)).not.toBe(waitMs(1, 0.5))
  expect(waitMs(100, 0)).toBe(24 * HOUR_MS)
  expect(waitMs(100, 0.999)).toBeGreaterThan(11 * HOUR_MS)
})
