import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import type { Content, Outbox } from '@tillwatch/agent/outbox/outbox'
import { openOutbox } from '@tillwatch/agent/outbox/recover'
import { createMqttDial } from '@tillwatch/agent/uplink/mqtt-link'
import { createUplink, type Uplink } from '@tillwatch/agent/uplink/uplink'
import { openAuthority } from '@tillwatch/collector/broker/authority'
import { type IdentityFile, systemClock } from '@tillwatch/shared'
import { recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createScriptedCollector, type ScriptedCollector, until } from './scripted-collector.ts'

let collector: ScriptedCollector
let outbox: Outbox
let uplink: Uplink
let logger = recordingLogger()

beforeEach(async () => {
  collector = await createScriptedCollector()
  logger = recordingLogger()
  outbox = openOutbox({ dir: join(collector.dir, 'data'), clock: systemClock, run: 'run', logger })
})
afterEach(async () => {
  await uplink?.stop()
  outbox.close()
  await collector.close()
})

async function start(identity: IdentityFile = collector.identity): Promise<void> {
  uplink = createUplink({
    agent: identity.agent,
    outbox,
    dial: createMqttDial({ identity, keepaliveS: 10, connectTimeoutMs: 5_000, clock: systemClock }),
    clock: systemClock,
    random: Math.random,
    newConnectionId: () => randomBytes(12).toString('base64url'),
    snapshot: () => [],
    logger,
    reconnect: { firstMs: 300, capMs: 300, factor: 1, jitter: 0.5 },
    timerScale: 0.01,
  })
  await uplink.start()
}

const event = (n: number): Content => ({
  kind: 'event',
  body: { name: 'something_happened', at: '2026-11-22T09:00:00Z', details: { n } },
})
function append(from: number, to: number): void {
  for (let n = from; n <= to; n++) {
    outbox.append(event(n))
    uplink.wake()
  }
}
const taken = () => collector.taken.map(({ body }) => ('details' in body ? body.details.n : null))
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

test('R2: a backlog of several windows arrives in order over TLS, each message once', async () => {
  for (const n of upTo(300)) outbox.append(event(n))
  await start()
  await until('300 stored', () => outbox.counts().waiting === 0)
  expect(taken()).toEqual(upTo(300))
  expect(collector.hellos).toHaveLength(1)
})

test('R2: connections cut again and again lose nothing and double nothing', async () => {
  collector.window = 5
  await start()
  for (let round = 0; round < 5; round++) {
    append(round * 40 + 1, round * 40 + 40)
    const goal = collector.arrivals.length + 7
    await until('some arrived', () => collector.arrivals.length >= goal)
    collector.cutAll()
  }
  await until('all stored', () => outbox.counts().waiting === 0)
  expect(taken()).toEqual(upTo(200))
  expect(new Set(collector.hellos.map(({ connection }) => connection)).size).toBe(collector.hellos.length)
})

test('R2: a broker that goes and comes back with no memory finds everything again', async () => {
  await start()
  append(1, 20)
  await until('20 stored', () => outbox.counts().waiting === 0)
  await collector.stopBroker()
  append(21, 60)
  expect(outbox.counts().waiting).toBe(40)
  await collector.startBroker()
  await until('60 stored', () => outbox.counts().waiting === 0)
  expect(taken()).toEqual(upTo(60))
})

test('R2: a collector restored from a backup is filled again', async () => {
  await start()
  append(1, 30)
  await until('30 stored', () => outbox.counts().waiting === 0)
  collector.restoreTo(10)
  collector.cutAll()
  await until('filled again', () => collector.taken.length === 30)
  expect(taken()).toEqual(upTo(30))
})

test('PUBACK is not enough: what the broker took and nobody stored is sent again', async () => {
  collector.isAnswering = false
  await start()
  append(1, 3)
  await until('hello', () => collector.hellos.length > 2)
  collector.isAnswering = true
  await until('stored', () => outbox.counts().waiting === 0)
  expect(taken()).toEqual([1, 2, 3])
})

test('presence: online with the connection of the hello, a will when cut, a farewell at the end', async () => {
  await start()
  await until('online', () => collector.statuses.length === 1 && collector.hellos.length === 1)
  const connection = collector.hellos[0]?.connection
  expect(collector.statuses).toEqual([{ v: 1, state: 'online', connection }])
  collector.cutAll()
  await until('will and back', () => collector.statuses.length >= 3)
  expect(collector.statuses.slice(0, 3)).toContainEqual({ v: 1, state: 'offline', connection, reason: 'lost' })
  await uplink.stop()
  await until('farewell', () => collector.statuses.at(-1)?.state === 'offline')
  expect(collector.statuses.at(-1)?.connection).toBe(collector.hellos.at(-1)?.connection)
})

test('a broker under another authority is not spoken to', async () => {
  const stranger = await createScriptedCollector()
  try {
    await start({ ...collector.identity, ca: stranger.identity.ca })
    await until('refused', () =>
      logger.lines.some(({ fields }) => 'nextStep' in fields && String(fields.nextStep).includes('identity')),
    )
    expect(collector.statuses).toEqual([])
  } finally {
    await stranger.close()
  }
})

test('a wrong secret is told with the next step and never printed', async () => {
  const secret = 'x'.repeat(43)
  await start({ ...collector.identity, secret })
  await until('refused', () =>
    logger.lines.some(({ fields }) => 'nextStep' in fields && String(fields.nextStep).includes('new identity file')),
  )
  expect(JSON.stringify(logger.lines)).not.toContain(secret)
})

test('a broker that lets us in and never takes the subscription is given up in time', async () => {
  const { identity } = collector
  const tls = await openAuthority(join(collector.dir, 'tls'), [], () => 'unused')
  const accepted = Buffer.from([0x20, 0x02, 0x00, 0x00])
  const deaf = createServer({ key: tls.key, cert: tls.cert }, socket => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.write(accepted))
  })
  deaf.listen(0, '127.0.0.1')
  await once(deaf, 'listening')
  const url = `mqtts://127.0.0.1:${(deaf.address() as AddressInfo).port}`
  const dial = createMqttDial({
    identity: { ...identity, url },
    keepaliveS: 10,
    connectTimeoutMs: 1_000,
    clock: systemClock,
  })
  const events = { onMessage: () => undefined, onClosed: () => undefined }
  await expect(dial('connection-1', events, new AbortController().signal)).rejects.toMatchObject({
    code: 'uplink.unreachable',
    nextStep: expect.any(String),
  })
  deaf.close()
}, 10_000)
