import { AppError, err, ok, type Result } from '@tillwatch/shared'
import { ByteReader, protocolError } from '../../codec/bytes.ts'
import { decodeCp866 } from '../../codec/codepage.ts'
import { type CommandEntry, type Refusal, readOnlyTable, type Secret } from '../kit/read-only.ts'
import { localDate, localDateTime } from '../kit/told.ts'
import { refusalOf } from './error-codes.ts'

/** Every command this driver can express, as the vendor writes it. All of them only read. */
type ReadOpcode = '3F' | '45' | 'A5' | 'A4 10' | 'A4 20' | 'A4 30' | 'A4 32' | 'A4 33'

/** An answer as either transport gives it. `failed`: the transport itself says that it is an error, transport 3 alone does. */
export interface Reply {
  readonly failed: boolean
  readonly bytes: Uint8Array
}

interface AtolCommand<Answer> extends CommandEntry<void, Answer, Uint8Array, Reply> {
  readonly name: ReadOpcode
}

/** What every command needs; read commands know no other password. */
export const ACCESS: Secret = {
  name: 'access password',
  nextStep: 'Set passwords.access of this register, four digits as in its settings, and start the agent again.',
}
/** Factory access password, four digits. */
const ACCESS_PASSWORD = '0000'

/** Framing and handshake around a request and its answer: the longer of both transports. */
const OVERHEAD_BYTES = 30

/** Begins every answer but those of 3F and A5. */
const ANSWER = 0x55
const FULL_STATUS_ANSWER = 0x44

interface Reading<Answer> {
  readonly typicalMs: number
  /** Usual length of the answer. */
  readonly answerBytes: number
  /** Reads the answer from its first byte; gives the error byte of a refusal. Throws `protocol.` errors. */
  readonly decode: (answer: ByteReader) => Answer | RefusalCode
}

/** An error byte in an answer, with the extended code behind it. */
class RefusalCode {
  readonly code: number
  readonly extended: number

  constructor(code: number, rest: ByteReader) {
    this.code = code
    this.extended = rest.remaining > 0 ? rest.u8() : 0
  }
}

function reads<Answer>(name: ReadOpcode, { typicalMs, answerBytes, decode }: Reading<Answer>): AtolCommand<Answer> {
  const code = Buffer.from(name.replace(' ', ''), 'hex')
  return {
    name,
    typicalMs,
    wireBytes: code.length + 2 + answerBytes + OVERHEAD_BYTES,
    secret: ACCESS,
    encode: (_none, { passwords }) => Uint8Array.from([...accessBytes(passwords.access ?? ACCESS_PASSWORD), ...code]),
    decode({ failed, bytes }): Result<Answer, Refusal> {
      const answer = new ByteReader(bytes)
      const read = failed ? errorOf(answer) : decode(answer)
      return read instanceof RefusalCode ? err(refusalOf(read.code, read.extended)) : ok(read)
    },
  }
}

/** Two bytes, whatever was configured: a longer password would put its end where the register reads the command. */
function accessBytes(password: string): Uint8Array {
  if (/^\d{4}$/.test(password)) return Buffer.from(password, 'hex')
  throw new AppError('driver.password', 'the access password is not four digits', { nextStep: ACCESS.nextStep })
}

/** `55 code extended`, in which the code is not 0. */
function errorOf(answer: ByteReader): RefusalCode {
  expectByte(answer, ANSWER)
  return refusalIn(answer)
}

function refusalIn(rest: ByteReader): RefusalCode {
  const refusal = new RefusalCode(rest.u8(), rest)
  if (refusal.code === 0) throw protocolError('answer', 'an error without a code')
  return refusal
}

function expectByte(answer: ByteReader, expected: number): void {
  const byte = answer.u8()
  if (byte !== expected) throw protocolError('answer', `the answer begins with ${byte}, not with ${expected}`)
}

/** What was read, where nothing follows it. */
function whole<Answer>(read: Answer, { remaining }: ByteReader): Answer {
  if (remaining > 0) throw protocolError('long', `answer too long: ${remaining} more bytes than expected`)
  return read
}

/** Two decimal digits of a byte; NaN for what are none. */
const bcdByte = (byte: number): number =>
  byte >> 4 <= 9 && (byte & 15) <= 9 ? (byte >> 4) * 10 + (byte & 15) : Number.NaN

/** Decimal digits, most significant first; null for what are none. */
function bcdText(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes).toString('hex')
  return /^\d+$/.test(text) ? text : null
}

/** FN date, YY MM DD, binary. */
const fnDate = (answer: ByteReader) => localDate(answer.u8(), answer.u8(), answer.u8())

/** FN date and time, YY MM DD hh mm, binary, local to the register. */
const fnDateTime = (answer: ByteReader) => localDateTime(fnDate(answer), answer.u8(), answer.u8())

/**
 * Full status, answered at any time. The firmware bytes mean different things in different firmware, and sources contradict one
 * another about the battery bit: neither is read. Mode and submode are two nibbles.
 */
