import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SwitchTarget } from '@tillwatch/shared'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, RemoteWorld } from './remote-world.ts'

let world: RemoteWorld
beforeEach(() => {
  world = new RemoteWorld()
})
afterEach(() => world.end())

const front: SwitchTarget = { slot: 'front' }

describe('a switch', () => {
  test('is off until its moment by the collector’s clock, then on by itself, and the collector is told each time', async () => {
    await world.run()
    await world.ask(world.disable(front))
    expect(world.memory.switches.isDisabled('slot', 'front')).toBe(true)
    expect(world.memory.switches.isDisabled('slot', 'bar')).toBe(false)
    expect(world.memory.switches.offReason('slot', 'front')).toBe('switched off by Анна until 2026-11-22T10:00:00.000Z')
    expect(world.told('agent.switched_off')).toEqual(['slot:front'])
    await world.clock.advance(3_599_000)
    expect(world.memory.switches.isDisabled('slot', 'front')).toBe(true)
    await world.clock.advance(31_000)
    expect(world.memory.switches.isDisabled('slot', 'front')).toBe(false)
    expect(world.told('agent.switched_off')).toEqual([])
  })

  test('is not moved by a till whose clock is set meanwhile', async () => {
    await world.run()
    await world.ask(world.disable(front))
    world.clock.stepWall(25 * 365 * DAY_MS)
    expect(world.memory.switches.isDisabled('slot', 'front')).toBe(true)
    world.clock.stepWall(-50 * 365 * DAY_MS)
    await world.clock.advance(3_600_001)
    expect(world.memory.switches.isDisabled('slot', 'front')).toBe(false)
  })

  test('outlives a restart, before the collector is heard and with the till’s clock as wrong as it was', async () => {
    await world.run()
    await world.ask(world.disable({ question: 'shtrih-m:FF39' }, DAY_MS))
    await world.restart()
    expect(world.memory.switches.isDisabled('question', 'shtrih-m:FF39')).toBe(true)
    await world.clock.advance(DAY_MS)
    expect(world.memory.switches.isDisabled('question', 'shtrih-m:FF39')).toBe(false)
  })

  test.each([
    ['fifty years back', -50],
    ['fifty years on', 50],
  ])('stays off over a restart in which the till’s clock was set %s, and ends in time', async (_what, years) => {
    await world.run()
    await world.ask(world.disable(front, DAY_MS))
    await world.remote.stop()
    world.clock.stepWall(years * 365 * DAY_MS)
    await world.run()
    expect(world.memory.switches.off()).toEqual(['slot:front'])
    await world.clock.advance(DAY_MS)
    expect(world.memory.switches.off()).toEqual([])
  })

  test('ends also at a till that is restarted every few hours and never hears the collector again', async () => {
    await world.run()
    await world.ask(world.disable(front, DAY_MS))
    for (let starts = 0; starts < 7; starts++) {
      for (let hours = 0; hours < 5; hours++) await world.clock.advance(HOUR_MS)
      await world.restart()
    }
    expect(world.memory.switches.off()).toEqual([])
  })

  test('is off at once also while the disk takes nothing, and is noted and answered when it does', async () => {
    await world.run()
    const free = world.fillDisk()
    const asked = await world.ask(world.disable(front))
    expect([world.memory.switches.off(), world.told('agent.switched_off'), world.resultOf(asked)]).toEqual([
      ['slot:front'],
      ['slot:front'],
      [],
    ])
    free()
    await world.ask(asked)
    expect(world.resultOf(asked)).toMatchObject([{ outcome: 'done' }])
    await world.restart()
    expect(world.memory.switches.off()).toEqual(['slot:front'])
  })

  test('that a full outbox could not tell is told when there is room again', async () => {
    await world.run()
    world.outbox.setFull(true)
    await world.ask(world.disable(front))
    world.outbox.setFull(false)
    expect(world.told('agent.switched_off')).toEqual([])
    await world.clock.advance(30_000)
    expect(world.told('agent.switched_off')).toEqual(['slot:front'])
  })

  test('is switched on again by a command, also when the check has left the configuration', async () => {
    await world.run()
    await world.ask(world.disable(front))
    const gone = { probe: 'gone' } as const
    world.memory.file.change(state => ({
      ...state,
      switched_off: [...state.switched_off, { target: gone, until: world.collectorNow() + DAY_MS, by: 'Анна' }],
    }))
    for (const target of [front, gone]) {
      expect(world.resultOf(await world.ask({ do: 'enable', target }))).toMatchObject([{ outcome: 'done' }])
    }
    expect(world.memory.switches.off()).toEqual([])
  })

  test('of a check that is not here, for too long, or too late is refused and changes nothing', async () => {
    await world.run()
    const outcomes = [
      await world.ask(world.disable({ probe: 'no_such_probe' })),
      await world.ask(world.disable(front, 31 * DAY_MS)),
      await world.ask(world.disable(front, -1_000)),
    ].map(asked => world.resultOf(asked)[0]?.outcome)
    expect(outcomes).toEqual(['refused', 'refused', 'expired'])
    expect(world.memory.switches.off()).toEqual([])
  })
})

test('a register that is found while the agent runs can be polled and switched off, and the collector is told that it can', async () => {
  world.slots = []
  await world.run()
  expect(world.resultOf(await world.ask({ do: 'poll_now' }))).toMatchObject([{ outcome: 'refused' }])
  world.slots = ['found']
  await world.clock.advance(30_000)
  expect(world.told('agent.checks')).toContain('slot:found')
  expect(world.resultOf(await world.ask(world.disable({ slot: 'found' })))).toMatchObject([{ outcome: 'done' }])
})

test('a damaged record is set aside: all checks are on, and the collector is told so', async () => {
  writeFileSync(join(world.dir, 'remote.json'), '{"version":1,"switched_off":[{')
  await world.run()
  expect(world.memory.switches.off()).toEqual([])
  expect(readdirSync(world.dir)).toContain('remote-damaged.json')
  expect(world.messages()).toMatchObject([{ kind: 'event', body: { name: 'switches_lost' } }, { kind: 'telemetry' }])
})

test('a damaged record that cannot be set aside costs neither the start nor the next command', async () => {
  mkdirSync(join(world.dir, 'remote-damaged.json', 'in the way'), { recursive: true })
  writeFileSync(join(world.dir, 'remote.json'), 'no JSON')
  await world.run()
  await world.ask(world.disable(front))
  await world.restart()
  expect(world.memory.switches.off()).toEqual(['slot:front'])
})
