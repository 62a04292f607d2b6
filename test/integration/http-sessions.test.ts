import { SESSION_IDLE_MS, SESSION_LIFE_MS } from '@tillwatch/collector/accounts/session-policy'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cookieOf, createHttpWorld, type HttpWorld, ORIGIN, PASSWORD } from './http-world.ts'

let world: HttpWorld
beforeEach(async () => {
  world = await createHttpWorld({ registers: 1 })
})
afterEach(() => world.stop())

const post = (url: string, payload: object, cookie = '') =>
  world.inject({ method: 'POST', url, headers: { origin: ORIGIN, cookie }, payload })
const login = (password = PASSWORD, cookie = '') => post('/api/session', { name: 'anna', password }, cookie)
const me = (cookie: string) => world.inject({ method: 'GET', url: '/api/session', headers: { cookie } })
const tokenOf = (link: string) => new URL(link).hash.replace('#token=', '')

describe('the first administrator', () => {
  it('enters by a link that works once and stays out of every log', async () => {
    const link = await world.accounts.firstLoginLink(world.clock.now())
    const token = tokenOf(link ?? '')
    expect((await post('/api/invitation/check', { token })).json()).toMatchObject({ name: null, role: 'administrator' })
    const entered = await post('/api/invitation', { token, name: 'Анна', password: PASSWORD })
    expect(entered.json()).toMatchObject({ name: 'Анна', role: 'administrator', tenant: { id: 'main' } })
    expect((await me(cookieOf(entered))).statusCode).toBe(200)
    const again = await post('/api/invitation', { token, name: 'Eve', password: PASSWORD })
    expect(again.statusCode).toBe(404)
    expect(await world.accounts.firstLoginLink(world.clock.now())).toBeNull()
    expect(JSON.stringify(world.log.lines)).not.toContain(token)
  })

  it('gets a new link at every start until somebody came in; the earlier one ends', async () => {
    const first = tokenOf((await world.accounts.firstLoginLink(world.clock.now())) ?? '')
    const second = tokenOf((await world.accounts.firstLoginLink(world.clock.now())) ?? '')
    expect((await post('/api/invitation/check', { token: first })).statusCode).toBe(404)
    expect((await post('/api/invitation/check', { token: second })).statusCode).toBe(200)
    world.clock.stepWall(2 * 3_600_000)
    const used = await post('/api/invitation/check', { token: second })
    expect(used.statusCode).toBe(404)
    expect(used.json().nextStep).toContain('tillwatch login-link')
  })
})

describe('an invited user', () => {
  it('is one, even when two use the link in the same moment', async () => {
    const administrator = await world.signIn('anna', 'administrator')
    const { url } = (await administrator.send('POST', '/api/users', { name: 'Boris', role: 'support' })).json()
    const use = (password: string) => post('/api/invitation', { token: tokenOf(url), name: 'Boris', password })
    const answers = await Promise.all([use('first long password'), use('second long password')])
    expect(answers.map(answer => answer.statusCode).sort()).toEqual([200, 404])
    const winner = answers.find(answer => answer.statusCode === 200)
    expect((await me(winner ? cookieOf(winner) : '')).statusCode).toBe(200)
  })

  it('cannot be named with characters that nobody sees', async () => {
    const administrator = await world.signIn('anna', 'administrator')
    for (const name of ['an\u200bna', 'anna\r\nBcc: x', '\u202eanna']) {
      const answer = await administrator.send('POST', '/api/users', { name, role: 'viewer' })
      expect(answer.statusCode, JSON.stringify(name)).toBe(400)
    }
  })

  it('takes the name that the link was made for and no other', async () => {
    const administrator = await world.signIn('anna', 'administrator')
    const { url } = (await administrator.send('POST', '/api/users', { name: 'Boris', role: 'support' })).json()
    const token = tokenOf(url)
    expect((await post('/api/invitation', { token, name: 'anna', password: PASSWORD })).statusCode).toBe(422)
    const entered = await post('/api/invitation', { token, name: 'boris', password: PASSWORD })
    expect(entered.json()).toMatchObject({ name: 'Boris', role: 'support' })
    const taken = await administrator.send('POST', '/api/users', { name: 'BORIS', role: 'viewer' })
    expect(taken.json()).toMatchObject({ code: 'account.name_taken' })
  })

  it('loses everything when disabled, and the last administrator cannot be', async () => {
    const administrator = await world.signIn('anna', 'administrator')
    const boris = await world.signIn('boris', 'support')
    const users = (await administrator.get('/api/users')).json() as { id: string; name: string }[]
    const idOf = (name: string) => users.find(user => user.name === name)?.id
    expect((await administrator.send('PATCH', `/api/users/${idOf('boris')}`, { disabled: true })).statusCode).toBe(204)
    expect((await boris.get('/api/session')).statusCode).toBe(401)
    const refused = await post('/api/session', { name: 'boris', password: PASSWORD })
    expect(refused.statusCode).toBe(401)
    const last = await administrator.send('PATCH', `/api/users/${idOf('anna')}`, { role: 'viewer' })
    expect(last.json()).toMatchObject({ code: 'account.last_administrator' })
  })
})

