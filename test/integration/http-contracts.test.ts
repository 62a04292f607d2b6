import type { AgreementEntry, ContractRow, ResponsiblesView } from '@tillwatch/shared/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld } from './http-world.ts'

let world: HttpWorld
let administrator: Browser
let support: Browser
let viewer: Browser
let stranger: Browser

beforeAll(async () => {
  world = await createHttpWorld({ registers: 12 })
  administrator = await world.signIn('boris', 'administrator')
  support = await world.signIn('anna', 'support')
  viewer = await world.signIn('vera', 'viewer')
  stranger = await world.signIn('other-boris', 'administrator', 'other')
})
afterAll(() => world.stop())

const service = (more: object = {}) => ({
  ...{ name: 'Касса не бьёт чеки', reaction: '15m', solution: '4h', responsible: 'Первая линия', causes: ['ofd'] },
  ...more,
})
const terms = (more: object = {}) => ({
  ...{ client: 'client-0', policy: 'outsourcing-24x7', services: [service()], from: '2026-01-01', until: null },
  ...more,
})
const person = (more: object = {}) => ({
  ...{ role: 'head', scope: { kind: 'all' }, name: 'Ольга', email: 'olga@example.test' },
  ...{ timezone: 'Europe/Moscow', language: 'ru', ...more },
})
const contracts = async (browser: Browser) => (await browser.get('/api/contracts')).json() as ContractRow[]
const people = async (browser: Browser) =>
  ((await browser.get('/api/responsibles')).json() as ResponsiblesView).people.map(({ code }) => code)
const history = async (browser: Browser) =>
  ((await browser.get('/api/agreements/history')).json() as AgreementEntry[]).map(
    ({ actor, code, text }) => `${actor} ${code} ${text.ru}`,
  )

describe('contracts over HTTP', () => {
  it('R59: a contract is made, changed and ended, and each step says who did it', async () => {
    expect((await administrator.send('POST', '/api/contracts', { number: '17', ...terms() })).statusCode).toBe(204)
    expect((await administrator.send('POST', '/api/contracts', { number: '17', ...terms() })).json()).toMatchObject({
      code: 'contract.exists',
    })
    const ended = terms({ policy: null, until: '2026-12-31' })
    expect((await administrator.send('PUT', '/api/contracts/17', ended)).statusCode).toBe(204)
    expect(await contracts(viewer)).toMatchObject([
      { number: '17', clientName: 'Кафе № 0 (main)', policy: null, until: '2026-12-31', services: [service()] },
    ])
    // The same once more changes nothing and says nothing.
    expect((await administrator.send('PUT', '/api/contracts/17', ended)).statusCode).toBe(204)
    expect(await history(support)).toEqual([
      'boris 17 политика: outsourcing-24x7 → нет; последний день: нет → 2026-12-31',
      'boris 17 создан: клиент client-0, политика outsourcing-24x7',
    ])
  })

  it('refuses what does not fit together, in words', async () => {
    const refused = async (more: object) => {
      const answer = await administrator.send('POST', '/api/contracts', { number: '18', ...terms(more) })
      return [answer.statusCode, answer.json().code]
    }
    expect(await refused({ client: 'nobody' })).toEqual([422, 'client.unknown'])
    expect(await refused({ policy: 'no-such-policy' })).toEqual([422, 'policy.unknown'])
    expect(await refused({ services: [service({ policy: 'no-such-policy' })] })).toEqual([422, 'policy.unknown'])
    expect(await refused({ until: '2025-12-31' })).toEqual([400, 'request.invalid'])
    expect(await refused({ services: [service({ reaction: '8h' })] })).toEqual([400, 'request.invalid'])
    expect(await refused({ services: [service(), service({ name: 'Другая' })] })).toEqual([400, 'request.invalid'])
    expect(await refused({ services: [service({ solution: 'soon' })] })).toEqual([400, 'request.invalid'])
    expect(await contracts(viewer)).toHaveLength(1)
  })

  it('another tenant sees none of it, changes none of it, and may use the same number', async () => {
    expect(await contracts(stranger)).toEqual([])
    expect((await stranger.send('PUT', '/api/contracts/17', terms())).statusCode).toBe(404)
    expect(await history(stranger)).toEqual([])
    expect((await stranger.send('POST', '/api/contracts', { number: '17', ...terms() })).statusCode).toBe(204)
    expect(await contracts(viewer)).toMatchObject([{ number: '17', policy: null }])
  })
})

