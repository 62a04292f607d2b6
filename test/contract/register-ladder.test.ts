import { createPoller, type RegisterProblem } from '@tillwatch/agent/poll/poller'
import { createRegisterPoll, type RegisterTarget } from '@tillwatch/agent/poll/register-poll'
import type { OpenLine } from '@tillwatch/agent/transport/open-transport'
import { detailOf, type WireItem } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import { createRegister } from '../simulators/register.ts'
import type { RegisterStateInput } from '../simulators/register-state.ts'
import { createStormyWay, passing } from './storm.ts'

const NETWORK = 'tcp://192.168.1.20:7778'
const CABLE = '/dev/ttyS0'
const driver = 'shtrih-m'
const OTHER = { register: { serial: '0000000000777777' }, fn: { serial: '9960440300999999' } }
const queue = (unsent: number) => ({ ofd: { unsent_documents: unsent, first_unsent_at: '2026-11-20T10:00' } })

/** One simulated register at each port, on simulated time. */
function worldOf(states: Readonly<Record<string, RegisterStateInput>>) {
  const clock = new ManualClock()
  const at = (port: string, state: RegisterStateInput) => {
    const asked: string[] = []
    const register = createRegister({ protocol: driver, state, clock, onCommand: ({ opcode }) => asked.push(opcode) })
    return [port, { register, asked, way: createStormyWay(register, clock, () => 1) }] as const
  }
  const ports = new Map(Object.entries(states).map(([port, state]) => at(port, state)))
  const open: OpenLine = (address, settings, own) => {
    const port = address.kind === 'tcp' ? `tcp://${address.host}:${address.port}` : CABLE
    const way = ports.get(port)?.way
    if (!way) throw new Error(`nothing at ${port}`)
    return way.open(address, settings, own)
  }
  const device = (port: string) => {
    const found = ports.get(port)
    if (!found) throw new Error(`nothing at ${port}`)
    return found
  }
  return { clock, open, device, pass: <T>(work: Promise<T>) => passing(work, clock, []) }
}

/** The register of a slot that is reached over the network, else by cable. */
async function ladder(
  states: { network: RegisterStateInput; cable: RegisterStateInput },
  target: Partial<RegisterTarget> = {},
) {
  const world = worldOf({ [NETWORK]: states.network, [CABLE]: states.cable })
  const { clock, open, device, pass } = world
  const also = [{ driver, port: CABLE }]
  const created = await createRegisterPoll({ slot: 'till', driver, port: NETWORK, also, ...target }, clock, { open })
  if (!created.ok) throw created.error
  const poll = created.value
  const looks = { network: device(NETWORK), cable: device(CABLE) }
  return {
    ...looks,
    clock,
    async look(newRound = true) {
      for (const { asked } of Object.values(looks)) asked.length = 0
      return pass(poll.poll(newRound))
    },
  }
}

const valueIn = (item: WireItem, name: string) => detailOf(item.facts[name] ?? null).value
const unsentIn = (item: WireItem) => valueIn(item, 'fiscal.ofd.unsent_documents')

test('domain 15: a better way that is gone is tried after growing pauses, and takes its place again when it is back', async () => {
  const { network, cable, look } = await ladder({ network: queue(1), cable: queue(2) })
  expect(unsentIn((await look()).item)).toBe(1)
  network.way.weather = { ...network.way.weather, closed: 2 }
  const rounds: boolean[] = []
  for (let round = 0; round < 9; round++) {
    const opens = network.way.seen.refusals
    const polled = await look()
    expect([polled.link, unsentIn(polled.item)]).toEqual(['ok', 2])
    rounds.push(network.way.seen.refusals > opens)
  }
  expect(rounds).toEqual([true, true, false, true, false, false, true, false, false])
  network.way.weather = { ...network.way.weather, closed: 0 }
  expect(unsentIn((await look()).item)).toBe(1)
  expect(cable.asked).toEqual([])
})

test('a register that one way reports at work is left alone by every way', async () => {
  const { network, cable, look } = await ladder({ network: { register: { mode: 'document_open' } }, cable: {} })
  expect(await look()).toMatchObject({ link: 'ok', outcome: 'yielded' })
  expect([network.asked, cable.asked]).toEqual([['10'], []])
})

