import { expect, test } from 'vitest'
import { fromDrive, fromOfdServer, fromRegistration, fromShift, UNTOLD } from './snapshot.ts'

const REGISTRATION = {
  ffd: 4,
  number: '0001234567012345',
  inn: '7701234567',
  ofdInn: '7709876543',
  ofdName: 'ОФД',
  mode: 0,
}

test('a state of the shift that is in no list is told as unknown, with its number', () => {
  expect(fromShift({ state: '5', number: 7, receipts: 1 })).toMatchObject({
    'fiscal.shift.state': { value: null, raw: '5' },
    'fiscal.register.mode': { value: null, raw: '5' },
    'fiscal.shift.number': { value: 7 },
  })
})

test.each(['5', 'constructor', '__proto__'])(
  'a state of the shift that no list has, such as %s, breaks nothing',
  state => {
    expect(fromShift({ state, number: 7, receipts: 1 })['fiscal.shift.state']).toMatchObject({
      value: null,
      raw: state,
    })
    const channel = fromOfdServer({ host: 'a', port: 1, client: state })['fiscal.register.ofd_channel']
    expect(channel).toMatchObject({ value: null, raw: state })
  },
)

test('autonomous is bit 1 of the work mode, whatever else is set, and believed where the OFD says the same', () => {
  const autonomous = (mode: number | null, ofdInn: string) =>
    fromRegistration({ ...REGISTRATION, mode, ofdInn })['fiscal.register.autonomous']
  const values = (ofdInn: string) => [0, 1, 2, 3, 0x22, 0x21, null].map(mode => autonomous(mode, ofdInn)?.value)
  expect(values('7709876543')).toEqual([false, false, null, null, null, false, null])
  expect(values('')).toEqual([null, null, true, true, true, null, null])
  expect(values('0000000000')).toEqual(values(''))
  expect(autonomous(2, '7709876543')).toEqual({ value: null, reason: expect.stringContaining('contradict'), raw: 2 })
})

test('an OFD of zeros is none', () => {
  expect(fromRegistration({ ...REGISTRATION, mode: 2, ofdInn: '000000000000' })).not.toHaveProperty([
    'fiscal.register.ofd_inn',
  ])
})

test('of a register that was never registered nothing is told', () => {
  const empty = { ffd: 0, number: '', inn: '', ofdInn: '', ofdName: '', mode: 0 }
  expect(fromRegistration(empty)).toEqual({})
})

test('what cannot be right is told as unknown', () => {
  const drive = fromDrive({
    serial: '123',
    phase: '0x05',
    flags: '88',
    registrationsLeft: null,
    validUntil: null,
    lastDocument: null,
  })
  for (const fact of Object.values(drive)) expect(fact).toMatchObject({ value: null, reason: expect.any(String) })
  expect(drive['fiscal.fn.flags']?.raw).toBe('88')
  expect(fromOfdServer({ host: '', port: 0, client: '7' })).toMatchObject({
    'fiscal.register.ofd_host': { value: null },
    'fiscal.register.ofd_port': { value: null },
    'fiscal.register.ofd_channel': { value: null, raw: '7' },
  })
})

test('paper and cover are never guessed', () => {
  for (const name of ['fiscal.register.paper', 'fiscal.register.cover'] as const)
    expect(UNTOLD[name]).toMatchObject({ value: null, reason: expect.any(String) })
})
