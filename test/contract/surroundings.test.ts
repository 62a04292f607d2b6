import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { hostConfig } from '@tillwatch/agent/host/host-config'
import type { HostProbe } from '@tillwatch/agent/host/host-probe'
import { createChzLmProbe } from '@tillwatch/agent/host/probes/chz-lm-probe'
import { createEgaisUtmProbe } from '@tillwatch/agent/host/probes/egais-utm-probe'
import { createOfdReachProbe } from '@tillwatch/agent/host/probes/ofd-reach-probe'
import { createTsPiotProbe } from '@tillwatch/agent/host/probes/ts-piot-probe'
import type { Sightings } from '@tillwatch/agent/host/sightings'
import { reachOf } from '@tillwatch/agent/host/system/reach'
import { askTimeServer } from '@tillwatch/agent/host/system/sntp'
import { type Clock, detailOf, factProblem, isFactName, systemClock, type WireItem, wireItem } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { afterEach, expect, test } from 'vitest'
import { serveLocalModule } from '../simulators/surroundings/local-module.ts'
import { serveTime } from '../simulators/surroundings/time-server.ts'
import { servePiot } from '../simulators/surroundings/ts-piot.ts'
import { serveUtm } from '../simulators/surroundings/utm.ts'
import type { WebFake } from '../simulators/surroundings/web-fake.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()))
})

async function served<Fake extends WebFake>(fake: Promise<Fake>): Promise<Fake> {
  const running = await fake
  closers.push(running.close)
  return running
}

function memory(): Sightings {
  const seen = new Set<string>()
  return {
    mayTell: (mode, slot, isThere) => {
      if (isThere) seen.add(slot)
      return mode === 'on' || seen.has(slot)
    },
  }
}

const NOON = Date.parse('2026-11-22T09:00:00Z')
/** The machine's timers, at a wall time that does not change. */
const atNoon: Clock = { ...systemClock, now: () => NOON }

const DEFAULTS = hostConfig.parse({})
type Mode = 'auto' | 'on'

const utmProbe = (urls: readonly string[], mode: Mode = 'auto', clock: Clock = atNoon) =>
  createEgaisUtmProbe({ config: { ...DEFAULTS.egais_utm, mode, addresses: [...urls] }, clock, sightings: memory() })
const moduleProbe = (url: string, password = 'admin', mode: Mode = 'auto') =>
  createChzLmProbe({
    config: { ...DEFAULTS.chz_lm, mode, password, addresses: [url] },
    clock: atNoon,
    sightings: memory(),
  })
const piotProbe = (url: string) =>
  createTsPiotProbe({
    config: { ...DEFAULTS.ts_piot, mode: 'on', addresses: [url] },
    clock: atNoon,
    sightings: memory(),
  })

/** What a probe tells, every item fit for the wire and every value for the dictionary. */
async function told(probe: HostProbe): Promise<readonly WireItem[]> {
  const items = await probe.read()
  for (const item of items) {
    expect(wireItem.safeParse(item).error).toBeUndefined()
    for (const [name, fact] of Object.entries(item.facts)) {
      expect(isFactName(name), name).toBe(true)
      expect(factProblem(name, detailOf(fact).value)).toBeNull()
    }
  }
  return items
}

const portOf = (url: string) => new URL(url).port
const forbidden = (fake: WebFake) => fake.seen.filter(request => request.forbidden)

test('a UTM is told with its certificates and lists, by GET on its local pages alone', async () => {
  const utm = await served(serveUtm({ in_documents: 2, out_documents: 41, list_key: 'count' }))
  expect(await told(utmProbe([utm.url]))).toMatchObject([
    {
      kind: 'service',
      slot: `egais-utm-${portOf(utm.url)}`,
      source: 'host',
      facts: {
        'egais.utm.link': 'ok',
        'egais.utm.version': '4.2.0',
        'egais.utm.owner_matches': true,
        'egais.utm.license': false,
        'egais.utm.rsa_valid_until': '2027-02-03',
        'egais.utm.gost_key_valid_until': '2027-05-03',
        'egais.utm.in_documents': 2,
        'egais.utm.out_documents': 41,
      },
    },
  ])
  expect(utm.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /api/info/list',
    'GET /api/db/in/list?limit=1&offset=0',
    'GET /api/db/out/list?limit=1&offset=0',
  ])
  expect(forbidden(utm)).toEqual([])
})

