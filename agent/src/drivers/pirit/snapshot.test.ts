import { expect, test } from 'vitest'
import {
  atWork,
  faultsOfPrinter,
  faultsOfStatus,
  fromFnState,
  fromModel,
  fromPrinter,
  fromStatus,
  fromVersions,
} from './snapshot.ts'

const status = (fatal: number, flags = 0, document = 0) => ({ fatal, flags, document })
const modeOf = (of: ReturnType<typeof status>) => fromStatus(of)['fiscal.register.mode']?.value

test('the register is left alone while a document is in any state but closed', () => {
  const busy = Array.from({ length: 256 }, (_, document) => document).filter(document => atWork(status(0, 0, document)))
  expect(busy).toEqual(Array.from({ length: 240 }, (_, index) => index + 16))
  // The type of the last document may stay.
  expect(atWork(status(0, 4, 2))).toBe(false)
})

test.each([
  [status(0, 4, 0x12), 'document_open'],
  [status(0, 4, 0x82), 'printing'],
  [status(0, 4), 'shift_open'],
  [status(0, 12), 'shift_expired'],
  [status(0, 0), 'shift_closed'],
  [status(0, 256), 'blocked'],
  [status(1, 4), 'blocked'],
  [status(64, 4), 'blocked'],
  [status(4, 4), 'shift_open'],
  [status(8 + 16 + 128, 4), 'shift_open'],
])('%j is the mode %s', (of, mode) => expect(modeOf(of)).toBe(mode))

test('a closed shift takes away the opening of the last one', () => {
  expect(fromStatus(status(0))['fiscal.shift.opened_at']).toEqual({ value: null, reason: 'the shift is closed' })
  expect(fromStatus(status(0, 4))).not.toHaveProperty(['fiscal.shift.opened_at'])
})

test.each([
  [0, []],
  [1, ['other']],
  [2, ['other']],
  [4, ['fn_link']],
  [32, ['other']],
  [64, ['fn']],
  [256, ['other']],
  [4 + 64, ['fn_link', 'fn']],
  [8 + 16 + 128, []],
])('fatal state %i shows as %j', (fatal, errors) => {
  expect(faultsOfStatus(status(fatal)).map(fault => fault.error)).toEqual(errors)
})

test('of the current flags a failed control tape alone is a fault', () => {
  const faulty = Array.from({ length: 16 }, (_, bit) => bit).filter(bit => faultsOfStatus(status(0, 1 << bit)).length)
  expect(faulty).toEqual([9])
})

test.each([
  [0, 0, []],
  [1, 0, ['printer']],
  [1 + 4, 0, ['cover']],
  [2 + 4, 0, ['paper', 'cover']],
  [8, 0, ['cutter']],
  [128, 0, ['printer']],
  [0, 0x08, ['paper']],
  [0, 0x09, ['printer']],
  [4, 0x09, ['cover']],
])('printer state %i beside error %i shows as %j', (state, error, errors) => {
  expect(faultsOfPrinter({ state, error }).map(fault => fault.error)).toEqual(errors)
})

test.each([
  [0, 0, 'present', 'closed'],
  [2, 0, 'absent', 'closed'],
  [4, 0, 'present', 'open'],
  [0, 0x08, 'absent', 'closed'],
  [128, 0, null, null],
  [128 + 2, 0, 'absent', null],
])('printer state %i beside error %i means paper %s, cover %s', (state, error, paper, cover) => {
  const told = fromPrinter({ state, error })
  expect([told['fiscal.register.paper']?.value, told['fiscal.register.cover']?.value]).toEqual([paper, cover])
})

test('the phase is the low half of the drive’s state', () => {
  const phases = [0, 1, 3, 7, 15, 35, 51].map(
    state => fromFnState({ state, document: 0, warnings: 0 })['fiscal.fn.phase']?.value,
  )
  expect(phases).toEqual(['setup', 'ready', 'fiscal', 'post_fiscal', 'archive', 'fiscal', 'fiscal'])
  expect(fromFnState({ state: 2, document: 0, warnings: 0 })['fiscal.fn.phase']).toMatchObject({ value: null, raw: 2 })
})

test('a warning that the vendor does not describe is told as a number alone', () => {
  const flags = (warnings: number) => fromFnState({ state: 3, document: 0, warnings })['fiscal.fn.flags']
  expect(flags(0b1010)).toEqual({ value: ['key_resource_ending', 'ofd_timeout'], raw: 0b1010 })
  expect(flags(0b1111_0000)).toEqual({ value: ['critical_error'], raw: 0b1111_0000 })
})

test('models and formats that are in no list are unknown, with their number', () => {
  expect(fromModel({ number: 9 })['fiscal.register.model']?.value).toBe('Пирит 2СФ')
  expect(fromModel({ number: 6 })['fiscal.register.model']).toMatchObject({ value: null, raw: 6 })
  expect(fromVersions({ firmware: '', isDebug: false, ffd: 5 })).toMatchObject({
    'fiscal.fn.firmware': { value: null },
    'fiscal.register.ffd': { value: null, raw: 5 },
  })
})
