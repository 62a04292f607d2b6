import { describe, expect, it } from 'vitest'
import { endingIn, latestOf } from './chart-points.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 9, minute)).toISOString()
const point = (minute: number, mean: number) => ({ at: at(minute), mean, min: mean, max: mean })

describe('a curve', () => {
  it('ends in the newest value, not in the mean of a bucket', () => {
    const points = [point(0, 10), point(5, 20.4)]
    expect(endingIn(points, { at: at(7), value: 24 }).at(-1)).toEqual(point(7, 24))
    expect(endingIn(points, null)).toBe(points)
  })
  it('is not bent back by a value older than its last point', () => {
    const points = [point(0, 10), point(5, 20.4)]
    expect(endingIn(points, { at: at(4), value: 24 })).toBe(points)
  })
  it('takes its newest value from a number only', () => {
    const fact = { name: 'fiscal.ofd.unsent_documents', source: 'register', at: at(1), stale: false }
    expect(latestOf([{ ...fact, value: 3 }], fact.name)).toEqual({ at: at(1), value: 3 })
    expect(latestOf([{ ...fact, value: null }], fact.name)).toBeNull()
    expect(latestOf([], fact.name)).toBeNull()
  })
})
