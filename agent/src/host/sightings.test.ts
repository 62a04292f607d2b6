import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { slotOf } from './local-service.ts'
import { openSightings } from './sightings.ts'

const DAY_MS = 86_400_000

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sightings-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const open = (clock: ManualClock, where = dir) => openSightings(where, clock, recordingLogger())

test('what never was is not told; what was is missed also after a restart, until everybody has forgotten it', async () => {
  const clock = new ManualClock()
  const first = open(clock)
  expect(first.mayTell('auto', 'egais-utm-8080', false)).toBe(false)
  expect(first.mayTell('auto', 'egais-utm-8080', true)).toBe(true)
  const second = open(clock)
  expect(second.mayTell('auto', 'egais-utm-8080', false)).toBe(true)
  expect(second.mayTell('auto', 'chz-lm-5995', false)).toBe(false)
  await clock.advance(31 * DAY_MS)
  expect(open(clock).mayTell('auto', 'egais-utm-8080', false)).toBe(false)
})

test('what is configured as on is told whether it was ever there or not', () => {
  expect(open(new ManualClock()).mayTell('on', 'egais-utm-8080', false)).toBe(true)
})

test('a service at a long address is missed after a restart as well', () => {
  const slot = slotOf('egais-utm', `http://${'a'.repeat(60)}.${'b'.repeat(60)}.example:8080`)
  const clock = new ManualClock()
  open(clock).mayTell('auto', slot, true)
  expect(open(clock).mayTell('auto', slot, false)).toBe(true)
})

test('a damaged file is begun anew', () => {
  writeFileSync(join(dir, 'sightings.json'), '{"egais-utm-8080": "yes')
  const clock = new ManualClock()
  expect(open(clock).mayTell('auto', 'egais-utm-8080', false)).toBe(false)
  open(clock).mayTell('auto', 'egais-utm-8080', true)
  expect(open(clock).mayTell('auto', 'egais-utm-8080', false)).toBe(true)
})

test('a directory that cannot be written costs the memory of restarts alone', () => {
  const file = join(dir, 'a-file')
  writeFileSync(file, '')
  const sightings = open(new ManualClock(), join(file, 'below'))
  expect(sightings.mayTell('auto', 'chz-lm-5995', true)).toBe(true)
  expect(sightings.mayTell('auto', 'chz-lm-5995', false)).toBe(true)
})

test('a till has a handful of services: names without end do not fill the file', () => {
  const clock = new ManualClock()
  const sightings = open(clock)
  for (let n = 0; n < 100; n++) sightings.mayTell('auto', `ts-piot-${n}`, true)
  expect(sightings.mayTell('auto', 'ts-piot-63', false)).toBe(true)
  expect(sightings.mayTell('auto', 'ts-piot-64', false)).toBe(false)
})