test('an old UTM is known by the page of the official requirements', async () => {
  const utm = await served(serveUtm({ has_info_page: false }))
  const [item] = await told(utmProbe([utm.url]))
  expect(item?.facts).toEqual({ 'egais.utm.link': 'ok', 'egais.utm.owner_id': '030000123456' })
})

test('several UTMs of one PC are items of their own', async () => {
  const first = await served(serveUtm())
  const second = await served(serveUtm({ ownerId: '030000777777', rsaError: 'нет ключа' }))
  const items = await told(utmProbe([first.url, second.url]))
  expect(
    items.map(({ slot, facts }) => [slot, facts['egais.utm.owner_matches'], facts['egais.utm.rsa_error']]),
  ).toEqual([
    [`egais-utm-${portOf(first.url)}`, true, null],
    [`egais-utm-${portOf(second.url)}`, false, 'нет ключа'],
  ])
})

test('R2: what was never there gives no item; what was there and has gone is told by how it is gone', async () => {
  const utm = await served(serveUtm({ faults: { status: 404 } }))
  const probe = utmProbe([utm.url])
  expect(await told(probe)).toEqual([])
  utm.set({})
  expect(await told(probe)).toMatchObject([{ facts: { 'egais.utm.link': 'ok' } }])
  utm.set({ faults: { status: 503 } })
  expect((await told(probe))[0]?.facts).toEqual({ 'egais.utm.link': { value: 'error', raw: 503 } })
  await utm.close()
  expect((await told(probe))[0]?.facts).toEqual({ 'egais.utm.link': { value: 'refused' } })
})

test.each([
  ['another program', { body: '<html>It works!</html>' }],
  ['an answer without an end', { endless: true }],
  ['half an answer', { cut: true }],
  ['something that wants a password', { status: 401 }],
  ['a packed answer', { packed: true }],
])('%s on the port of the UTM is not taken for one, and the probe comes back', async (_what, faults) => {
  const utm = await served(serveUtm({ faults }))
  expect(await told(utmProbe([utm.url]))).toEqual([])
  const [item] = await told(utmProbe([utm.url], 'on'))
  expect(['error', 'denied']).toContain(detailOf(item?.facts['egais.utm.link'] ?? null).value)
})

test('a service that sends elsewhere is not followed there', async () => {
  const elsewhere = await served(serveUtm())
  const utm = await served(serveUtm({ faults: { status: 302, location: `${elsewhere.url}/api/info/list` } }))
  expect((await told(utmProbe([utm.url], 'on')))[0]?.facts).toEqual({ 'egais.utm.link': { value: 'error', raw: 302 } })
  expect(elsewhere.seen).toEqual([])
})

test.each([
  ['never answers', { silent: true }],
  ['begins an answer and never goes on', { begins: true }],
])('R2: a UTM that %s is silent after five seconds', async (_what, faults) => {
  const utm = await served(serveUtm({ faults }))
  const clock = new ManualClock(NOON)
  const reading = utmProbe([utm.url], 'on', clock).read()
  await expect.poll(() => utm.seen.length).toBe(1)
  await clock.advance(5_000)
  expect((await reading)[0]?.facts).toEqual({ 'egais.utm.link': { value: 'silent' } })
})

