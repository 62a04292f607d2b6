import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { requestTrackerConfig } from '@tillwatch/collector/connectors/request-tracker/config'
import { createRequestTrackerConnector } from '@tillwatch/collector/connectors/request-tracker/connector'
import { systemClock } from '@tillwatch/shared'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { deskMessage, good } from '../contract/connector.contract.ts'
import { type RequestTrackerServer, requestTrackerMissing, startRequestTracker } from './request-tracker-server.ts'

const SECRET = 'a-long-secret-of-the-tracker-0001'
const missing = requestTrackerMissing()
const calls: { url: string | undefined; headers: IncomingHttpHeaders; body: string }[] = []
let receiver: Server
let tracker: RequestTrackerServer

/** The scrip of the manual, with our own address and secret in it. */
function documentedScrip(address: string): string {
  const page = readFileSync(new URL('../../docs/connectors/request-tracker.md', import.meta.url), 'utf8')
  const code = /```perl\n([\s\S]+?)```/.exec(page)?.[1] ?? ''
  return code.replace('https://till.example', address).replace('SECRET', SECRET)
}

beforeAll(async () => {
  if (missing !== null) return
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      calls.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
      response.writeHead(202).end()
    })
  })
  await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
  tracker = await startRequestTracker(documentedScrip(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}`))
}, 180_000)
afterAll(async () => {
  await tracker?.stop()
  receiver?.close()
})
beforeEach(ctx => {
  if (missing !== null) ctx.skip(missing)
})

it('R36: the scrip of the manual calls once for all that a person changes at once, and the call names the ticket', async () => {
  process.env['TILLWATCH_TEST_RT_CALLS'] = tracker.token
  const settings = {
    ...{ kind: 'request-tracker', name: 'tracker', url: tracker.url, secret: { env: 'TILLWATCH_TEST_RT_CALLS' } },
    ...{ queue: tracker.queue, key_field: tracker.keyField, allow_private: true },
  }
  const connector = createRequestTrackerConnector(requestTrackerConfig.parse(settings), createHttpClient(systemClock))
  const ticket = good(await connector.create(deskMessage(), new AbortController().signal))
  calls.length = 0
  const answer = await fetch(`${tracker.url}/REST/2.0/ticket/${ticket.id}`, {
    method: 'PUT',
    headers: { authorization: `token ${tracker.personToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ Status: 'open', Priority: 80 }),
  })
  expect(answer.ok).toBe(true)
  expect(calls).toHaveLength(1)
  expect(calls[0]).toMatchObject({
    url: '/api/inbound/desks/tracker',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
  })
  expect(connector.hintsOf?.(JSON.parse(calls[0]?.body ?? ''))).toEqual([ticket.id])
})
