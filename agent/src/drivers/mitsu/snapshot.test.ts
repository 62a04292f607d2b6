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

test('autonomous is bit 1 of the work mode, whatever else is set', () => {
  const autonomous = (mode: number | null) =>
    fromRegistration({ ...REGISTRATION, mode })['fiscal.register.autonomous']?.value
  expect([0, 1, 2, 3, 0x22, 0x21, null].map(autonomous)).toEqual([false, false, true, true, true, false, null])
})

test('of a register that was never registered nothing is told', () => {
  const empty = { ffd: 0, number: '', inn: '', ofdInn: '', ofdName: '', mode: 0 }
  expect(fromRegistration(empty)).toEqual({})
})

test('what cannot be right is told as unknown', () => {
  const drive = fromDrive({
    serial: '123',
    phase: 5,
    flags: null,
    registrationsLeft: null,
    validUntil: null,
    lastDocument: null,
  })
  for (const fact of Object.values(drive)) expect(fact).toMatchObject({ value: null, reason: expect.any(String) })
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