const fullStatus = reads('3F', {
  typicalMs: 40,
  answerBytes: 30,
  decode(answer) {
    const first = answer.u8()
    if (first === ANSWER) return refusalIn(answer)
    if (first !== FULL_STATUS_ANSWER) throw protocolError('answer', `the status begins with ${first}`)
    const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = Array.from(
      answer.skip(2).take(6),
      bcdByte,
    )
    const flags = answer.u8()
    const serial = bcdText(answer.take(4))
    const modelId = answer.u8()
    const mode = answer.skip(2).u8()
    const receipt = answer.skip(4).u8()
    const status = {
      clockAt: localDateTime(localDate(year, month, day), hours, minutes, seconds),
      shiftOpen: (flags & 0x02) !== 0,
      paper: (flags & 0x08) !== 0,
      coverOpen: (flags & 0x20) !== 0,
      serial,
      modelId,
      mode: mode & 0x0f,
      submode: mode >> 4,
      receipt,
    }
    // To the end of the 30 bytes that every firmware sends.
    return whole(status, answer.skip(7))
  },
})

const MODE_MAX = 7

/**
 * Mode and printer, answered at any time. The answer has no error byte: two bytes are an error, and so are three whose second
 * one is no mode.
 */
const stateCode = reads('45', {
  typicalMs: 40,
  answerBytes: 3,
  decode(answer) {
    expectByte(answer, ANSWER)
    const second = answer.u8()
    if (answer.remaining === 0 || (second & 0x0f) > MODE_MAX) return new RefusalCode(second, answer)
    return { printer: answer.u8() }
  },
})

/** Type of device: scales, displays and others speak this protocol, too. */
const REGISTER_TYPE = 1

/** The only answer that begins with its error byte. */
const deviceType = reads('A5', {
  typicalMs: 40,
  answerBytes: 24,
  decode(answer) {
    const error = answer.u8()
    if (error !== 0) return new RefusalCode(error, answer)
    const type = answer.skip(1).u8()
    if (type !== REGISTER_TYPE) throw protocolError('answer', `the device is of type ${type}, not a register`)
    const modelId = answer.u8()
    const version = bcdText(answer.skip(2).take(5))
    const [major, minor, build] = [version?.slice(0, 2), version?.slice(2, 4), version?.slice(6)].map(Number)
    return { modelId, firmware: version && `${major}.${minor}.${build}`, name: decodeCp866(answer.rest()) }
  },
})

/**
 * An FN query: 55, error byte, and the FN's own answer, whose numbers are binary with the low byte first. Transport 2 does not say to
 * what an answer belongs, so that one of another length, or with values that it cannot have, is not taken.
 */
const ofDrive = <Answer>(
  name: ReadOpcode,
  reading: Omit<Reading<Answer>, 'decode'> & { decode: (answer: ByteReader) => Answer },
): AtolCommand<Answer> =>
  reads(name, {
    ...reading,
    decode(answer) {
      expectByte(answer, ANSWER)
      const error = answer.u8()
      if (error !== 0) return new RefusalCode(error, answer)
      return whole(reading.decode(answer), answer)
    },
  })

/** Hosts disagree about the coding of both numbers; most read them as the drive gives them everywhere else. */
const shift = ofDrive('A4 10', {
  typicalMs: 60,
  answerBytes: 7,
  decode(answer) {
    const state = answer.u8()
    if (state > 1) throw protocolError('answer', `${state} is no state of a shift`)
    return { open: state === 1, number: answer.u16(), receipts: answer.u16() }
  },
})

const ofdQueue = ofDrive('A4 20', {
  typicalMs: 60,
  answerBytes: 15,
  decode(answer) {
    const count = answer.skip(2).u16()
    return { count, firstDocument: answer.u32(), firstAt: fnDateTime(answer) }
  },
})

const fnStatus = ofDrive('A4 30', {
  typicalMs: 80,
  answerBytes: 32,
  decode(answer) {
    const [phase = 0, document = 0, , , flags = 0] = answer.take(5)
    const serial = decodeCp866(answer.skip(5).take(16))
    return { phase, document, flags, serial, lastDocument: answer.u32() }
  },
})

const fnExpiry = ofDrive('A4 32', {
  typicalMs: 60,
  answerBytes: 7,
  decode(answer) {
    const validUntil = fnDate(answer)
    if (validUntil === undefined) throw protocolError('date', 'the end of the FN is no day of the calendar')
    const registrationsLeft = answer.u8()
    // The registrations made.
    answer.skip(1)
    return { validUntil, registrationsLeft }
  },
})

const fnVersion = ofDrive('A4 33', {
  typicalMs: 60,
  answerBytes: 19,
  decode: answer => ({ version: decodeCp866(answer.take(16)), debug: answer.u8() === 0 }),
})

/** The read-only table: all that can be said to a register, on either transport. */
export const COMMANDS = readOnlyTable({
  fullStatus,
  stateCode,
  deviceType,
  shift,
  ofdQueue,
  fnStatus,
  fnExpiry,
  fnVersion,
})
