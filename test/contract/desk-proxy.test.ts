import { randomUUID } from 'node:crypto'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { makeAuthority, makeServer } from '@tillwatch/collector/broker/certificates'
import { deskConfigs } from '@tillwatch/collector/connectors/desk-config'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { createDesks } from '@tillwatch/collector/connectors/registry'
import { systemClock } from '@tillwatch/shared'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { deskMessage, good } from './connector.contract.ts'
import { type ConnectProxy, startConnectProxy, startTlsFront } from './desks/connect-proxy.ts'
import { CHAT, type FakeTelegram, noTroubles, startFakeTelegram, TOKEN } from './desks/telegram.ts'

const PASSWORD = 'pass:w/ord'
const signal = AbortSignal.timeout(60_000)
let fake: FakeTelegram
let front: Awaited<ReturnType<typeof startTlsFront>>
let proxy: ConnectProxy
let trusted: string[]

beforeAll(async () => {
  const authority = await makeAuthority(randomUUID)
  fake = Object.assign(await startFakeTelegram(), noTroubles())
  front = await startTlsFront(await makeServer(authority, ['bots.test'], randomUUID), fake.url)
  proxy = await startConnectProxy(front.port)
  trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, authority.cert])
  process.env['TILLWATCH_TEST_TELEGRAM'] = TOKEN
  process.env['TILLWATCH_TEST_PROXY'] = `desks:${PASSWORD}`
})
afterAll(async () => {
  setDefaultCACertificates(trusted)
  await Promise.all([proxy.stop(), front.stop(), fake.stop()])
})
beforeEach(() => {
  proxy.asked.length = 0
  proxy.mood = 'open'
})

const settings = (more: object = {}) => ({
  ...{ kind: 'telegram', name: 'duty', url: 'https://bots.test', secret: { env: 'TILLWATCH_TEST_TELEGRAM' } },
  ...{ chat_id: CHAT, proxy: { url: proxy.url, secret: { env: 'TILLWATCH_TEST_PROXY' } }, ...more },
})
function connect(more: object = {}) {
  const [desk] = createDesks(deskConfigs.parse([settings(more)]), systemClock)
  if (!desk) throw new Error('no desk')
  return desk.connector
}

describe('a desk over a proxy', () => {
  it('is reached by its name through a tunnel; the proxy sees where it leads and our name there, and no token', async () => {
    good(await connect().create(deskMessage({ title: 'Через прокси' }), signal))
    expect(fake.messages.at(-1)?.text).toContain('Через прокси')
    const auth = `Basic ${Buffer.from(`desks:${PASSWORD}`).toString('base64')}`
    expect(proxy.asked).toEqual([{ to: 'bots.test:443', auth }])
  })

  it('what was cut after it was sent may have arrived', async () => {
    fake.faults = [{ on: 'create', how: 'cut_after' }]
    expect((await connect().create(deskMessage(), signal)).kind).toBe('unknown')
  })

  it('a proxy that refuses us, is not there or may not be asked: nothing was sent, and no secret is told', async () => {
    const connector = connect()
    proxy.mood = 'refuses'
    const refused = await connector.create(deskMessage(), signal)
    expect(refused).toMatchObject({ kind: 'retry', message: expect.stringMatching(/proxy http:\/\/127.*407/) })
    const nowhere = await connect({
      proxy: { url: 'http://127.0.0.1:1', secret: { env: 'TILLWATCH_TEST_PROXY' } },
    }).create(deskMessage(), signal)
    expect(nowhere).toMatchObject({ kind: 'retry', message: expect.stringContaining('proxy http://127.0.0.1:1') })
    const nameless = await connect({ proxy: { url: proxy.url, secret: { env: 'TILLWATCH_NO_PROXY' } } }).create(
      deskMessage(),
      signal,
    )
    expect(nameless).toMatchObject({ kind: 'retry', message: expect.stringContaining('TILLWATCH_NO_PROXY') })
    expect(JSON.stringify([refused, nowhere, nameless])).not.toMatch(/AAsecret|pass:w|w%2Ford/)
  })

  it.each(['silent', 'refuses_and_stays'] as const)(
    'a proxy that is %s keeps no connection: not at the deadline, and not when the call is stopped',
    async mood => {
      proxy.mood = mood
      const request = { method: 'GET' as const, url: 'https://bots.test/', headers: {}, allowPrivate: false }
      const closed = async () => {
        for (let turn = 0; turn < 200 && proxy.open.size > 0; turn++)
          await new Promise(resolve => setTimeout(resolve, 5))
        return proxy.open.size === 0
      }
      const impatient = createHttpClient(systemClock, 200, () => proxy.url)
      expect(await impatient.send(request, signal)).toMatchObject({ kind: 'not_sent' })
      expect(await closed()).toBe(true)
      const stop = new AbortController()
      const patient = createHttpClient(systemClock, 60_000, () => proxy.url).send(request, stop.signal)
      await vi.waitUntil(() => proxy.asked.length === 2)
      stop.abort()
      expect(await patient).toMatchObject({ kind: 'not_sent' })
      expect(await closed()).toBe(true)
    },
  )

  it('of a desk without TLS a proxy that does not know us has sent nothing, too', async () => {
    proxy.mood = 'refuses'
    const client = createHttpClient(systemClock, 5_000, () => proxy.url)
    const request = { method: 'POST' as const, url: 'http://desk.test/', headers: {}, body: '{}', allowPrivate: false }
    const message = expect.stringMatching(/proxy http:\/\/127.*407.*proxy\.secret/)
    expect(await client.send(request, signal)).toMatchObject({ kind: 'not_sent', message })
  })

  it('an address in a private network is refused over a proxy, too', async () => {
    const outcome = await connect({ url: 'https://10.0.0.1' }).create(deskMessage(), signal)
    expect(outcome).toMatchObject({ reason: 'address_blocked' })
    expect(proxy.asked).toEqual([])
  })
})

describe('its settings', () => {
  const parse = (desk: object) => deskConfigs.parse([desk])

  it('keep the password out of the address, and mail goes over none', () => {
    expect(() => parse(settings({ proxy: { url: 'http://me:secret@proxy:3128' } }))).toThrow(/outside of this file/)
    const mail = { kind: 'email', name: 'mail', host: 'mail.test', from: 'a@b.test', to: ['c@d.test'] }
    expect(() => parse({ ...mail, proxy: { url: 'http://proxy:3128' } })).toThrow(/not over a proxy/)
    expect(parse(mail)).toHaveLength(1)
  })

  it('one bot tells one desk what people do', () => {
    const people = [{ telegram: 7, name: 'Диспетчер' }]
    const two = [settings({ people }), settings({ people, name: 'night', chat_id: -5 })]
    expect(() => deskConfigs.parse(two)).toThrow(/“duty”.*another bot/)
    expect(deskConfigs.parse([two[0], settings({ name: 'night', chat_id: -5 })])).toHaveLength(2)
    expect(() => parse(settings({ people: [...people, ...people] }))).toThrow(/twice/)
  })
})
