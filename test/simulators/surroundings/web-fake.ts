import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'

/** What may be wrong with a service as a whole. */
export const webFaults = z
  .strictObject({
    /** Accepts connections and never answers. */
    silent: z.boolean().default(false),
    /** Answers every page with this status. */
    status: z.number().int().min(300).max(599).optional(),
    /** Where to go instead, beside a status of 3xx. */
    location: z.string().optional(),
    /** Answers every page with this text instead of its own. */
    body: z.string().optional(),
    /** Begins every answer and never goes on. */
    begins: z.boolean().default(false),
    /** Answers with a few kilobytes that unpack to very many. */
    packed: z.boolean().default(false),
    /** Goes on sending spaces before the answer until the client has had enough. */
    endless: z.boolean().default(false),
    /** Breaks the connection off in the middle of the answer. */
    cut: z.boolean().default(false),
  })
  .prefault({})
type WebFaults = z.infer<typeof webFaults>

/** One request that a service received. */
interface WebRequestSeen {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly authorization: string | undefined
  /** True for whatever would change something, or asks beyond this PC. */
  readonly forbidden: boolean
}

/** An answer of a page: a value as JSON, text as it is, null for "no content". */
type Page = () => object | string | null

export interface WebFakeOptions {
  /** By path without query; a path that is not here is 404. */
  readonly pages: () => Readonly<Record<string, Page>>
  /** Paths that must never be asked for, whatever the method; refused. */
  readonly forbidden: RegExp
  readonly faults: () => WebFaults
  /** What `authorization` must be; null for none. */
  readonly authorization?: () => string | null
}

/** A web service of the PC that clients can reach at `url`. */
export interface WebFake {
  readonly url: string
  readonly seen: readonly WebRequestSeen[]
  close(): Promise<void>
}

/** Serves a fake on a free port of this machine. */
export async function serveWebFake(options: WebFakeOptions): Promise<WebFake> {
  const seen: WebRequestSeen[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    const { method = '', url: path = '' } = request
    const forbidden = method !== 'GET' || options.forbidden.test(path)
    seen.push({ method, path, authorization: request.headers.authorization, forbidden })
    answer(request, response, options, forbidden)
  })
  server.on('connection', socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function answer(request: IncomingMessage, response: ServerResponse, options: WebFakeOptions, forbidden: boolean): void {
  const { silent, status, location, body, begins, packed, endless, cut } = options.faults()
  if (silent) return
  if (forbidden) return void response.writeHead(405).end()
  const wanted = options.authorization?.() ?? null
  if (wanted !== null && request.headers.authorization !== wanted) return void response.writeHead(401).end()
  if (status !== undefined) return void response.writeHead(status, location ? { location } : {}).end(body ?? '')
  if (begins) return void response.writeHead(200, { 'content-type': 'application/json' }).write('{')
  if (packed) return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(PACKED)
  if (endless) return void pour(response)
  const page = options.pages()[(request.url ?? '').replace(/\?.*$/, '')]
  if (!page) return void response.writeHead(404).end('no such page')
  const given = body ?? page()
  if (given === null) return void response.writeHead(204).end()
  const text = typeof given === 'string' ? given : JSON.stringify(given)
  const type = typeof given === 'string' ? 'text/xml; charset=utf-8' : 'application/json; charset=utf-8'
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
  if (!cut) return void response.end(text)
  response.write(text.slice(0, text.length / 2), () => response.destroy())
}

const PACKED = gzipSync(Buffer.alloc(32 * 1024 * 1024))
const SPACES = ' '.repeat(64 * 1024)

function pour(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const more = () => {
    if (!response.destroyed) response.write(SPACES, more)
  }
  more()
}
