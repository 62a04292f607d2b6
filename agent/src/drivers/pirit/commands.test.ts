import { AppError } from '@tillwatch/shared'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ReadCommand, requestOf } from '../kit/read-only.ts'
import { COMMANDS } from './commands.ts'
import { type Answer, encodePacket, PACKET_IDS, type Request } from './framing.ts'

/** Queries that only read, from the vendor's list. A new command of the driver must be entered here by hand. */
const ALLOWED: Readonly<Record<string, readonly number[]>> = {
  '00': [],
  '01': [1, 2],
  '02': [1, 2, 3, 4, 5, 6, 8, 9, 11, 14, 15, 17, 21, 22, 23, 70, 71],
  '04': [],
  '05': [1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13],
  '06': [1, 2],
  '11': [10, 30, 70, 71, 73, 74, 75, 76, 77, 78, 79, 80, 81, 83, 85, 90, 91, 92, 93, 94, 201, 202, 203, 204],
  '13': [],
  '78': [1, 2, 3, 4, 5, 6, 7, 14, 17, 18, 19, 22],
  '79': [0, 6],
  '81': [],
}

type AnyCommand = ReadCommand<undefined, unknown, Request, Answer>
const commands = Object.values(COMMANDS) as unknown as AnyCommand[]
const command = fc.constantFrom(...commands)
const options = (link?: string) => ({ variant: 1, passwords: { link } })
const requestIn = (asked: AnyCommand, link?: string) => requestOf(asked, undefined, options(link))
const answerTo = (asked: AnyCommand, error: number, fields: readonly string[]): Answer => ({
  id: 0x41,
  command: requestIn(asked).command,
  error,
  fields,
})

test('every command of the table is on the list of those that only read, and asks what its name says', () => {
  for (const asked of commands) {
    const { command, fields } = requestIn(asked)
    const [query] = fields
    expect([command, ...fields.slice(0, 1)].join('/')).toBe(asked.name)
    expect(Object.keys(ALLOWED)).toContain(command)
    expect(ALLOWED[command] ?? []).toEqual(query === undefined ? [] : expect.arrayContaining([Number(query)]))
  }
  expect(new Set(commands.map(asked => asked.name)).size).toBe(commands.length)
})

test('work is never begun, the link password never read, nothing that keeps a place is asked', () => {
  const names = commands.map(asked => asked.name)
  for (const never of ['10', '11/20', '05/5', '05/6', '78/11', '78/12', '78/13', '78/15', '78/16', '78/20', '78/21'])
    expect(names).not.toContain(never)
})

test('a command that is not of the table cannot be made', () => {
  for (const asked of commands) {
    expect(() => requestIn({ ...asked })).toThrow('read-only table')
    expect(() => Object.assign(asked, { name: '10' })).toThrow(TypeError)
  }
})

test('no request of the table holds a line feed or CAN, under any number and any password that a register can have', () => {
  const password = fc.stringMatching(/^[ -~]{4}$/)
  const id = fc.integer({ min: PACKET_IDS.first, max: PACKET_IDS.last })
  fc.assert(
    fc.property(command, password, id, (asked, link, number) => {
      const packet = [...encodePacket(requestIn(asked, link), number)]
      expect(packet).not.toContain(0x0a)
      expect(packet).not.toContain(0x18)
    }),
    { numRuns: 5_000 },
  )
})

test('the password is the factory’s unless told', () => {
  expect(requestIn(commands[0] as AnyCommand).password).toBe('PIRI')
  expect(requestIn(commands[0] as AnyCommand, 'DRRB').password).toBe('DRRB')
  expect(commands.every(asked => asked.secret?.name === 'link password')).toBe(true)
})

test('random answers give a value, the device’s error or a protocol error, and nothing else', () => {
  const field = fc.oneof(
    fc.string({ maxLength: 10 }),
    fc.stringMatching(/^\d{0,7}$/),
    fc.constantFrom('7', '2', '000000'),
  )
  fc.assert(
    fc.property(command, fc.constantFrom(0, 0, 0, 1, 8, 0x61, 0xff), fc.array(field), (asked, error, fields) => {
      const [query = []] = [requestIn(asked).fields.slice(0, 1)]
      for (const all of [fields, [...query, ...fields]]) {
        try {
          const read = asked.decode(answerTo(asked, error, all))
          expect(read.ok || read.error.code.length === 2).toBe(true)
        } catch (thrown) {
          expect(thrown instanceof AppError && thrown.code.startsWith('protocol.')).toBe(true)
        }
      }
    }),
    { numRuns: 3_000 },
  )
})

const read = <Value>(asked: ReadCommand<void, Value>, fields: string[], error = 0) => {
  const own = asked as unknown as ReadCommand<undefined, Value, Request, Answer>
  const read = own.decode(answerTo(own, error, fields))
  if (!read.ok) throw new Error(read.error.reason)
  return read.value
}

test('an answer that repeats another query number belongs to another question', () => {
  expect(() => read(COMMANDS.ofdQueue, ['6', '41', '1', '17'])).toThrow('another query')
  // A setting repeats nothing: what begins its answer is its value.
  expect(read(COMMANDS.ofdPort, ['7777'])).toEqual({ number: 7777 })
})

test('a queue with documents, and the ways in which none are told', () => {
  expect(read(COMMANDS.ofdQueue, ['7', '2', '3', '1204', '211126', '184502'])).toEqual({
    count: 3,
    firstDocument: 1204,
    firstAt: '2026-11-21T18:45:02',
  })
  const empty = { count: 0, firstDocument: null, firstAt: null }
  for (const rest of [
    ['', '', '', ''],
    ['0', '0', '000000', '000000'],
    ['0', '0', '010100', '250000'],
    ['0', '-'],
    [''],
  ])
    expect(read(COMMANDS.ofdQueue, ['7', '1', ...rest])).toEqual(empty)
  const undated = { count: 3, firstDocument: null, firstAt: undefined }
  expect(read(COMMANDS.ofdQueue, ['7', '2', '3', '0', '310226', '184502'])).toEqual(undated)
})

test('the drive’s end with and without the days left', () => {
  expect(read(COMMANDS.fnExpiry, ['14', '150227', '85'])).toEqual({ validUntil: '2027-02-15' })
  expect(read(COMMANDS.fnExpiry, ['14', '150227'])).toEqual({ validUntil: '2027-02-15' })
  expect(read(COMMANDS.fnExpiry, ['14', '310227'])).toEqual({ validUntil: undefined })
})

test('the printer’s state is read beside the error that says the same, and missed where there is none', () => {
  expect(read(COMMANDS.printer, ['4'], 0x09)).toEqual({ state: 4, error: 0x09 })
  expect(() => read(COMMANDS.printer, [], 0x09)).toThrow('the printer is not ready (09)')
  expect(() => read(COMMANDS.printer, ['4'], 0x20)).toThrow('(20)')
})
