import { ManualClock, recordingLogger, settle } from '@tillwatch/shared/testing'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { createRuleDesk } from './rule-desk.ts'
import type { RuleBookState } from './rule-keeper.ts'

function world() {
  const clock = new ManualClock()
  const log = recordingLogger()
  const registry = new Registry()
  const loads: string[] = []
  const adopted: string[] = []
  let stamp = 'own.yaml 1'
  let refused: RuleBookState['refused'] = []
  let running = 0
  const state = (): RuleBookState => ({ version: stamp, loadedAt: clock.now(), files: [], refused })
  const desk = createRuleDesk({
    folder: { read: async () => [], stamp: async () => stamp },
    keeping: {
      state: async () => state(),
      load: async () => {
        expect(++running).toBe(1)
        loads.push(stamp)
        await settle()
        running--
        if (stamp === 'fails') throw new Error('the disk is gone')
        return state()
      },
    },
    reads: {
      adopt: async ({ version }) => {
        adopted.push(version)
      },
    },
    ...{ registry, clock, log },
  })
  return {
    ...{ clock, log, registry, loads, adopted, desk },
    write: (text: string) => {
      stamp = text
    },
    refuse: (some: RuleBookState['refused']) => {
      refused = some
    },
  }
}
const PROBLEM = { file: 'own.yaml', line: 3, column: 7, path: 'overrides.x', reason: 'there is no rule x to change' }

it('takes a file that changed within seconds, once it is no longer being written, and only then', async () => {
  const { clock, desk, loads, adopted, write } = world()
  await desk.start()
  await clock.advance(0)
  loads.length = 0
  await clock.advance(60_000)
  expect(loads).toEqual([])
  write('own.yaml 2')
  await clock.advance(10_000)
  expect(loads).toEqual([])
  write('own.yaml 3')
  await clock.advance(1_000)
  expect(loads).toEqual([])
  await clock.advance(1_000)
  expect(loads).toEqual(['own.yaml 3'])
  expect(adopted.at(-1)).toBe('own.yaml 3')
  await clock.advance(60_000)
  expect(loads).toHaveLength(1)
  await desk.stop()
})

it('names a refused file with line, column and reason in the log, and counts it', async () => {
  const { desk, log, registry, refuse } = world()
  await desk.start()
  expect(desk.refused).toEqual([])
  refuse([{ file: 'own.yaml', shipped: false, audience: null, problems: [PROBLEM], inForce: 'earlier' }])
  await desk.reload()
  expect(log.lines).toContainEqual({
    level: 'error',
    message: 'a rule file is wrong; its earlier text goes on',
    fields: {
      file: 'own.yaml',
      inForce: 'earlier',
      problems: ['own.yaml:3:7: overrides.x: there is no rule x to change'],
    },
  })
  expect(desk.refused).toEqual(['own.yaml'])
  expect(await registry.metrics()).toContain('tillwatch_rule_files_refused 1')
  await desk.stop()
})

it('reads one after another when several ask at once, and goes on after a load that failed', async () => {
  const { desk, write } = world()
  await desk.start()
  await Promise.all([desk.reload(), desk.reload()])
  write('fails')
  await expect(desk.reload()).rejects.toThrow('the disk is gone')
  write('own.yaml 2')
  expect((await desk.reload()).version).toBe('own.yaml 2')
  await desk.stop()
})
