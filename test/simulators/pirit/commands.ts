import * as drive from './fiscal-drive.ts'
import type { Request } from './packet.ts'
import type { Quirks } from './quirks.ts'
import * as data from './register-data.ts'
import { readSetting, SETTINGS } from './settings.ts'
import * as status from './status.ts'

type PiritDevice = status.PiritDevice
type Profile = Quirks['profile']

interface Command {
  readonly name: string
  /** Reaches the fiscal drive, so fails with it. */
  readonly drive?: true
  /** Firmware that knows it; absent: all. */
  readonly profiles?: readonly Profile[]
  /** Fields of the answer, or an error code. */
  run(device: PiritDevice, reason: number): readonly string[] | number
}

const FFD12: readonly Profile[] = ['fm16', 'pirit_2f', 'punix']
const FM16: readonly Profile[] = ['fm16_ffd105', 'fm16']
const PIRIT: readonly Profile[] = ['pirit_2f', 'punix']

const told = (
  name: string,
  value: (device: PiritDevice) => string | number,
  profiles?: readonly Profile[],
): Command => ({
  name,
  run: device => [String(value(device))],
  ...(profiles && { profiles }),
})
const asks = (name: string, run: Command['run'], profiles?: readonly Profile[]): Command => ({
  name,
  run,
  ...(profiles && { profiles }),
})
const ofDrive = (name: string, run: Command['run'], profiles?: readonly Profile[]): Command => ({
  ...asks(name, run, profiles),
  drive: true,
})

const NEXT = 1

/** The commands that only read, `command/query`. Everything else is forbidden to a host that promises to do no harm. */
const COMMANDS: Readonly<Record<string, Command>> = {
  '00': asks('status flags', status.statusFlags),
  '01/1': told('shift number', ({ state }) => state.shift.number),
  '01/2': told('next receipt number', ({ state }) => state.shift.receipts + NEXT),
  '02/1': told('factory number', ({ state }) => state.register.serial),
  '02/2': told('firmware id', () => 665),
  '02/3': told('owner INN', ({ state }) => state.register.inn),
  '02/4': told('registration number', ({ state }) => state.register.registration_number),
  '02/5': asks('last fiscal operation', data.lastOperation),
  '02/6': ofDrive('registration date', device => {
    const at = drive.registeredAt(device)
    return typeof at === 'number' ? at : at.slice(0, 1)
  }),
  '02/8': told('next document number', ({ state }) => state.fn.last_document + NEXT),
  '02/9': told('shift at registration', () => 0),
  '02/11': told('operational counter', () => '0'),
  '02/14': ofDrive('FN expiry', data.driveExpiry),
  '02/15': told('debug kit', ({ state }) => (state.quirks.debug_kit ? 1 : 0)),
  '02/17': asks('shift opened at', data.shiftOpenedAt),
  '02/21': told('model', data.model),
  '02/22': told('devices inside', data.devicesInside, FM16),
  '02/23': asks('registration modes', data.registrationModes),
  '02/70': told('firmware version', ({ state }) => state.register.firmware),
  '02/71': told('Wi-Fi firmware version', () => '1.0.0', ['fm16']),
  '04': asks('printer status', device => [String(status.printerStatus(device))]),
  '05/1': told('supply voltage', () => 24_000, PIRIT),
  '05/2': told('head temperature', () => 31, PIRIT),
  '05/3': told('cuts', () => 120, PIRIT),
  '05/4': told('head mileage', () => 45_000, PIRIT),
  '05/7': told('clock battery', () => 3_050),
  '05/8': told('cuts in all', () => 5_120, PIRIT),
  '05/9': told('head mileage in all', () => 2_045_000, PIRIT),
  '05/10': told('printer type', () => 1, FM16),
  '05/11': told('BIOS version', () => '1.0', FM16),
  '05/12': told('printer serial', () => '0', FM16),
  '05/13': told('BIOS date', () => '010125', FM16),
  '06/1': asks('reason of the last error', status.lastError),
  '06/2': asks('blocking of the drive', status.driveBlocking),
  '13': asks('clock', status.clock),
  '78/1': ofDrive('FN serial', ({ state }) => [state.fn.serial]),
  '78/2': ofDrive('FN state', drive.driveState),
  '78/3': ofDrive('last document', ({ state }) => [String(state.fn.last_document)]),
  '78/4': ofDrive('registration time', drive.registeredAt),
  '78/5': ofDrive('registration document', drive.registrationDocument),
  '78/6': ofDrive('shift', drive.shift),
  '78/7': ofDrive('OFD exchange', drive.exchangeStatus),
  '78/14': ofDrive('versions', drive.versions),
  '78/17': ofDrive('shift document', drive.shiftDocument),
  '78/18': ofDrive('free memory', drive.freeMemory, ['punix']),
  '78/19': ofDrive('last registration', drive.lastRegistration),
  '78/22': ofDrive('FFD versions', drive.ffdVersions, FFD12),
  '79/0': ofDrive('marking status', drive.markingStatus, FFD12),
  '79/6': ofDrive('marking queue', drive.notificationQueue, FFD12),
  '81': told('drawer', () => 0),
}

