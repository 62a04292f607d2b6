import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { createMockApi } from '@tillwatch/portal/mock/mock-api'
import { chromiumPath, launchBrowser } from './browser.ts'

const api = createMockApi({ startedAtMs: Date.now(), signedIn: true })
const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const server = createServer((request, response) => {
  if (api.handle(request, response)) return
  const path = new URL(request.url ?? '/', 'http://mock').pathname
  const wanted = extname(path) ? path : '/index.html'
  readFile(join('/tmp/w/sla-portal', wanted)).then(body => { response.writeHead(200, { 'content-type': types[extname(wanted)] ?? 'text/plain' }); response.end(body) }, () => { response.writeHead(404); response.end() })
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
const { port } = server.address() as { port: number }
const browser = await launchBrowser(chromiumPath() ?? '')
for (const [name, path, language, scheme, width] of [
  ['incident', '/incidents/incident-1', 'ru', 'light', 1400],
  ['agreements', '/agreements', 'ru', 'dark', 1400],
  ['notices', '/agreements?tab=notices', 'en', 'light', 1200],
  ['agreements-phone', '/agreements', 'en', 'light', 400],
] as const) {
  const context = await browser.newContext({ viewport: { width, height: 1000 }, colorScheme: scheme, locale: language })
  const page = await context.newPage()
  page.on('pageerror', error => console.log(name, 'error', error.message))
  await page.goto(`http://127.0.0.1:${port}${path}`)
  await page.waitForTimeout(4000)
  await page.screenshot({ path: `/tmp/w/sla-${name}.png` })
  await context.close()
}
await browser.close()
server.close()
process.exit(0)
