import { err, ok, type Result } from '@tillwatch/shared'
import { protocolError } from '../../codec/bytes.ts'
import { type CommandEntry, type Refusal, readOnlyTable } from '../kit/read-only.ts'
import { type Answer, countOf, dateOf, dateTimeOf, parseAnswer } from './answer.ts'
import { FN_SILENT, refusalOf } from './error-codes.ts'

/** 02, length, 03 and LRC of the query; 03 and LRC of the answer. */
const OVERHEAD_BYTES = 7

interface Reading<Value> {
  readonly typicalMs: number
  /** Usual length of the answer. */
  readonly answerBytes: number
  /** Attributes without which the answer is one to another question. */
  readonly needs: readonly string[]
  /** Error numbers that show a fault when they answer this very query. */
  readonly faults?: Parameters<typeof refusalOf>[1]
  readonly read: (answer: Answer) => Value
}

/** A query by its attributes; the register sees nothing else of it. */
function query<Value>(attributes: string, reading: Reading<Value>): CommandEntry<void, Value, string, Uint8Array> {
  const name = `GET ${attributes}`
  const text = `<${name}/>`
  return {
    name,
    typicalMs: reading.typicalMs,
    wireBytes: text.length + reading.answerBytes + OVERHEAD_BYTES,
    encode: () => text,
    decode(payload): Result<Value, Refusal> {
      const answer = parseAnswer(payload)
      if (answer.isError) return err(refusalOf(answer, reading.faults))
      const missing = reading.needs.filter(attribute => answer.attribute(attribute) === null)
      if (missing.length > 0) throw protocolError('answer', `an answer without ${missing.join(', ')}`)
      return ok(reading.read(answer))
    },
  }
}

/** The shift. */
const shift = query("INFO='0'", {
  typicalMs: 80,
  answerBytes: 60,
  needs: ['SHIFT', 'STATE'],
  read: answer => ({
    number: countOf(answer.attribute('SHIFT')),
    state: answer.attribute('STATE') ?? '',
    receipts: countOf(answer.attribute('COUNT')),
  }),
})

/** Firmware, factory number and clock: several attributes may stand in one query. */
const identity = query("VER='?' DATE='?' TIME='?'", {
  typicalMs: 60,
  answerBytes: 160,
  needs: ['SERIAL'],
  read: answer => ({
    firmware: answer.attribute('VER'),
    serial: answer.attribute('SERIAL'),
    clockAt: dateTimeOf(answer.attribute('DATE'), answer.attribute('TIME')),
  }),
})

/** The drive. `phase` and `flags`: bytes as the register writes them. */
const drive = query("INFO='FN'", {
  typicalMs: 100,
  answerBytes: 150,
  needs: ['PHASE'],
  faults: FN_SILENT,
  read: answer => ({
    serial: answer.attribute('FN') ?? '',
    phase: answer.attribute('PHASE'),
    flags: answer.attribute('FLAG'),
    registrationsLeft: countOf(/^\d+\|(\d+)$/.exec(answer.attribute('REG') ?? '')?.[1] ?? null),
    validUntil: dateOf(answer.attribute('VALID')),
    lastDocument: countOf(answer.attribute('LAST')),
  }),
})

/** The queue to the OFD. An empty one may come without a first document. */
const queue = query("INFO='OFD'", {
  typicalMs: 80,
  answerBytes: 90,
  needs: ['COUNT'],
  read(answer) {
    const count = countOf(answer.attribute('COUNT'))
    if (count === null || answer.attribute('SHIFT') !== null)
      throw protocolError('answer', 'an answer to another question')
    return {
      count,
      firstDocument: countOf(answer.attribute('FIRST')),
      firstAt: dateTimeOf(answer.attribute('DATE'), answer.attribute('TIME')),
    }
  },
})

/** Notifications about marked goods. */
const notifications = query("INFO='NOT'", {
  typicalMs: 80,
  answerBytes: 100,
  needs: ['PENDING'],
  read: answer => ({ count: countOf(answer.attribute('PENDING')) }),
})

/** The last registration. `FFD` and `mode` are numbers as the FN keeps them. */
const registration = query("REG='?'", {
  typicalMs: 150,
  answerBytes: 700,
  needs: ['T1037', 'MODE'],
  read: answer => ({
    ffd: countOf(answer.attribute('T1209')),
    number: answer.attribute('T1037') ?? '',
    inn: answer.attribute('T1018') ?? '',
    ofdInn: answer.attribute('T1017') ?? '',
    ofdName: answer.child('T1046'),
    mode: countOf(answer.attribute('MODE')),
  }),
})

/** The OFD's server. Real registers name the host OFD, the printed example names it ADDR. */
const ofdServer = query("OFD='?'", {
  typicalMs: 40,
  answerBytes: 90,
  needs: ['PORT'],
  read: answer => ({
    host: answer.attribute('OFD', 'ADDR'),
    port: countOf(answer.attribute('PORT')),
    client: answer.attribute('CLIENT'),
  }),
})

const model = query("DEV='?'", {
  typicalMs: 40,
  answerBytes: 30,
  needs: ['DEV'],
  read: answer => ({ model: answer.attribute('DEV') }),
})

/** The read-only table: all that can be said to a register. No document is ever asked for by number, and nothing is printed. */
export const COMMANDS = readOnlyTable({
  shift,
  identity,
  drive,
  queue,
  notifications,
  registration,
  ofdServer,
  model,
})