test('what only the worse way can tell is read to its end in the same round, and not again the same day', async () => {
  const { network, cable, clock, look } = await ladder({
    network: { quirks: { unsupported: ['FF63'] } },
    cable: { faults: { delay_ms: 250 } },
  })
  let polled = await look()
  expect(polled.outcome).toBe('more')
  for (let holds = 1; holds < 10 && polled.outcome === 'more'; holds++) {
    polled = await look(false)
    expect([network.asked, cable.asked.length > 0]).toEqual([[], true])
  }
  expect(polled.outcome).toBe('complete')
  expect(detailOf(polled.item.facts['fiscal.fn.documents_left'] ?? null).value).toBe(180_000)
  await clock.advance(6 * 3_600_000)
  expect(await look()).toMatchObject({ link: 'ok', outcome: 'complete' })
  expect(cable.asked).toEqual([])
})

test('what another register said on another way before it fell silent is not mixed in', async () => {
  const { network, cable, look } = await ladder({
    network: { quirks: { unsupported: ['FF63', 'FF09'] } },
    cable: { ...OTHER, fn: { ...OTHER.fn, documents_left: 5 } },
  })
  await look()
  cable.register.update({ register: { link: 'silent' } })
  network.register.update({ register: { link: 'silent' } })
  for (let round = 0; round < 3; round++) await look()
  network.register.update({ register: { link: 'ok' } })
  const { item } = await look()
  expect(item.id).toBe('0000000000301234')
  expect(valueIn(item, 'fiscal.fn.documents_left')).toBeNull()
  expect(valueIn(item, 'fiscal.register.registration_number')).not.toBe(OTHER.register.serial)
})

test('a register that was replaced is told as the new one, and its other ways are looked at again', async () => {
  const { network, cable, clock, look } = await ladder({ network: { quirks: { unsupported: ['FF63'] } }, cable: {} })
  await look()
  for (const { register } of [network, cable]) register.update(OTHER)
  await clock.advance(2 * 3_600_000)
  const polled = await look()
  expect(polled.item.id).toBe('0000000000777777')
  expect(polled.problems).toEqual([])
  expect(cable.asked.length).toBeGreaterThan(0)
})

test('while nobody knows which register answers now, only that is told, with what it cost', async () => {
  const { network, look } = await ladder({ network: {}, cable: {} }, { also: [] })
  expect((await look()).item.id).toBe('0000000000301234')
  network.register.update({ ...OTHER, faults: { delay_ms: 400 } })
  const { item, outcome } = await look()
  expect([item.id, outcome]).toEqual([null, 'more'])
  expect(Object.keys(item.facts).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'fiscal.poll.bytes',
    'fiscal.poll.commands',
    'fiscal.poll.port_held_ms',
    'fiscal.register.link',
  ])
})

test('a hold that gave no answer is measured too', async () => {
  const { network, look } = await ladder({ network: { register: { link: 'silent' } }, cable: {} }, { also: [] })
  const { item } = await look()
  expect(valueIn(item, 'fiscal.register.link')).toBe('silent')
  expect(valueIn(item, 'fiscal.poll.port_held_ms')).toBe(Math.round(network.way.seen.heldMsMax))
})

test('a port that is kept open is given back while the register is at work, and while its slot is switched off', async () => {
  let off: string | null = null
  const { clock, open, device, pass } = worldOf({ [NETWORK]: {} })
  const switches = {
    isDisabled: () => false,
    offReason: (kind: string) => (kind === 'slot' ? off : null),
    off: () => [],
  }
  const target = { slot: 'till', driver, port: NETWORK, keepOpen: true }
  const created = await createRegisterPoll(target, clock, { open, switches })
  if (!created.ok) throw created.error
  const { register, way } = device(NETWORK)
  const look = async () => {
    await pass(created.value.poll(true))
    return way.opens
  }
  expect(await look()).toBe(1)
  register.update({ register: { mode: 'document_open' } })
  expect(await look()).toBe(0)
  register.update({ register: { mode: undefined } })
  expect(await look()).toBe(1)
  off = 'switched off by Anna until 18:00'
  expect(await look()).toBe(0)
})

/** A poller over the network and the cable, each in a slot of its own. */
async function pollerOver(states: Readonly<Record<string, RegisterStateInput>>) {
  const world = worldOf(states)
  const items: WireItem[] = []
  const problems: RegisterProblem[] = []
  const poller = createPoller({
    registers: Object.keys(states).map(port => ({ slot: port, driver, port, intervalS: 300 })),
    clock: world.clock,
    random: () => 0,
    logger: recordingLogger(),
    open: world.open,
    onReading: item => items.push(item),
    onProblem: problem => problems.push(problem),
  })
  await poller.start()
  return { ...world, poller, items, problems }
}

