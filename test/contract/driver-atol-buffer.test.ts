import { createRegisterPoll } from '@tillwatch/agent/poll/register-poll'
import { ManualClock } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { createPacketParser, packetOf } from '../simulators/atol/v3-packets.ts'
import { createRegister } from '../simulators/register.ts'
import type { RegisterStateInput } from '../simulators/register-state.ts'
import { createStormyWay } from './storm.ts'

/** Tasks that the simulated buffer holds. */
const ROOM = 5
const POS_TASK = 0x10

/** An agent and a POS program that use the same port of one register by turns. */
async function begin(state: RegisterStateInput) {
  const clock = new ManualClock()
  const register = createRegister({ protocol: 'atol', variant: 3, state, clock })
  let said: number[] = []
  let toAgent = (_bytes: Uint8Array) => {}
  const port = register.openLine(bytes => {
    said.push(...bytes)
    toAgent(bytes)
  })
  const openLine: typeof register.openLine = write => {
    toAgent = write
    return port
  }
  const way = createStormyWay({ ...register, openLine }, clock, () => 1)
  const target = { slot: 'till', driver: 'atol', variant: 3, port: 'tcp://127.0.0.1:5555' }
  const created = await createRegisterPoll(target, clock, way)
  if (!created.ok) throw created.error
  const poll = created.value
  let packetId = 0x80

  /** First byte of the device's answer to a payload in hexadecimal. */
  const say = async (payload: string): Promise<number | undefined> => {
    said = []
    port.receive(packetOf(++packetId, [...Buffer.from(payload.replace(/\s/g, ''), 'hex')]))
    await clock.advance(1_000)
    const parser = createPacketParser()
    const events = said.map(byte => parser.byte(byte))
    return events.flatMap(event => (event?.kind === 'packet' && event.id === packetId ? [...event.payload] : []))[0]
  }
  const byteOf = (id: number) => id.toString(16).padStart(2, '0')

  return {
    register,
    /** Holds of the agent until all is read. */
    async poll() {
      for (let holds = 1; ; holds++) {
        const polling = poll.poll(holds === 1)
        await clock.advance(6_000)
        const polled = await polling
        if (polled.outcome !== 'more' || holds === 12) return polled
      }
    },
    /** A task that is given and whose result nobody acknowledges. */
    give: (id: number, command = '45') => say(`C1 01 ${byteOf(id)} 0000 ${command}`),
    acknowledge: (id: number) => say(`C2 ${byteOf(id)}`),
  }
}

test.each<[string, RegisterStateInput]>([
  ['all is well', {}],
  [
    'the register refuses our questions',
    { quirks: { errors: { 'A4 20': '66', 'A4 10': 'F0', A5: '7A', '45': '66' } } },
  ],
  [
    'it refuses them by results that come unasked',
    { quirks: { results: 'pushed', errors: { 'A4 30': '66', 'A4 32': 'DA' } } },
  ],
  [
    'it refuses them by results that are asked for',
    { quirks: { results: 'on_request', waiting: 'A2', errors: { 'A4 30': '66', 'A4 32': 'DA' } } },
  ],
  ['frames get lost', { quirks: { lose_every: 3, errors: { 'A4 20': '66' } } }],
  ['frames come twice', { quirks: { duplicate_every: 2, results: 'pushed', errors: { 'A4 20': '66' } } }],
  ['frames get damaged and cut', { faults: { bad_checksum_every: 4, cut_every: 7 }, quirks: { results: 'pushed' } }],
  ['answers are late', { faults: { delay_ms: 450 }, quirks: { errors: { 'A4 20': '66' } } }],
])('when %s the POS program still finds its queue running, and room for all its tasks', async (_title, state) => {
  const { register, poll, give, acknowledge } = await begin(state)
  for (let polls = 0; polls < 3; polls++) {
    await poll()
    register.update({ quirks: { lose_every: 0, duplicate_every: 0, results: 'at_once' }, faults: { cut_every: 0 } })
    register.update({ faults: { bad_checksum_every: 0, delay_ms: 0 } })
    if (polls === 0) await poll()
    for (let task = 0; task < ROOM; task++) expect(await give(POS_TASK + task, '3F')).toBe(0xa3)
    for (let task = 0; task < ROOM; task++) expect(await acknowledge(POS_TASK + task)).toBe(0xa3)
  }
  register.assertReadOnly()
})

test('results that a killed agent left under our ids are left alone, and are in the way only where no room is left', async () => {
  const { register, poll, give, acknowledge } = await begin({})
  for (let left = 0; left < ROOM; left++) {
    expect(await poll()).toMatchObject({ link: 'ok', outcome: 'complete', problems: [] })
    expect(await give(0xc0 + left)).toBe(0xa3)
  }
  expect(await poll()).toMatchObject({ link: 'busy', problems: [{ code: 'register.queue_full' }] })
  for (let left = 0; left < ROOM; left++) expect(await acknowledge(0xc0 + left)).toBe(0xa3)
  expect(await poll()).toMatchObject({ link: 'ok', outcome: 'complete', problems: [] })
  register.assertReadOnly()
})
