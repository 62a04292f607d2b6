import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What calls to a desk are about, for faults that hit one kind of them. */
export type DeskOperation = 'create' | 'find' | 'read' | 'change'

/** What an imitation does wrong to the next request that fits; each is used up once. */
interface DeskFault {
  readonly on: DeskOperation
  readonly how:
    | 'cut_after'
    | 'silent_after'
    | 'cut_before'
    | 'error_after'
    | 'forgotten'
    | 'error'
    | 'wait'
    | 'unreadable'
    | 'forbidden'
    | 'swallowed'
}

export interface DeskRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface DeskResponse {
  readonly status: number
  /** Sent as JSON. */
  readonly value?: unknown
  readonly text?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

/** How a desk is imitated. */
export interface Behaviour {
  operationOf(request: DeskRequest): DeskOperation | null
  respond(request: DeskRequest): DeskResponse
  /** Takes back the ticket that was just created: the lie "created". */
  forget(): void
}

/** A desk in memory on loopback, with faults on demand. */
export interface Imitation {
  readonly url: string
  /** Method and path of every request, without its query. */
  readonly requests: string[]
  faults: DeskFault[]
  /** What something else answers at its address, whatever is asked; null: the desk is there. */
  away: DeskResponse | null
  /** Requests are neither carried out nor answered: whoever asks hangs until it gives up or dies. */
  isHeld: boolean
  /** Called for each request as it comes, with the number of those under way. */
  heard: (underWay: number) => void
  stop(): Promise<void>
}

/** Starts one. */
export async function startImitation(behaviour: Behaviour): Promise<Imitation> {
  let underWay = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    imitation.heard(++underWay)
    response.on('close', () => underWay--)
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => answer(imitation, behaviour, request, response, Buffer.concat(chunks)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = () =>
    new Promise<void>(resolve => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  const imitation: Imitation = { url, requests: [], faults: [], away: null, isHeld: false, heard: () => {}, stop }
  return imitation
}

function answer(
  imitation: Imitation,
  behaviour: Behaviour,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): void {
  const url = new URL(request.url ?? '/', imitation.url)
  const asked = { method: request.method ?? 'GET', url, headers: request.headers, body }
  imitation.requests.push(`${asked.method} ${url.pathname}`)
  if (imitation.isHeld) return
  if (imitation.away !== null) {
    reply(response, imitation.away)
    return
  }
  const fault = takeFault(imitation, behaviour.operationOf(asked))
  if (fault !== null && BEFORE[fault]) {
    BEFORE[fault](request, response)
    return
  }
  const given = behaviour.respond(asked)
  if (fault === 'forgotten') behaviour.forget()
  if (fault === 'cut_after') request.socket.destroy()
  else if (fault === 'silent_after') return
  else if (fault === 'error_after') reply(response, { status: 500 })
  else if (fault === 'unreadable') response.writeHead(given.status).end('<html>')
  else reply(response, given)
}

/** Faults that keep the request from doing anything. */
const BEFORE: Partial<Record<DeskFault['how'], (request: IncomingMessage, response: ServerResponse) => void>> = {
  cut_before: request => request.socket.destroy(),
  error: (_request, response) => reply(response, { status: 500 }),
  forbidden: (_request, response) => reply(response, { status: 403 }),
  // "Done" is the answer, and nothing is done.
  swallowed: (_request, response) => reply(response, { status: 200, value: {} }),
  wait: (_request, response) => reply(response, { status: 429, headers: { 'retry-after': '60' } }),
}

function takeFault(imitation: Imitation, operation: DeskOperation | null): DeskFault['how'] | null {
  const index = imitation.faults.findIndex(fault => fault.on === operation)
  return index < 0 ? null : (imitation.faults.splice(index, 1)[0]?.how ?? null)
}

function reply(response: ServerResponse, { status, value, text, headers = {} }: DeskResponse): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(headers as Record<string, string>) })
  response.end(text ?? (value === undefined ? '' : JSON.stringify(value)))
}