test('domain 17.23: a poll that a person asks for waits until ten seconds after the register was seen at work', async () => {
  const { clock, device, poller, items } = await pollerOver({ [NETWORK]: { register: { mode: 'document_open' } } })
  await clock.advance(1_000)
  expect(items.length).toBe(1)
  const asked = poller.pollNow(NETWORK)
  await clock.advance(8_000)
  expect([items.length, device(NETWORK).asked]).toEqual([1, ['10']])
  await clock.advance(3_000)
  expect(valueIn((await asked) as WireItem, 'fiscal.register.mode')).toBe('document_open')
  expect(items.length).toBe(2)
  await poller.stop()
})

test('a poll that a person asks for is not made to wait for a register that is idle', async () => {
  const { clock, poller, items } = await pollerOver({ [NETWORK]: {} })
  await clock.advance(3_000)
  const asked = poller.pollNow(NETWORK)
  await clock.advance(1_000)
  expect((await asked)?.id).toBe('0000000000301234')
  expect(items.length).toBe(2)
  await poller.stop()
})

test('what was just set right in a register shows after the poll that a person asks for, though it is read once a day', async () => {
  const { clock, device, poller } = await pollerOver({ [NETWORK]: { register: { ofd_host: 'old.example' } } })
  await clock.advance(60_000)
  const host = () => valueIn(poller.latest()[0] as WireItem, 'fiscal.register.ofd_host')
  expect(host()).toBe('old.example')
  device(NETWORK).register.update({ register: { ofd_host: 'new.example' } })
  await clock.advance(3_600_000)
  expect(host()).toBe('old.example')
  const asked = poller.pollNow(NETWORK)
  await clock.advance(60_000)
  expect([(await asked)?.id, host()]).toEqual(['0000000000301234', 'new.example'])
  // The next polls of their own accord spare the port again.
  device(NETWORK).asked.length = 0
  await clock.advance(3_600_000)
  device(NETWORK).register.update({ register: { ofd_host: 'third.example' } })
  await clock.advance(3_600_000)
  expect(host()).toBe('new.example')
  await poller.stop()
})

test('domain 17.23: while a document is open a person is told so and nothing slow is read; it is read once the register is idle', async () => {
  const { clock, device, poller } = await pollerOver({ [NETWORK]: { register: { ofd_host: 'old.example' } } })
  await clock.advance(60_000)
  const { register, asked: commands } = device(NETWORK)
  register.update({ register: { ofd_host: 'new.example', mode: 'document_open' } })
  commands.length = 0
  const asked = poller.pollNow(NETWORK)
  await clock.advance(60_000)
  expect(valueIn((await asked) as WireItem, 'fiscal.register.mode')).toBe('document_open')
  expect(new Set(commands)).toEqual(new Set(['10']))
  register.update({ register: { mode: 'ready' } })
  await clock.advance(600_000)
  expect(valueIn(poller.latest()[0] as WireItem, 'fiscal.register.ofd_host')).toBe('new.example')
  await poller.stop()
})

test('who asks while the port is held is answered by the poll after it, which sees what was changed meanwhile', async () => {
  const { clock, device, poller, items } = await pollerOver({ [NETWORK]: queue(1) })
  while (device(NETWORK).asked.length === 0) await clock.advance(1)
  const asked = poller.pollNow(NETWORK)
  await clock.advance(60_000)
  expect((await asked)?.at).toBe(items[1]?.at)
  await poller.stop()
})

test('domain 16: a port that falls silent is no news while its register answers at the other', async () => {
  const { clock, device, poller, items, problems } = await pollerOver({ [NETWORK]: {}, [CABLE]: {} })
  await clock.advance(5_000)
  device(NETWORK).register.update({ register: { link: 'silent' } })
  items.length = 0
  await clock.advance(3_600_000)
  const links = new Set(items.map(item => valueIn(item, 'fiscal.register.link')))
  expect(links).toEqual(new Set(['ok']))
  expect(problems.filter(({ code }) => code === 'register.twin').map(({ slot }) => slot)).toContain(NETWORK)
  await poller.stop()
})
