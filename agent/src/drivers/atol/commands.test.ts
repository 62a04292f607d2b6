import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hex } from '../../codec/bytes.ts'
import { type ReadCommand, requestOf } from '../kit/read-only.ts'
import { COMMANDS, type Reply } from './commands.ts'

/** Commands that only read. A new command of the driver must be entered here by hand. */
const ALLOWED = ['3F', '45', 'A5', 'A4 10', 'A4 20', 'A4 30', 'A4 31', 'A4 32', 'A4 33', 'A4 42', '91', '9D']

type AnyCommand = ReadCommand<unknown, unknown, Uint8Array, Reply>
const commands = Object.values(COMMANDS) as unknown as AnyCommand[]
const options = (access?: string) => ({ variant: 3, passwords: access === undefined ? {} : { access } })
const decode = (command: unknown, bytes: string, failed = false) =>
  (command as AnyCommand).decode({ failed, bytes: Uint8Array.from(Buffer.from(bytes.replace(/\s/g, ''), 'hex')) })

test('every command of the table is on the list of those that only read, and asks what its name says', () => {
  for (const command of commands) {
    expect(ALLOWED).toContain(command.name)
    expect(hex(requestOf(command, undefined, options()))).toBe(`00 00 ${command.name}`)
  }
  expect(new Set(commands.map(command => command.name)).size).toBe(commands.length)
})

test('what only looks like a command of the table is not encoded, and the table cannot be changed', () => {
  for (const command of commands) {
    expect(() => requestOf({ ...command }, undefined, options())).toThrow('read-only table')
    expect(() => Object.assign(command, { name: '5A' })).toThrow(TypeError)
  }
})

test('the access password is four decimal digits in two bytes', () => {
  expect(hex(requestOf(COMMANDS.fnStatus as never, undefined, options('1234')) as Uint8Array)).toBe('12 34 A4 30')
})

test('a password that is not four digits can never move a byte of its own to the place of the command', () => {
  for (const password of ['', '12', '123', '00005A', '12345', '0000 5A', '12x4'])
    for (const command of commands)
      expect(() => requestOf(command, undefined, options(password)), password).toThrow('not four digits')
})

test('random answers give a value, the device’s error or a protocol error, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...commands),
      fc.boolean(),
      fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        fc.uint8Array({ maxLength: 60 }).map(bytes => Uint8Array.of(0x55, 0, ...bytes)),
        fc.uint8Array({ minLength: 29, maxLength: 40 }).map(bytes => Uint8Array.of(0x44, ...bytes)),
      ),
      (command, failed, bytes) => {
        try {
          const answer = command.decode({ failed, bytes })
          expect(answer.ok || answer.error.code.length).toBeTruthy()
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: expect.stringMatching(/^protocol\./) })
        }
      },
    ),
    { numRuns: 2_000 },
  )
})

test('the full status', () => {
  const status = '44 01 01 26 11 22 12 30 05 4B 00 30 12 34 3E 03 00 21 00 18 00 40 01 00 00 00 00 00 02 04'
  expect(decode(COMMANDS.fullStatus, status)).toEqual({
    ok: true,
    value: {
      clockAt: '2026-11-22T12:30:05',
      shiftOpen: true,
      paper: true,
      coverOpen: false,
      serial: '00301234',
      modelId: 62,
      mode: 1,
      submode: 2,
      receipt: 1,
    },
  })
  expect(decode(COMMANDS.fullStatus, '55 8C')).toMatchObject({ ok: false, error: { reaction: 'password' } })
  expect(() => decode(COMMANDS.fullStatus, status.slice(0, -3))).toThrow('too short')
  expect(() => decode(COMMANDS.fullStatus, `${status} 00`)).toThrow('too long')
})

test('digits that are none leave the date and the serial out', () => {
  const status = '44 01 01 26 1A 22 12 30 05 4B 00 3F 12 34 3E 03 00 00 00 18 00 40 00 00 00 00 00 00 02 04'
  expect(decode(COMMANDS.fullStatus, status)).toMatchObject({ ok: true, value: { clockAt: undefined, serial: null } })
})

