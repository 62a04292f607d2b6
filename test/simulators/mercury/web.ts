import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Device } from '../register.ts'
import { exchange } from './exchange.ts'
import type { Quirks } from './quirks.ts'

const PATH = '/api.json'
const BODY_BYTES_MAX = 64 * 1024

/** The service's HTTP port: every command is a POST to one path. */
export const webService =
  (device: Device<Quirks>): RequestListener =>
  (request, response) => {
    if (request.url !== PATH) return void refuse(response, 404)
    if (request.method !== 'POST') return void refuse(response, 405)
    void readBody(request).then(body => {
      if (body === null) return refuse(response, 413)
      const stop = exchange(device, body, text => send(device, response, text))
      if (stop) response.on('close', stop)
    })
  }

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end()
}

/** The body as text; null for one that is too long or breaks off. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > BODY_BYTES_MAX) return null
      chunks.push(chunk)
    }
  } catch {
    return null
  }
  return Buffer.concat(chunks).toString('utf8')
}

function send(device: Device<Quirks>, response: ServerResponse, text: string): void {
  const body = Buffer.from(text)
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length })
  if (body.length === 0 || !device.faults.due('cut')) return void response.end(body)
  response.write(body.subarray(0, device.faults.cutAt(body.length)), () => response.destroy())
}
