import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import type { AppError, Clock } from '@tillwatch/shared'
import { connectError, portError } from './port-errors.ts'

/** Longest answer that is read; real ones are a few kilobytes. */
const BODY_BYTES_MAX = 256 * 1024

/** One request to a vendor's web service. */
export interface WebRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** From the root of the service: `/api/v2/requests`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export type WebEvent =
  | { readonly kind: 'response'; readonly status: number; readonly body: string }
  | { readonly kind: 'silence' }
  | { readonly kind: 'lost'; readonly error: AppError }

/** A vendor's web service as one caller sees it: one request at a time, each with its end, every byte counted. */
export interface WebLine {
  readonly kind: 'http'
  readonly baudRate: null
  readonly isLost: boolean
  /** Bytes in both directions since `open`, headers included. */
  readonly bytesCount: number
  /** Bytes that came in since `open`. */
  readonly receivedCount: number
  /** Makes ready; nothing is connected before the first request. */
  open(): Promise<void>
  /** Answer, silence after `timeoutMs`, or why there is none. Redirects are not followed. */
  request(request: WebRequest, timeoutMs: number): Promise<WebEvent>
  /** Always resolves. */
  close(): Promise<void>
}

/** A web line to a service at `url`, which holds no credentials. */
export function createWebLine(url: string, clock: Clock): WebLine {
  const base = new URL(url)
  const isSecure = base.protocol === 'https:'
  const root = base.pathname.replace(/\/+$/, '')
  const sockets = new Set<Socket>()
  const sum = (of: 'bytesRead' | 'bytesWritten') => [...sockets].reduce((total, socket) => total + socket[of], 0)
  let agent: HttpAgent | HttpsAgent | null = null

  return {
    kind: 'http',
    baudRate: null,
    isLost: false,
    get bytesCount() {
      return sum('bytesRead') + sum('bytesWritten')
    },
    get receivedCount() {
      return sum('bytesRead')
    },

    async open() {
      sockets.clear()
      // A connection of its own for each hold: it is closed when the register is given back.
      const settings = { keepAlive: true, maxSockets: 1 }
      agent = isSecure ? new HttpsAgent(settings) : new HttpAgent(settings)
    },

    request: ({ method, path, headers, body }, timeoutMs) =>
      new Promise(resolve => {
        if (!agent) return resolve({ kind: 'lost', error: portError('port.failed', `${base.origin} is closed`) })
        const send = isSecure ? requestHttps : requestHttp
        const finish = (event: WebEvent) => {
          cancel()
          resolve(event)
        }
        const sent = send(
          {
            host: base.hostname.replace(/^\[|\]$/g, ''),
            port: base.port || (isSecure ? 443 : 80),
            method,
            path: `${root}${path}`,
            agent,
            headers: {
              ...(body !== undefined && {
                'content-type': 'application/json; charset=utf-8',
                'content-length': Buffer.byteLength(body),
              }),
              ...headers,
            },
          },
          response => void readBody(response).then(finish),
        )
        sent.on('socket', socket => sockets.add(socket))
        sent.on('error', error => finish({ kind: 'lost', error: connectError(base.origin, error) }))
        const cancel = clock.after(timeoutMs, () => {
          sent.removeAllListeners('error')
          sent.on('error', () => {})
          sent.destroy()
          resolve({ kind: 'silence' })
        })
        sent.end(body)
      }),

    async close() {
      agent?.destroy()
      agent = null
    },
  }
}

/** The body as text; one that is too long or breaks off is a loss. */
async function readBody(response: IncomingMessage): Promise<WebEvent> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > BODY_BYTES_MAX) {
        response.destroy()
        return { kind: 'lost', error: portError('port.failed', `an answer of over ${BODY_BYTES_MAX} bytes`) }
      }
      chunks.push(chunk)
    }
  } catch (thrown) {
    return { kind: 'lost', error: portError('port.failed', 'the answer broke off', thrown) }
  }
  return { kind: 'response', status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }
}
