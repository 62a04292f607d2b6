import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, cookieOf, createHttpWorld, type HttpWorld, ORIGIN, PASSWORD } from './http-world.ts'

let world: HttpWorld
let viewer: Browser
let support: Browser
let administrator: Browser

const folder = mkdtempSync(join(tmpdir(), 'tillwatch-portal-'))
const portalDir = join(folder, 'portal')

beforeAll(async () => {
  mkdirSync(join(portalDir, 'assets'), { recursive: true })
  writeFileSync(join(portalDir, 'index.html'), '<!doctype html><title>portal</title>')
  writeFileSync(join(portalDir, 'assets', 'main.js'), 'export {}')
  writeFileSync(join(portalDir, '.env'), 'hidden')
  writeFileSync(join(folder, 'secret.txt'), 'top secret')
  world = await createHttpWorld({ portalDir, limits: { bodyBytes: 4096, loginsPerUser: 5, loginsPerAddress: 12 } })
  administrator = await world.signIn('anna', 'administrator')
  support = await world.signIn('boris', 'support')
  viewer = await world.signIn('vera', 'viewer')
})
afterAll(async () => {
  await world.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('another tenant', () => {
  const foreign = seededIds('other', 0)
  const item = encodeURIComponent(foreign.itemId)

  it('does not exist: every id of theirs is 404, for the administrator too', async () => {
    const range = 'fact=fiscal.ofd.unsent_documents&from=2026-11-20T00:00:00Z&to=2026-11-22T00:00:00Z'
    const answers = await Promise.all([
      administrator.get(`/api/terminals/${foreign.agentId}`),
      administrator.get(`/api/incidents/${foreign.incidentId}`),
      administrator.get(`/api/items/${item}/series?${range}`),
      administrator.send('POST', `/api/items/${item}/replacement`, { until: null }),
      administrator.send('POST', `/api/incidents/${foreign.incidentId}/actions`, { action: 'take' }),
    ])
    expect(answers.map(answer => answer.statusCode)).toEqual([404, 404, 404, 404, 404])
  })

  it('leaks into no list, search, count, plan or workbook', async () => {
    const answers = await Promise.all(
      [
        '/api/fleet?limit=200',
        '/api/incidents?status=all&limit=200',
        '/api/replacements?months=36',
        '/api/directory',
      ].map(url => administrator.get(url)),
    )
    for (const answer of answers) {
      expect(answer.statusCode).toBe(200)
      expect(answer.body).not.toContain('other-')
      expect(answer.body).not.toContain('(other)')
    }
    expect((await administrator.get('/api/fleet?search=other-agent')).json().total).toBe(0)
    expect((await administrator.get('/api/summary')).json().agents).toMatchObject({ online: expect.any(Number) })
  })

  it('keeps its users and sessions to itself', async () => {
    const theirs = await world.signIn('olga', 'administrator', 'other')
    const me = (await theirs.get('/api/session')).json()
    expect(me.tenant.id).toBe('other')
    expect((await administrator.get('/api/users')).body).not.toContain('olga')
    const attempts = await Promise.all([
      administrator.send('PATCH', `/api/users/${me.id}`, { disabled: true }),
      administrator.send('POST', `/api/users/${me.id}/invitation`),
    ])
    expect(attempts.map(answer => answer.statusCode)).toEqual([404, 404])
    const [session] = (await theirs.get('/api/sessions')).json()
    expect((await administrator.send('DELETE', `/api/sessions/${session.id}`)).statusCode).toBe(404)
    expect((await theirs.get('/api/session')).statusCode).toBe(200)
  })
})

describe('roles', () => {
  it('a stranger reads nothing but what is public', async () => {
    for (const url of ['/api/fleet', '/api/summary', '/api/incidents', '/api/users', '/api/live', '/api/directory']) {
      expect((await world.stranger.get(url)).statusCode, url).toBe(401)
    }
  })

  it('a viewer changes nothing, support changes no accounts and no directory', async () => {
    const { incidentId, itemId } = seededIds('main', 0)
    const action = { action: 'comment', text: 'x' }
    const mark = `/api/items/${encodeURIComponent(itemId)}/replacement`
    expect((await viewer.send('POST', `/api/incidents/${incidentId}/actions`, action)).statusCode).toBe(403)
    expect((await viewer.send('POST', mark, { until: null })).statusCode).toBe(403)
    expect((await support.send('POST', '/api/directory', {})).statusCode).toBe(403)
    expect((await support.get('/api/users')).statusCode).toBe(403)
    expect((await support.send('POST', '/api/users', { name: 'evil', role: 'administrator' })).statusCode).toBe(403)
    expect((await support.send('POST', '/api/desks/redmine/test', {})).statusCode).toBe(403)
  })
})

describe('foreign pages', () => {
  const post = (headers: Record<string, string>) =>
    world.inject({
      method: 'POST',
      url: '/api/users',
      headers: { cookie: administrator.cookie, ...headers },
      payload: { name: 'evil', role: 'administrator' },
    })

  it('cannot change anything: Origin must be our own', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'http://127.0.0.1:9999',
      'http://localhost:8080',
      'https://127.0.0.1:8080',
    ]) {
      expect((await post({ origin })).statusCode, origin).toBe(403)
    }
    expect((await post({})).json()).toMatchObject({ code: 'origin.foreign' })
  })

  it('cannot pass by making their own name point here', async () => {
    expect((await post({ origin: 'http://evil.example:8080', host: 'evil.example:8080' })).statusCode).toBe(403)
  })

  it('cannot send what a form can send, cannot frame us, cannot run scripts in our pages', async () => {
    const form = await world.inject({
      method: 'POST',
      url: '/api/session',
      headers: { origin: ORIGIN, 'content-type': 'text/plain' },
      payload: '{"name":"anna"}',
    })
    expect(form.statusCode).toBe(415)
    const page = await world.stranger.get('/')
    expect(page.headers['content-security-policy']).toContain("script-src 'self';")
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(page.headers['x-content-type-options']).toBe('nosniff')
    expect((await viewer.get('/api/fleet')).headers['cache-control']).toBe('no-store')
  })
})

