import { expect, test } from 'vitest'
import { atWork, fromDeviceType, fromFnStatus, fromFullStatus, fromStateCode, printerFaultsOf } from './snapshot.ts'

const status = {
  clockAt: '2026-11-22T12:30:05',
  shiftOpen: true,
  paper: true,
  coverOpen: false,
  serial: '00301234',
  modelId: 62,
  mode: 0,
  submode: 0,
  receipt: 0,
}
const modeOf = (change: object) => fromFullStatus({ ...status, ...change }, false)['fiscal.register.mode']

test('the register is left alone while a receipt is open or a program has put it into a mode', () => {
  expect(atWork(status)).toBe(false)
  expect([1, 2, 3, 4, 5, 6, 7].every(mode => atWork({ ...status, mode }))).toBe(true)
  expect(atWork({ ...status, receipt: 9 })).toBe(true)
})

test('the mode is told from the shift while none is chosen, with the vendor’s numbers otherwise', () => {
  expect(modeOf({})).toEqual({ value: 'shift_open', raw: 0 })
  expect(modeOf({ shiftOpen: false })).toEqual({ value: 'shift_closed', raw: 0 })
  expect(modeOf({ mode: 1, submode: 3, receipt: 2 })).toEqual({ value: 'document_open', raw: '1.3' })
  expect(modeOf({ mode: 4 })).toEqual({ value: 'service', raw: '4.0' })
  expect(modeOf({ mode: 1 })).toEqual({ value: 'other', raw: '1.0' })
})

test('six digits of the serial are told, beside all that were read', () => {
  expect(fromFullStatus(status, false)['fiscal.register.serial']).toEqual({ value: '301234', raw: '00301234' })
  for (const serial of [null, '00000000'])
    expect(fromFullStatus({ ...status, serial }, false)['fiscal.register.serial']?.value).toBeNull()
})

test('a shift that is known to be too long stays so until it is closed', () => {
  expect(fromFullStatus(status, true)['fiscal.shift.state']).toEqual({ value: 'expired' })
  expect(fromFullStatus({ ...status, shiftOpen: false }, true)['fiscal.shift.state']).toEqual({ value: 'closed' })
})

test('bits of the printer', () => {
  const errors = Array.from({ length: 8 }, (_, bit) => printerFaultsOf({ printer: 1 << bit }).map(({ error }) => error))
  expect(errors).toEqual([['paper'], ['printer'], ['printer'], ['cutter'], ['printer'], ['printer'], ['printer'], []])
  expect(fromStateCode({ printer: 0x80 })['fiscal.register.paper']?.value).toBe('low')
  expect(fromStateCode({ printer: 0x81 })['fiscal.register.paper']?.value).toBe('absent')
})

test('warnings whose meaning is not known here stay in the raw byte', () => {
  const fn = { phase: 3, document: 0, flags: 0xff, serial: '9960440300112233', lastDocument: 1 }
  expect(fromFnStatus(fn)['fiscal.fn.flags']).toEqual({
    value: ['critical_error', 'key_resource_ending', 'memory_almost_full', 'ofd_timeout', 'replace_urgently'],
    raw: 0xff,
  })
})

test('a model without a name is told by its number, an unknown one not at all', () => {
  const model = (modelId: number, name = '') =>
    fromDeviceType({ modelId, firmware: null, name })['fiscal.register.model']
  expect(model(63)).toEqual({ value: 'АТОЛ 22Ф', raw: 63 })
  expect(model(63, 'АТОЛ 22ПТК')).toEqual({ value: 'АТОЛ 22ПТК', raw: 63 })
  expect(model(200)).toMatchObject({ value: null, raw: 200 })
})
