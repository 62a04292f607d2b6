import { describe, expect, it } from 'vitest'
import { ApiProblem, address } from './api-client.ts'
import { chooseLanguage } from './i18n/i18n.ts'
import { staleQueries } from './live.ts'
import { problemKind } from './problem-text.ts'
import { withParameter } from './search-params.ts'
import { urgencyOf } from './stop-urgency.ts'
import { chartLevels, levelsInSight } from './thresholds.ts'
import { futureInstant, localInputValue, untilPreset } from './until.ts'
import { nextRow } from './widgets/row-keys.ts'

const DAY = 86_400_000

describe('urgency of a stop', () => {
  it('is red up to five days and in the past, yellow up to two weeks', () => {
    expect([-DAY, 0, 5 * DAY].map(urgencyOf)).toEqual(['red', 'red', 'red'])
    expect([5 * DAY + 1, 14 * DAY, 14 * DAY + 1].map(urgencyOf)).toEqual(['yellow', 'yellow', 'calm'])
  })
})

describe('rows by keyboard', () => {
  it('stops at both ends and leaves other keys alone', () => {
    expect(nextRow('ArrowDown', 0, 3)).toBe(1)
    expect(nextRow('ArrowDown', 2, 3)).toBe(2)
    expect(nextRow('ArrowUp', 0, 3)).toBe(0)
    expect([nextRow('Home', 2, 3), nextRow('End', 0, 3)]).toEqual([0, 2])
    expect(nextRow('Enter', 0, 3)).toBeNull()
    expect(nextRow('ArrowDown', 0, 0)).toBeNull()
  })
})

describe('a moment in the future', () => {
  const evening = new Date(2026, 10, 22, 18, 20)
  it('has presets; the morning is the next nine o’clock', () => {
    expect(localInputValue(untilPreset('hour', evening))).toBe('2026-11-22T19:20')
    expect(localInputValue(untilPreset('morning', evening))).toBe('2026-11-23T09:00')
    expect(localInputValue(untilPreset('morning', new Date(2026, 10, 22, 7, 0)))).toBe('2026-11-22T09:00')
    expect(localInputValue(untilPreset('week', evening))).toBe('2026-11-29T18:20')
  })
  it('is refused when it is not in the future', () => {
    expect(futureInstant('2026-11-22T18:20', evening.getTime())).toBeNull()
    expect(futureInstant('', evening.getTime())).toBeNull()
    expect(futureInstant('2026-11-22T18:21', evening.getTime())).toBe(new Date(2026, 10, 22, 18, 21).toISOString())
  })
})

describe('language', () => {
  it('is the stored one, else Russian unless only English is asked for', () => {
    expect(chooseLanguage('en', ['ru-RU'])).toBe('en')
    expect(chooseLanguage(null, ['en-US', 'ru'])).toBe('ru')
    expect(chooseLanguage(null, ['en-US'])).toBe('en')
    expect(chooseLanguage('xx', ['kk-KZ'])).toBe('ru')
  })
})

describe('failures', () => {
  const kind = (status: number, code = 'any') => problemKind(new ApiProblem(status, { code, message: '' }))
  it('are told by what a person can do about them', () => {
    expect(kind(0, 'network.unreachable')).toBe('unreachable')
    expect([401, 403, 404, 409, 429, 400, 503].map(status => kind(status))).toEqual([
      'signedOut',
      'forbidden',
      'missing',
      'conflict',
      'tooMany',
      'refused',
      'server',
    ])
    expect(kind(400, 'invitation.unknown')).toBe('invitation')
  })
})

describe('addresses', () => {
  it('carry only parameters with a value', () => {
    expect(address('/api/fleet', { search: 'касса 2', health: '', after: null, limit: 50 })).toBe(
      '/api/fleet?search=%D0%BA%D0%B0%D1%81%D1%81%D0%B0+2&limit=50',
    )
    expect(withParameter('health', 'red')(new URLSearchParams('search=a')).toString()).toBe('search=a&health=red')
    expect(withParameter('search', '')(new URLSearchParams('search=a&health=red')).toString()).toBe('health=red')
  })
})

describe('live events', () => {
  it('make stale what shows the thing that changed', () => {
    expect(staleQueries({ topic: 'item', id: 'i', agentId: 'a7' })).toContainEqual(['terminal', 'a7'])
    expect(staleQueries({ topic: 'incident', id: 'n1' })).toContainEqual(['incident', 'n1'])
    expect(staleQueries({ topic: 'delivery', id: 'd' })).toContainEqual(['desks'])
  })
})

describe('threshold hints', () => {
  it('follow the size of the disk and never fall under the absolute levels', () => {
    const GIB = 1024 ** 3
    expect(chartLevels('host.disk.free_bytes', 20 * GIB).map(level => level.value / GIB)).toEqual([4, 5, 1])
    expect(chartLevels('host.disk.free_bytes', null)).toEqual([])
    expect(chartLevels('fiscal.ofd.unsent_documents', null)).toEqual([])
  })
  it('are drawn only near the curve', () => {
    const levels = chartLevels('fiscal.fn.last_document', null)
    expect(levelsInSight(levels, 190_000).map(level => level.value)).toEqual([200_000, 237_500])
    expect(levelsInSight(levels, 12_000)).toEqual([])
  })
})
