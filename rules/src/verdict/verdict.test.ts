import { describe, expect, it } from 'vitest'
import type { CanSell, Condition, FactState, ItemView, OpeningHours, TimeToStop } from '../model.ts'
import { canSell } from './can-sell.ts'
import { priorityOf } from './priority.ts'
import { timeToStop } from './time-to-stop.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const HOUR = 3_600_000
const week = (entry: string[]): OpeningHours => ({
  week: { 1: entry, 2: entry, 3: entry, 4: entry, 5: entry, 6: entry, 7: entry },
})
const at = (iso: string): number => Date.parse(iso)

function item(facts: Record<string, FactState['value']>, changes: Partial<ItemView> = {}, factsAt = NOW): ItemView {
  return {
    id: 'register-1',
    kind: 'register',
    facts: Object.fromEntries(
      Object.entries(facts).map(([name, value]) => [
        name,
        { value, at: factsAt, receivedAt: factsAt, source: 'register' as const },
      ]),
    ),
    site: { id: 'site-1', timezone: 'Europe/Moscow', hours: week(['10:00-23:00']), class: null, clientSites: 1 },
    presence: null,
    replacementUntil: null,
    spare: false,
    ...changes,
  }
}
const HEALTHY = {
  'fiscal.register.link': 'ok',
  'fiscal.fn.phase': 'fiscal',
  'fiscal.fn.flags': [],
  'fiscal.fn.valid_until': '2027-06-01',
  'fiscal.ofd.unsent_documents': 0,
}

describe('17.14: can it sell', () => {
  it('says yes only when it answers, in fiscal mode, by fresh facts', () => {
    expect(canSell(item(HEALTHY), NOW)).toEqual({ value: 'yes', reasons: [] })
    expect(canSell(item({ ...HEALTHY, 'fiscal.register.link': 'silent' }), NOW).value).toBe('unknown')
    expect(canSell(item(HEALTHY, {}, NOW - 3 * HOUR), NOW).value).toBe('unknown')
    expect(canSell(item({}), NOW).value).toBe('unknown')
  })

  it.each([
    ['ofd_locked', { 'fiscal.ofd.unsent_documents': 1, 'fiscal.ofd.first_unsent_at': '2026-10-23T15:00' }],
    ['fn_expired', { 'fiscal.fn.valid_until': '2026-11-21' }],
    ['fn_full', { 'fiscal.fn.documents_left': 0 }],
    ['fn_phase', { 'fiscal.fn.phase': 'archive' }],
    ['fn_critical', { 'fiscal.fn.flags': ['critical_error'] }],
    ['shift_expired', { 'fiscal.shift.state': 'expired' }],
    ['shift_expired', { 'fiscal.shift.state': 'open', 'fiscal.shift.opened_at': '2026-11-21T15:00' }],
    ['paper_absent', { 'fiscal.register.paper': 'absent' }],
    ['cover_open', { 'fiscal.register.error': 'cover' }],
    ['device_error', { 'fiscal.register.error': 'fn_link' }],
  ])('says no with the reason %s', (reason, facts) => {
    expect(canSell(item({ ...HEALTHY, ...facts }), NOW)).toEqual({ value: 'no', reasons: [reason] })
  })

  it('17.4: sells on the last day of the FN and not on the next', () => {
    const last = { ...HEALTHY, 'fiscal.fn.valid_until': '2026-11-22' }
    expect(canSell(item(last, {}, at('2026-11-22T20:59:59Z')), at('2026-11-22T20:59:59Z')).value).toBe('yes')
    expect(canSell(item(last, {}, at('2026-11-22T21:00:00Z')), at('2026-11-22T21:00:00Z')).reasons).toEqual([
      'fn_expired',
    ])
  })

  it('17.12: does not judge paper, shift and the queue on facts older than two hours', () => {
    const facts = {
      ...HEALTHY,
      'fiscal.register.paper': 'absent',
      'fiscal.shift.state': 'expired',
      'fiscal.ofd.unsent_documents': 1,
      'fiscal.ofd.first_unsent_at': '2026-10-01T15:00',
    }
    expect(canSell(item(facts, {}, NOW - 3 * HOUR), NOW)).toEqual({ value: 'unknown', reasons: [] })
  })
})

