import { expect, test } from 'vitest'
import { atWork, fromFullStatus, fromShortStatus } from './snapshot.ts'

const status = (mode: number, submode = 0) => ({ flags: 0x90, mode, submode, lastPrint: null })

test('the register is left alone while it prints, has a document open or is in a mode to wait for', () => {
  const busy = Array.from({ length: 16 }, (_, mode) => mode).filter(mode => atWork(status(mode)))
  expect(busy).toEqual([1, 8, 11, 12, 13, 14, 15])
  expect([0, 1, 2, 3, 4, 5].filter(submode => atWork(status(4, submode)))).toEqual([2, 3, 4, 5])
  expect(atWork(status(0x48))).toBe(true)
  expect([0, 1, 2, 5].map(lastPrint => atWork({ ...status(2), lastPrint }))).toEqual([false, false, false, true])
})

test('a mode that is in no list is told as other, with its number', () => {
  expect(fromShortStatus(status(13))['fiscal.register.mode']).toEqual({ value: 'other', raw: '13.0' })
})

test('a taxpayer’s number of impossible length is not told', () => {
  const full = { firmware: 'C.2.1', clockAt: null, serialTail: '1' }
  expect(fromFullStatus({ ...full, inn: '123456789012345' })).not.toHaveProperty(['fiscal.register.inn'])
  expect(fromFullStatus({ ...full, inn: '7734384850' })).toHaveProperty(['fiscal.register.inn', 'value'], '7734384850')
})
