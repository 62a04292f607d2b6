import type { Connector } from '@tillwatch/collector/connectors/connector'
import { createCreatioConnector } from '@tillwatch/collector/connectors/creatio/connector'
import { createHttpClient } from '@tillwatch/collector/connectors/http-client'
import { systemClock } from '@tillwatch/shared'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deskMessage, good } from './connector.contract.ts'
import { CLIENT, type FakeCreatio, noLies, PASSWORD, settingsOf, startFakeCreatio } from './desks/creatio.ts'

let fake: FakeCreatio
let connector: Connector
const signal = new AbortController().signal

beforeAll(async () => {
  fake = await startFakeCreatio()
})
afterAll(() => fake.stop())
beforeEach(() => {
  Object.assign(fake, noLies(), { password: PASSWORD })
  fake.requests.length = 0
  connector = connect()
})

const connect = (more: object = {}): Connector =>
  createCreatioConnector(settingsOf(fake, more), createHttpClient(systemClock, 2_000))

describe('OAuth 2.0, client credentials', () => {
  const byToken = (more: object = {}) =>
    connect({ user: undefined, oauth: { client_id: CLIENT, token_url: `${fake.url}/connect/token` }, ...more })

  it('one token serves every call, and a new one is fetched when it has ended', async () => {
    const before = fake.logins
    const desk = byToken()
    expect((await desk.probe(signal)).filter(step => !step.ok)).toEqual([])
    const ticket = good(await desk.create(deskMessage(), signal))
    expect(fake.logins).toBe(before + 1)
    fake.tokens.clear()
    good(await desk.comment(ticket, deskMessage({ kind: 'comment' }), signal))
    expect(fake.logins).toBe(before + 2)
    expect(fake.requests).not.toContain('POST /ServiceModel/AuthService.svc/Login')
  })

  it('a wrong client is answered 400: it is told, nothing else is called, and the secret is not shown', async () => {
    fake.password = 'another'
    const outcome = await byToken().create(deskMessage(), signal)
    expect(outcome).toMatchObject({
      ...{ kind: 'rejected', reason: 'unauthorised' },
      message: expect.stringContaining('client_id'),
    })
    expect(fake.requests).toEqual(['POST /connect/token'])
    expect(JSON.stringify(outcome)).not.toContain(PASSWORD)
  })

  it('user and client at once, or neither, are no settings', () => {
    expect(() => byToken({ user: 'Робот' })).toThrow(/either user or oauth/)
    expect(() => connect({ user: undefined })).toThrow(/either user or oauth/)
  })
})

describe('one session', () => {
  it('is kept for every call, and renewed once when Creatio shuts it', async () => {
    const before = fake.logins
    const ticket = good(await connector.create(deskMessage(), signal))
    good((await connector.find?.('tw-1', signal)) ?? { kind: 'retry', message: 'not searchable' })
    expect(fake.logins).toBe(before + 1)
    fake.sessions.clear()
    good(await connector.comment(ticket, deskMessage({ kind: 'comment' }), signal))
    expect(fake.logins).toBe(before + 2)
  })

  it('several calls at a time share one login', async () => {
    const before = fake.logins
    await Promise.all([
      connector.probe(signal),
      connector.find?.('tw-1', signal),
      connector.changedSince?.(null, signal),
    ])
    expect(fake.logins).toBe(before + 1)
  })

  it('a wrong password is answered 200: it is told, nothing else is called, and the password is not shown', async () => {
    fake.password = 'another'
    const outcome = await connect().create(deskMessage(), signal)
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'unauthorised',
      message: expect.stringContaining('Неверное имя'),
    })
    expect(fake.requests).toEqual(['POST /ServiceModel/AuthService.svc/Login'])
    expect(JSON.stringify([outcome, await connect().probe(signal)])).not.toContain(PASSWORD)
  })

  it('a missing right is told after one renewal, not tried for ever', async () => {
    const ticket = good(await connector.create(deskMessage(), signal))
    const before = fake.logins
    fake.forbidden = true
    const outcome = await connector.comment(ticket, deskMessage({ kind: 'comment' }), signal)
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'forbidden',
      message: expect.stringContaining('permissions'),
    })
    expect(fake.logins).toBe(before + 1)
  })

  it('a missing secret says where it belongs, nobody listening is a retry, a private address needs leave', async () => {
    const missing = await connect({ secret: { file: '/nowhere/at/all' } }).create(deskMessage(), signal)
    expect(missing).toMatchObject({ reason: 'misconfigured', message: expect.stringContaining('/nowhere/at/all') })
    expect((await connect({ url: 'http://127.0.0.1:1' }).create(deskMessage(), signal)).kind).toBe('retry')
    const blocked = await connect({ allow_private: false }).create(deskMessage(), signal)
    expect(blocked).toMatchObject({ kind: 'rejected', reason: 'address_blocked' })
  })

  it('a build without /0 is another setting', async () => {
    const outcome = await connect({ runtime: 'core' }).create(deskMessage(), signal)
    expect(outcome).toMatchObject({
      kind: 'rejected',
      reason: 'not_found',
      message: expect.stringContaining('runtime'),
    })
  })
})
