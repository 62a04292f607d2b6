import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, createHttpWorld, type HttpWorld, ORIGIN } from './http-world.ts'

/** All that a stranger may ask, and nothing else. */
const PUBLIC = new Set([
  'POST /api/session',
  'POST /api/invitation',
  'POST /api/invitation/check',
  'GET /health',
  'GET /health/live',
  'GET /metrics',
])
/** All that more than looking needs; every other route is open to every role. */
const NEEDS: Readonly<Record<string, 'support' | 'administrator'>> = {
  'POST /api/incidents/:id/actions': 'support',
  'GET /api/assignees': 'support',
  'PUT /api/critical-criteria': 'administrator',
  'GET /api/ticket-templates': 'administrator',
  'GET /api/ticket-templates/:kind/:language/history': 'administrator',
  'PUT /api/ticket-templates/:kind/:language': 'administrator',
  'POST /api/ticket-templates/preview': 'administrator',
  'POST /api/incidents/:id/links': 'support',
  'POST /api/tickets': 'support',
  'GET /api/tokens': 'administrator',
  'POST /api/tokens': 'administrator',
  'DELETE /api/tokens/:id': 'administrator',
  'POST /api/items/:itemId/replacement': 'support',
  'GET /api/incidents/:id/vendor-package': 'support',
  'GET /api/incidents/:id/attachments': 'support',
  'GET /api/incidents/:id/attachments/:name': 'support',
  'POST /api/incidents/:id/vendor-package/sent': 'support',
  'POST /api/incidents/:id/restored': 'support',
  'POST /api/problems': 'support',
  'POST /api/problems/:id/actions': 'support',
  'POST /api/agents/:id/commands': 'support',
  'GET /api/agents/:id/commands/:command/log': 'support',
  'GET /api/users': 'administrator',
  'POST /api/users': 'administrator',
  'POST /api/users/:id/invitation': 'administrator',
  'PATCH /api/users/:id': 'administrator',
  'POST /api/directory': 'administrator',
  'POST /api/rules/reload': 'administrator',
  'POST /api/agreements/reload': 'administrator',
  'GET /api/agreements/history': 'support',
  'POST /api/contracts': 'administrator',
  'PUT /api/contracts/:number': 'administrator',
  'GET /api/responsibles': 'support',
  'POST /api/responsibles': 'administrator',
  'PUT /api/responsibles/:code': 'administrator',
  'DELETE /api/responsibles/:code': 'administrator',
  'GET /api/notices': 'support',
  'POST /api/rules/backtest': 'support',
  'GET /api/rules/backtest/:id': 'support',
  'POST /api/desks/:name/confirm': 'administrator',
  'POST /api/desks/:name/test': 'administrator',
  'POST /api/desks/:name/retry': 'administrator',
  'POST /api/deliveries/:id/retry': 'support',
  'POST /api/deliveries/:id/skip': 'support',
}
/** Their own token counts there, and no cookie: a foreign page has nothing to borrow. */
const isForMachines = (url: string) => url.startsWith('/api/inbound/')
/** The description of the API tells no secret. */
const isDescription = (url: string) => url.startsWith('/api/docs')

let world: HttpWorld
let viewer: Browser
let support: Browser
beforeAll(async () => {
  world = await createHttpWorld({ registers: 1 })
  viewer = await world.signIn('vera', 'viewer')
  support = await world.signIn('boris', 'support')
})
afterAll(() => world.stop())

interface Address {
  readonly method: string
  readonly url: string
  /** As the tables above name it: a HEAD is a GET without its body. */
  readonly name: string
}

const addresses = (): Address[] =>
  world.routes
    .flatMap(({ method, url }) =>
      [method].flat().map(one => ({ method: one, url, name: `${one.replace('HEAD', 'GET')} ${url}` })),
    )
    .filter(({ url }) => !isDescription(url))

const ask = async ({ method, url }: Address, cookie: string, origin: string = ORIGIN) =>
  (
    await world.inject({
      method: method as 'GET',
      url: url.replace(/:\w+/g, 'x'),
      headers: { cookie, origin },
      ...(method === 'GET' || method === 'HEAD' ? {} : { payload: {} }),
    })
  ).statusCode

describe('every address', () => {
  it('is known here: the tables name nothing that is not served, and the server serves enough', () => {
    const served = new Set(addresses().map(({ name }) => name))
    expect([...PUBLIC, ...Object.keys(NEEDS)].filter(name => !served.has(name))).toEqual([])
    expect(served.size).toBeGreaterThan(20)
  })

  it('needs a session, except those that are meant for strangers', async () => {
    const open: string[] = []
    for (const address of addresses()) if ((await ask(address, '')) !== 401) open.push(address.name)
    expect(new Set(open)).toEqual(PUBLIC)
  })

  it('needs the role that it should, and no more', async () => {
    for (const address of addresses()) {
      const needed = NEEDS[address.name]
      if (PUBLIC.has(address.name) || address.url === '/api/live') continue
      // Whether a role may ask is known before anything is done; signing out is left to its own tests.
      if (needed !== undefined) expect(await ask(address, viewer.cookie), address.name).toBe(403)
      else if (address.method === 'GET') expect(await ask(address, viewer.cookie), address.name).not.toBe(403)
      if (needed === 'administrator') expect(await ask(address, support.cookie), address.name).toBe(403)
      else if (needed === 'support') expect(await ask(address, support.cookie), address.name).not.toBe(403)
    }
  })

  it('takes changes from its own pages only, whoever is signed in', async () => {
    for (const address of addresses().filter(
      ({ method, url }) => method !== 'GET' && method !== 'HEAD' && !isForMachines(url),
    )) {
      for (const origin of ['https://evil.example', 'null', '']) {
        expect(await ask(address, viewer.cookie, origin), `${address.name} from ${origin}`).toBe(403)
      }
    }
  })
})
