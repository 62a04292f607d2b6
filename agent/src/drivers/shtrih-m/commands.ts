import { AppError, assert, err, ok, type Result } from '@tillwatch/shared'
import { ByteReader, ByteWriter, littleEndian, protocolError } from '../../codec/bytes.ts'
import { decodeCp1251 } from '../../codec/codepage.ts'
import { encodeFrame } from './framing.ts'

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

declare const readOnly: unique symbol

/** An entry of the table below; nothing else can be sent, and nothing outside this file can make one. */
export interface ReadCommand<Args, Answer> {
  readonly [readOnly]: true
  readonly opcode: ReadOpcode
  /** The code as the vendor writes it: `FF39`. */
  readonly name: string
  readonly password: 'none' | 'operator' | 'administrator'
  /** Usual time from the request's last byte to the answer's first, milliseconds. */
  readonly typicalMs: number
  /** Usual length of the answer's payload. */
  readonly answerBytes: number
  readonly parameters: (args: Args, to: ByteWriter) => void
  /** Reads what follows the error byte. Throws `protocol.` errors. */
  readonly decode: (answer: ByteReader) => Answer
}

const table = new Set<unknown>()

function reads<Answer, Args = void>(
  opcode: ReadOpcode,
  entry: Pick<ReadCommand<Args, Answer>, 'password' | 'typicalMs' | 'answerBytes' | 'decode'> & {
    parameters?: (args: Args, to: ByteWriter) => void
  },
): ReadCommand<Args, Answer> {
  const name = opcode.toString(16).toUpperCase()
  const command = Object.freeze({ parameters: () => {}, ...entry, opcode, name }) as unknown as ReadCommand<
    Args,
    Answer
  >
  table.add(command)
  return command
}

/** `YYYY-MM-DD`, null for all zeros ("none"), undefined for what is no date. */
function dateText(year: number, month: number, day: number): string | null | undefined {
  if (year === 0 && month === 0 && day === 0) return null
  if (month < 1 || month > 12 || day < 1 || day > 31 || year > 99) return undefined
  return `20${two(year)}-${two(month)}-${two(day)}`
}

const two = (value: number) => String(value).padStart(2, '0')

/** FN date, YY MM DD. */
const fnDate = (answer: ByteReader) => dateText(answer.u8(), answer.u8(), answer.u8())

/** FN date and time, YY MM DD hh mm, local to the register. */
function fnDateTime(answer: ByteReader): string | null | undefined {
  const date = fnDate(answer)
  const [hours, minutes] = [answer.u8(), answer.u8()]
  if (!date) return hours + minutes === 0 ? date : undefined
  return hours < 24 && minutes < 60 ? `${date}T${two(hours)}:${two(minutes)}` : undefined
}

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
    const date = dateText(year ?? 0, month ?? 0, day ?? 0)
    const time = [hours, minutes, seconds].map(part => two(part ?? 0)).join(':')
    return {
      firmware: `${[...version].join('.')}.${build}`,
      clockAt: date && /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(time) ? `${date}T${time}` : null,
      serialTail: low === 0xffff_ffff ? null : String((high === 0xffff ? 0 : high) * 2 ** 32 + low),
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

/** Model parameters: numbers of the tables with FN, OFD and FFD settings, as far as the firmware's answer reaches. */
const modelParameters = reads(0xf7, {
  password: 'none',
  typicalMs: 20,
  answerBytes: 39,
  parameters: (_none, to) => void to.u8(1),
  decode(answer) {
    const last = answer.remaining > 31 ? answer.skip(31) : new ByteReader(new Uint8Array())
    const number = () => (last.remaining > 0 ? last.u8() || null : null)
    const [fnTable, ofdTable, , ffdTable, ffdField] = [number(), number(), number(), number(), number()]
    return { fnTable, ofdTable, ffdTable, ffdField }
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
export const COMMANDS = Object.freeze({
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

/** Factory password of the system administrator; any command accepts it. */
export const ADMINISTRATOR_PASSWORD = 30

/** A request ready for the line. */
export interface Request {
  readonly frame: Uint8Array
  /** Begins every answer to it. */
  readonly code: Uint8Array
}

/** Encodes a command of the table. Anything else, however it looks, is a programming error and is not encoded. */
export function encodeRequest<Args, Answer>(
  command: ReadCommand<Args, Answer>,
  args: Args,
  passwords: { readonly operator?: number | undefined; readonly administrator?: number | undefined },
): Request {
  assert(table.has(command), 'only commands of the read-only table are sent')
  const high = command.opcode >> 8
  const code = Uint8Array.from(high ? [high, command.opcode & 0xff] : [command.opcode])
  const payload = new ByteWriter().bytes(code)
  const administrator = passwords.administrator ?? ADMINISTRATOR_PASSWORD
  if (command.password === 'administrator') payload.u32(administrator)
  if (command.password === 'operator') payload.u32(passwords.operator ?? administrator)
  command.parameters(args, payload)
  return { frame: encodeFrame(payload.done()), code }
}

/** The answer's value, or the device's error byte. Throws `protocol.` errors for bytes that mean nothing. */
export function decodeAnswer<Args, Answer>(
  command: ReadCommand<Args, Answer>,
  payload: Uint8Array,
): Result<Answer, number> {
  const answer = new ByteReader(payload).skip(command.opcode > 0xff ? 2 : 1)
  const error = answer.u8()
  return error === 0 ? ok(command.decode(answer)) : err(error)
}

/** Value of a numeric table field. */
export const fieldNumber = (bytes: Uint8Array): number => littleEndian(bytes.subarray(0, 6))

/** True for an error that {@link decodeAnswer} throws for meaningless bytes. */
export const isProtocolError = (thrown: unknown): thrown is AppError =>
  thrown instanceof AppError && thrown.code.startsWith('protocol.')
