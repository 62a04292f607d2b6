import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { afterEach, expect, test } from 'vitest'
import { createWebLine } from './web-line.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function lineTo(url: string, clock = systemClock) {
  const line = createWebLine(url, clock)
  await line.open()
  closers.push(() => void line.close())
  return line
}

test('a request and its answer, under the path of the service, with every byte counted', async () => {
  const url = await serve(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    response.writeHead(201).end(`${request.method} ${request.url} ${body}`)
  })
  const line = await lineTo(`${url}/service/`)
  const answer = await line.request({ method: 'POST', path: '/requests', body: 'ё' }, 5_000)
  expect(answer).toEqual({ kind: 'response', status: 201, body: 'POST /service/requests ё' })
  expect(line.receivedCount).toBeGreaterThan('POST /service/requests ё'.length)
  expect(line.bytesCount).toBeGreaterThan(line.receivedCount)
})

test('nobody there is a loss with the next step', async () => {
  const line = await lineTo('http://127.0.0.1:1')
  expect(await line.request({ method: 'GET', path: '/' }, 5_000)).toMatchObject({
    kind: 'lost',
    error: { code: 'port.silent', nextStep: expect.any(String) },
  })
})

test('a service that never answers is silence when the time is over, and what comes later is not heard', async () => {
  const clock = new ManualClock()
  let answer = () => {}
  const asked = Promise.withResolvers<void>()
  const url = await serve((_request, response) => {
    answer = () => response.end('late')
    asked.resolve()
  })
  const line = await lineTo(url, clock)
  const waiting = line.request({ method: 'GET', path: '/' }, 1_000)
  await asked.promise
  await clock.advance(1_000)
  answer()
  expect(await waiting).toEqual({ kind: 'silence' })
})

test('an answer without an end is given up, not kept', async () => {
  const url = await serve((_request, response) => {
    response.on('error', () => {})
    const chunk = 'x'.repeat(64 * 1024)
    const more = () => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  })
  const line = await lineTo(url)
  expect(await line.request({ method: 'GET', path: '/' }, 20_000)).toMatchObject({
    kind: 'lost',
    error: { code: 'port.failed' },
  })
})

test('a redirect is not followed: the answer is what the configured service said', async () => {
  const url = await serve((_request, response) =>
    response.writeHead(302, { location: 'http://elsewhere.invalid/' }).end(),
  )
  const line = await lineTo(url)
  expect(await line.request({ method: 'GET', path: '/' }, 5_000)).toMatchObject({ status: 302 })
})
