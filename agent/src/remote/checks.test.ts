import { switchTarget, targetOf } from '@tillwatch/shared'
import { expect, test } from 'vitest'
import { DRIVER_NAMES } from '../drivers/registry.ts'
import { createChecks, type Switchable } from './checks.ts'

const register = (slot: string, driver: Switchable['driver'], also: Switchable['also'] = []): Switchable => ({
  ...{ slot, driver, also },
})

test('what can be switched off is every place, driver and probe, and the questions of the drivers in use', async () => {
  const registers = [
    register('front', 'shtrih-m', [{ driver: 'atol-web', port: 'http://127.0.0.1:16732' }]),
    register('bar', 'shtrih-m'),
  ]
  const checks = createChecks(() => registers, ['system', 'clock'])
  await checks.look()
  const names = checks.names()
  expect(names.slice(0, 6)).toEqual([
    ...['slot:front', 'slot:bar', 'driver:shtrih-m', 'driver:atol-web', 'probe:system', 'probe:clock'],
  ])
  expect(names).toContain('question:shtrih-m:FF39')
  expect(names.length).toBeLessThanOrEqual(64)
})

test('a check beyond what one fact can tell can be switched off all the same', async () => {
  const probes = Array.from({ length: 70 }, (_, n) => `probe-${n}`)
  const checks = createChecks(() => [register('front', 'shtrih-m')], probes)
  await checks.look()
  expect(checks.names()).toHaveLength(64)
  expect(checks.has('question:shtrih-m:FF39')).toBe(true)
  expect(checks.has('question:shtrih-m:none')).toBe(false)
})

test('a driver that only searches can be switched off as well', async () => {
  const checks = createChecks(() => [register('front', 'shtrih-m')], [], ['shtrih-m', 'pirit'])
  await checks.look()
  expect(checks.names().slice(0, 3)).toEqual(['slot:front', 'driver:shtrih-m', 'driver:pirit'])
})

test('every question of every driver has a name that can be said on the wire', async () => {
  for (const driver of DRIVER_NAMES) {
    const checks = createChecks(() => [register('r', driver)], [])
    await checks.look()
    const questions = checks.names().filter(name => name.startsWith('question:'))
    expect(questions.length, driver).toBeGreaterThan(0)
    for (const name of questions) expect(switchTarget.safeParse(targetOf(name)).success, name).toBe(true)
  }
})
