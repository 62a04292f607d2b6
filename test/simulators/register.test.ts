import { ManualClock } from '@tillwatch/shared/testing'
import { describe, expect, test } from 'vitest'
import { createRegister } from './register.ts'
import type { RegisterStateInput } from './register-state.ts'
import { registerWithLine } from './shtrih-m/testing.ts'

const make = (state: RegisterStateInput = {}) =>
  createRegister({ protocol: 'shtrih-m', state, clock: new ManualClock() })

describe('state', () => {
  test('an empty state is a healthy register', () => {
    const { state } = make()
    expect(state.fn).toMatchObject({ phase: 'fiscal', flags: [], serial: '9960440300112233' })
    expect(state.ofd.unsent_documents).toBe(0)
  })

  test('an update changes what it names and leaves the rest', () => {
    const register = make({ shift: { number: 7 }, fn: { flags: ['ofd_timeout'] } })
    register.update({ shift: { state: 'closed' }, fn: { flags: [] } })
    expect(register.state.shift).toMatchObject({ number: 7, state: 'closed' })
    expect(register.state.fn.flags).toEqual([])
    register.update({ shift: { number: undefined } })
    expect(register.state.shift.number).toBe(41)
  })

  test('replace returns everything else to its default', () => {
    const register = make({ shift: { number: 7 } })
    register.replace({ register: { paper: 'low' } })
    expect(register.state.shift.number).toBe(41)
    expect(register.state.register.paper).toBe('low')
  })

  test.each([
    [
      { regster: {} },
      'state: regster: no such key; allowed: register, shift, ofd, fn, marking, passwords, quirks, faults',
    ],
    [{ fn: { seria: '1' } }, 'state: fn.seria: no such key; allowed: serial, firmware'],
    [{ fn: { serial: 12 } }, 'state: fn.serial: Invalid input: expected string'],
    [{ fn: { serial: '12' } }, 'state: fn.serial: expected 16 digits'],
    [{ fn: { phase: 'old' } }, 'expected one of "setup"|"ready"|"fiscal"'],
    [{ ofd: { unsent_documents: 3 } }, 'state: ofd.first_unsent_at: needed when unsent_documents is over 0'],
    [{ quirks: { raw_answers: { '10': 'zz' } } }, 'state: quirks.raw_answers.10: expected bytes in hexadecimal'],
    [{ quirks: { short_status_bytes: 15 } }, 'state: quirks.short_status_bytes'],
  ])('%j is refused with place, reason and what is allowed', (wrong, message) => {
    const state = wrong as RegisterStateInput
    expect(() => make(state)).toThrow(message)
    const register = make()
    expect(() => register.update(state)).toThrow(message)
    expect(register.state).toEqual(make().state)
  })

  test('an unknown protocol names the known ones', () => {
    expect(() => createRegister({ protocol: 'other', clock: new ManualClock() })).toThrow('no simulated protocol other')
    expect(() => createRegister({ protocol: 'shtrih-m', variant: 9, clock: new ManualClock() })).toThrow('variant 9')
  })
})

describe("the device's clock", () => {
  const timeOf = (host: ReturnType<typeof registerWithLine>) => host.ask('11 1E000000').slice(25, 31)

  test('runs on from the given time and keeps running when other things change', async () => {
    const host = registerWithLine({ register: { clock_at: '2026-11-22T23:59:58' } })
    await host.clock.advance(1000)
    expect(timeOf(host)).toEqual([22, 11, 26, 23, 59, 59])
    host.register.update({ shift: { state: 'closed' } })
    await host.clock.advance(1000)
    expect(timeOf(host)).toEqual([23, 11, 26, 0, 0, 0])
    host.register.update({ register: { clock_at: '2020-01-01T00:00' } })
    expect(timeOf(host)).toEqual([1, 1, 20, 0, 0, 0])
  })

  test('stands still when frozen', async () => {
    const host = registerWithLine({ register: { clock_at: '2026-11-22T12:30', clock_frozen: true } })
    await host.clock.advance(3_600_000)
    expect(timeOf(host)).toEqual([22, 11, 26, 12, 30, 0])
  })

  test('is this machine’s local time when nothing is given', () => {
    const host = registerWithLine()
    const now = new Date(host.clock.now())
    expect(timeOf(host)[3]).toBe(now.getHours())
  })
})

test('the log tells each command, its answer and its cost', () => {
  const host = registerWithLine()
  host.ask('FF39 1E000000')
  host.ask('FF39 63000000')
  host.ask('FC')
  expect(host.register.log).toMatchObject([
    {
      opcode: 'FF39',
      name: 'OFD exchange',
      password_ok: true,
      forbidden: false,
      answer_code: '00',
      bytes_in: 9,
      bytes_out: 19,
    },
    { opcode: 'FF39', password_ok: false, answer_code: '4F', bytes_out: 6 },
    { opcode: 'FC', password_ok: null, answer_code: '00' },
  ])
  expect(host.register.log[0]?.at).toBe('2026-11-22T09:00:00.000Z')
})
