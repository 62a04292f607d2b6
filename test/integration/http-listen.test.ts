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

describe('metrics', () => {
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