/** Commands whose first field is the number of a query, repeated at the head of the answer. */
const NUMBERED = ['01', '02', '03', '05', '06', '78', '79']
const SETTINGS_TABLE = '11'
/** Works before "begin work" whatever else of its command does not. */
const ALWAYS_ANSWERED = '78/22'

const IMPOSSIBLE_NOW = 0x01
const UNKNOWN_FUNCTION = 0x02
const BAD_PARAMETER = 0x03
const WRONG_PASSWORD = 0x06
const DAMAGED = 0x07

/** What one register remembers between commands: why the last one was refused. */
export interface Memory {
  reason: number
}

/** A command carried out: its answer and what a log tells about it. */
export interface Execution {
  readonly opcode: string
  readonly name: string
  readonly passwordOk: boolean
  readonly forbidden: boolean
  readonly error: number
  readonly fields: readonly string[]
}

/**
 * Answers a command from the state: password first, then checksum, parameters and command. Nothing is ever changed; what is
 * not in the read-only table gets error 02.
 */
export function execute(device: PiritDevice, memory: Memory, request: Request): Execution {
  const { quirks } = device.state
  const opcode = opcodeOf(request)
  const command = commandOf(request)
  const passwordOk = request.password === quirks.link_password
  // A query without a number, or damage, is nothing that a register could carry out.
  const forbidden = !command && request.checksumOk && !isNumberless(request)
  const base = { opcode, passwordOk, name: command?.name ?? 'not a read-only command', forbidden }
  const refused = (error: number, reason = memory.reason): Execution => {
    memory.reason = reason
    return { ...base, error, fields: [] }
  }
  if (!passwordOk) return refused(WRONG_PASSWORD)
  if (!request.checksumOk) return refused(DAMAGED)
  if (isNumberless(request)) return refused(BAD_PARAMETER, REASON.wrongQuery)
  if (!command || !isKnown(quirks, command, opcode)) return refused(UNKNOWN_FUNCTION)
  if (isBeforeBegin(quirks, request.command, opcode)) return refused(IMPOSSIBLE_NOW, REASON.workNotBegun)
  const outcome = outcomeOf(device, memory, opcode, command)
  if (typeof outcome === 'number') return refused(outcome, REASONS[outcome])
  const error = opcode === '04' ? status.printerError(device) : 0
  return {
    ...base,
    error,
    fields: NUMBERED.includes(request.command) ? [request.fields[0] ?? '', ...outcome] : outcome,
  }
}

const { REASON } = status
/** Reason that 06/1 gives after an error. */
const REASONS: Readonly<Record<number, number>> = {
  [IMPOSSIBLE_NOW]: REASON.shiftNotOpen,
  [BAD_PARAMETER]: REASON.wrongQuery,
}

/** `78/7`, `11/77`, `11/30/1`, `00`: the command as the vendor writes it. */
function opcodeOf({ command, fields: [query = '', index = '0'] }: Request): string {
  if (command === SETTINGS_TABLE) return Number(index) === 0 ? `${command}/${query}` : `${command}/${query}/${index}`
  return NUMBERED.includes(command) ? `${command}/${query}` : command
}

/** An item of the settings table may be read at any index. */
function commandOf(request: Request): Command | undefined {
  const [item = '', index = '0'] = request.fields
  if (request.command !== SETTINGS_TABLE) return own(COMMANDS, opcodeOf(request))
  return own(SETTINGS, item) && asks('setting', device => readSetting(device, Number(item), Number(index)))
}

const own = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

const isNumberless = ({ command, fields: [query = ''] }: Request): boolean =>
  (NUMBERED.includes(command) || command === SETTINGS_TABLE) && !/^\d{1,3}$/.test(query)

const isKnown = (quirks: Quirks, { profiles }: Command, opcode: string): boolean =>
  !quirks.unsupported.includes(opcode) && (!profiles || profiles.includes(quirks.profile))

const isBeforeBegin = ({ work_begun, refused_before_begin }: Quirks, command: string, opcode: string): boolean =>
  !work_begun &&
  (refused_before_begin.includes(opcode) || (refused_before_begin.includes(command) && opcode !== ALWAYS_ANSWERED))

function outcomeOf(device: PiritDevice, memory: Memory, opcode: string, command: Command): readonly string[] | number {
  const { errors, raw_answers } = device.state.quirks
  const error = own(errors, opcode)
  if (error !== undefined) return Number.parseInt(error, 16)
  return (
    (command.drive && status.driveError(device)) || (own(raw_answers, opcode) ?? command.run(device, memory.reason))
  )
}
