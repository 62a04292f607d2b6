import type { Device } from '../register.ts'
import * as answers from './answers.ts'
import type { Quirks } from './quirks.ts'
import {
  DONE,
  descriptionOf,
  NO_CONNECTION,
  NO_SESSION,
  NOT_ALLOWED,
  NOT_JSON,
  NOT_TAKEN,
  PORT_TAKEN,
} from './results.ts'

type MercuryDevice = Device<Quirks>
type Request = Readonly<Record<string, unknown>>

interface Command {
  readonly name: string
  /** Needs the key of an open session. */
  readonly session: boolean
  /** Reaches the register, so it fails with it. */
  readonly register: boolean
  run(device: MercuryDevice, request: Request, service: Service): answers.Outcome
}

/** Sessions of one service, whichever channel they came by. */
interface Service {
  readonly sessions: Set<string>
  opened: number
}
const services = new WeakMap<MercuryDevice, Service>()
function serviceOf(device: MercuryDevice): Service {
  const service = services.get(device) ?? { sessions: new Set(), opened: 0 }
  services.set(device, service)
  return service
}

const reads = (name: string, run: (device: MercuryDevice) => answers.Outcome): Command => ({
  name,
  session: true,
  register: true,
  run,
})

/** The commands that only read, and the session around them. Everything else is forbidden. */
const COMMANDS: Readonly<Record<string, Command>> = {
  GetDriverInfo: { name: 'service', session: false, register: false, run: answers.driverInfo },
  OpenSession: { name: 'open session', session: false, register: true, run: openSession },
  CloseSession: { name: 'close session', session: true, register: false, run: closeSession },
  GetStatus: reads('status', answers.status),
  GetCommonInfo: reads('register', answers.commonInfo),
  GetRegistrationInfo: reads('registration', answers.registrationInfo),
  GetDateTime: reads('clock', answers.dateTime),
}

function openSession(device: MercuryDevice, request: Request, service: Service): answers.Outcome {
  const { quirks } = device.state
  if (quirks.open_result !== null) return quirks.open_result
  if (request['portName'] !== quirks.port || request['model'] !== quirks.model_code) return NO_CONNECTION
  const isTaken = quirks.cash_session || device.isPrinting() || (quirks.single_session && service.sessions.size > 0)
  if (isTaken) return PORT_TAKEN
  service.opened += 1
  const sessionKey = `{5E551000-0000-4000-8000-${String(service.opened).padStart(12, '0')}}`
  service.sessions.add(sessionKey)
  return { sessionKey, protocolVer: quirks.protocol_version }
}

function closeSession(_device: MercuryDevice, request: Request, service: Service): answers.Outcome {
  service.sessions.delete(String(request['sessionKey']))
  return {}
}

/** A request carried out: the text of its answer and what a log tells about it. */
export interface Execution {
  readonly opcode: string
  readonly name: string
  readonly keyOk: boolean | null
  readonly forbidden: boolean
  readonly result: number
  /** Empty when the service has no contact with the register and says so by silence. */
  readonly text: string
}

/** What a service says to what is no JSON object; no command was received. */
export const notJson = (device: MercuryDevice): string => textOf(device, NOT_JSON, {})

/** Reads a request; null when it is no JSON object. */
export function parseRequest(text: string): Request | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Request) : null
  } catch {
    return null
  }
}

/** Answers a request from the state. What is not in the table is refused, never executed; a session opens and closes. */
export function execute(device: MercuryDevice, request: Request): Execution {
  const opcode = String(request['command'] ?? '')
  const command = Object.hasOwn(COMMANDS, opcode) ? COMMANDS[opcode] : undefined
  if (!command) {
    const refused = { opcode, name: 'not a read-only command', keyOk: null, forbidden: true, result: NOT_ALLOWED }
    return { ...refused, text: textOf(device, NOT_ALLOWED, {}) }
  }
  const service = serviceOf(device)
  const keyOk = command.session ? service.sessions.has(String(request['sessionKey'])) : null
  const outcome = outcomeOf(device, opcode, command, request, service)
  const result = typeof outcome === 'number' ? outcome : DONE
  const isEmpty = result === NO_CONNECTION && device.state.quirks.no_contact === 'empty'
  const fields = typeof outcome === 'number' ? {} : { ...outcome, ...device.state.quirks.raw_answers[opcode] }
  const text = isEmpty ? '' : textOf(device, result, fields, opcode)
  return { opcode, name: command.name, keyOk, forbidden: false, result, text }
}

/** The same request refused without being carried out. */
export function refuse(device: MercuryDevice, request: Request): Execution {
  const opcode = String(request['command'] ?? '')
  const command = Object.hasOwn(COMMANDS, opcode) ? COMMANDS[opcode] : undefined
  if (!command) return execute(device, request)
  const text = textOf(device, NOT_TAKEN, {})
  return { opcode, name: command.name, keyOk: null, forbidden: false, result: NOT_TAKEN, text }
}

function outcomeOf(
  device: MercuryDevice,
  opcode: string,
  command: Command,
  request: Request,
  service: Service,
): answers.Outcome {
  const planned = device.state.quirks.results[opcode]
  if (planned !== undefined) return planned
  if (command.session && !service.sessions.has(String(request['sessionKey']))) return NO_SESSION
  if (command.register && device.isSilent()) return NO_CONNECTION
  return command.run(device, request, service)
}

/** The JSON of an answer in the manner of this service. */
function textOf(device: MercuryDevice, result: number, fields: Request, opcode = ''): string {
  const { quirks } = device.state
  const leavesResultOut = quirks.profile === 'old' && opcode === 'GetRegistrationInfo' && result === DONE
  const answer = { ...(!leavesResultOut && { result, description: descriptionOf(result) }), ...fields }
  const named = quirks.upper_case_names ? inCapitals(answer) : answer
  return JSON.stringify(quirks.array_answer ? [named] : named)
}

const inCapitals = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inCapitals)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toUpperCase(), inCapitals(inner)]))
}
