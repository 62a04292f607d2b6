import type { FactName } from '@tillwatch/shared'
import { describe, expect, test } from 'vitest'
import type { FactReading } from '../drivers/reading.ts'
import { linkOfAll, mayBeOne, mergeRungs, type Rung } from './ladder.ts'

const DRIVE: FactName = 'fiscal.fn.serial'
const SERIAL: FactName = 'fiscal.register.serial'
const EXPIRY: FactName = 'fiscal.fn.valid_until'
const rung = (source: Rung['source'], link: Rung['link'], facts: [FactName, FactReading][]): Rung => ({
  source,
  link,
  facts: new Map(facts),
})

describe('domain 15: one state from several sources', () => {
  test('the better source tells what both know, even when the worse one was read later', () => {
    const merged = mergeRungs([
      rung('driver_service', 'ok', [[EXPIRY, { value: '2028-02-14', at: 1_000 }]]),
      rung('register', 'ok', [[EXPIRY, { value: '2028-02-15', at: 9_000 }]]),
    ])
    expect(merged.get(EXPIRY)).toEqual({ value: '2028-02-14', at: 1_000, source: 'driver_service' })
  })

  test('what the better source cannot tell comes from the next one, with that one’s name and age', () => {
    const merged = mergeRungs([
      rung('driver_service', 'ok', [[EXPIRY, { value: null, reason: 'not in this protocol', at: 5_000 }]]),
      rung('register', null, [[EXPIRY, { value: '2028-02-14', at: 2_000 }]]),
    ])
    expect(merged.get(EXPIRY)).toEqual({ value: '2028-02-14', at: 2_000, source: 'register' })
  })

  test('a source that no longer answers gives way to one that does, and takes its place again when it is back', () => {
    const service = (link: Rung['link'], at: number) =>
      rung('driver_service', link, [[EXPIRY, { value: 'by service', at }]])
    const port = rung('register', 'ok', [[EXPIRY, { value: 'by port', at: 5_000 }]])
    expect(mergeRungs([service('silent', 9_000), port]).get(EXPIRY)).toMatchObject({ source: 'register' })
    expect(mergeRungs([service('ok', 9_000), port]).get(EXPIRY)).toMatchObject({ source: 'driver_service' })
  })

  test('an empty value without a reason is known: an empty queue is not a gap', () => {
    const merged = mergeRungs([
      rung('driver_service', 'ok', [['fiscal.ofd.first_unsent_at', { value: null, at: 1 }]]),
      rung('register', 'ok', [['fiscal.ofd.first_unsent_at', { value: '2026-11-01T10:00', at: 2 }]]),
    ])
    expect(merged.get('fiscal.ofd.first_unsent_at')).toMatchObject({ value: null, source: 'driver_service' })
  })

  test('a serial that a port gives by its last digits stays told in full, also while the service is silent', () => {
    const service = (link: Rung['link']) => rung('driver_service', link, [[SERIAL, { value: '00106900123456', at: 1 }]])
    const port = rung('register', 'ok', [[SERIAL, { value: '123456', at: 9 }]])
    for (const link of ['ok', 'silent'] as const) {
      expect(mergeRungs([service(link), port]).get(SERIAL)).toMatchObject({ value: '00106900123456' })
    }
  })

  test('what nobody knows is told with the reason of the best that answers', () => {
    const merged = mergeRungs([
      rung('driver_service', 'silent', [[DRIVE, { value: null, reason: 'old', at: 1 }]]),
      rung('register', 'ok', [[DRIVE, { value: null, reason: 'the FN does not answer', at: 2 }]]),
    ])
    expect(merged.get(DRIVE)).toMatchObject({ reason: 'the FN does not answer', source: 'register' })
  })
})

test.each([
  [['silent', 'ok'], 'ok'],
  [['error', 'busy'], 'busy'],
  [['silent', 'error'], 'error'],
  [['silent'], 'silent'],
] as const)('links %j are together %s', (links, expected) => {
  expect(linkOfAll(links)).toBe(expected)
})

test('serials of other lengths may be of one register, others not', () => {
  expect(mayBeOne(['00106900123456', '123456', null])).toBe(true)
  expect(mayBeOne(['00106900123456', '123457'])).toBe(false)
  expect(mayBeOne([])).toBe(true)
})