describe('time to stop', () => {
  it('takes the earliest reason and says it in words', () => {
    const facts = {
      ...HEALTHY,
      'fiscal.fn.valid_until': '2027-02-14',
      'fiscal.ofd.unsent_documents': 4,
      'fiscal.ofd.first_unsent_at': '2026-11-12T18:05',
    }
    expect(timeToStop(item(facts), NOW)).toMatchObject({
      reason: 'ofd_lock',
      confidence: 'high',
      at: at('2026-12-12T15:05:00Z'),
    })
    expect(timeToStop(item({ ...facts, 'fiscal.register.autonomous': true }), NOW)).toMatchObject({
      reason: 'fn_date',
      at: at('2027-02-14T21:00:00Z'),
    })
    expect(timeToStop(item({ ...facts, 'fiscal.fn.exhausted_at': '2026-12-01' }), NOW)).toMatchObject({
      reason: 'fn_documents',
      confidence: 'medium',
    })
    expect(timeToStop(item({ ...HEALTHY, 'fiscal.fn.valid_until': '2027-02-14' }), NOW)?.text.ru).toBe(
      'заканчивается срок действия ФН: 14.02.2027',
    )
  })

  it('shows the lock of a shift in its last four hours only', () => {
    const shift = (openedAt: string) =>
      timeToStop(item({ ...HEALTHY, 'fiscal.shift.state': 'open', 'fiscal.shift.opened_at': openedAt }), NOW)
    expect(shift('2026-11-21T19:01')?.reason).toBe('fn_date')
    expect(shift('2026-11-21T19:00')).toMatchObject({ reason: 'shift_lock', at: NOW + 4 * HOUR })
  })

  it('is now when it cannot sell, and unknown when nothing is known', () => {
    expect(timeToStop(item({ ...HEALTHY, 'fiscal.fn.phase': 'archive' }), NOW)).toMatchObject({
      reason: 'stopped',
      at: NOW,
    })
    expect(timeToStop(item({}), NOW)).toBeNull()
    expect(timeToStop(item({}, { kind: 'pc' }), NOW)).toBeNull()
    expect(timeToStop(item({ 'host.disk.full_at': '2026-12-01' }, { kind: 'volume' }), NOW)).toMatchObject({
      reason: 'disk_full',
    })
  })

  it('19.6: a flag near the date that the FN predicts only confirms it', () => {
    const flagged = { ...HEALTHY, 'fiscal.fn.flags': ['replace_urgently'] }
    expect(timeToStop(item({ ...flagged, 'fiscal.fn.valid_until': '2026-11-26' }), NOW)).toMatchObject({
      reason: 'fn_date',
    })
    expect(timeToStop(item(flagged), NOW)).toMatchObject({
      reason: 'fn_key_flag',
      confidence: 'low',
      at: at('2026-11-24T21:00:00Z'),
    })
  })
})