describe('input', () => {
  it('names the wrong fields', async () => {
    const answer = await administrator.send('POST', '/api/users', { name: 'x', role: 'king' })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'request.invalid', fields: [{ path: 'name' }, { path: 'role' }] })
  })

  it('refuses bodies over the limit, broken JSON and positions of other lists', async () => {
    const large = await administrator.send('POST', '/api/users', { name: 'y'.repeat(5000), role: 'viewer' })
    expect(large.statusCode).toBe(413)
    const broken = await world.inject({
      method: 'POST',
      url: '/api/session',
      headers: { origin: ORIGIN, 'content-type': 'application/json' },
      payload: '{"name":',
    })
    expect(broken.statusCode).toBe(400)
    expect((await viewer.get('/api/fleet?after=rubbish')).json()).toMatchObject({ code: 'page.position' })
    expect((await viewer.get('/api/incidents?after=WzEsMl0')).statusCode).toBe(400)
    expect((await viewer.get('/api/fleet?limit=100000')).statusCode).toBe(400)
  })

  it('takes a search for text and nothing else', async () => {
    for (const search of ["' OR 1=1 --", '%', '_', '"; DROP TABLE users;']) {
      expect((await viewer.get(`/api/fleet?search=${encodeURIComponent(search)}`)).json().total, search).toBe(0)
    }
  })

  it('R3: lets nothing that is sent into the header of the workbook', async () => {
    const bad = await viewer.get('/api/replacements.xlsx?lang=ru%0d%0aset-cookie:%20a=b')
    expect(bad.statusCode).toBe(400)
    const good = await viewer.get('/api/replacements.xlsx?lang=ru&name=%0d%0ax:%20y')
    expect(good.headers['content-disposition']).toBe('attachment; filename="fn-replacements-2026-11-22.xlsx"')
  })
})

describe('files', () => {
  it('serves the portal and its page for every address of its own', async () => {
    expect((await world.stranger.get('/assets/main.js')).headers['cache-control']).toContain('immutable')
    const page = await world.stranger.get('/incidents/42')
    expect(page.body).toContain('portal')
    expect(page.headers['cache-control']).toBe('no-cache')
    expect((await world.stranger.get('/assets/gone.js')).statusCode).toBe(404)
  })

  it('gives nothing outside the portal and nothing hidden', async () => {
    for (const url of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/assets/%2e%2e%5c..%5csecret.txt',
      '/.env',
      '/assets/../../secret.txt%00',
    ]) {
      const answer = await world.stranger.get(url)
      expect(answer.body, url).not.toContain('secret')
      expect(answer.body, url).not.toContain('hidden')
    }
  })
})

describe('failures of our own', () => {
  it('keep their words to the log', async () => {
    const broken = await createHttpWorld({
      desks: {
        list: async () => {
          throw new Error('password=hunter2 at /srv/secret')
        },
        test: async () => ({ ok: true, steps: [], url: null }),
        retry: async () => undefined,
        mustKnow: () => {},
        act: async () => {},
        openAnew: async () => {},
        agreements: async () => [],
        confirm: async () => {},
      },
    })
    const user = await broken.signIn('anna', 'viewer')
    const answer = await user.get('/api/desks')
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('hunter2')
    expect(answer.json()).toMatchObject({ code: 'internal', nextStep: expect.stringContaining('request') })
    expect(broken.log.lines.some(line => line.level === 'error')).toBe(true)
    await broken.stop()
  })
})

describe('guessing passwords', () => {
  let guarded: HttpWorld
  afterEach(() => guarded.stop())
  const guess = (name: string, password: string, remoteAddress = '10.0.0.1') =>
    guarded.inject({
      method: 'POST',
      url: '/api/session',
      remoteAddress,
      headers: { origin: ORIGIN },
      payload: { name, password },
    })

  it('is stopped for one user from many addresses, and for one address over many users', async () => {
    guarded = await createHttpWorld({ registers: 1, limits: { loginsPerUser: 5, loginsPerAddress: 12 } })
    await guarded.signIn('anna', 'administrator')
    const tried: number[] = []
    for (let attempt = 0; attempt < 7; attempt++)
      tried.push((await guess('Anna', 'wrong password', `10.0.1.${attempt}`)).statusCode)
    expect(tried).toEqual([401, 401, 401, 401, 401, 429, 429])
    const late = await guess('anna', PASSWORD, '10.0.1.9')
    expect(late.json()).toMatchObject({ code: 'rate.limited' })

    const spread: number[] = []
    for (let attempt = 0; attempt < 14; attempt++)
      spread.push((await guess(`user${attempt}`, 'wrong password')).statusCode)
    expect(spread.filter(status => status === 401)).toHaveLength(12)
    expect(spread.slice(-2)).toEqual([429, 429])
  })

  it('learns nothing about who exists', async () => {
    guarded = await createHttpWorld({ registers: 1 })
    await guarded.signIn('anna', 'administrator')
    const wrong = await guess('anna', 'wrong password')
    const unknown = await guess('nobody', 'wrong password')
    expect(wrong.statusCode).toBe(401)
    expect(unknown.json()).toEqual(wrong.json())
    expect(cookieOf(unknown)).toBe('')
  })
})
