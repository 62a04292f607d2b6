import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHttpClient } from '../connectors/http-client.ts'
import { createHeartbeat } from './heartbeat.ts'

let server: Server
let asked: string[]
let answer: number
let clock: ManualClock
let log: ReturnType<typeof recordingLogger>
let registry: Registry

beforeEach(async () => {
  asked = []
  answer = 200
  clock = new ManualClock()
  log = recordingLogger()
  registry = new Registry()
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(answer).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => new Promise(resolve => server.close(resolve)))

const heartbeat = (more: { healthy?: () => boolean; url?: string; allowPrivate?: boolean } = {}) =>
  createHeartbeat({
    url: () => more.url ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/very-secret`,
    method: 'POST',
    everyMs: 60_000,
    allowPrivate: more.allowPrivate ?? true,
    isHealthy: more.healthy ?? (() => true),
    http: createHttpClient(clock, 5_000),
    ...{ registry, clock, log },
  })
const outcome = async (name: string): Promise<number> =>
  Number(new RegExp(`outcome="${name}"\\} (\\d+)`).exec(await registry.metrics())?.[1] ?? 0)
const reaches = (name: string, count: number) => vi.waitFor(async () => expect(await outcome(name)).toBe(count))

test('domain 15: the watcher outside hears from a collector that is well, again and again', async () => {
  const beating = heartbeat()
  await beating.start()
  await reaches('sent', 1)
  await vi.waitFor(async () => {
    await clock.advance(60_000)
    expect(asked.length).toBeGreaterThan(1)
  })
  await beating.stop()
  expect(asked[0]).toBe('POST /ping/very-secret')
})

test('keeps silent while something fails', async () => {
  const beating = heartbeat({ healthy: () => false })
  await beating.start()
  await reaches('withheld', 1)
  await beating.stop()
  expect(asked).toEqual([])
})

test('a watcher that refuses is counted and said once, without the secret of its address', async () => {
  answer = 500
  const beating = heartbeat()
  await beating.start()
  await reaches('failed', 1)
  await vi.waitFor(async () => {
    await clock.advance(60_000)
    expect(await outcome('failed')).toBeGreaterThan(1)
  })
  await beating.stop()
  expect(log.lines).toHaveLength(1)
  expect(JSON.stringify(log.lines)).not.toContain('very-secret')
})

test('a secret that is gone is a failure like any other: counted, said once, tried again', async () => {
  const beating = createHeartbeat({
    url: () => {
      throw new Error('no secret in the file')
    },
    ...{ method: 'GET', everyMs: 60_000, allowPrivate: false, isHealthy: () => true },
    ...{ http: createHttpClient(clock, 5_000), registry, clock, log },
  })
  await beating.start()
  await reaches('failed', 1)
  await vi.waitFor(async () => {
    await clock.advance(60_000)
    expect(await outcome('failed')).toBeGreaterThan(1)
  })
  await beating.stop()
  expect(log.lines).toHaveLength(1)
})

test.each([
  ['an address that leads into a private network, unless that is meant', { allowPrivate: false }],
  ['a file that holds no address', { url: 'very-secret but no address' }],
])('%s, fails without a word of it', async (_name, more) => {
  const beating = heartbeat(more)
  await beating.start()
  await reaches('failed', 1)
  await beating.stop()
  expect(asked).toEqual([])
  expect(JSON.stringify(log.lines)).not.toContain('very-secret')
})