test('both versions of the local module are told in the same facts, and the page that answers is kept', async () => {
  const module = await served(serveLocalModule())
  const probe = moduleProbe(module.url)
  const facts = {
    'chz.lm.link': 'ok',
    'chz.lm.status': 'ready',
    'chz.lm.last_sync_at': '2026-11-22T08:58:00.000Z',
    'chz.lm.sync_age_hours': 0,
    'chz.lm.inn': '7701234567',
    'chz.lm.local_documents': 1_007,
  }
  expect(await told(probe)).toMatchObject([
    { slot: `chz-lm-${portOf(module.url)}`, facts: { ...facts, 'chz.lm.server_documents': 1_027 } },
  ])
  await told(probe)
  expect(module.seen.map(({ path }) => path)).toEqual(['/api/v2/status', '/api/v1/status', '/api/v1/status'])
  // Replaced by version 2 while the agent runs.
  for (const databases_level of [true, false]) {
    module.set({ major: 2, version: '2.0.1', times: 'iso', databases_level })
    await told(probe)
    expect((await told(probe))[0]?.facts).toMatchObject({ ...facts, 'chz.lm.version': '2.0.1' })
  }
  expect(forbidden(module)).toEqual([])
})

test('a local module that is not ready says what it lacks', async () => {
  const module = await served(
    serveLocalModule({
      status: 'sync_error',
      operationMode: 'service',
      requiresDownload: true,
      lastSync: '2026-11-19T09:00:00.000Z',
      errors: [{ code: 1_003, message: 'нет места' }],
    }),
  )
  expect((await told(moduleProbe(module.url)))[0]?.facts).toMatchObject({
    'chz.lm.status': 'sync_error',
    'chz.lm.operation_mode': 'service',
    'chz.lm.requires_download': true,
    'chz.lm.sync_age_hours': 72,
    'chz.lm.errors': ['1003: нет места'],
  })
})

test('R6: a wrong password is told as such, and no password or token is ever in what is told', async () => {
  const secret = 'p4ss-of-the-shop'
  const module = await served(serveLocalModule({ password: secret }))
  expect((await told(moduleProbe(module.url, 'admin', 'on')))[0]?.facts).toEqual({
    'chz.lm.link': { value: 'denied', raw: 401 },
  })
  const text = JSON.stringify(await told(moduleProbe(module.url, secret)))
  expect(text).toContain('ready')
  expect(text).not.toContain(secret)
  expect(text).not.toContain(Buffer.from(`admin:${secret}`).toString('base64'))
  expect(text).not.toContain('secret-of-the-url')

  const piot = await served(servePiot({ instances: [{ espToken: 'e5p-t0ken' }] }))
  const instances = JSON.stringify(await told(piotProbe(piot.url)))
  expect(instances).toContain('9960440300112233')
  expect(instances).not.toContain('e5p-t0ken')
})

test('every ESM instance is an item with its licence, its register and its local module', async () => {
  const piot = await served(
    servePiot({
      instances: [
        { id: '0000000000301234', licenses: [{ isActive: false, activeTill: '2026-11-01T00:00:00Z' }] },
        { id: '0000000000305678', serviceState: 'Остановлено', isRegistered: false },
      ],
      module: { status: 'initialization' },
    }),
  )
  const slot = `ts-piot-${portOf(piot.url)}`
  expect(await told(piotProbe(piot.url))).toMatchObject([
    { slot, facts: { 'chz.piot.link': 'ok', 'chz.piot.instances': 2 } },
    {
      slot: `${slot}-0000000000301234`,
      facts: {
        'chz.piot.state': 'Работает',
        'chz.piot.licence_active': false,
        'chz.piot.licence_until': '2026-11-01',
        'chz.piot.register_serial': '0000000000301234',
        'chz.piot.fn_serial': '9960440300112233',
        'chz.lm.status': 'initialization',
      },
    },
    {
      slot: `${slot}-0000000000305678`,
      facts: { 'chz.piot.state': 'Остановлено', 'chz.piot.version': { value: null, reason: 'not_told' } },
    },
  ])
  expect(forbidden(piot)).toEqual([])
  const empty = await served(servePiot({ instances: [] }))
  expect((await told(piotProbe(empty.url)))[0]?.facts).toEqual({ 'chz.piot.link': 'ok', 'chz.piot.instances': 0 })
})

