import { type AddressInfo, createServer } from 'node:net'
import { Counter, Registry } from 'prom-client'
import { afterEach, describe, expect, it } from 'vitest'
import { cookieOf, createHttpWorld, type HttpWorld, PASSWORD } from './http-world.ts'

let world: HttpWorld | undefined
afterEach(async () => {
  await world?.stop()
  world = undefined
})

describe('behind a declared proxy', () => {
  it('believes the proxy, binds the cookie to HTTPS and checks the public address', async () => {
    world = await createHttpWorld({
      registers: 1,
      listen: { host: '0.0.0.0', port: 0 },
      behindProxy: ['10.0.0.1'],
      publicUrl: 'https://till.example/',
    })
    await world.signIn('anna', 'administrator')
    const login = (origin: string) =>
      world?.inject({
        method: 'POST',
        url: '/api/session',
        remoteAddress: '10.0.0.1',
        headers: { origin, host: 'till.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.5' },
        payload: { name: 'anna', password: PASSWORD },
      })
    const answer = await login('https://till.example')
    expect(answer?.headers['set-cookie']).toMatch(/^__Host-tillwatch=.*; Secure; SameSite=Strict$/)
    expect(answer && cookieOf(answer)).toContain('__Host-tillwatch=')
    expect(answer?.headers['strict-transport-security']).toBeDefined()
    expect((await login('http://till.example'))?.statusCode).toBe(403)
    expect(world.http.address()).toBe('https://till.example')
  })
})

describe('behind an undescribed proxy', () => {
  it('takes nobody for somebody else because of a header that they wrote themselves', async () => {
    world = await createHttpWorld({ registers: 1, behindProxy: true, limits: { loginsPerAddress: 2 } })
    const guess = async (header: string) =>
      world?.inject({
        method: 'POST',
        url: '/api/session',
        remoteAddress: '172.17.0.2',
        headers: {
          ...{ origin: 'https://till.example', host: 'till.example', 'x-forwarded-proto': 'https' },
          'x-forwarded-for': `${header}, 192.168.1.50`,
        },
        payload: { name: `user ${header}`, password: PASSWORD },
      })
    const statuses = []
    for (const header of ['10.0.0.1', '10.0.0.2', '10.0.0.3', '127.0.0.1'])
      statuses.push((await guess(header))?.statusCode)
    expect(statuses).toEqual([401, 401, 429, 429])
  })

  it('believes no header when no proxy is declared', async () => {
    world = await createHttpWorld({ registers: 1, limits: { loginsPerAddress: 2 } })
    const statuses = []
    for (const spoofed of ['1.1.1.1', '2.2.2.2', '3.3.3.3']) {
      const headers = { origin: 'http://127.0.0.1:8080', 'x-forwarded-for': spoofed }
      const payload = { name: `user ${spoofed}`, password: PASSWORD }
      statuses.push((await world.inject({ method: 'POST', url: '/api/session', headers, payload })).statusCode)
    }
    expect(statuses).toEqual([401, 401, 429])
  })
})

describe('metrics', () => {
  it('are not shown through a proxy or to a foreign name, whatever the headers say', async () => {
    world = await createHttpWorld({ registers: 1, behindProxy: true })
    const ask = async (headers: Record<string, string>) =>
      (await world?.inject({ method: 'GET', url: '/metrics', headers }))?.statusCode
    expect(await ask({ 'x-forwarded-for': '127.0.0.1' })).toBe(403)
    expect(await ask({ host: 'evil.example:8080' })).toBe(403)
    expect(await ask({})).toBe(200)
  })

  it('are for this machine, or for who shows the token', async () => {
    const registry = new Registry()
    new Counter({ name: 'tillwatch_things_total', help: 'Things.', registers: [registry] }).inc(3)
    world = await createHttpWorld({ registers: 1, metrics: { registry, token: 'a long token' } })
    const ask = async (remoteAddress: string, headers: Record<string, string> = {}) =>
      world?.inject({ method: 'GET', url: '/metrics', remoteAddress, headers })
    expect((await ask('127.0.0.1'))?.body).toContain('tillwatch_things_total 3')
    expect((await ask('10.0.0.7'))?.statusCode).toBe(403)
    expect((await ask('127.0.0.1', { 'x-forwarded-for': '203.0.113.5' }))?.statusCode).toBe(403)
    expect((await ask('10.0.0.7', { authorization: 'Bearer a long token' }))?.statusCode).toBe(200)
    expect((await ask('10.0.0.7', { authorization: 'Bearer another one' }))?.statusCode).toBe(403)
  })
})

describe('health', () => {
  it('is 503 with reasons when something does not work', async () => {
    world = await createHttpWorld({
      registers: 1,
      health: async () => [{ name: 'broker', ok: false, reason: 'the broker does not listen' }],
    })
    const answer = await world.stranger.get('/health')
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({ live: true, ready: false })
    expect(answer.json().checks.at(-1)).toEqual({ name: 'broker', ok: false, reason: 'the broker does not listen' })
    expect((await world.stranger.get('/health/live')).statusCode).toBe(200)
  })
})

describe('a port that somebody else has', () => {
  it('is told with the address and what to do', async () => {
    const taken = createServer()
    const port = await new Promise<number>(resolve =>
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as AddressInfo).port)),
    )
    world = await createHttpWorld({ registers: 1, listen: { host: '127.0.0.1', port } })
    await expect(world.http.start()).rejects.toMatchObject({
      code: 'http.listen',
      message: expect.stringContaining(`127.0.0.1:${port}`),
      nextStep: expect.stringContaining('http.listen'),
    })
    taken.close()
  })
})