test('the state code has no error byte: an error is two bytes, or a second one that is no mode, or what the transport says', () => {
  expect(decode(COMMANDS.stateCode, '55 01 88')).toEqual({ ok: true, value: { printer: 0x88 } })
  expect(decode(COMMANDS.stateCode, '55 66')).toMatchObject({ ok: false, error: { code: '66' } })
  expect(decode(COMMANDS.stateCode, '55 8C 00')).toMatchObject({ ok: false, error: { code: '8C' } })
  expect(decode(COMMANDS.stateCode, '55 66 00', true)).toMatchObject({ ok: false, error: { code: '66' } })
})

test('the device type tells its error in its first byte, its version in decimal digits, its name in code page 866', () => {
  expect(decode(COMMANDS.deviceType, '00 01 01 3E 00 00 03 00 01 12 45 80 92 8E 8B 20 35 35 94')).toEqual({
    ok: true,
    value: { modelId: 62, firmware: '3.0.1245', name: 'АТОЛ 55Ф' },
  })
  expect(() => decode(COMMANDS.deviceType, '00 01 02 3E 00 00 03 00 01 12 45')).toThrow('of type 2, not a register')
  expect(decode(COMMANDS.deviceType, '66')).toMatchObject({ ok: false, error: { code: '66' } })
  expect(decode(COMMANDS.deviceType, '55 66 00', true)).toMatchObject({ ok: false, error: { code: '66' } })
  expect(decode(COMMANDS.deviceType, '00 01 01 3E 00 00 03 0A 01 12 45')).toMatchObject({
    ok: true,
    value: { firmware: null, name: '' },
  })
})

test('numbers of the drive are binary with the low byte first, its dates year first', () => {
  expect(decode(COMMANDS.shift, '55 00 01 03 01 E8 03')).toEqual({
    ok: true,
    value: { open: true, number: 259, receipts: 1000 },
  })
  expect(decode(COMMANDS.ofdQueue, '55 00 02 00 0C 00 13 04 00 00 1A 0B 13 12 05')).toEqual({
    ok: true,
    value: { count: 12, firstDocument: 1043, firstAt: '2026-11-19T18:05' },
  })
  expect(decode(COMMANDS.fnExpiry, '55 00 1C 02 0E 1D 01')).toEqual({
    ok: true,
    value: { validUntil: '2028-02-14', registrationsLeft: 29 },
  })
})

test('what cannot be the answer to a query is not taken for it', () => {
  expect(() => decode(COMMANDS.shift, '55 00 1C 02 0E 1D 01')).toThrow('no state of a shift')
  expect(() => decode(COMMANDS.fnExpiry, '55 00 01 29 00 11 00')).toThrow('no day of the calendar')
  expect(() => decode(COMMANDS.shift, '55 00 01 03 01 E8 03 00')).toThrow('too long: 1 more')
  expect(() => decode(COMMANDS.fullStatus, '55 00 01 03 01 E8 03')).toThrow('an error without a code')
  for (const command of [COMMANDS.shift, COMMANDS.ofdQueue, COMMANDS.fnStatus, COMMANDS.fnExpiry, COMMANDS.fnVersion])
    expect(() => decode(command, '55 00 01')).toThrow('too short')
})

test('an empty queue with zeros or with nonsense for a date', () => {
  for (const [date, firstAt] of [
    ['00 00 00 00 00', null],
    ['1A 00 1F 18 3C', undefined],
  ]) {
    expect(decode(COMMANDS.ofdQueue, `55 00 00 00 00 00 00 00 00 00 ${date}`)).toEqual({
      ok: true,
      value: { count: 0, firstDocument: 0, firstAt },
    })
  }
})

test('an extended code is told with its error, and an error without a code means nothing', () => {
  expect(decode(COMMANDS.fnStatus, '55 F6 03')).toEqual({
    ok: false,
    error: { code: 'F6', reason: 'a failure with an extended code (F6 03)', reaction: 'fault' },
  })
  expect(() => decode(COMMANDS.fnStatus, '55 00', true)).toThrow('an error without a code')
})
