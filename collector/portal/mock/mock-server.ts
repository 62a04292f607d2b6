import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMockApi, type MockApi } from './mock-api.ts'
import type { MockOptions } from './mock-state.ts'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
/** What the portal asks of a server: styles may stand in elements, code may not. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

async function fileFor(path: string): Promise<{ body: Buffer; type: string }> {
  const inside = normalize(path).replace(/^(\.\.[/\\])+/, '')
  const wanted = extname(inside) ? inside : '/index.html'
  return { body: await readFile(join(DIST, wanted)), type: TYPES[extname(wanted)] ?? 'application/octet-stream' }
}

export interface MockServer {
  readonly url: string
  readonly api: MockApi
  readonly close: () => Promise<void>
}

/** Serves the built portal and the invented API on loopback, with the policy of the real server. */
export async function startMockServer(options: MockOptions & { readonly port?: number }): Promise<MockServer> {
  const api = createMockApi(options)
  const server = createServer((request, response) => {
    if (api.handle(request, response)) return
    const path = new URL(request.url ?? '/', 'http://mock').pathname
    fileFor(path).then(
      ({ body, type }) => {
        response.writeHead(200, { 'content-type': type, 'content-security-policy': CONTENT_SECURITY_POLICY })
        response.end(body)
      },
      () => {
        response.writeHead(404)
        response.end()
      },
    )
  })
  await new Promise<void>(resolve => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    api,
    close: () =>
      new Promise(resolve => {
        api.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
