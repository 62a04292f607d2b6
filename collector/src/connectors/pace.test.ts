import { ManualClock } from '@tillwatch/shared/testing'
import { expect, it } from 'vitest'
import { createPace, pacedClient } from './pace.ts'

const never = new AbortController().signal

it('counts calls, whoever makes them: no more than the rate and one burst within a minute', async () => {
  const clock = new ManualClock()
  const pace = createPace(2, clock)
  let calls = 0
  const http = pacedClient(
    {
      send: async () => {
        calls++
        return { kind: 'not_sent', message: 'nobody' }
      },
    },
    pace,
  )
  const stop = new AbortController()
  const request = { method: 'GET', url: 'http://desk.test', headers: {}, allowPrivate: true } as const
  const caller = async () => {
    while (!stop.signal.aborted && calls < 1_000) await http.send(request, stop.signal)
  }
  const callers = [caller(), caller(), caller()]
  for (let second = 0; second < 60; second++) await clock.advance(1_000)
  expect(calls).toBeGreaterThanOrEqual(118)
  expect(calls).toBeLessThanOrEqual(125)
  stop.abort()
  await Promise.all(callers)
})

it('reading gives way to deliveries, and still gets its turn within seconds', async () => {
  const clock = new ManualClock()
  const pace = createPace(2, clock)
  const order: string[] = []
  const stop = new AbortController()
  const writing = (async () => {
    while (order.length < 1_000 && (await pace.turn(stop.signal))) order.push('write')
  })()
  await clock.advance(10)
  const reading = pace.lull(never).then(async () => {
    await pace.turn(never)
    order.push('read')
  })
  for (let step = 0; step < 30; step++) await clock.advance(100)
  expect(order).not.toContain('read')
  for (let step = 0; step < 40; step++) await clock.advance(100)
  expect(order).toContain('read')
  stop.abort()
  await clock.advance(1_000)
  await Promise.all([writing, reading])
})

it('a call that stops waiting was not sent', async () => {
  const clock = new ManualClock()
  const pace = createPace(1, clock)
  for (let n = 0; n < 5; n++) expect(await pace.turn(never)).toBe(true)
  const stop = new AbortController()
  const sent = pacedClient({ send: () => Promise.reject(new Error('sent')) }, pace).send(
    { method: 'GET', url: 'http://desk.test', headers: {}, allowPrivate: true },
    stop.signal,
  )
  stop.abort()
  await clock.advance(0)
  expect(await sent).toEqual({ kind: 'not_sent', message: 'stopped' })
})

it('who stops waiting behind others is let go at once, and takes nobody’s turn', async () => {
  const clock = new ManualClock()
  const pace = createPace(0.1, clock)
  for (let n = 0; n < 5; n++) await pace.turn(never)
  const first = pace.turn(never)
  const stop = new AbortController()
  const second = pace.turn(stop.signal)
  const third = pace.turn(never)
  stop.abort()
  expect(await Promise.race([second, first.then(() => 'waited')])).toBe(false)
  expect(await pace.turn(AbortSignal.abort())).toBe(false)
  await clock.advance(10_000)
  expect(await first).toBe(true)
  await clock.advance(10_000)
  expect(await third).toBe(true)
  expect([pace.turns, await pace.lull(AbortSignal.abort())]).toEqual([7, undefined])
})
