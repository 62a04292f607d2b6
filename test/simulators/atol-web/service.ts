import type { RequestListener, ServerResponse } from 'node:http'
import { createQueues } from './queue.ts'
import type { AtolDevice } from './register-view.ts'
import { type ApiVersion, refusal, type WebReply, type WebRequest } from './reply.ts'
import { type Call, createRoutes } from './routes.ts'

const VERSION_2 = '/api/v2/'
const OPEN_PATHS = ['serverInfo', 'utils']
const TYPES = { json: 'application/json; charset=utf-8', html: 'text/html; charset=utf-8', none: '' } as const

/** The service of the driver over one register: requests in, answers out, with time and faults around them. */
export function webService(device: AtolDevice): RequestListener {
  const route = createRoutes(device, createQueues(device))

  return (message, response) => {
    const chunks: Buffer[] = []
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.on('end', () => {
      // The program that answers hangs; a register that is off is told by it instead.
      if (device.isSilent() && device.state.register.link !== 'silent') return
      const body = Buffer.concat(chunks)
      const request = {
        method: message.method ?? 'GET',
        url: message.url ?? '/',
        authorization: message.headers.authorization,
        body: body.toString('utf8'),
      }
      handle(device, route, request, response)
    })
  }
}

function handle(
  device: AtolDevice,
  routeOf: ReturnType<typeof createRoutes>,
  request: WebRequest,
  response: ServerResponse,
) {
  const call = callOf(request)
  const route = routeOf(request.method, call)
  const passwordOk = isAllowed(device, request, call)
  const silent = device.faults.due('silence')
  const reply = silent ? null : (turnedAway(device, call, passwordOk) ?? route.answer())
  device.record({
    opcode: route.opcode,
    name: `interface version ${call.version}`,
    password_ok: passwordOk,
    forbidden: route.forbidden,
    answer_code: reply && String(reply.status),
    bytes_in: Buffer.byteLength(request.body),
    bytes_out: Buffer.byteLength(reply?.body ?? ''),
  })
  if (!reply) return
  const write = () => put(device, reply, response)
  const afterMs = device.state.faults.delay_ms + (reply.afterMs ?? 0)
  if (afterMs === 0) write()
  else device.clock.after(afterMs, write)
}

/** The answer to a request at which nobody looks: an interface that is not there, a fault, a wrong password. */
function turnedAway(device: AtolDevice, { version }: Call, passwordOk: boolean | null): WebReply | null {
  const { quirks } = device.state
  if (!quirks.apis.includes(version)) return refusal(1, quirks, 404)
  if (device.faults.due('nak')) return refusal(version, quirks, 500)
  if (passwordOk !== false) return null
  return { ...refusal(version, quirks, 401), headers: { 'WWW-Authenticate': 'Basic realm="Web Requests"' } }
}

/** Which interface a request means, and where in it. The root belongs to both. */
function callOf({ url, body }: WebRequest): Call {
  const [pathname = '', query = ''] = url.split('?')
  const version: ApiVersion = pathname.startsWith(VERSION_2) ? 2 : 1
  const path = (version === 2 ? pathname.slice(VERSION_2.length) : pathname).replace(/^\/+|\/+$/g, '')
  return { version, path, deviceId: new URLSearchParams(query).get('deviceID'), body }
}

/** Whether the caller's name and password are known; null where none are asked for. */
function isAllowed(device: AtolDevice, { authorization }: WebRequest, { path }: Call): boolean | null {
  const { users, closed_without_users } = device.state.quirks
  const known = Object.entries(users)
  if (path === '' || OPEN_PATHS.includes(path.split('/')[0] ?? '')) return null
  if (known.length === 0) return closed_without_users ? false : null
  return known.some(
    ([user, password]) => authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  )
}

/** Writes an answer, as whole and as right as the faults let it. */
function put(device: AtolDevice, reply: WebReply, response: ServerResponse) {
  const whole = Buffer.from(device.faults.due('bad_checksum') ? damaged(reply.body) : reply.body)
  response.writeHead(reply.status, {
    'Access-Control-Allow-Origin': '*',
    'Content-Length': whole.length,
    ...(reply.type !== 'none' && { 'Content-Type': TYPES[reply.type] }),
    ...reply.headers,
  })
  if (whole.length < 2 || !device.faults.due('cut')) return void response.end(whole)
  response.write(whole.subarray(0, device.faults.cutAt(whole.length)), () => response.destroy())
}

/** No checksum guards a body: a damaged one is not JSON any more. */
const damaged = (body: string) => `\u{fffd}${body.slice(1)}`
