import { lookup } from 'node:dns'
import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Clock, messageOf } from '@tillwatch/shared'

/** Desks answer in seconds; a minute is a hang. */
export const DEADLINE_MS = 15_000
/** Largest answer that is read; a page of a hundred tickets is a few hundred kilobytes. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024

/** A desk that asks for more is asked again after this long: one slip of its clock must not silence it for days. */
const RETRY_AFTER_MS_MAX = 3_600_000

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Targets in private, loopback and link-local networks are refused unless the desk's settings allow them. */
  readonly allowPrivate: boolean
}

/** `not_sent`: certainly did not reach the other side. `cut`: may have reached it. `blocked`: refused by us. */
export type HttpAnswer =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly text: string
      /** By their names in small letters. */
      readonly headers: IncomingHttpHeaders
      readonly retryAfterMs: number | null
    }
  | { readonly kind: 'not_sent'; readonly message: string }
  | { readonly kind: 'cut'; readonly message: string }
  | { readonly kind: 'blocked'; readonly message: string }

/** The only way out over HTTP: deadline, certificate checks, no redirects, size cap, private networks closed. Never throws. */
export interface HttpClient {
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>
}

/** Only where it leads: user, path and query may hold secrets. */
export const redactedUrl = (url: string): string => (URL.canParse(url) ? new URL(url).origin : '(not an address)')

const privateNets = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  privateNets.addSubnet(net, prefix, 'ipv4')
}
for (const [net, prefix] of [
  ['::', 96],
  // Translation and tunnels: an address of another network is inside.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  privateNets.addSubnet(net, prefix, 'ipv6')
}

/** True for addresses that only mean something inside somebody's own network. An IPv4 address in IPv6 clothes is judged as what it is. */
export const isPrivateAddress = (address: string): boolean =>
  privateNets.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

class BlockedAddress extends Error {}

/** Resolution that refuses private answers, so that the address checked is the address used. */
const publicLookup: LookupFunction = (host, options, answer) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return answer(error, [])
    if (addresses.some(({ address }) => isPrivateAddress(address))) {
      return answer(new BlockedAddress('the name leads into a private network'), [])
    }
    const [first] = addresses
    if (options.all) return answer(null, addresses)
    answer(null, first?.address ?? '', first?.family ?? 4)
  })
}

/** `Retry-After` in either of its forms, as milliseconds from now; at most an hour. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (!header) return null
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), RETRY_AFTER_MS_MAX)
}

/** Address of a proxy with what it wants to know of us; made for each call anew, so that a rotated secret needs no restart. */
export type ProxyAddress = () => string

/**
 * The client. Over a proxy, what the names of a desk lead to is for the proxy to know: then only addresses written as numbers are checked
 * for private networks.
 */
export function createHttpClient(
  clock: Clock,
  deadlineMs = DEADLINE_MS,
  proxy: ProxyAddress | null = null,
): HttpClient {
  return {
    send: (wanted, signal) =>
      new Promise(resolve => {
        const url = new URL(wanted.url)
        const host = url.hostname.replace(/^\[|\]$/g, '')
        if (!wanted.allowPrivate && isIP(host) !== 0 && isPrivateAddress(host)) {
          resolve({ kind: 'blocked', message: `${redactedUrl(wanted.url)} is an address of a private network` })
          return
        }
        const send = url.protocol === 'https:' ? requestHttps : requestHttp
        const body = wanted.body === undefined ? null : Buffer.from(wanted.body)
        let target = redactedUrl(wanted.url)
        let outgoing: ClientRequest
        let agent: HttpAgent | false
        try {
          const via = proxy?.() ?? null
          if (via !== null) target += ` over the proxy ${redactedUrl(via)}`
          const way = wayOf(url, via, wanted.allowPrivate)
          agent = way.agent
          outgoing = send(url, {
            method: wanted.method,
            headers: { ...wanted.headers, ...(body ? { 'content-length': String(body.length) } : {}) },
            ...way,
          })
        } catch (error) {
          // A secret with a character that no header may hold; Node names the header, not the value.
          resolve({ kind: 'not_sent', message: `${target}: ${messageOf(error)}` })
          return
        }
        conduct(outgoing, body, { clock, deadlineMs, signal, target, agent }, resolve)
      }),
  }
}

