import { assert, err, ok, type Result } from '@tillwatch/shared'
import { ByteReader, ByteWriter, littleEndian, protocolError } from '../../codec/bytes.ts'
import { decodeCp1251 } from '../../codec/codepage.ts'
import type { DriverPasswords } from '../driver.ts'
import { type CommandEntry, type Refusal, readOnlyTable, type Secret } from '../kit/read-only.ts'
import { localDate, localDateTime } from '../kit/told.ts'
import { refusalOf } from './error-codes.ts'

/** Every command code this driver can express. All of them only read (Shtrih-M protocol 1.17). */
export type ReadOpcode =
  | 0x10
  | 0x11
  | 0x1f
  | 0x2e
  | 0xf7
  | 0xfc
  | 0xff01
  | 0xff03
  | 0xff04
  | 0xff09
  | 0xff39
  | 0xff40
  | 0xff63
  | 0xff68

/** A request of either protocol: the payload of its frame. */
export interface Request {
  readonly payload: Uint8Array
  /** Begins every answer to it: the command code, one or two bytes. */
  readonly code: Uint8Array
}

/** An entry of the table below. */
export interface ShtrihCommand<Args, Answer> extends CommandEntry<Args, Answer, Request, Uint8Array> {
  readonly opcode: ReadOpcode
}

/** Factory password of the system administrator; any command accepts it. */
export const ADMINISTRATOR_PASSWORD = 30

const SETTING =
  'Set passwords.administrator and passwords.operator of this register as in its table 2, and start the agent again.'
const OPERATOR: Secret = { name: 'operator password', nextStep: SETTING }
const ADMINISTRATOR: Secret = { name: 'administrator password', nextStep: SETTING }
/** What the short status needs, and with it every poll. */
export const ENTRY_SECRET = OPERATOR

/** Framing of a request and its answer together, in the longer of the two protocols: STX, length, number and CRC of two packets. */
const OVERHEAD_BYTES = 14

interface Reading<Args, Answer> {
  readonly password: 'none' | 'operator' | 'administrator'
  readonly typicalMs: number
  /** Usual length of the answer's payload. */
  readonly answerBytes: number
  readonly parameters?: (args: Args, to: ByteWriter) => void
  /** Reads what follows the error byte. Throws `protocol.` errors. */
  readonly decode: (answer: ByteReader) => Answer
}

function reads<Answer, Args = void>(opcode: ReadOpcode, reading: Reading<Args, Answer>): ShtrihCommand<Args, Answer> {
  const code = Uint8Array.from(opcode > 0xff ? [opcode >> 8, opcode & 0xff] : [opcode])
  return {
    opcode,
    name: opcode.toString(16).toUpperCase(),
    typicalMs: reading.typicalMs,
    wireBytes: code.length + 4 + reading.answerBytes + OVERHEAD_BYTES,
    ...(reading.password === 'operator' && { secret: OPERATOR }),
    ...(reading.password === 'administrator' && { secret: ADMINISTRATOR }),
    encode(args, { passwords }) {
      const payload = new ByteWriter().bytes(code)
      if (reading.password !== 'none') payload.u32(passwordFor(reading.password, passwords))
      reading.parameters?.(args, payload)
      return { payload: payload.done(), code }
    },
    decode(payload): Result<Answer, Refusal> {
      const answer = new ByteReader(payload).skip(code.length)
      const error = answer.u8()
      return error === 0 ? ok(reading.decode(answer)) : err(refusalOf(error))
    },
  }
}

const passwordFor = (kind: 'operator' | 'administrator', passwords: DriverPasswords): number => {
  const administrator = passwords.administrator ?? ADMINISTRATOR_PASSWORD
  return kind === 'operator' ? (passwords.operator ?? administrator) : administrator
}

/** FN date, YY MM DD. */
const fnDate = (answer: ByteReader) => localDate(answer.u8(), answer.u8(), answer.u8())

/** FN date and time, YY MM DD hh mm, local to the register. */
const fnDateTime = (answer: ByteReader) => localDateTime(fnDate(answer), answer.u8(), answer.u8())

const ascii = (bytes: Uint8Array) => decodeCp1251(bytes)

/** Short status. Offsets of the fiscal memory fields are on the wire though text 1.17 leaves them out. */
const shortStatus = reads(0x10, {
  password: 'operator',
  typicalMs: 30,
  answerBytes: 17,
  decode(answer) {
    answer.skip(1)
    const [flags, mode, submode] = [answer.u16(), answer.u8(), answer.u8()]
    // To the end of the 16 bytes that every firmware sends.
    answer.skip(9)
    return { flags, mode, submode, lastPrint: answer.remaining > 0 ? answer.u8() : null }
  },
})

/** Full status: 48 bytes, in newer firmware 50, with the high part of the serial 52. */
const fullStatus = reads(0x11, {
  password: 'operator',
  typicalMs: 60,
  answerBytes: 52,
  decode(answer) {
    answer.skip(1)
    const version = ascii(answer.take(2))
    const build = answer.u16()
    answer.skip(18)
    const [day, month, year, hours, minutes, seconds] = answer.take(6)
    answer.skip(1)
    const low = answer.u32()
    answer.skip(6)
    const inn = answer.u48()
    const high = answer.remaining >= 4 ? answer.skip(2).u16() : 0
    const date = localDate(year ?? 0, month ?? 0, day ?? 0)
    return {
      firmware: `${[...version].join('.')}.${build}`,
      clockAt: (date && localDateTime(date, hours ?? 0, minutes ?? 0, seconds ?? 0)) || null,
      serialTail: low === 0xffff_ffff || low === 0 ? null : String((high === 0xffff ? 0 : high) * 2 ** 32 + low),
      inn: inn === 0 || inn === 2 ** 48 - 1 ? null : String(inn).padStart(inn < 1e10 ? 10 : 12, '0'),
    }
  },
})

