import { localOf } from '../local-time.ts'
import { CODES } from './error-texts.ts'
import { isForeign, type Queue } from './queue.ts'
import { type AtolDevice, type RegisterView, registersOf, timeText } from './register-view.ts'
import { type ApiVersion, html, json, nothing, refusal, results, type WebReply } from './reply.ts'
import { isReadOnly, runTask, type Task } from './tasks.ts'

/** What a route sees of a request. */
export interface Call {
  readonly version: ApiVersion
  /** Path behind the version, without slashes at its ends: `requests/1f2e`. */
  readonly path: string
  readonly deviceId: string | null
  readonly body: string
}

/** A request understood: what a log tells about it, and its answer, which carries it out. */
export interface Route {
  readonly opcode: string
  /** Outside what only reads: refused, never carried out. */
  readonly forbidden: boolean
  answer(): WebReply
}

const UUID_LENGTH_MAX = 36
const BODY_LENGTH_MAX = 1024 * 1024
const SETTINGS = { deleteRequestsAfter: 43_200, blockQueueOnPrintErrors: true, validateRequestsOnAdd: false }
/** Synchronous questions, each the same as a task. */
const OPERATIONS: Readonly<Record<string, string>> = {
  queryDeviceInfo: 'getDeviceInfo',
  queryDeviceStatus: 'getDeviceStatus',
  queryShiftStatus: 'getShiftStatus',
  queryShiftTotals: 'getShiftTotals',
  queryFnInfo: 'getFnInfo',
  queryFnStatus: 'getFnStatus',
  queryOfdExchangeStatus: 'ofdExchangeStatus',
  queryIsmExchangeStatus: 'ismExchangeStatus',
  queryLicenses: 'getLicenses',
}

const reads = (opcode: string, answer: () => WebReply): Route => ({ opcode, forbidden: false, answer })

