import { describe, expect, it } from 'vitest'
import { siteSilence } from './site-silence.ts'

const NOW = Date.parse('2026-11-23T09:00:00Z')
const MINUTE = 60_000
const silence = (minutesAgo: readonly number[], collectorMinutesAgo = 10_000) =>
  siteSilence(
    {
      agents: minutesAgo.map((ago, index) => ({ id: `a${index}`, lastHeardAt: NOW - ago * MINUTE })),
      collectorStartedAt: NOW - collectorMinutesAgo * MINUTE,
    },
    NOW,
  )

describe('domain 17.9: a silent site', () => {
  it('went silent with all its agents within five minutes', () => {
    expect(silence([12, 8, 7])).toEqual({ agents: 3, since: NOW - 7 * MINUTE })
    expect(silence([13, 8, 7])).toEqual({ agents: 3, since: null })
  })
  it('is not silent while one speaks, nor in the first minutes', () => {
    expect(silence([12, 8, 1]).since).toBeNull()
    expect(silence([5, 4]).since).toBeNull()
  })
  it('needs two agents; one that is gone for days does not count', () => {
    expect(silence([30])).toEqual({ agents: 1, since: null })
    expect(silence([9000, 30, 29])).toEqual({ agents: 2, since: NOW - 29 * MINUTE })
    expect(silence([9000, 30])).toEqual({ agents: 1, since: null })
  })
  it('domain 17.21: our own absence is nobody’s silence', () => {
    expect(silence([600, 599], 20)).toEqual({ agents: 2, since: NOW - 10 * MINUTE })
    expect(silence([600, 599], 12).since).toBeNull()
  })
})