/** One field of a table's row. Table 2 holds the passwords and is refused. */
const tableField = reads<Uint8Array, { table: number; row: number; field: number }>(0x1f, {
  password: 'administrator',
  typicalMs: 20,
  answerBytes: 66,
  parameters({ table, row, field }, to) {
    assert(table !== 2, 'the table of passwords is never read')
    to.u8(table).u16(row).u8(field)
  },
  decode: answer => answer.rest(),
})

/** Name and kind of a table's field. */
const fieldStructure = reads<{ name: string; text: boolean; size: number }, { table: number; field: number }>(0x2e, {
  password: 'administrator',
  typicalMs: 20,
  answerBytes: 46,
  parameters: ({ table, field }, to) => void to.u8(table).u8(field),
  decode: answer => ({ name: decodeCp1251(answer.take(40)), text: answer.u8() === 1, size: answer.u8() }),
})

/** Model parameters: numbers of the tables with FN, OFD, network and FFD settings, as far as the firmware's answer reaches. */
const modelParameters = reads(0xf7, {
  password: 'none',
  typicalMs: 20,
  answerBytes: 39,
  parameters: (_none, to) => void to.u8(1),
  decode(answer) {
    const last = answer.remaining > 31 ? answer.skip(31) : new ByteReader(new Uint8Array())
    const number = () => (last.remaining > 0 ? last.u8() || null : null)
    const [fnTable, ofdTable, networkTable, ffdTable, ffdField] = [number(), number(), number(), number(), number()]
    return { fnTable, ofdTable, networkTable, ffdTable, ffdField }
  },
})

const deviceType = reads(0xfc, {
  password: 'none',
  typicalMs: 20,
  answerBytes: 30,
  decode: answer => ({ type: answer.u8(), model: decodeCp1251(answer.skip(5).rest()) }),
})

const fnStatus = reads(0xff01, {
  password: 'administrator',
  typicalMs: 80,
  answerBytes: 33,
  decode(answer) {
    const [phase, document, , shift, flags] = answer.take(5)
    answer.skip(5)
    const serial = ascii(answer.take(16))
    return {
      phase: phase ?? 0,
      document: document ?? 0,
      shiftOpen: shift === 1,
      flags: flags ?? 0,
      serial,
      lastDocument: answer.u32(),
    }
  },
})

/** Old firmware ends after the date. */
const fnExpiry = reads(0xff03, {
  password: 'administrator',
  typicalMs: 40,
  answerBytes: 8,
  decode: answer => ({ validUntil: fnDate(answer), registrationsLeft: answer.remaining > 0 ? answer.u8() : null }),
})

const fnVersion = reads(0xff04, {
  password: 'administrator',
  typicalMs: 60,
  answerBytes: 20,
  decode: answer => ({ version: ascii(answer.take(16)), debug: answer.u8() === 0 }),
})

/** Last registration. 50 or 55 bytes with FFD 1.0 and 1.05; 67 with FFD 1.1 and 1.2, where the OFD's INN comes in between. */
const registration = reads(0xff09, {
  password: 'administrator',
  typicalMs: 60,
  answerBytes: 67,
  decode(answer) {
    const long = answer.remaining >= 64
    if (!long && answer.remaining !== 47 && answer.remaining !== 52) {
      throw protocolError('length', `registration of ${answer.remaining + 3} bytes`)
    }
    answer.skip(5)
    const inn = ascii(answer.take(12))
    const number = ascii(answer.take(20))
    const workMode = answer.skip(1).u8()
    return { inn, number, autonomous: (workMode & 2) !== 0, ofdInn: long ? ascii(answer.skip(1).take(12)) : null }
  },
})

const ofdQueue = reads(0xff39, {
  password: 'administrator',
  typicalMs: 50,
  answerBytes: 16,
  decode(answer) {
    const count = answer.skip(2).u16()
    return { count, firstDocument: answer.u32(), firstAt: fnDateTime(answer) }
  },
})

const shift = reads(0xff40, {
  password: 'administrator',
  typicalMs: 50,
  answerBytes: 8,
  decode: answer => ({ open: answer.u8() === 1, number: answer.u16(), receipts: answer.u16() }),
})

const fnMemory = reads(0xff63, {
  password: 'administrator',
  typicalMs: 60,
  answerBytes: 12,
  decode: answer => ({ documentsLeft: answer.u32() }),
})

/** Queue of marking notifications. The date's order is unproven, so it is not read. */
const markingQueue = reads(0xff68, {
  password: 'operator',
  typicalMs: 50,
  answerBytes: 16,
  decode: answer => ({ count: answer.skip(1).u16() }),
})

/** The read-only table: all that can be said to a register. */
export const COMMANDS = readOnlyTable({
  shortStatus,
  fullStatus,
  tableField,
  fieldStructure,
  modelParameters,
  deviceType,
  fnStatus,
  fnExpiry,
  fnVersion,
  registration,
  ofdQueue,
  shift,
  fnMemory,
  markingQueue,
})

/** Value of a numeric table field. */
export const fieldNumber = (bytes: Uint8Array): number => littleEndian(bytes.subarray(0, 6))
