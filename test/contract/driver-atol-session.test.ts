import { createRegisterPoll, type Polled } from '@tillwatch/agent/poll/register-poll'
import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { type CommandEntry, createRegister, type SimulatedRegister } from '../simulators/register.ts'
import type { RegisterStateInput } from '../simulators/register-state.ts'
import { createStormyWay } from './storm.ts'

/** A register and its poll, in one process on simulated time. */
async function begin(state: RegisterStateInput, { variant = 3, onCommand = (_entry: CommandEntry) => {} } = {}) {
  const clock = new ManualClock()
  const register = createRegister({ protocol: 'atol', variant, state, clock, onCommand })
  const way = createStormyWay(register, clock, () => 1)
  const target = { slot: 'till', driver: 'atol', variant, port: 'tcp://127.0.0.1:5555' }
  const created = await createRegisterPoll(target, clock, way)
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
const opcodesOf = (register: SimulatedRegister) => register.log.map(entry => entry.opcode)
const task = (id: number, state: string) => ({ id, state })

function factIn(polled: Polled, name: string): unknown {
  const fact = polled.item.facts[name]
  return fact !== null && typeof fact === 'object' && !Array.isArray(fact) ? fact.value : fact
}

test.each([
  ['a failed task stops the queue', [task(7, 'failed')], 'register.queue_stopped'],
  ['a failed task has an id that we would take', [task(0xc0, 'failed')], 'register.queue_stopped'],
  ['a task goes on', [task(1, 'running')], 'register.queue_waiting'],
  ['the buffer is full', [1, 2, 3, 4, 5].map(id => task(id, 'finished')), 'register.queue_full'],
])('the register is busy while %s of the POS program; its tasks are left alone', async (_, pos_tasks, code) => {
  const { register, poll } = await begin({ quirks: { pos_tasks } })
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
  const { register, poll } = await begin({ quirks: { results: 'on_request', pos_tasks: [task(1, 'running')] } })
  for (let polls = 0; polls < 12; polls++) expect((await poll()).link).toBe('busy')
  expect(opcodesOf(register)).toEqual(['3F'])
  register.update({ quirks: { pos_tasks: [] } })
  let last = await poll()
  for (let holds = 0; holds < 12 && last.outcome === 'more'; holds++) last = await poll(false)
  expect(last).toMatchObject({ link: 'ok', outcome: 'complete' })
  expect(register.log.map(entry => entry.answer_code)).not.toContain('B1')
  register.assertReadOnly()
})

test('our own question that failed does not stop those that follow it', async () => {
  const { register, poll } = await begin({ quirks: { errors: { 'A4 20': '66', 'A4 10': 'DA', '45': '66' } } })
  expect(await poll()).toMatchObject({ link: 'ok', outcome: 'complete' })
  expect(register.log.map(entry => entry.answer_code)).not.toContain('A5')
  expect(opcodesOf(register)).toEqual(['3F', 'A4 30', 'A4 20', 'A4 10', '45', 'A4 32', 'A5', 'A4 33'])
})

test.each([3, 2])(
  'variant %i: an exchange with the drive that failed once is tried again, and is a fault when it fails twice',
  async variant => {
    const state = { quirks: { errors: { 'A4 30': 'D2' } } }
    const twice = await begin(state, { variant })
    const failed = await twice.poll()
    expect(opcodesOf(twice.register).slice(0, 3)).toEqual(['3F', 'A4 30', 'A4 30'])
    expect(factIn(failed, 'fiscal.register.error')).toBe('fn_link')
    expect(codesOf(failed)).toEqual(['register.error.D2'])

    const once = await begin(state, {
      variant,
      onCommand: entry =>
        entry.opcode === 'A4 30' && once.register.update({ quirks: { errors: { 'A4 30': undefined } } }),
    })
    const good = await once.poll()
    expect(factIn(good, 'fiscal.register.error')).toBe('none')
    expect(factIn(good, 'fiscal.fn.phase')).toBe('fiscal')
    expect(codesOf(good)).toEqual([])
  },
)

test.each([3, 2])(
  'variant %i: a drive that is lost in the middle of a poll is tried once more, told as a fault, and not asked further',
  async variant => {
    const { register, poll } = await begin({ quirks: { errors: { 'A4 20': 'BA' } } }, { variant })
    const polled = await poll()
    expect(opcodesOf(register)).toEqual(['3F', 'A4 30', 'A4 20', 'A4 20', '45', 'A5'])
    expect(factIn(polled, 'fiscal.register.error')).toBe('fn_link')
    expect(factIn(polled, 'fiscal.ofd.unsent_documents')).toBeNull()
    expect(codesOf(polled)).toEqual(['register.error.BA'])
    register.update({ quirks: { errors: { 'A4 20': undefined } } })
    const after = await poll()
    expect(factIn(after, 'fiscal.register.error')).toBe('none')
    expect(factIn(after, 'fiscal.fn.valid_until')).toBe('2028-02-14')
  },
)

test.each([3, 2])(
  'variant %i: a register that does not tell its status is asked nothing else, and that is told',
  async variant => {
    const { register, poll } = await begin({ quirks: { errors: { '3F': '66' } } }, { variant })
    const polled = await poll()
    expect(opcodesOf(register)).toEqual(['3F'])
    expect(polled).toMatchObject({ outcome: 'yielded', problems: [{ code: 'register.status_refused' }] })
  },
)

test.each([3, 2])(
  'variant %i: what only the drive and the printer tell stays told while the register is at work',
  async variant => {
    const { register, poll } = await begin({ shift: { state: 'expired' }, register: { paper: 'low' } }, { variant })
    const told = async () => {
      const polled = await poll()
      return ['fiscal.shift.state', 'fiscal.register.paper', 'fiscal.register.mode'].map(name => factIn(polled, name))
    }
    expect(await told()).toEqual(['expired', 'low', 'shift_expired'])
    register.update({ register: { mode: 'document_open' } })
    expect(await told()).toEqual(['expired', 'low', 'document_open'])
    register.update({ register: { mode: undefined, paper: 'present' }, shift: { state: 'closed' } })
    expect(await told()).toEqual(['closed', 'present', 'shift_closed'])
    register.update({ shift: { state: 'open' } })
    expect(await told()).toEqual(['open', 'present', 'shift_open'])
  },
)

test('a shift that was closed and opened again between two polls is not the expired one', async () => {
  const { register, poll } = await begin({ shift: { state: 'expired' } })
  await poll()
  register.update({ shift: { state: 'open', number: 42 } })
  expect(factIn(await poll(), 'fiscal.shift.state')).toBe('open')
})
