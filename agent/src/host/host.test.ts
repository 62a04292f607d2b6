import { factProblem, systemClock, wireItem } from '@tillwatch/shared'
import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { readParts } from './read-parts.ts'
import { createSystemProbe } from './system-probe.ts'

test('R2: a part that fails or hangs is unknown with its reason, and the others are told', async () => {
  const clock = new ManualClock()
  const reading = readParts(
    [
      { names: ['host.name'], read: () => Promise.resolve({ 'host.name': 'kassa' }) },
      { names: ['host.os', 'host.boot_at'], read: () => Promise.reject(new Error('no such file')) },
      { names: ['host.cpu.load'], read: () => new Promise(() => undefined) },
      { names: ['host.disk.volume'], read: () => Promise.resolve({}) },
    ],
    clock,
    5_000,
  )
  await clock.advance(5_000)
  expect(await reading).toEqual({
    'host.name': 'kassa',
    'host.os': { value: null, reason: 'system_failed', raw: 'no such file' },
    'host.boot_at': { value: null, reason: 'system_failed', raw: 'no such file' },
    'host.cpu.load': { value: null, reason: 'timeout' },
    'host.disk.volume': { value: null, reason: 'not_told' },
  })
})

test('this machine tells its system disk and memory, in the shape of the wire', async () => {
  const probe = createSystemProbe({ intervalS: 300, clock: systemClock, agentFacts: () => ({ 'agent.version': '1' }) })
  const items = await probe.read()
  for (const item of items) expect(wireItem.safeParse(item).error).toBeUndefined()
  const [volume, pc] = items
  expect(volume).toMatchObject({ kind: 'volume', slot: 'system', facts: { 'host.disk.system': true } })
  expect(volume?.facts['host.disk.free_bytes']).toBeGreaterThan(0)
  expect(pc).toMatchObject({ kind: 'pc', slot: 'pc', facts: { 'agent.version': { value: '1', source: 'agent' } } })
  expect(pc?.facts['host.memory.total_bytes']).toBeGreaterThan(0)
  for (const [name, fact] of Object.entries({ ...volume?.facts, ...pc?.facts })) {
    const value = fact !== null && typeof fact === 'object' && !Array.isArray(fact) ? fact.value : fact
    expect(factProblem(name, value)).toBeNull()
  }
})

test('a path that is not there costs the disk facts alone', async () => {
  const probe = createSystemProbe({
    intervalS: 300,
    clock: systemClock,
    agentFacts: () => ({}),
    systemPath: '/no/such/place',
  })
  const [volume, pc] = await probe.read()
  expect(volume?.facts['host.disk.free_bytes']).toMatchObject({
    value: null,
    raw: expect.stringContaining('ENOENT'),
  })
  expect(pc?.facts['host.memory.total_bytes']).toBeGreaterThan(0)
})
