import { once } from 'node:events'
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import { ManualClock } from '@tillwatch/shared/testing'
import { createRegister } from '../register.ts'
import type { RegisterStateInput } from '../register-state.ts'

/** An answer as a client has it. `body` is parsed JSON, or the text where it is none. */
interface Answered {
  readonly status: number
  readonly body: unknown
  readonly text: string
  readonly headers: IncomingMessage['headers']
}

/** A client whose connections lead into the server without a network. */
class InnerAgent extends Agent {
  readonly #connect: () => Duplex
  constructor(connect: () => Duplex) {
    super()
    this.#connect = connect
  }
  override createConnection() {
    return this.#connect()
  }
}

/** A register behind its web service on a manual clock, and a client of it. */
export function registerWithService(state: RegisterStateInput = {}, variant = 2) {
  const clock = new ManualClock()
  const register = createRegister({ protocol: 'atol-web', variant, state, clock })
  const server = createServer(register.webService ?? undefined)
  const agent = new InnerAgent(() => {
    const [near, far] = duplexPair()
    server.emit('connection', far)
    return near
  })

  /** One request. Rejects when the connection ends before the answer does. */
  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const bytes = Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body))
    const outgoing = httpRequest({ agent, method, path, headers: { ...headers, 'Content-Length': bytes.length } })
    outgoing.end(bytes)
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    return { status: incoming.statusCode ?? 0, body: parsed(text), text, headers: incoming.headers } satisfies Answered
  }

  /** Posts one task as a job, lets it run, and gives its entry in the results. */
  async function ask(type: string, members: object = {}, query = '') {
    const uuid = `job-${++jobs}`
    await send('POST', `/api/v2/requests${query}`, { uuid, request: [{ type, ...members }] })
    await clock.advance(JOB_MS)
    const { body } = await send('GET', `/api/v2/requests/${uuid}${query}`)
    return (body as { results: Record<string, unknown>[] }).results[0]
  }
  let jobs = 0

  return { register, clock, send, ask }
}

/** Longer than a job takes. */
const JOB_MS = 1_000

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