describe('a session', () => {
  it('is a cookie out of reach of scripts and other sites', async () => {
    await world.signIn('anna', 'administrator')
    const answer = await login()
    expect(answer.headers['set-cookie']).toMatch(
      /^tillwatch=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/,
    )
  })

  it('is never one that somebody brought along', async () => {
    await world.signIn('anna', 'administrator')
    const planted = `tillwatch=${'A'.repeat(43)}`
    const answer = await login(PASSWORD, planted)
    expect(cookieOf(answer)).not.toBe(planted)
    expect((await me(planted)).statusCode).toBe(401)
  })

  it('ends on signing out, at once and on the server', async () => {
    await world.signIn('anna', 'administrator')
    const cookie = cookieOf(await login())
    const out = await world.inject({ method: 'DELETE', url: '/api/session', headers: { cookie, origin: ORIGIN } })
    expect(out.statusCode).toBe(204)
    expect((await me(cookie)).statusCode).toBe(401)
  })

  it('ends when idle, and after its life however busy', async () => {
    await world.signIn('anna', 'administrator')
    const idle = cookieOf(await login())
    world.clock.stepWall(SESSION_IDLE_MS + 1)
    expect((await me(idle)).statusCode).toBe(401)

    const busy = cookieOf(await login())
    const begun = world.clock.now()
    while (world.clock.now() - begun + SESSION_IDLE_MS / 2 < SESSION_LIFE_MS) {
      world.clock.stepWall(SESSION_IDLE_MS / 2)
      expect((await me(busy)).statusCode).toBe(200)
      await world.accountStore.hasAdministrator()
    }
    world.clock.stepWall(SESSION_IDLE_MS / 2)
    expect((await me(busy)).statusCode).toBe(401)
  })

  it('can be listed and ended one by one, or all but this one', async () => {
    await world.signIn('anna', 'administrator')
    const first = cookieOf(await login())
    const second = cookieOf(await login())
    const rows = (await world.inject({ method: 'GET', url: '/api/sessions', headers: { cookie: second } })).json()
    expect(rows).toHaveLength(3)
    expect(rows.filter((row: { current: boolean }) => row.current)).toHaveLength(1)
    const all = await world.inject({
      method: 'DELETE',
      url: '/api/sessions',
      headers: { cookie: second, origin: ORIGIN },
    })
    expect(all.statusCode).toBe(204)
    expect((await me(first)).statusCode).toBe(401)
    expect((await me(second)).statusCode).toBe(200)
  })

  it('ends when the password changes, a stolen copy of this one too', async () => {
    const other = await world.signIn('anna', 'administrator')
    const cookie = cookieOf(await login())
    const next = 'another long password'
    expect((await post('/api/password', { current: 'wrong', next }, cookie)).statusCode).toBe(422)
    const changed = await post('/api/password', { current: PASSWORD, next }, cookie)
    expect(changed.statusCode).toBe(204)
    expect((await me(cookieOf(changed))).statusCode).toBe(200)
    expect((await me(cookie)).statusCode).toBe(401)
    expect((await other.get('/api/session')).statusCode).toBe(401)
    expect((await login()).statusCode).toBe(401)
    expect((await login(next)).statusCode).toBe(200)
  })
})
