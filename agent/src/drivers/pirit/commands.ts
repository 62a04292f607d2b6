import { err, ok } from '@tillwatch/shared'
import { protocolError } from '../../codec/bytes.ts'
import { type CommandEntry, readOnlyTable, type Secret } from '../kit/read-only.ts'
import { PAPER_END, PRINTER_NOT_READY, refusalOf } from './error-codes.ts'
import { FieldReader } from './field-reader.ts'
import type { Answer, Request } from './framing.ts'

/** Every command this driver can express: `command/query`, of the settings table `11/item`. All of them only read. */
type ReadName =
  | '00'
  | '02/1'
  | '02/3'
  | '02/4'
  | '02/14'
  | '02/15'
  | '02/17'
  | '02/21'
  | '02/23'
  | '02/70'
  | '04'
  | '06/1'
  | '11/71'
  | '11/77'
  | '11/78'
  | '11/81'
  | '13'
  | '78/1'
  | '78/2'
  | '78/3'
  | '78/6'
  | '78/7'
  | '78/14'
  | '78/18'
  | '79/6'

/** An entry of the table below. */
interface PiritCommand<Answered> extends CommandEntry<void, Answered, Request, Answer> {
  readonly name: ReadName
}

/** Factory password of the link. */
const LINK_PASSWORD = 'PIRI'
/** What every command needs. */
export const LINK_SECRET: Secret = {
  name: 'link password',
  nextStep: 'Set passwords.link of this register as the cash program has it, and start the agent again.',
}

const SETTINGS_TABLE = '11'
/** Scalars of the settings table stand at this index. */
const SCALAR = '0'
/** Bytes of a request without its fields, and of an answer without its own. */
const OVERHEAD_BYTES = 11 + 9

interface Reading<Answered> {
  /** Usual time from the request's last byte to the answer's first, milliseconds. */
  readonly typicalMs: number
  /** Usual bytes of the answer's fields. */
  readonly answerBytes: number
  /** Errors that come beside a whole answer. */
  readonly besides?: readonly number[]
  /** Reads the fields behind the repeated query number. Throws `protocol.` errors. */
  readonly decode: (fields: FieldReader, error: number) => Answered
}

function reads<Answered>(name: ReadName, reading: Reading<Answered>): PiritCommand<Answered> {
  const [command = '', query] = name.split('/')
  const isSetting = command === SETTINGS_TABLE
  const fields = query === undefined ? [] : isSetting ? [query, SCALAR] : [query]
  return {
    name,
    typicalMs: reading.typicalMs,
    wireBytes: OVERHEAD_BYTES + fields.join('').length + fields.length + reading.answerBytes,
    secret: LINK_SECRET,
    encode: (_none, { passwords }) => ({ password: passwords.link ?? LINK_PASSWORD, command, fields }),
    decode({ error, fields: answered }) {
      const isWhole = error === 0 || (reading.besides?.includes(error) && answered.length > 0)
      if (!isWhole) return err(refusalOf(error))
      const reader = new FieldReader(answered)
      if (query !== undefined && !isSetting && Number(reader.text()) !== Number(query))
        throw protocolError('query', `answer to another query than ${name}`)
      return ok(reading.decode(reader, error))
    },
  }
}

/** Fatal state, current flags, document. */
const status = reads('00', {
  typicalMs: 30,
  answerBytes: 12,
  decode: fields => ({ fatal: fields.integer(), flags: fields.integer(), document: fields.integer() }),
})

/** State of the printer; some units call themselves out of paper or not ready while telling it. */
const printer = reads('04', {
  typicalMs: 30,
  answerBytes: 4,
  besides: [PAPER_END, PRINTER_NOT_READY],
  decode: (fields, error) => ({ state: fields.integer(), error }),
})

/** Reason of the last error 01 or 03; newer firmware adds words, which are not needed. */
const lastError = reads('06/1', {
  typicalMs: 30,
  answerBytes: 30,
  decode: fields => ({ reason: fields.integer() }),
})

const clock = reads('13', { typicalMs: 30, answerBytes: 14, decode: fields => ({ at: fields.dateTime() }) })

const told = (name: ReadName, answerBytes: number) =>
  reads(name, { typicalMs: 30, answerBytes, decode: fields => ({ text: fields.text() }) })
const counted = (name: ReadName) =>
  reads(name, { typicalMs: 30, answerBytes: 8, decode: fields => ({ number: fields.integer() }) })
const askedOfDrive = { typicalMs: 60 } as const

/** Last day of the drive; the days left, which newer firmware adds, follow from it. */
const fnExpiry = reads('02/14', { ...askedOfDrive, answerBytes: 14, decode: fields => ({ validUntil: fields.date() }) })

const shiftOpening = reads('02/17', { typicalMs: 30, answerBytes: 17, decode: fields => ({ at: fields.dateTime() }) })

/** Masks of the registration: tax systems, work mode, and one more that is not needed. */
const registrationModes = reads('02/23', {
  typicalMs: 30,
  answerBytes: 10,
  decode: fields => ({ workMode: fields.skip(1).integer() }),
})

/** Life phase with the shift, document being formed, warnings. */
const fnState = reads('78/2', {
  ...askedOfDrive,
  answerBytes: 10,
  decode: fields => ({ state: fields.integer(), document: fields.integer(), warnings: fields.integer() }),
})

const shift = reads('78/6', {
  ...askedOfDrive,
  answerBytes: 14,
  decode: fields => ({ number: fields.integer(), open: fields.integer() === 1, receipts: fields.integer() }),
})

/** Queue to the OFD. What an empty one has for its first document differs between units, and is not read. */
const ofdQueue = reads('78/7', {
  ...askedOfDrive,
  answerBytes: 30,
  decode(fields) {
    const count = fields.skip(1).integer()
    if (count === 0) return { count, firstDocument: null, firstAt: null }
    return { count, firstDocument: fields.integer() || null, firstAt: fields.dateTime() }
  },
})

/** Versions of the drive: its firmware, whether it is for sale, FFD of the registration (tag 1209). */
const fnVersions = reads('78/14', {
  ...askedOfDrive,
  answerBytes: 40,
  decode: fields => ({ firmware: fields.text(), isDebug: fields.integer() === 0, ffd: fields.integer() }),
})

/** Documents that still fit, by the longest term of keeping. */
const fnMemory = reads('78/18', {
  ...askedOfDrive,
  answerBytes: 18,
  decode: fields => ({ documentsLeft: fields.integer() }),
})

/** Queue of marking notifications. */
const markingQueue = reads('79/6', {
  ...askedOfDrive,
  answerBytes: 30,
  decode: fields => ({ count: fields.skip(1).integer() }),
})

/** The read-only table: all that can be said to a register. */
export const COMMANDS = readOnlyTable({
  status,
  printer,
  lastError,
  clock,
  serial: told('02/1', 20),
  inn: told('02/3', 16),
  registrationNumber: told('02/4', 20),
  fnExpiry,
  debugKit: counted('02/15'),
  shiftOpening,
  model: counted('02/21'),
  registrationModes,
  firmware: told('02/70', 12),
  ofdInn: told('11/71', 13),
  ofdHost: told('11/77', 30),
  ofdPort: counted('11/78'),
  ofdName: told('11/81', 40),
  fnSerial: told('78/1', 20),
  fnState,
  lastDocument: told('78/3', 12),
  shift,
  ofdQueue,
  fnVersions,
  fnMemory,
  markingQueue,
})
