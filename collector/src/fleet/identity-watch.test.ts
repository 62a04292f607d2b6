import { expect, test } from 'vitest'
import { afterHello, type IdentityTrace } from './identity-watch.ts'

const minute = 60_000
const seen: IdentityTrace = { epoch: 5, next: 100, wentBackAt: null }
const hello = (epoch: number, next: number, tookOver = false) => ({ epoch, next, tookOver })

test('an agent that only goes forward is one agent, even when its line breaks and it pushes its own old connection out', () => {
  let trace = seen
  for (let next = 100; next < 110; next++) {
    const step = afterHello(trace, hello(5, next, true), next * minute)
    expect(step.duplicate).toBe(false)
    trace = step.trace
  }
})

test('a restored disk image goes back once and then begins a new epoch', () => {
  const back = afterHello(seen, hello(5, 40), 0)
  expect(back.duplicate).toBe(false)
  expect(afterHello(back.trace, hello(6, 1), minute).duplicate).toBe(false)
})

test('a clone that speaks while the original is connected is told at once', () => {
  expect(afterHello(seen, hello(5, 40, true), 0).duplicate).toBe(true)
})

test('two holders that never meet but take turns are told at the second time', () => {
  const clone = afterHello(seen, hello(5, 40), 0)
  const newEpoch = afterHello(clone.trace, hello(6, 1), minute)
  const original = afterHello(newEpoch.trace, hello(5, 101), 10 * minute)
  expect(original.duplicate).toBe(true)
})
