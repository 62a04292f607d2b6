import type { Device } from '../register.ts'
import { hex, readLittleEndian } from './bytes.ts'
import * as drive from './fiscal-drive.ts'
import type { Quirks } from './quirks.ts'
import * as status from './status.ts'
import * as tables from './tables.ts'

type ShtrihDevice = Device<Quirks>

/** Data of a good answer, or the error code of a bad one. */
type Outcome = readonly number[] | number

interface Command {
  readonly name: string
  readonly password: 'none' | 'operator' | 'sysadmin'
  /** Bytes of parameters after the password; any other number is error 7E. */
  readonly parameters: number
  /** Reaches the fiscal drive, so fails with it. */
  readonly drive?: true
  run(device: ShtrihDevice, parameters: Uint8Array, operator: number): Outcome
}

const WRONG_PASSWORD = 0x4f
const NOT_SUPPORTED = 0x37
const WRONG_LENGTH = 0x7e
const PASSWORD_BYTES = 4
const ADMIN = 29
const SYSADMIN = 30

const ofDrive = (name: string, run: Command['run'], parameters = 0): Command => ({
  name,
  password: 'sysadmin',
  parameters,
  drive: true,
  run,
})

/** The commands that only read (protocol 1.17). Everything else is forbidden to a host that promises to do no harm. */
const COMMANDS: Readonly<Record<string, Command>> = {
  FC: { name: 'device type', password: 'none', parameters: 0, run: status.deviceType },
  F7: { name: 'model parameters', password: 'none', parameters: 1, run: status.modelParameters },
  '10': {
    name: 'short status',
    password: 'operator',
    parameters: 0,
    run: (device, _, operator) => deviceError(device) || status.shortStatus(device, operator),
  },
  '11': {
    name: 'full status',
    password: 'operator',
    parameters: 0,
    run: (device, _, operator) => status.fullStatus(device, operator),
  },
  '15': { name: 'line settings', password: 'sysadmin', parameters: 1, run: status.lineSettings },
  '1F': { name: 'read table field', password: 'sysadmin', parameters: 4, run: tables.readField },
  '2D': { name: 'table structure', password: 'sysadmin', parameters: 1, run: tables.tableStructure },
  '2E': { name: 'field structure', password: 'sysadmin', parameters: 2, run: tables.fieldStructure },
  '0F': { name: 'long serial', password: 'operator', parameters: 0, run: () => NOT_SUPPORTED },
  '6B': {
    name: 'error text',
    password: 'none',
    parameters: 1,
    run: (_, parameters) => status.errorText(parameters[0] ?? 0),
  },
  FF01: ofDrive('FN status', drive.driveStatus),
  FF02: ofDrive('FN serial', drive.driveSerial),
  FF03: ofDrive('FN expiry', drive.driveExpiry),
  FF04: ofDrive('FN firmware', drive.driveFirmware),
  FF09: ofDrive('registration', drive.registration),
  FF39: ofDrive('OFD exchange', drive.exchangeStatus),
  FF3F: ofDrive('unconfirmed documents', drive.unconfirmedDocuments),
  FF40: ofDrive('shift', drive.shift),
  FF60: ofDrive('registration tag', drive.registrationTag, 3),
  FF0E: ofDrive('registration tag by number', drive.registrationTag, 3),
  FF63: ofDrive('free memory', drive.freeMemory),
  FF68: { ...ofDrive('marking queue', drive.notificationQueue), password: 'operator' },
  FF70: { ...ofDrive('marking status', drive.markingStatus), password: 'operator' },
}

/** Tag with which FF0E opens a reading session that another program may be in the middle of. */
const WHOLE_DOCUMENT_TAG = 0xffff

/** A command carried out: the payload of its answer and what a log tells about it. */
export interface Execution {
  readonly opcode: string
  readonly name: string
  readonly passwordOk: boolean | null
  readonly forbidden: boolean
  readonly code: number
  readonly payload: readonly number[]
}

/** Answers a command from the state. Nothing is ever changed; what is not in the read-only table gets error 37. */
export function execute(device: ShtrihDevice, payload: Uint8Array): Execution {
  const opcodeBytes = payload.subarray(0, payload[0] === 0xff ? 2 : 1)
  const opcode = hex(opcodeBytes)
  const command = COMMANDS[opcode]
  const rest = payload.subarray(opcodeBytes.length)
  if (!command || isWholeDocument(opcode, rest)) {
    const name = command?.name ?? 'not a read-only command'
    return {
      opcode,
      name,
      passwordOk: null,
      forbidden: true,
      code: NOT_SUPPORTED,
      payload: [...opcodeBytes, NOT_SUPPORTED],
    }
  }
  const operator = command.password === 'none' ? SYSADMIN : operatorOf(device, rest)
  const passwordOk = isAllowed(command.password, operator)
  const outcome = outcomeOf(device, opcode, command, rest, passwordOk ? operator : null)
  const code = typeof outcome === 'number' ? outcome : 0
  const answer = [...opcodeBytes, code, ...(typeof outcome === 'number' ? [] : outcome)]
  return {
    opcode,
    name: command.name,
    passwordOk: command.password === 'none' ? null : passwordOk,
    forbidden: false,
    code,
    payload: code === 0 ? overlaid(answer, device.state.quirks.raw_answers[opcode]) : answer,
  }
}

function outcomeOf(
  device: ShtrihDevice,
  opcode: string,
  command: Command,
  rest: Uint8Array,
  operator: number | null,
): Outcome {
  const { quirks } = device.state
  if (quirks.unsupported.includes(opcode)) return NOT_SUPPORTED
  const passwordBytes = command.password === 'none' ? 0 : PASSWORD_BYTES
  if (rest.length !== passwordBytes + command.parameters) return WRONG_LENGTH
  if (operator === null) return WRONG_PASSWORD
  const error = quirks.errors[opcode]
  if (error !== undefined) return Number.parseInt(error, 16)
  const driveError = command.drive ? drive.driveError(device) : 0
  return driveError || command.run(device, rest.subarray(passwordBytes), operator)
}

/** Number of the operator with this password, 29 the administrator, 30 the system administrator; null when nobody has it. */
function operatorOf({ state }: ShtrihDevice, rest: Uint8Array): number | null {
  const { operators, admin, sysadmin } = state.passwords
  const password = readLittleEndian(rest.subarray(0, PASSWORD_BYTES))
  if (password === sysadmin) return SYSADMIN
  if (password === admin) return ADMIN
  const index = operators.indexOf(password)
  return index < 0 ? null : index + 1
}

const isAllowed = (needed: Command['password'], operator: number | null): boolean =>
  needed === 'sysadmin' ? operator === SYSADMIN : operator !== null

const isWholeDocument = (opcode: string, rest: Uint8Array): boolean =>
  opcode === 'FF0E' && readLittleEndian(rest.subarray(PASSWORD_BYTES + 1, PASSWORD_BYTES + 3)) === WHOLE_DOCUMENT_TAG

/** A failing mechanism, as the status command reports it. */
function deviceError({ state }: ShtrihDevice): number {
  const codes: Partial<Record<typeof state.register.error, number>> = { cutter: 0x71, printer: 0xc8, other: 0x7b }
  return codes[state.register.error] ?? 0
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
