import { describe, expect, it } from 'vitest'
import { draftOf, type WindowForm } from './window-draft.ts'

const NOW = new Date('2026-11-23T12:00').getTime()
const form = (more: Partial<WindowForm> = {}): WindowForm => ({
  ...{ scope: 'site', scopeId: 'cafe-7', check: '', recurs: false, from: '2026-11-23T12:00', to: '2026-11-23T14:00' },
  ...{ days: [], fromHour: '23:00', toHour: '02:00', lastDay: '', reason: 'Обновление', agreed: false },
  ...more,
})

describe('the form of a maintenance window', () => {
  it('means a moment of the reader', () => {
    expect(draftOf(form(), NOW)).toMatchObject({
      scope: { kind: 'site', id: 'cafe-7' },
      check: null,
      startsAt: new Date(NOW).toISOString(),
      endsAt: new Date(NOW + 2 * 3_600_000).toISOString(),
      weekly: null,
    })
  })

  it('every week needs days, and no end', () => {
    expect(draftOf(form({ recurs: true }), NOW)).toBeNull()
    expect(draftOf(form({ recurs: true, days: ['2', '4'] }), NOW)).toMatchObject({
      endsAt: null,
      weekly: { days: [2, 4], from: '23:00', to: '02:00' },
    })
  })

  it('is not sent without a reason, without a place, or with an end that has passed', () => {
    expect(draftOf(form({ reason: ' ' }), NOW)).toBeNull()
    expect(draftOf(form({ scopeId: '' }), NOW)).toBeNull()
    expect(draftOf(form({ scope: 'tenant', scopeId: '' }), NOW)).not.toBeNull()
    expect(draftOf(form({ from: '2026-11-22T12:00', to: '2026-11-23T11:00' }), NOW)).toBeNull()
    expect(draftOf(form({ to: '2026-11-23T11:00' }), NOW)).toBeNull()
    expect(draftOf(form({ check: 'Очередь' }), NOW)).toBeNull()
  })
})