test('the way to an OFD server is tried without a byte being sent', async () => {
  const received: Buffer[] = []
  const ended = Promise.withResolvers<void>()
  const server = createServer(socket => {
    socket.on('data', chunk => received.push(chunk))
    socket.on('error', () => undefined)
    socket.once('close', () => ended.resolve())
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  expect(await reachOf('127.0.0.1', port, systemClock)).toEqual({ result: 'ok', connectMs: expect.any(Number) })
  await ended.promise
  expect(received).toEqual([])
  await new Promise(resolve => {
    server.close(resolve)
  })
  expect(await reachOf('127.0.0.1', port, systemClock)).toEqual({ result: 'refused', connectMs: null })
})

test('a register that is set to this PC does not make it knock at its own services', async () => {
  let knocks = 0
  const server = createServer(socket => {
    knocks++
    socket.destroy()
  })
  await new Promise<void>(resolve => {
    server.listen(0, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  for (const host of ['127.0.0.1', 'localhost', '127.1', '0.0.0.0', '::ffff:127.0.0.1', hostname()]) {
    const register: WireItem = {
      ...{ kind: 'register', slot: 'front', id: null, at: '2026-11-22T09:00:00Z', source: 'register' },
      facts: { 'fiscal.register.ofd_host': host, 'fiscal.register.ofd_port': port },
    }
    const probe = createOfdReachProbe({ config: DEFAULTS.ofd_reach, clock: atNoon, registers: () => [register] })
    expect((await told(probe))[0]?.facts, host).toMatchObject({
      'ofd.server.reach': { value: null, reason: 'own_address' },
      'ofd.server.host': host.toLowerCase(),
    })
  }
  expect(knocks).toBe(0)
  await new Promise(resolve => {
    server.close(resolve)
  })
})

test('a name that nobody knows and a server that does not answer are told apart', async () => {
  // A label this long is refused before any server is asked.
  expect(await reachOf(`${'a'.repeat(64)}.invalid`, 7_777, systemClock)).toEqual({ result: 'dns', connectMs: null })
  const patienceEndsFirst: Clock = {
    ...systemClock,
    after: (_ms, run) => {
      queueMicrotask(run)
      return () => undefined
    },
  }
  expect(await reachOf('127.0.0.1', 9, patienceEndsFirst)).toEqual({ result: 'timeout', connectMs: null })
  expect(await reachOf('ofd.invalid', 9, patienceEndsFirst)).toEqual({ result: 'dns', connectMs: null })
})

test('a time server is asked once; one that is silent, wrong or forged is told by its reason', async () => {
  const ask = async (state: Parameters<typeof serveTime>[1]) => {
    const server = await serveTime(() => NOON, state)
    closers.push(server.close)
    const offset = await askTimeServer({ host: '127.0.0.1', port: server.port }, atNoon).catch(String)
    return { offset, packets: server.seen.length }
  }
  expect(await ask({ aheadMs: 1_500 })).toEqual({ offset: 1_500, packets: 1 })
  expect(await ask({ aheadMs: -86_400_000 })).toEqual({ offset: -86_400_000, packets: 1 })
  expect((await ask({ leap: 3 })).offset).toContain('has no time')
  expect((await ask({ forgets: true })).offset).toContain('another request')

  const silent = await serveTime(() => NOON, { silent: true })
  closers.push(silent.close)
  const clock = new ManualClock(NOON)
  const asked = askTimeServer({ host: '127.0.0.1', port: silent.port }, clock).catch(String)
  await clock.advance(3_000)
  expect(await asked).toContain('timeout')
})
