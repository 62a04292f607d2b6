import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ATOL_WEB_PROBES } from './probe.ts'

const recognises = (variant: number, status: number, body: string) => {
  const probe = ATOL_WEB_PROBES.find(one => one.variant === variant)
  return probe?.kind === 'web' && probe.recognises({ status, body })
}

test('each interface by what only it tells', () => {
  const info = JSON.stringify({ serverVersion: '1.0.4.0', driverVersion: '10.9.0.2', os: 'windows' })
  const statistics = JSON.stringify({ ready_count: 0, not_ready_count: 3, is_blocked: false })
  expect([recognises(2, 200, info), recognises(1, 200, statistics)]).toEqual([true, true])
  expect([recognises(1, 200, info), recognises(2, 200, statistics)]).toEqual([false, false])
})

test('another program that answers every path is not taken for it', () => {
  for (const body of ['<html></html>', '{}', '[]', 'null', '"driverVersion"']) {
    expect([recognises(2, 200, body), recognises(1, 200, body)]).toEqual([false, false])
  }
  expect(recognises(2, 404, '{"driverVersion":"1"}')).toBe(false)
})

test('no text at all makes it fail', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), body => void [recognises(2, 200, body), recognises(1, 200, body)]),
  )
})
