import { createRegisterPoll, type Polled } from '@tillwatch/agent/poll/register-poll'
import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { createRegister } from '../simulators/register.ts'
import { createStormyWay } from './storm.ts'

/** A register on transport 3 and its poll, in one process on simulated time. */
async function begin(quirks: object) {
  const clock = new ManualClock()
  const register = createRegister({ protocol: 'atol', variant: 3, state: { quirks }, clock })
  const way = createStormyWay(register, clock, () => 1)
  const created = await createRegisterPoll({ slot: 'till', driver: 'atol', port: 'tcp://127.0.0.1:5555' }, clock, way)
  if (!created.ok) throw created.error
  const poll = created.value
  return {
    register,
    clock,
    async poll(newRound = true): Promise<Polled> {
      const polled = poll.poll(newRound)
      await clock.advance(3_000)
      return polled
    },
  }
}
const codesOf = (polled: Polled) => polled.problems.map(problem => problem.code)
const task = (id: number, state: string) => ({ id, state })

test.each([
  ['a failed task stops the queue', [task(7, 'failed')], 'register.queue_stopped'],
  ['a failed task has an id that we would take', [task(0xc0, 'failed')], 'register.queue_stopped'],
  ['a task goes on', [task(1, 'running')], 'register.queue_waiting'],
  ['the buffer is full', [1, 2, 3, 4, 5].map(id => task(id, 'finished')), 'register.queue_full'],
])('the register is busy while %s of the POS program; its tasks are left alone', async (_, pos_tasks, code) => {
  const { register, poll } = await begin({ pos_tasks })
  const polled = await poll()
  expect(polled).toMatchObject({ link: 'busy', outcome: 'yielded' })
  expect(codesOf(polled)).toEqual([code])
  expect(register.log.length).toBeLessThanOrEqual(1)
  register.assertReadOnly()

  register.update({ quirks: { pos_tasks: [] } })
  const after = await poll()
  expect(after).toMatchObject({ link: 'ok', outcome: 'complete', problems: [] })
  register.assertReadOnly()
})

test('one question of ours at most waits behind another program’s task, and is taken back when its time has come', async () => {
  const { register, poll } = await begin({ results: 'on_request', pos_tasks: [task(1, 'running')] })
  for (let polls = 0; polls < 12; polls++) expect((await poll()).link).toBe('busy')
  expect(register.log.map(entry => entry.opcode)).toEqual(['3F'])
  register.update({ quirks: { pos_tasks: [] } })
  let last = await poll()
  for (let holds = 0; holds < 12 && last.outcome === 'more'; holds++) last = await poll(false)
  expect(last).toMatchObject({ link: 'ok', outcome: 'complete' })
  expect(register.log.map(entry => entry.answer_code)).not.toContain('B1')
  register.assertReadOnly()
})

test('our own question that failed does not stop those that follow it', async () => {
  const { register, poll } = await begin({ errors: { 'A4 20': '66', 'A4 10': 'DA', '45': '66' } })
  expect(await poll()).toMatchObject({ link: 'ok', outcome: 'complete' })
  expect(register.log.map(entry => entry.answer_code)).not.toContain('A5')
  expect(register.log.map(entry => entry.opcode)).toEqual([
    '3F',
    'A4 30',
    'A4 20',
    'A4 10',
    '45',
    'A4 32',
    'A5',
    'A4 33',
  ])
})
