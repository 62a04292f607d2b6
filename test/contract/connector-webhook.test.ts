import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Connector } from '@tillwatch/collector/connectors/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { webhookConfig } from '@tillwatch/collector/connectors/webhook/config'
import { createWebhookConnector } from '@tillwatch/collector/connectors/webhook/connector'
import { systemClock } from '@tillwatch/shared'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectorContract, deskMessage, good } from './connector.contract.ts'

const NEW_SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const OLD_SECRET = `whsec_${Buffer.alloc(32, 2).toString('base64')}`

interface Received {
  readonly id: string
  readonly body: {
    readonly type: string
    readonly data: { readonly key: string; readonly text: string; externalId: unknown }
  }
  readonly raw: string
}

let receiver: Server
let url: string
let received: Received[]
let answers: { status: number; headers?: Record<string, string>; body?: string }[]
/** The receiver verifies with the reference library of Standard Webhooks, not with our code. */
let verifyWith: string
const signal = new AbortController().signal

beforeAll(async () => {
  process.env['TILLWATCH_TEST_NEW'] = NEW_SECRET
  process.env['TILLWATCH_TEST_OLD'] = OLD_SECRET
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8')
      const planned = answers.shift()
      try {
        const body = new Webhook(verifyWith).verify(raw, request.headers as Record<string, string>) as Received['body']
        if (!planned || planned.status < 300) received.push({ id: String(request.headers['webhook-id']), body, raw })
        response.writeHead(planned?.status ?? 200, planned?.headers)
        response.end(planned?.body ?? JSON.stringify({ externalId: 'SR-17', url: 'https://desk.test/SR-17' }))
      } catch {
        response.writeHead(401).end()
      }
    })
  })
  await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook/very-secret-path`
})
afterAll(() => {
  receiver.closeAllConnections()
  receiver.close()
})
beforeEach(() => {
  received = []
  answers = []
  verifyWith = NEW_SECRET
})

function connect(more: object = {}): Connector {
  const settings = {
    kind: 'webhook',
    name: 'hook',
    url,
    secret: { env: 'TILLWATCH_TEST_NEW' },
    allow_private: true,
    ...more,
  }
  return createWebhookConnector(webhookConfig.parse(settings), createHttpClient(systemClock, 2_000), systemClock)
}

connectorContract('signed webhook', () => ({
  connector: connect(),
  seen: async key => {
    const mine = received.filter(each => each.body.data.key === key)
    return { tickets: mine.length > 0 ? 1 : 0, texts: mine.map(each => each.body.data.text) }
  },
}))

describe('a signed webhook', () => {
  it('carries the receiver’s own number in later events', async () => {
    const first = deskMessage()
    const ticket = good(await connect().create(first, signal))
    expect(ticket).toMatchObject({ number: 'SR-17', url: 'https://desk.test/SR-17' })
    good(await connect().comment(ticket, { ...first, kind: 'comment', eventId: `${first.eventId}.c` }, signal))
    expect(received.map(each => [each.body.type, each.body.data.externalId])).toEqual([
      ['incident.opened', null],
      ['incident.updated', 'SR-17'],
    ])
  })

  it('R28: carries the incident record as structured data, and null where a message has none', async () => {
    const first = deskMessage({ record: { version: 1, cause_code: 'ofd', times_week: 3 } })
    const ticket = good(await connect().create(first, signal))
    const { record: _, ...comment } = { ...first, kind: 'comment' as const, eventId: `${first.eventId}.c` }
    good(await connect().comment(ticket, comment, signal))
    const records = received.map(each => JSON.parse(each.raw).data.record)
    expect(records).toEqual([{ version: 1, cause_code: 'ofd', times_week: 3 }, null])
  })

  it('sends the same id and the same bytes on every attempt', async () => {
    const first = deskMessage()
    await connect().create(first, signal)
    await connect().create({ ...first, mayHaveArrived: true }, signal)
    expect(new Set(received.map(each => each.id))).toEqual(new Set([first.eventId]))
    expect(new Set(received.map(each => each.raw)).size).toBe(1)
  })

  it('is signed with both secrets while they are being changed', async () => {
    const rotating = connect({ old_secret: { env: 'TILLWATCH_TEST_OLD' } })
    good(await rotating.create(deskMessage(), signal))
    verifyWith = OLD_SECRET
    good(await rotating.create(deskMessage(), signal))
    expect(await connect().create(deskMessage(), signal)).toMatchObject({ kind: 'rejected', reason: 'unauthorised' })
  })

  it.each([
    [{ status: 410 }, { kind: 'rejected', reason: 'gone' }],
    [
      { status: 429, headers: { 'retry-after': '7' } },
      { kind: 'retry', afterMs: 7_000 },
    ],
    [{ status: 503 }, { kind: 'retry' }],
    [{ status: 408 }, { kind: 'retry' }],
    [
      { status: 302, headers: { location: 'http://127.0.0.1/' } },
      { kind: 'rejected', reason: 'misconfigured' },
    ],
    [{ status: 422 }, { kind: 'rejected', reason: 'invalid' }],
  ])('answer %o is %o', async (answer, outcome) => {
    answers = [answer]
    expect(await connect().create(deskMessage(), signal)).toMatchObject(outcome)
    expect(received).toEqual([])
  })

  it('any 2xx is a success, with or without JSON', async () => {
    answers = [{ status: 202, body: 'ok' }]
    good(await connect().create(deskMessage(), signal))
  })

  it('a secret that is none is named before anything is sent, and never shown', async () => {
    process.env['TILLWATCH_TEST_BAD'] = 'hunter2'
    const bad = connect({ secret: { env: 'TILLWATCH_TEST_BAD' } })
    const [step] = await bad.probe(signal)
    expect(step).toMatchObject({ ok: false, message: expect.stringContaining('whsec_') })
    expect(JSON.stringify([step, await bad.create(deskMessage(), signal)])).not.toContain('hunter2')
  })

  it('private addresses need leave, by number and by name; the address in messages hides its path', async () => {
    const named = url.replace('127.0.0.1', 'localhost')
    for (const target of [url, named]) {
      const outcome = await connect({ url: target, allow_private: false }).create(deskMessage(), signal)
      expect(outcome).toMatchObject({ kind: 'rejected', reason: 'address_blocked' })
      expect(JSON.stringify(outcome)).not.toContain('very-secret-path')
    }
    expect(received).toEqual([])
  })
})