describe('priority', () => {
  const both = (text: string) => ({ ru: text, en: text })
  const condition = (changes: Partial<Condition>): Condition => ({
    rule: 'ofd.queue_age',
    causeClass: 'ofd',
    subject: 'register-1',
    level: 'minor',
    stop: 'none',
    onSiteWorkaround: false,
    onsetAt: NOW,
    since: NOW,
    value: null,
    title: both('T'),
    explanation: both('E'),
    expected: both('X'),
    component: both('C'),
    runbook: 'r',
    ...changes,
  })
  const YES: CanSell = { value: 'yes', reasons: [] }
  const no = (...reasons: CanSell['reasons']): CanSell => ({ value: 'no', reasons })
  const verdict = (
    conditions: Condition[],
    changes: Partial<ItemView> = {},
    sells = YES,
    stop: TimeToStop | null = null,
    now = NOW,
  ) => priorityOf({ conditions, item: item(HEALTHY, changes), canSell: sells, timeToStop: stop }, now)
  const site = (changes: object) => ({
    site: { id: 's', timezone: 'Europe/Moscow', hours: week(['10:00-23:00']), class: null, clientSites: 1, ...changes },
  })

  it.each([
    ['minor', 4],
    ['important', 3],
    ['critical', 2],
  ] as const)('level %s alone is %i', (level, priority) => {
    expect(verdict([condition({ level })]).priority).toBe(priority)
  })

  it('17.1: the smallest number of all lines wins', () => {
    expect(verdict([condition({ level: 'minor' }), condition({ level: 'critical' })]).priority).toBe(2)
  })

  it('a stop without a spare at an open site is Blocking; with a spare or a closed site it is Critical', () => {
    const locked = [condition({ level: 'critical', stop: 'stopped' })]
    expect(verdict(locked, {}, no('ofd_locked')).priority).toBe(1)
    expect(verdict(locked, { spare: true }, no('ofd_locked')).priority).toBe(2)
    expect(verdict(locked, {}, no('ofd_locked'), null, at('2026-11-22T21:00:00Z')).priority).toBe(2)
    expect(verdict(locked, {}, no('ofd_locked'), null, at('2026-11-23T03:00:00Z')).priority).toBe(1)
    expect(verdict(locked, {}, no('ofd_locked'), null, at('2026-11-23T02:59:00Z')).priority).toBe(2)
  })

  it('17.2: a stop with a way out on the spot is never Blocking', () => {
    const shift = [condition({ causeClass: 'shift', level: 'critical', onSiteWorkaround: true })]
    const { priority, reason } = verdict(shift, {}, no('shift_expired'))
    expect(priority).toBe(2)
    expect(reason.ru).toContain('устраняется на месте')
  })

  it('17.3: class A and networks raise 4 to 3 and 3 to 2, nothing into 1', () => {
    expect(verdict([condition({})], site({ class: 'A' })).priority).toBe(3)
    expect(verdict([condition({ level: 'important' })], site({ clientSites: 50 })).priority).toBe(2)
    expect(verdict([condition({ level: 'important' })], site({ clientSites: 49 })).priority).toBe(3)
    expect(verdict([condition({ level: 'critical' })], site({ class: 'A' })).priority).toBe(2)
  })

  it('17.12: what is known from stale facts is at most 3, even at a class A site', () => {
    const stale = condition({ level: 'important', lastKnownAt: NOW - 9 * HOUR })
    expect(verdict([stale], site({ class: 'A' })).priority).toBe(3)
    const lock: TimeToStop = { at: NOW + HOUR, reason: 'ofd_lock', confidence: 'low', text: both('lock') }
    expect(verdict([stale], {}, YES, lock).priority).toBe(3)
  })

  it('17.12: nor is a stop or a coming stop known from stale facts, and fresh facts beside it lift only themselves', () => {
    const unknown: CanSell = { value: 'unknown', reasons: [] }
    const locked = condition({ level: 'critical', stop: 'stopped', lastKnownAt: NOW - 9 * HOUR })
    expect(verdict([locked], {}, unknown).priority).toBe(3)
    const soon = condition({ level: 'critical', stop: 'imminent', lastKnownAt: NOW - 9 * HOUR })
    const drive: TimeToStop = { at: NOW + HOUR, reason: 'fn_date', confidence: 'high', text: both('drive') }
    expect(verdict([soon], {}, unknown, drive).priority).toBe(3)
    expect(verdict([soon, condition({})], site({ class: 'A' }), unknown).priority).toBe(3)
    expect(verdict([soon, condition({ level: 'important' })], site({ class: 'A' }), unknown).priority).toBe(2)
  })

  it('17.14: a register that sells is not stopped, though its lock has not cleared yet', () => {
    expect(verdict([condition({ level: 'critical', stop: 'stopped' })], {}, YES).priority).toBe(2)
  })

  it.each([
    ['fn_date', 'fn_end', 72, 2],
    ['fn_date', 'fn_end', 73, 3],
    ['ofd_lock', 'ofd', 120, 2],
    ['ofd_lock', 'ofd', 121, 3],
    ['disk_full', 'disk', 1, 3],
  ] as const)('%s of class %s in %i hours is %i', (reason, causeClass, hours, priority) => {
    const stop: TimeToStop = { at: NOW + hours * HOUR, reason, confidence: 'high', text: both('soon') }
    expect(verdict([condition({ causeClass, level: 'important' })], {}, YES, stop).priority).toBe(priority)
    expect(verdict([condition({ causeClass, level: 'important' })], { spare: true }, YES, stop).priority).toBe(3)
  })

  it('17.14: a register that has been silent for two hours of opening time counts as stopped', () => {
    const lost = condition({ rule: 'register.link', causeClass: 'link', level: 'critical', stop: 'stopped' })
    expect(verdict([lost], {}, { value: 'unknown', reasons: [] }).priority).toBe(1)
  })

  it('leaves the stop of another cause to its own incident', () => {
    expect(verdict([condition({ causeClass: 'clock_register' })], {}, no('fn_expired')).priority).toBe(4)
  })

  it('says every line that applied, in words, and what the passport lacks', () => {
    const { reason } = verdict(
      [condition({ level: 'critical', title: both('Queue') })],
      site({ hours: null }),
      no('ofd_locked'),
    )
    expect(reason.en).toContain('1 Blocking: the register is stopped')
    expect(reason.en).toContain('the passport has no opening hours')
    expect(reason.en).toContain('Queue — level critical')
    expect(reason.ru).toContain('другой исправной кассы на объекте нет')
  })
})
