import { AppError } from '@tillwatch/shared'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DriverPasswords } from '../driver.ts'
import { type ReadCommand, requestOf } from '../kit/read-only.ts'
import { COMMANDS, type Request, type ShtrihCommand } from './commands.ts'

/** Commands that only read, from the vendor's list. A new command of the driver must be entered here by hand. */
const ALLOWED = [
  0xfc, 0xf7, 0x10, 0x11, 0x15, 0x1f, 0x2d, 0x2e, 0x0f, 0x6b, 0xff01, 0xff02, 0xff03, 0xff04, 0xff09, 0xff39, 0xff3f,
  0xff40, 0xff60, 0xff0e, 0xff63, 0xff68, 0xff70,
]
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
/** Commands that write, print, or move a read position inside the register. */
const FORBIDDEN = [
  0x01,
  0x03,
  0x0d,
  0x0e,
  ...range(0x12, 0x14),
  ...range(0x16, 0x19),
  0x1e,
  ...range(0x20, 0x25),
  ...range(0x27, 0x29),
  0x2b,
  0x2f,
  ...range(0x40, 0x54),
  0x60,
  0x61,
  ...range(0x65, 0x68),
  ...range(0x70, 0x8d),
  0xb0,
  ...range(0xc0, 0xca),
  ...range(0xe0, 0xe4),
  0xf0,
  0xf1,
  0xf3,
  0xfd,
  0xfe,
  ...range(0xff05, 0xff08),
  ...range(0xff0b, 0xff0d),
  ...range(0xff31, 0xff38),
  ...range(0xff3a, 0xff3e),
  ...range(0xff41, 0xff52),
  0xff61,
  0xff62,
  ...range(0xff64, 0xff67),
  0xff69,
  ...range(0xff71, 0xff73),
]

type AnyCommand = ReadCommand<unknown, unknown, Request, Uint8Array> & Pick<ShtrihCommand<unknown, unknown>, 'opcode'>
const commands = Object.values(COMMANDS) as unknown as AnyCommand[]
const args = { table: 18, row: 1, field: 1 }
const passwords = { administrator: 30 }
const payloadOf = <Args>(command: ReadCommand<Args, unknown, Request>, args: Args, secrets: DriverPasswords) =>
  requestOf(command, args, { variant: 1, passwords: secrets }).payload

test('every opcode of the table is on the list of those that only read, and none on the list of those never to be sent', () => {
  const opcodes = commands.map(command => command.opcode)
  for (const opcode of opcodes) {
    expect(ALLOWED).toContain(opcode)
    expect(FORBIDDEN).not.toContain(opcode)
  }
  expect(new Set(opcodes).size).toBe(opcodes.length)
  expect(ALLOWED.filter(opcode => FORBIDDEN.includes(opcode))).toEqual([])
})

test('of all opcodes that a frame can carry, only those of the table can be encoded', () => {
  const own = new Map(commands.map(command => [command.opcode as number, command]))
  for (const opcode of [...range(0, 0xff), ...range(0xff00, 0xffff)]) {
    const forged = { ...commands[0], opcode } as AnyCommand
    expect(() => payloadOf(forged, args, passwords)).toThrow('read-only table')
    const command = own.get(opcode)
    if (!command) continue
    const { payload, code } = requestOf(command, args, { variant: 1, passwords })
    expect([...code]).toEqual(opcode > 0xff ? [0xff, opcode & 0xff] : [opcode])
    expect([...payload.subarray(0, code.length)]).toEqual([...code])
    expect(() => Object.assign(command, { opcode: 0x41 })).toThrow(TypeError)
  }
})

test('the table of passwords cannot be read', () => {
  expect(() => payloadOf(COMMANDS.tableField, { table: 2, row: 1, field: 1 }, passwords)).toThrow('passwords')
})

test('F7 asks for the model parameters only, whatever arguments are smuggled in', () => {
  expect([...payloadOf(COMMANDS.modelParameters as unknown as AnyCommand, { subtype: 9 }, passwords)]).toEqual([
    0xf7, 0x01,
  ])
})

test('operator commands carry the operator’s password where there is one, else the administrator’s', () => {
  expect(payloadOf(COMMANDS.shortStatus, undefined, { operator: 28 })[1]).toBe(28)
  expect(payloadOf(COMMANDS.shortStatus, undefined, {})[1]).toBe(30)
  expect(payloadOf(COMMANDS.fnStatus, undefined, { operator: 28, administrator: 77 })[2]).toBe(77)
})

test('random answers give a value, the device’s error or a protocol error, and nothing else', () => {
  fc.assert(
    fc.property(fc.constantFrom(...commands), fc.uint8Array({ maxLength: 80 }), (command, payload) => {
      try {
        const answer = command.decode(payload)
        expect(answer.ok || answer.error.code !== '00').toBe(true)
      } catch (thrown) {
        expect(thrown instanceof AppError && thrown.code.startsWith('protocol.')).toBe(true)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('a full status of 50 bytes from a real register, with the taxpayer’s number little-endian', () => {
  const payload = Uint8Array.from(
    Buffer.from(
      '11001e433264861c031301c6039000020080' +
        '4e41000001011013061' +
        '30f371f00e893040092000000000' +
        '0d25801cd01000000',
      'hex',
    ),
  )
  expect(COMMANDS.fullStatus.decode(payload)).toEqual({
    ok: true,
    value: { firmware: 'C.2.34404', clockAt: '2019-06-19T15:55:31', serialTail: '300008', inn: '7734384850' },
  })
})

test('the error byte is read before the length: some firmware adds bytes behind it', () => {
  expect(COMMANDS.shift.decode(Uint8Array.of(0xff, 0x40, 0x72, 1, 2, 3, 4))).toMatchObject({
    ok: false,
    error: { code: '72', reaction: 'state' },
  })
})

test.each([
  ['ffffffff', null],
  ['00000000', null],
  ['e8930400', '300008'],
])('serial bytes %s are the serial %s', (low, serialTail) => {
  const answer = Buffer.from(`11001e${'00'.repeat(29)}${low}${'00'.repeat(12)}`, 'hex')
  expect(COMMANDS.fullStatus.decode(answer)).toMatchObject({ ok: true, value: { serialTail } })
})

test.each([
  ['37', 'unsupported'],
  ['01', 'unsupported'],
  ['a0', 'unsupported'],
  ['33', 'state'],
  ['5d', 'state'],
])('error %s about a command makes it %s', (code, reaction) => {
  const answer = Buffer.from(`ff68${code}`, 'hex')
  expect(COMMANDS.markingQueue.decode(answer)).toMatchObject({ ok: false, error: { reaction } })
})
