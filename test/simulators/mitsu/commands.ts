import type { Device } from '../register.ts'
import * as drive from './fiscal-drive.ts'
import type { Quirks } from './quirks.ts'
import { type Answer, type Attributes, errorText, type Failure, okText, type Tag, tagsOf } from './xml.ts'

type MitsuDevice = Device<Quirks>

interface Query {
  readonly name: string
  run(device: MitsuDevice): Answer | Failure
}

const settings = (name: string, attributes: (device: MitsuDevice) => Attributes): Query => ({
  name,
  run: device => ({ attributes: attributes(device) }),
})

const host = ({ state: { quirks } }: MitsuDevice, own: string) => (quirks.host_attribute === 'own' ? own : 'ADDR')
const clockText = (device: MitsuDevice) => new Date(device.localNow()).toISOString()

/** Queries that take any value: the vendor's description writes a question mark. */
const PLAIN: Readonly<Record<string, Query>> = {
  DEV: settings('model', ({ state }) => [['DEV', state.register.model]]),
  VER: settings('version and serial', ({ state: { register } }) => [
    ['VER', register.firmware],
    ['SIZE', 295_771],
    ['CRC32', '7E714C76'],
    ['SERIAL', register.serial],
    ['MAC', '00-22-00-48-00-51'],
    ['STS', '00000000'],
  ]),
  DATE: settings('date', device => [['DATE', clockText(device).slice(0, 10)]]),
  TIME: settings('time', device => [['TIME', clockText(device).slice(11, 19)]]),
  PRINTER: settings('printer settings', () => [
    ['PRINTER', 2],
    ['BAUDRATE', 115_200],
    ['PAPER', 80],
    ['FONT', 0],
    ['WIDTH', 576],
    ['LENGTH', 48],
  ]),
  LAN: settings('network', device => [
    [host(device, 'LAN'), '192.168.1.101'],
    ['PORT', 8200],
    ['MASK', '255.255.255.0'],
    ['DNS', '192.168.1.1'],
    ['GW', '192.168.1.1'],
  ]),
  OFD: settings('OFD server', device => [
    [host(device, 'OFD'), device.state.register.ofd_host],
    ['PORT', device.state.register.ofd_port],
    ['CLIENT', device.state.quirks.ofd_client === 'pc' ? 1 : 0],
    ['TimerFN', 60],
    ['TimerOFD', 10],
  ]),
  OISM: settings('marking server', () => [
    ['OISM', 'oism.example'],
    ['PORT', 7903],
  ]),
  OKP: settings('key server', () => [
    ['OKP', 'okp.example'],
    ['PORT', 26_101],
  ]),
  REG: { name: 'registration', run: drive.registration },
  POWER: settings('power failure', ({ state }) => [['POWER', state.quirks.power_failed ? 1 : 0]]),
}

/** INFO by its value, short and long. */
const INFO: Readonly<Record<string, Query>> = {
  '0': { name: 'shift', run: drive.shift },
  F: { name: 'FN status', run: drive.drive },
  FN: { name: 'FN status', run: drive.drive },
  O: { name: 'OFD queue', run: drive.queue },
  OFD: { name: 'OFD queue', run: drive.queue },
  M: { name: 'marking', run: drive.marking },
  MRK: { name: 'marking', run: drive.marking },
  N: { name: 'marking notifications', run: drive.notifications },
  NOT: { name: 'marking notifications', run: drive.notifications },
  K: { name: 'marking keys', run: drive.keys },
  KEY: { name: 'marking keys', run: drive.keys },
}

/** Error numbers that an independent open driver lists. */
const REQUEST_LATE = 94
const PRINTER_BUSY = 95
const UNKNOWN_COMMAND = 99

/** A request carried out: the text of its answer and what a log tells about it. */
export interface Execution {
  readonly opcode: string
  readonly name: string
  readonly forbidden: boolean
  /** Error number; 0 for success. */
  readonly code: number
  readonly text: string
}

/**
 * Answers a message from the state; nothing is ever changed. Only queries of the two tables are answered: any other tag, a GET with
 * another attribute (documents by number are printed, money totals are nobody's business) and whatever names PRINT is forbidden.
 * Null for what holds no tag at all: the register says nothing to noise.
 */
export function execute(device: MitsuDevice, message: string): Execution | null {
  const tags = tagsOf(message)
  if (tags.length === 0) return null
  const opcode = tags.map(opcodeOf).join(' ')
  const queries = tags.flatMap(queriesOf)
  const known = queries.filter(query => query !== undefined)
  if (known.length < queries.length)
    return failure({ opcode, name: 'not a read-only query', forbidden: true }, { no: UNKNOWN_COMMAND })
  const execution = { opcode, name: known.map(query => query.name).join(', '), forbidden: false }
  const { quirks } = device.state
  const planned = quirks.errors[opcode]
  if (planned) return failure(execution, planned)
  if (device.isPrinting()) return failure(execution, { no: PRINTER_BUSY })
  const outcome = joined(known.map(query => query.run(device)))
  if ('no' in outcome) return failure(execution, outcome)
  return { ...execution, code: 0, text: quirks.raw_answers[opcode] ?? okText(outcome, quirks) }
}

/** The same request refused as damaged. */
export const refused = (execution: Execution): Execution => failure(execution, { no: REQUEST_LATE })

const failure = (execution: Pick<Execution, 'opcode' | 'name' | 'forbidden'>, failed: Failure): Execution => ({
  ...execution,
  code: failed.no,
  text: errorText(failed),
})

const opcodeOf = ({ name, attributes }: Tag): string =>
  [name, ...attributes.map(([attribute, value]) => `${attribute}='${value}'`)].join(' ')

/** What a tag asks for, an undefined one for each thing that is not a query. A GET of nothing asks for the model. */
function queriesOf({ name, attributes }: Tag): (Query | undefined)[] {
  if (name !== 'GET') return [undefined]
  return attributes.length === 0 ? [PLAIN['DEV']] : attributes.map(([attribute, value]) => queryOf(attribute, value))
}

function queryOf(name: string, value: string | number): Query | undefined {
  const table = name === 'INFO' ? INFO : PLAIN
  const key = name === 'INFO' ? String(value).toUpperCase() : name
  return Object.hasOwn(table, key) ? table[key] : undefined
}

/** Several queries in one request answer in one tag; the first that fails is the answer. */
function joined(outcomes: readonly (Answer | Failure)[]): Answer | Failure {
  const failed = outcomes.find(outcome => 'no' in outcome)
  if (failed) return failed
  const answers = outcomes.filter(outcome => 'attributes' in outcome)
  return {
    attributes: answers.flatMap(answer => answer.attributes),
    children: answers.flatMap(answer => answer.children ?? []),
  }
}
