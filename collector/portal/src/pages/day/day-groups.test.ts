import type { DailyView } from '@tillwatch/shared/api'
import { describe, expect, it } from 'vitest'
import { daysLeft, groupDay, type UncheckedRegister, whyUnchecked } from './day-groups.ts'

const register = (more: Partial<UncheckedRegister>): UncheckedRegister => ({
  ...{ itemId: 'r1', agentId: 'a1', terminal: 'Касса 1', site: 'Север', siteCode: 'n1', serial: '301' },
  ...{ agentState: 'online', heardAt: null, lacks: ['host.disk.free_bytes'], checkedTo: null, missed: false },
  ...more,
})
const site = (code: string, clientCode: string, registers: number, checked: number): DailyView['sites'][number] => ({
  ...{ code, clientCode, registers, checked, missed: 0 },
  ...{ name: code, client: clientCode, day: '2026-11-23', open: true, timeToStop: null },
})
const client = (code: string, registers: number, checked: number) => ({
  ...{ code, name: code, registers, checked, missed: 0 },
})

describe('the day on its page (R1)', () => {
  it('is grouped by client and site, the most unchecked first', () => {
    const view: DailyView = {
      at: '2026-11-23T09:00:00Z',
      totals: { registers: 10, checked: 5, missed: 0 },
      clients: [client('few', 3, 2), client('done', 2, 2), client('many', 5, 1)],
      sites: [site('m1', 'many', 5, 1), site('f1', 'few', 2, 1), site('f2', 'few', 1, 1), site('d1', 'done', 2, 2)],
      unchecked: [register({ siteCode: 'f1' }), register({ itemId: 'r2', siteCode: null, site: null })],
      uncheckedTotal: 6,
    }
    const groups = groupDay(view)
    expect(groups.behind.map(group => [group.client.code, group.doneSites])).toEqual([
      ['many', 0],
      ['few', 1],
    ])
    expect(groups.behind[1]?.sites).toMatchObject([{ site: { code: 'f1' }, registers: [{ itemId: 'r1' }] }])
    // Beyond the limit of the answer: counted, not named.
    expect(groups.behind[0]?.sites).toMatchObject([{ site: { code: 'm1' }, registers: [] }])
    expect(groups.done.map(({ code }) => code)).toEqual(['done'])
    expect(groups.homeless.map(({ itemId }) => itemId)).toEqual(['r2'])
  })

  it('says why a register is not checked', () => {
    const fn = ['fiscal.fn.valid_until', 'fiscal.fn.last_document']
    expect(whyUnchecked(register({ agentState: 'never', lacks: fn }))).toBe('never')
    expect(whyUnchecked(register({ agentState: 'offline', lacks: fn }))).toBe('silent')
    expect(whyUnchecked(register({ lacks: fn }))).toBe('register')
    expect(whyUnchecked(register({ lacks: ['fiscal.fn.last_document'] }))).toBe('part')
  })
})

it('R12: a launch has whole days left until it is over', () => {
  const now = Date.parse('2026-11-23T09:00:00Z')
  expect(daysLeft('2026-11-24T21:00:00Z', now)).toBe(2)
  expect(daysLeft('2026-11-23T10:00:00Z', now)).toBe(1)
  expect(daysLeft('2026-11-22T10:00:00Z', now)).toBe(0)
})
