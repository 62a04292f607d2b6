import type { Device } from '../register.ts'
import { bcd, hex } from './bytes.ts'
import * as drive from './fiscal-drive.ts'
import type { Quirks } from './quirks.ts'
import * as status from './status.ts'

type AtolDevice = Device<Quirks>

/** The whole answer of a good command, or the error code of a bad one. */
type Outcome = readonly number[] | number

interface Command {
  readonly name: string
  /** Bytes after the command; any other number is error F4. */
  readonly parameters: number
  /** Answered also while the register is at work. */
  readonly always?: true
  run(device: AtolDevice, parameters: Uint8Array): Outcome
}

const BUSY = 0x76
const CANNOT = 0x7a
const WRONG_PASSWORD = 0x8c
const WRONG_LENGTH = 0xf4
const PASSWORD_BYTES = 2
const DRIVE = 0xa4
const DEVICE_TYPE = 0xa5

const ofDrive = (name: string, run: (device: AtolDevice) => Outcome): Command => ({
  name,
  parameters: 0,
  run(device) {
    const outcome = drive.driveError(device) || run(device)
    return typeof outcome === 'number' ? outcome : [0x55, 0, ...outcome]
  },
})

/** The commands that only read. Everything else is forbidden to a host that promises to do no harm. */
const COMMANDS: Readonly<Record<string, Command>> = {
  '3F': { name: 'full status', parameters: 0, always: true, run: status.fullStatus },
  '45': { name: 'state code', parameters: 0, always: true, run: status.stateCode },
  A5: { name: 'device type', parameters: 0, run: status.deviceType },
  '91': { name: 'read register', parameters: 3, run: status.register },
  '9D': { name: 'version', parameters: 1, run: status.softwareVersion },
  'A4 10': ofDrive('shift', drive.shift),
  'A4 20': ofDrive('OFD exchange', drive.exchangeStatus),
  'A4 30': ofDrive('FN status', drive.driveStatus),
  'A4 31': ofDrive('FN serial', drive.driveSerial),
  'A4 32': ofDrive('FN expiry', drive.driveExpiry),
  'A4 33': ofDrive('FN firmware', drive.driveFirmware),
  'A4 42': ofDrive('unconfirmed documents', drive.unconfirmedDocuments),
}

/** A command carried out: its answer and what a log tells about it. */
export interface Execution {
  /** As the vendor writes it: `3F`, `A4 20`. */
  readonly opcode: string
  readonly name: string
  readonly passwordOk: boolean | null
  readonly forbidden: boolean
  readonly code: number
  /** What some errors have behind their code, else 0. */
  readonly extended: number
  /** The answer of a good command; 55 and the codes of a bad one. */
  readonly answer: readonly number[]
}

/**
 * Answers a request (access password, command, data) from the state. Nothing is ever changed; what is not in the read-only
 * table gets error 7A.
 */
export function execute(device: AtolDevice, request: Uint8Array): Execution {
  const rest = request.subarray(PASSWORD_BYTES)
  const opcodeBytes = rest.subarray(0, rest[0] === DRIVE ? 2 : 1)
  const opcode = [...opcodeBytes].map(byte => hex([byte])).join(' ')
  const command = COMMANDS[opcode]
  if (!command) {
    const forbidden = { opcode, name: 'not a read-only command', passwordOk: null, forbidden: true }
    return { ...forbidden, code: CANNOT, extended: 0, answer: failure(opcodeBytes, CANNOT, 0) }
  }
  const passwordOk = hex(request.subarray(0, PASSWORD_BYTES)) === hex(bcd(device.state.quirks.access_password, 2))
  const [outcome, extended] = outcomeOf(device, opcode, command, rest.subarray(opcodeBytes.length), passwordOk)
  const told = { opcode, name: command.name, passwordOk, forbidden: false }
  return typeof outcome === 'number'
    ? { ...told, code: outcome, extended, answer: failure(opcodeBytes, outcome, extended) }
    : { ...told, code: 0, extended: 0, answer: overlaid(outcome, device.state.quirks.raw_answers[opcode]) }
}

/** 55, code, extended code if there is one; the device type alone tells its error without 55. */
const failure = ([command]: Uint8Array, code: number, extended: number): number[] => [
  ...(command === DEVICE_TYPE ? [] : [0x55]),
  code,
  ...(extended === 0 ? [] : [extended]),
]

function outcomeOf(
  device: AtolDevice,
  opcode: string,
  command: Command,
  parameters: Uint8Array,
  passwordOk: boolean,
): [outcome: Outcome, extended: number] {
  const { quirks } = device.state
  if (quirks.unsupported.includes(opcode)) return [CANNOT, 0]
  if (!passwordOk) return [WRONG_PASSWORD, 0]
  if (parameters.length !== command.parameters) return [WRONG_LENGTH, 0]
  if (device.isPrinting() && !command.always) return [BUSY, 0]
  const [code, extended = '00'] = quirks.errors[opcode]?.split(' ') ?? []
  if (code !== undefined) return [Number.parseInt(code, 16), Number.parseInt(extended, 16)]
  return [command.run(device, parameters), 0]
}

function overlaid(answer: readonly number[], overlay: string | undefined): readonly number[] {
  if (overlay === undefined) return answer
  const pairs = overlay.replace(/\s/g, '').match(/../g) ?? []
  const length = Math.max(pairs.length, answer.length)
  return Array.from({ length }, (_, index) => {
    const pair = pairs[index] ?? '..'
    return pair === '..' ? (answer[index] ?? 0) : Number.parseInt(pair, 16)
  })
}

/** Puts a received command into the register's log. `answerCode` null: a fault left it without an answer. */
export function record(
  device: AtolDevice,
  executed: Execution,
  bytesIn: number,
  answerCode: string | null = hex([executed.code]),
): void {
  device.record({
    opcode: executed.opcode,
    name: executed.name,
    password_ok: executed.passwordOk,
    forbidden: executed.forbidden,
    answer_code: answerCode,
    bytes_in: bytesIn,
    bytes_out: answerCode === null ? 0 : executed.answer.length,
  })
}