describe('a file over HTTP', () => {
  it('leaves the same trail as the form', async () => {
    const file = { contracts: [{ number: '17', client: 'client-0', until: '2027-12-31' }] }
    expect((await administrator.send('POST', '/api/directory', file)).statusCode).toBe(200)
    expect((await history(support))[0]).toBe('boris 17 последний день: 2026-12-31 → 2027-12-31')
    // What the file leaves out stays as it was.
    expect((await contracts(viewer)).find(({ number }) => number === '17')?.services).toMatchObject([service()])
  })
})

describe('people who are told over HTTP', () => {
  it('domain 18.34: somebody is named, moved to another contract and taken out again', async () => {
    const before = (await viewer.get('/api/agreements')).json()
    expect(JSON.stringify(before.findings)).toContain('нет ответственного: руководитель поддержки')
    expect((await administrator.send('POST', '/api/responsibles', { code: 'olga', ...person() })).statusCode).toBe(204)
    const after = (await viewer.get('/api/agreements')).json()
    expect(JSON.stringify(after.findings)).not.toContain('нет ответственного: руководитель поддержки')
    const moved = person({ role: 'account_manager', scope: { kind: 'contract', contract: '17' } })
    expect((await administrator.send('PUT', '/api/responsibles/olga', moved)).statusCode).toBe(204)
    const view = (await support.get('/api/responsibles')).json() as ResponsiblesView
    expect(view.people).toEqual([{ code: 'olga', ...moved, clientName: 'Кафе № 0 (main)' }])
    expect(view.roles.find(({ role }) => role === 'line2')?.standIn?.ru).toBe('руководитель поддержки')
    expect((await administrator.send('DELETE', '/api/responsibles/olga')).statusCode).toBe(204)
    expect((await administrator.send('DELETE', '/api/responsibles/olga')).statusCode).toBe(404)
    expect((await history(support)).slice(0, 2)).toEqual([
      'boris olga убран: Ольга <olga@example.test>, наш менеджер клиента, договор 17',
      'boris olga роль: руководитель поддержки → наш менеджер клиента; за что отвечает: все клиенты → договор 17',
    ])
  })

  it('refuses a place that is not there, and a name that is taken', async () => {
    const refused = async (more: object) =>
      (await administrator.send('POST', '/api/responsibles', { code: 'ivan', ...person(more) })).json().code
    expect(await refused({ scope: { kind: 'contract', contract: '404' } })).toBe('person.contract')
    expect(await refused({ scope: { kind: 'client', client: 'nobody' } })).toBe('client.unknown')
    expect(await refused({ email: 'olga' })).toBe('request.invalid')
    expect(await refused({ timezone: 'Mars' })).toBe('request.invalid')
    expect(await people(support)).toEqual([])
    await administrator.send('POST', '/api/responsibles', { code: 'ivan', ...person() })
    expect(await refused({})).toBe('person.exists')
  })

  it('another tenant cannot see, change or remove them, nor name its contract', async () => {
    expect(await people(stranger)).toEqual([])
    expect((await stranger.send('PUT', '/api/responsibles/ivan', person())).statusCode).toBe(404)
    expect((await stranger.send('DELETE', '/api/responsibles/ivan')).statusCode).toBe(404)
    await administrator.send('POST', '/api/contracts', { number: 'ours', ...terms() })
    const foreign = person({ scope: { kind: 'contract', contract: 'ours' } })
    const answer = await stranger.send('POST', '/api/responsibles', { code: 'spy', ...foreign })
    expect(answer.json().code).toBe('person.contract')
    expect(await people(support)).toEqual(['ivan'])
  })

  it('people of support look, administrators change', async () => {
    expect((await viewer.get('/api/responsibles')).statusCode).toBe(403)
    expect((await support.send('POST', '/api/responsibles', { code: 'x', ...person() })).statusCode).toBe(403)
    expect((await support.send('POST', '/api/contracts', { number: '20', ...terms() })).statusCode).toBe(403)
    expect((await support.send('PUT', '/api/contracts/17', terms())).statusCode).toBe(403)
  })
})
