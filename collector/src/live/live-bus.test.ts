import { expect, test } from 'vitest'
import { createLiveBus } from './live-bus.ts'

test('every listener hears every event until it leaves', () => {
  const bus = createLiveBus()
  const first: string[] = []
  const second: string[] = []
  const leave = bus.subscribe(event => first.push(event.id))
  bus.subscribe(event => second.push(event.id))
  bus.publish({ topic: 'incident', id: 'a' })
  leave()
  bus.publish({ topic: 'incident', id: 'b' })
  expect([first, second, bus.listeners]).toEqual([['a'], ['a', 'b'], 1])
})
