import { describe, expect, it } from 'vitest'
import { Circuit } from './circuit.ts'
import { TokenBucket } from './token-bucket.ts'

describe('TokenBucket', () => {
  it('lets a burst through, then keeps the rate, and a computed wait is enough', () => {
    const bucket = new TokenBucket(2, 3, 0)
    for (let n = 0; n < 3; n++) {
      expect(bucket.waitMs(0)).toBe(0)
      bucket.take(0)
    }
    expect(bucket.waitMs(0)).toBe(500)
    expect(bucket.waitMs(499)).toBeGreaterThan(0)
    expect(bucket.waitMs(500)).toBe(0)
  })

  it('saves up no more than its burst', () => {
    const bucket = new TokenBucket(10, 2, 0)
    for (let n = 0; n < 2; n++) bucket.take(1_000_000)
    expect(bucket.waitMs(1_000_000)).toBeGreaterThan(0)
  })
})

describe('Circuit', () => {
  it('opens after four failures in a row, longer each time, and one success closes it', () => {
    const circuit = new Circuit()
    for (let n = 0; n < 3; n++) circuit.failed(0, 0)
    expect([circuit.failing, circuit.waitMs(0)]).toEqual([false, 0])
    circuit.failed(0, 0)
    expect([circuit.failing, circuit.waitMs(0)]).toEqual([true, 15_000])
    circuit.failed(15_000, 0)
    expect(circuit.waitMs(15_000)).toBe(30_000)
    circuit.succeeded()
    expect([circuit.failing, circuit.waitMs(15_000)]).toEqual([false, 0])
  })

  it('keeps the longer of its own pause and the one that the desk asks for', () => {
    const circuit = new Circuit()
    circuit.pause(0, 60_000)
    circuit.pause(0, 1_000)
    expect(circuit.waitMs(10_000)).toBe(50_000)
  })
})
