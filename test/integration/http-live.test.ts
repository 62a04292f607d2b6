import { seededIds } from '@tillwatch/collector/reads/testing/seeded-fleet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttpWorld, type HttpWorld } from './http-world.ts'

let world: HttpWorld
const opened: AbortController[] = []
beforeEach(async () => {
  world = await createHttpWorld({ registers: 11, limits: { streams: 3, streamsPerUser: 2 } })
  await world.http.start()
})
afterEach(async () => {
  for (const controller of opened.splice(0)) controller.abort()
  await world.stop()
})

/** A page that listens; `next` gives the next piece of text. */
async function listen(cookie: string) {
  const controller = new AbortController()
  opened.push(controller)
  const response = await fetch(`${world.http.address()}/api/live`, { headers: { cookie }, signal: controller.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  return { response, next: async () => (await reader?.read())?.value ?? null }
}

/** Lets the feed gather, ask whose the news are, and write. */
const pass = async (ms: number) => {
  await world.clock.advance(ms)
  await new Promise(resolve => setImmediate(resolve))
}

describe('live', () => {
  it('tells each tenant of its own changes and of nobody else’s', async () => {
    const own = await listen((await world.signIn('anna', 'viewer')).cookie)
    const other = await listen((await world.signIn('olga', 'viewer', 'other')).cookie)
    expect(own.response.headers.get('content-type')).toContain('text/event-stream')
    expect(await own.next()).toContain(': welcome')
    expect(await other.next()).toContain(': welcome')
    world.live.publish({ topic: 'incident', id: seededIds('other', 0).incidentId })
    world.live.publish({ topic: 'incident', id: seededIds('main', 0).incidentId })
    world.live.publish({ topic: 'incident', id: 'nobody’s' })
    await pass(1000)
    expect(await own.next()).toBe(`data: ${JSON.stringify({ topic: 'incident', id: 'main-incident-0' })}\n\n`)
    expect(await other.next()).toBe(`data: ${JSON.stringify({ topic: 'incident', id: 'other-incident-0' })}\n\n`)
  })

  it('sends a heartbeat and ends when the session is revoked', async () => {
    const browser = await world.signIn('anna', 'viewer')
    const page = await listen(browser.cookie)
    await page.next()
    await pass(15_000)
    expect(await page.next()).toBe(': still here\n\n')
    await browser.send('DELETE', '/api/session')
    await pass(15_000)
    expect(await page.next()).toBeNull()
  })

  it('ends at once when the session is revoked from another page, and lets others listen on', async () => {
    const anna = await world.signIn('anna', 'viewer')
    const page = await listen(anna.cookie)
    const other = await listen((await world.signIn('boris', 'viewer')).cookie)
    await page.next()
    await other.next()
    expect((await anna.send('DELETE', '/api/session')).statusCode).toBe(204)
    expect(await page.next()).toBeNull()
    world.live.publish({ topic: 'incident', id: seededIds('main', 0).incidentId })
    await pass(1000)
    expect(await other.next()).toContain('main-incident-0')
  })

  it('refuses more streams than the cap, of one user and in all', async () => {
    const anna = await world.signIn('anna', 'viewer')
    const boris = await world.signIn('boris', 'viewer')
    expect((await listen(anna.cookie)).response.status).toBe(200)
    expect((await listen(anna.cookie)).response.status).toBe(200)
    const third = await listen(anna.cookie)
    expect(third.response.status).toBe(503)
    expect(third.response.headers.get('retry-after')).toBe('30')
    expect((await listen(boris.cookie)).response.status).toBe(200)
    expect((await listen(boris.cookie)).response.status).toBe(503)
  })

  it('ends every stream when the server stops', async () => {
    const page = await listen((await world.signIn('anna', 'viewer')).cookie)
    await page.next()
    await world.http.stop()
    expect(await page.next()).toBeNull()
  })
})