/**
 * Straight there, or over a proxy: with TLS through a tunnel that it opens, where it sees where that leads and nothing of what goes through;
 * without, it reads all of it and hands it on.
 */
function wayOf(url: URL, via: string | null, allowPrivate: boolean): RequestOptions & { agent: HttpAgent | false } {
  if (via === null) return { agent: false, ...(allowPrivate ? {} : { lookup: publicLookup }) }
  const isTls = url.protocol === 'https:'
  return { agent: isTls ? new Tunnel(via) : new HttpAgent({ proxyEnv: { HTTP_PROXY: via } }) }
}

/** The way of one call. A request has no hold on a tunnel that is not open yet, nor on one that was refused: `destroy` ends these, too. */
class Tunnel extends HttpsAgent {
  #toProxy: Duplex | null | undefined

  constructor(via: string) {
    super({ proxyEnv: { HTTPS_PROXY: via } })
  }

  override createConnection(...wanted: Parameters<HttpsAgent['createConnection']>): Duplex | null | undefined {
    this.#toProxy = super.createConnection(...wanted)
    return this.#toProxy
  }

  override destroy(): void {
    super.destroy()
    this.#toProxy?.destroy()
  }
}

interface Conduct {
  readonly clock: Clock
  readonly deadlineMs: number
  readonly signal: AbortSignal
  readonly target: string
  /** Of a way over a proxy. */
  readonly agent: HttpAgent | false
}

function conduct(
  request: ClientRequest,
  body: Buffer | null,
  how: Conduct,
  resolve: (answer: HttpAnswer) => void,
): void {
  let connected = false
  const end = (answer: HttpAnswer) => {
    cancelDeadline()
    how.signal.removeEventListener('abort', stop)
    request.destroy()
    if (how.agent) how.agent.destroy()
    resolve(answer)
  }
  const fail = (error: unknown) => {
    if (error instanceof BlockedAddress) return end({ kind: 'blocked', message: `${how.target}: ${error.message}` })
    end({ kind: connected ? 'cut' : 'not_sent', message: `${how.target}: ${messageOf(error)}` })
  }
  const stop = () => fail(new Error('stopped'))
  const cancelDeadline = how.clock.after(how.deadlineMs, () => fail(new Error(`no answer in ${how.deadlineMs} ms`)))
  how.signal.addEventListener('abort', stop, { once: true })
  request.on('error', fail)
  request.on('socket', socket => {
    // Over TLS nothing of ours is sent before the handshake is done. Out of a tunnel it comes connected.
    const event = 'encrypted' in socket ? 'secureConnect' : 'connect'
    connected = !socket.connecting && !('secureConnecting' in socket && socket.secureConnecting === true)
    socket.once(event, () => {
      connected = true
    })
  })
  request.on('response', response => {
    // What comes out of a tunnel the desk said.
    const isOfProxy = how.agent && !(how.agent instanceof Tunnel) && response.statusCode === 407
    if (!isOfProxy) return collect(response, how, end, fail)
    end({ kind: 'not_sent', message: `${how.target} does not let us through (407): check \`proxy.secret\`` })
  })
  if (how.signal.aborted) stop()
  else request.end(body ?? undefined)
}

function collect(
  response: IncomingMessage,
  how: Conduct,
  end: (answer: HttpAnswer) => void,
  fail: (error: unknown) => void,
): void {
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > ANSWER_BYTES_MAX) fail(new Error(`the answer is larger than ${ANSWER_BYTES_MAX} bytes`))
    else chunks.push(chunk)
  })
  response.on('error', fail)
  response.on('aborted', () => fail(new Error('the answer was cut')))
  response.on('end', () => {
    if (!response.complete) return fail(new Error('the answer was cut'))
    const text = Buffer.concat(chunks).toString('utf8')
    const { headers, statusCode = 0 } = response
    end({
      kind: 'answer',
      status: statusCode,
      text,
      headers,
      retryAfterMs: retryAfterMs(headers['retry-after'], how.clock.now()),
    })
  })
}
