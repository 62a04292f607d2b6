import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  coverOf,
  type MaintenanceWindow,
  onSince,
  speaksOf,
  type WindowTarget,
  windowState,
} from './maintenance-window.ts'

const HOUR = 3_600_000
const at = (text: string): number => Date.parse(text)
const window = (more: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
  ...{
    id: 1,
    tenantId: 'main',
    scope: 'tenant',
    scopeId: 'main',
    check: null,
    startsAt: 0,
    endsAt: null,
    weekly: null,
  },
  ...{ reason: 'Обновление', author: 'Анна', agreed: false, source: 'person', endedAt: null, endedBy: null },
  ...more,
})
const target = (more: Partial<WindowTarget> = {}): WindowTarget => ({
  ...{ tenantId: 'main', clientId: 'c', siteId: 's', agentId: 'a', itemId: 'register:main:1', causeClass: 'ofd' },
  rules: ['ofd.queue_age'],
  ...more,
})
/** Tuesday night into Wednesday. */
const NIGHT = { days: [2], from: '23:00', to: '02:00' }

describe('windowState', () => {
  it('goes over midnight in the zone of the site', () => {
    const nightly = window({ weekly: NIGHT })
    // Tuesday 23:30 in Moscow is Wednesday 03:30 in Novosibirsk, where the night began four hours earlier.
    const moment = at('2026-11-24T20:30:00Z')
    expect(windowState(nightly, 'Europe/Moscow', moment)).toEqual({ on: true, until: at('2026-11-24T23:00:00Z') })
    expect(windowState(nightly, 'Asia/Novosibirsk', moment).on).toBe(false)
    expect(windowState(nightly, 'Asia/Novosibirsk', at('2026-11-24T16:00:00Z'))).toEqual({
      on: true,
      until: at('2026-11-24T19:00:00Z'),
    })
    expect(windowState(nightly, 'Europe/Moscow', at('2026-11-24T23:00:00Z')).on).toBe(false)
  })

  it('begins with its first day, ends with its last, and an early end is an end', () => {
    const bounded = window({ weekly: NIGHT, startsAt: at('2026-11-24T21:00:00Z'), endsAt: at('2026-11-24T22:00:00Z') })
    expect(windowState(bounded, 'Europe/Moscow', at('2026-11-24T20:30:00Z'))).toEqual({
      on: false,
      until: at('2026-11-24T21:00:00Z'),
    })
    expect(windowState(bounded, 'Europe/Moscow', at('2026-11-24T21:30:00Z'))).toEqual({
      on: true,
      until: at('2026-11-24T22:00:00Z'),
    })
    const ended = window({ startsAt: 0, endsAt: 10, endedAt: 5 })
    expect(windowState(ended, 'UTC', 4)).toEqual({ on: true, until: 5 })
    expect(windowState(ended, 'UTC', 5)).toEqual({ on: false, until: null })
  })

  it('is an hour longer in the night in which clocks are set back', () => {
    const nightly = window({ weekly: { days: [6], from: '23:00', to: '04:00' } })
    const from = at('2026-10-24T21:00:00Z')
    const { on, until } = windowState(nightly, 'Europe/Berlin', from)
    expect(on).toBe(true)
    expect((until ?? 0) - from).toBe(6 * HOUR)
  })

  it('stays as it is until the moment that it names, and is otherwise then', () => {
    const time = fc.integer({ min: 0, max: 23 }).map(hour => `${String(hour).padStart(2, '0')}:00`)
    const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 })
    const zones = fc.constantFrom('Europe/Moscow', 'Asia/Kamchatka', 'Europe/Berlin', 'UTC')
    const start = at('2026-03-20T00:00:00Z')
    fc.assert(
      fc.property(days, time, time, zones, fc.integer({ min: 0, max: 21 * 24 * 60 }), (on, from, to, zone, minutes) => {
        const weekly = window({ weekly: { days: on, from, to } })
        const now = start + minutes * 60_000
        const state = windowState(weekly, zone, now)
        if (state.until === null) return
        expect(state.until).toBeGreaterThan(now)
        expect(windowState(weekly, zone, state.until - 1).on).toBe(state.on)
        if (state.on) {
          const since = onSince(weekly, zone, now)
          expect(since).toBeLessThanOrEqual(now)
          expect(windowState(weekly, zone, since).on).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('speaksOf', () => {
  it('covers tenant, client, site, item, and with a PC all that is on it', () => {
    const scopes = [
      ['tenant', 'main'],
      ['client', 'c'],
      ['site', 's'],
      ['item', 'register:main:1'],
      ['item', 'pc:a'],
    ] as const
    for (const [scope, scopeId] of scopes) expect(speaksOf(window({ scope, scopeId }), target())).toBe(true)
    expect(speaksOf(window({ scope: 'site', scopeId: 'c' }), target())).toBe(false)
    expect(speaksOf(window({ scope: 'item', scopeId: 'pc:b' }), target())).toBe(false)
  })

  it('with a check covers its class, or the rule when nothing else holds', () => {
    expect(speaksOf(window({ check: 'ofd' }), target())).toBe(true)
    expect(speaksOf(window({ check: 'ofd.queue_age' }), target())).toBe(true)
    expect(speaksOf(window({ check: 'ofd.queue_age' }), target({ rules: ['ofd.queue_age', 'ofd.contract'] }))).toBe(
      false,
    )
    expect(speaksOf(window({ check: 'shift' }), target())).toBe(false)
  })

  it('never covers what belongs to another tenant', () => {
    expect(speaksOf(window(), target({ tenantId: 'other' }))).toBe(false)
    const foreign = window({ tenantId: 'other', scope: 'item', scopeId: 'register:main:1' })
    expect(coverOf([foreign], target(), 'UTC', 5)).toBeNull()
  })
})

it('of several windows the longest counts', () => {
  const short = window({ id: 1, endsAt: 10 })
  const long = window({ id: 2, endsAt: 20 })
  expect(coverOf([short, long], target(), 'UTC', 5)?.window.id).toBe(2)
  expect(coverOf([long, window({ id: 3 }), short], target(), 'UTC', 5)).toMatchObject({ until: null })
})
