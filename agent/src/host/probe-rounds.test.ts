import type { WireItem } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { pcItem } from './host-item.ts'
import type { HostProbe, ProbeName } from './host-probe.ts'
import { createProbeRounds } from './probe-rounds.ts'

function scene(isDisabled?: (name: string) => boolean) {
  const clock = new ManualClock()
  const logger = recordingLogger()
  const reads: string[] = []
  const probe = (name: ProbeName, intervalS: number, read?: () => Promise<readonly WireItem[]>): HostProbe => ({
    name,
    intervalS,
    read: () => {
      reads.push(name)
      return read ? read() : Promise.resolve([pcItem(clock.now(), { 'host.name': name })])
    },
  })
  const rounds = (...probes: readonly HostProbe[]) =>
    createProbeRounds({ probes, clock, logger, ...(isDisabled && { isDisabled }) })
  return { clock, logger, reads, probe, rounds }
}

test('every probe is read at its own interval, and what one round tells is one item for each place', async () => {
  const { clock, reads, probe, rounds } = scene()
  const at = (name: ProbeName, fact: 'host.name' | 'host.os') => () =>
    Promise.resolve([pcItem(clock.now(), { [fact]: name })])
  const all = rounds(probe('system', 60, at('system', 'host.name')), probe('clock', 300, at('clock', 'host.os')))
  expect(await all.round()).toMatchObject([{ kind: 'pc', facts: { 'host.name': 'system', 'host.os': 'clock' } }])
  expect(all.dueMs()).toBe(60_000)
  await clock.advance(60_000)
  expect(await all.round()).toHaveLength(1)
  expect(reads).toEqual(['system', 'clock', 'system'])
  expect(all.latest()[0]?.facts).toEqual({
    'host.name': 'system',
    'host.os': { value: 'clock', at: '2026-11-22T09:00:00.000Z' },
  })
  expect(await all.round()).toEqual([])
})

test('a probe that needs what others read first waits for them', async () => {
  const { clock, reads, probe, rounds } = scene()
  const all = rounds(probe('system', 300), { ...probe('ofd_reach', 300), firstAfterS: 30 })
  await all.round()
  expect([reads, all.dueMs()]).toEqual([['system'], 30_000])
  await clock.advance(30_000)
  await all.round()
  expect(reads).toEqual(['system', 'ofd_reach'])
})

test('R2: a probe that fails costs itself alone, and the log says which', async () => {
  const { logger, probe, rounds } = scene()
  const broken = probe('egais_utm', 60, () => Promise.reject(new Error('a bug')))
  const worse = probe('ofd_reach', 60, () => {
    throw new Error('a bug at once')
  })
  const all = rounds(broken, worse, probe('system', 60))
  expect(await all.round()).toHaveLength(1)
  expect(logger.lines).toMatchObject([
    { level: 'error', fields: { probe: 'egais_utm', reason: 'a bug' } },
    { level: 'error', fields: { probe: 'ofd_reach', reason: 'a bug at once' } },
  ])
  expect(all.dueMs()).toBe(60_000)
})

test('R2: a probe that hangs is left behind, and not begun again before it ends', async () => {
  const { clock, logger, reads, probe, rounds } = scene()
  const hung = Promise.withResolvers<readonly WireItem[]>()
  const all = rounds(
    probe('pos_app', 60, () => hung.promise),
    probe('system', 60),
  )
  const first = all.round()
  await clock.advance(60_000)
  expect(await first).toHaveLength(1)
  expect(logger.lines).toMatchObject([{ level: 'warn', fields: { probe: 'pos_app' } }])
  await clock.advance(60_000)
  await all.round()
  expect(reads).toEqual(['pos_app', 'system', 'system'])
  hung.resolve([])
  await clock.advance(60_000)
  await all.round()
  expect(reads).toEqual(['pos_app', 'system', 'system', 'pos_app', 'system'])
})

test('a probe that is switched off from outside is not read and tells nothing, until it is on again', async () => {
  let off = true
  const { clock, reads, probe, rounds } = scene(name => off && name === 'chz_lm')
  const all = rounds(probe('system', 60), probe('chz_lm', 60))
  await all.round()
  expect(reads).toEqual(['system'])
  off = false
  await clock.advance(60_000)
  await all.round()
  expect(reads).toEqual(['system', 'system', 'chz_lm'])
  off = true
  await clock.advance(60_000)
  await all.round()
  expect(all.latest()[0]?.facts).toEqual({ 'host.name': 'system' })
})
