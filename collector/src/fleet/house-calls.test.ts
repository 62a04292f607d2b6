import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import type { UplinkNotes } from './fleet.ts'
import { createHouseCalls } from './house-calls.ts'

async function world() {
  const clock = new ManualClock()
  const noted: UplinkNotes[] = []
  const alive: number[] = []
  const cut: string[] = []
  const asked: number[] = []
  const changed: { agentId: string; credentials: { tenantId: string; secretHash: string; revoked: boolean } }[] = []
  const calls = createHouseCalls({
    fleet: {
      changedCredentials: async since => {
        asked.push(since)
        return changed
      },
      note: async notes => void noted.push(notes),
      alive: async (_run, now) => void alive.push(now),
    },
    broker: () => ({ secretHashOf: id => (id === 'away' ? null : 'old'), cut: id => void cut.push(id) }),
    ...{ run: 1, clock, log: recordingLogger() },
  })
  await calls.start()
  return { clock, noted, alive, cut, asked, changed, calls }
}

test('whose identity was revoked or changed is cut off; others and those who are away are let be', async () => {
  const { clock, cut, changed } = await world()
  const identity = (secretHash: string, revoked = false) => ({ tenantId: 'main', secretHash, revoked })
  changed.push({ agentId: 'revoked', credentials: identity('old', true) })
  changed.push({ agentId: 'rotated', credentials: identity('new') })
  changed.push({ agentId: 'same', credentials: identity('old') })
  changed.push({ agentId: 'away', credentials: identity('old', true) })
  await clock.advance(2_000)
  expect(cut).toEqual(['revoked', 'rotated'])
})

test('signs of life and strangers are written down together, and the collector says that it is alive', async () => {
  const { clock, noted, alive, calls } = await world()
  calls.heard('till-0001')
  await clock.advance(1_000)
  calls.heard('till-0001')
  calls.unknownAgent('till-9999', '10.0.0.1')
  await clock.advance(9_000)
  expect(noted).toHaveLength(1)
  expect(noted[0]?.heard).toEqual([{ agentId: 'till-0001', at: clock.now() - 9_000 }])
  expect(noted[0]?.unknown).toMatchObject([{ id: 'till-9999', address: '10.0.0.1' }])
  expect(alive.length).toBeGreaterThanOrEqual(2)
})

test('strangers that wait to be written down are bounded', async () => {
  const { clock, noted, calls } = await world()
  for (let index = 0; index < 500; index++) calls.unknownAgent(`stranger-${index}`, '')
  await clock.advance(10_000)
  expect(noted[0]?.unknown).toHaveLength(100)
})

test('a clock that is set between two looks hides no change of an identity', async () => {
  const { clock, asked } = await world()
  const before = clock.now()
  clock.stepWall(3 * 3_600_000)
  await clock.advance(2_000)
  expect(asked.at(-1)).toBeLessThan(before)
  clock.stepWall(-5 * 3_600_000)
  await clock.advance(2_000)
  expect(asked.at(-1)).toBeLessThan(clock.now())
})