/** Both versions of the interface over the registers' queues. What would change anything is refused, never carried out. */
export function createRoutes(device: AtolDevice, queueOf: (id: string) => Queue) {
  const refuse = ({ version }: Call, status: number, code?: number) =>
    refusal(version, device.state.quirks, status, code)
  const forbids = (opcode: string, call: Call): Route => ({ opcode, forbidden: true, answer: () => refuse(call, 403) })

  /** The register that a request is about. */
  const registerOf = ({ version, deviceId }: Call): RegisterView | undefined => {
    const wanted = version === 1 || !deviceId || deviceId === 'default' ? device.state.quirks.default_device : deviceId
    return registersOf(device).find(({ id }) => id === wanted)
  }
  /** The register that a request asks something of, or the status of the refusal. */
  const activeRegisterOf = (call: Call): RegisterView | number => {
    const register = registerOf(call)
    if (!register) return 404
    return register.active ? register : 409
  }
  const queueFor = (call: Call): Queue | null => {
    const register = registerOf(call)
    return register ? queueOf(register.id) : null
  }

  const jobRoute = (call: Call): Route => {
    const job = parseJob(call.body)
    if (!job) return reads('POST requests', () => refuse(call, 400, CODES.jobParse))
    const opcode = `POST requests ${job.tasks.map(task => task.type).join('+')}`
    return job.tasks.every(isReadOnly) ? reads(opcode, () => addJob(call, job)) : forbids(opcode, call)
  }

  const addJob = (call: Call, { uuid, tasks }: PostedJob): WebReply => {
    if (call.body.length > BODY_LENGTH_MAX) return refuse(call, 413)
    const register = activeRegisterOf(call)
    if (typeof register === 'number') return refuse(call, register)
    const queue = queueOf(register.id)
    if (!queue.add(uuid, tasks)) return refuse(call, 409)
    if (call.version === 1) return nothing(201)
    const { unfinished, block } = queue.status()
    return json(201, { number: unfinished, uuid, ...blockOf(block) })
  }

  const fetchJob = (call: Call): WebReply => {
    const uuid = uuidOf(call)
    if (uuid === '') return refuse(call, 405)
    const job = queueFor(call)?.find(uuid)
    return job ? results(call.version, device.state.quirks, job.entries) : refuse(call, 404)
  }

  const deleteJob = (call: Call): WebReply => {
    const outcome = queueFor(call)?.cancel(uuidOf(call)) ?? 'unknown'
    if (outcome === 'cancelled') return json(200, {})
    if (outcome === 'unknown') return refuse(call, 404)
    return refuse(call, call.version === 1 ? 405 : 409)
  }

  /** True for a job of another program. */
  const isAnothers = (call: Call): boolean => {
    const register = registerOf(call)
    return register !== undefined && isForeign(register, uuidOf(call))
  }

  const queueStatus = (call: Call): WebReply => {
    const queue = queueFor(call)
    if (!queue) return refuse(call, 404)
    const { unfinished, ready, canceled, block } = queue.status()
    if (call.version === 2) return json(200, { number: unfinished, ready, canceled, ...blockOf(block) })
    return json(200, {
      ready_count: ready,
      not_ready_count: unfinished,
      canceled_count: canceled,
      is_blocked: block !== null,
      block_request_uuid: block?.uuid ?? '',
    })
  }

  const serverInfo = (): WebReply => {
    const { server_version, driver_version, os } = device.state.quirks
    return json(200, {
      serverVersion: server_version,
      driverVersion: driver_version,
      os,
      currentDateTime: timeText(device, localOf(device.clock.now())),
    })
  }

  const devices = (call: Call): WebReply => {
    const [, id] = call.path.split('/')
    const all = registersOf(device).map(register => describe(device, register))
    if (!id) return json(200, all)
    const one = all.find(each => each.id === id)
    return one ? json(200, one) : refuse(call, 404)
  }

  const operationRoute = (call: Call): Route => {
    const name = call.path.slice('operations/'.length)
    const opcode = `POST operations ${name}`
    const type = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined
    return type ? reads(opcode, () => operate(call, type)) : forbids(opcode, call)
  }

  const operate = (call: Call, type: string): WebReply => {
    const { deviceID } = parseObject(call.body) ?? {}
    const register = activeRegisterOf(typeof deviceID === 'string' ? { ...call, deviceId: deviceID } : call)
    if (typeof register === 'number') return refuse(call, register)
    const { code, result } = runTask(register, { type })
    return { ...(result ? json(200, result) : refuse(call, 500, code)), afterMs: device.state.quirks.run_ms }
  }

  const readingRoute = (call: Call, opcode: string): Route => {
    const { version, path } = call
    if (opcode === 'GET requests') return reads(opcode, () => fetchJob(call))
    if (version === 1 && path === '') return reads('GET /', () => html(200, 'ККТ'))
    if (version === 1 && path === 'stat/requests') return reads('GET stat/requests', () => queueStatus(call))
    if (version === 2 && opcode === 'GET getRequestsQueueStatus') return reads(opcode, () => queueStatus(call))
    if (version === 2 && opcode === 'GET serverInfo') return reads(opcode, serverInfo)
    if (version === 2 && opcode === 'GET settings') return reads(opcode, () => json(200, SETTINGS))
    if (version === 2 && opcode === 'GET devices') return reads(opcode, () => devices(call))
    return reads(`GET ${path}`, () => refuse(call, 404))
  }

  /** What a request means. Everything that is not known to read only is forbidden. */
  return (method: string, call: Call): Route => {
    const { version, path } = call
    const opcode = `${method} ${path.split('/')[0] ?? ''}`
    if (method === 'GET') return readingRoute(call, opcode)
    if (method === 'HEAD' || method === 'OPTIONS') return reads(opcode, () => refuse(call, 405))
    if (method === 'POST' && path === 'requests') return jobRoute(call)
    if (opcode === 'DELETE requests' && !isAnothers(call)) return reads(opcode, () => deleteJob(call))
    if (version === 2 && opcode === 'POST operations') return operationRoute(call)
    return forbids(`${method} ${path}`, call)
  }
}

const uuidOf = ({ path }: Call) => path.slice('requests/'.length)

const blockOf = (block: { readonly reason: string; readonly uuid: string } | null) => ({
  isBlocked: block !== null,
  blockedUUID: block?.uuid ?? '',
  blockReason: block?.reason ?? '',
})

/** A device as the service's settings hold it, with the passwords that nobody needs to see. */
function describe(device: AtolDevice, { id, active }: RegisterView) {
  const { quirks } = device.state
  return {
    id,
    name: id,
    isActive: active,
    isDefault: id === quirks.default_device,
    isLock: false,
    hasLicense: true,
    connectionSettings: {
      model: 500,
      port: 'com',
      com: 'COM5',
      baudRate: 115_200,
      usbDevice: 'auto',
      ipAddress: '192.168.1.10',
      ipPort: 5555,
      mac: '',
      ofdChannel: 'auto',
      accessPassword: 'secret-access',
      userPassword: 'secret-user',
    },
    otherSettings: {},
  }
}

/** A job as a program wrote it. */
interface PostedJob {
  readonly uuid: string
  readonly tasks: readonly Task[]
}

/** The job in a body; null when it is none. */
function parseJob(body: string): PostedJob | null {
  const job = parseObject(body)
  const uuid = job?.['uuid']
  const request = job?.['request']
  const tasks: unknown[] = Array.isArray(request) ? request : [request]
  if (typeof uuid !== 'string' || uuid === '' || uuid.length > UUID_LENGTH_MAX) return null
  return tasks.length > 0 && tasks.every(isTask) ? { uuid, tasks } : null
}

const isTask = (value: unknown): value is Task =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
