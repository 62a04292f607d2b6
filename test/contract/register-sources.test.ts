import { createPoller, type RegisterProblem } from '@tillwatch/agent/poll/poller'
import { createRegisterPoll } from '@tillwatch/agent/poll/register-poll'
import { detailOf, systemClock, type WireItem } from '@tillwatch/shared'
import { recordingLogger } from '@tillwatch/shared/testing'
import { afterEach, expect, test } from 'vitest'
import { createRegister } from '../simulators/register.ts'
import { serveTcp } from '../simulators/serve-tcp.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const OTHER_QUEUE = { unsent_documents: 9, first_unsent_at: '2026-11-20T10:00' }

/** A simulated register on a TCP port. */
async function device(protocol: string, state: object = {}) {
  const register = createRegister({ protocol, clock: systemClock, state })
  const port = await serveTcp(register, 'tcp://127.0.0.1:0', systemClock)
  closers.push(() => port.close())
  return { register, port }
}

const asHttp = (address: string) => address.replace('tcp://', 'http://')
const told = (item: WireItem, name: string) => {
  const detail = detailOf(item.facts[name] ?? null)
  return { ...detail, source: detail.source ?? item.source }
}

test('domain 15: the vendor’s service is asked first, and the register’s own port when the service is gone', async () => {
  const [service, port] = [await device('atol-web'), await device('atol')]
  const poll = await createRegisterPoll(
    {
      slot: 'till',
      driver: 'atol',
      port: port.port.address,
      also: [{ driver: 'atol-web', port: asHttp(service.port.address) }],
    },
    systemClock,
  )
  if (!poll.ok) throw poll.error
  closers.push(() => poll.value.close())

  const all = async () => {
    let polled = await poll.value.poll(true)
    for (let holds = 1; holds < 8 && polled.outcome === 'more'; holds++) polled = await poll.value.poll(false)
    return polled
  }
  const first = await all()
  expect(first).toMatchObject({ link: 'ok', item: { source: 'driver_service' } })
  const serial = first.item.id
  expect(told(first.item, 'fiscal.ofd.unsent_documents')).toMatchObject({ value: 0, source: 'driver_service' })

  port.register.update({
    ofd: { unsent_documents: 4, first_unsent_document: 1051, first_unsent_at: '2026-11-20T10:00' },
  })
  await service.port.close()
  const second = await all()
  expect(second).toMatchObject({ link: 'ok', item: { id: serial, source: 'register' } })
  expect(told(second.item, 'fiscal.ofd.unsent_documents')).toMatchObject({ value: 4, source: 'register' })
  // What only the service could tell stays known, as its own.
  expect(told(second.item, 'fiscal.register.registration_number')).toMatchObject({
    value: '0001234567012345',
    source: 'driver_service',
  })
  service.register.assertReadOnly()
  port.register.assertReadOnly()
})

test('ports of different registers in one slot are told as a mistake, and never mixed', async () => {
  const own = await device('shtrih-m')
  const other = await device('shtrih-m', { register: { serial: '0000000000777777' }, ofd: OTHER_QUEUE })
  const target = { driver: 'shtrih-m', port: own.port.address, slot: 'till' }
  // The second is asked for what the first cannot tell.
  own.register.update({ quirks: { unsupported: ['FF63'] } })
  const poll = await createRegisterPoll(
    { ...target, also: [{ driver: 'shtrih-m', port: other.port.address }] },
    systemClock,
  )
  if (!poll.ok) throw poll.error
  closers.push(() => poll.value.close())
  const polled = await poll.value.poll(true)
  expect(polled.problems.map(({ code }) => code)).toContain('register.sources_differ')
  expect(polled.item).toMatchObject({ id: '0000000000301234', facts: { 'fiscal.ofd.unsent_documents': 0 } })
})

test('domain 16: two ports of one register are one register, and the second slot says so', async () => {
  const [one, two] = [await device('shtrih-m'), await device('shtrih-m')]
  const items: WireItem[] = []
  const problems: RegisterProblem[] = []
  const till = { driver: 'shtrih-m', intervalS: 3_600 }
  const poller = createPoller({
    registers: [
      { ...till, slot: 'front', port: one.port.address },
      { ...till, slot: 'same', port: two.port.address },
    ],
    clock: systemClock,
    random: () => 0,
    logger: recordingLogger(),
    onReading: item => items.push(item),
    onProblem: problem => problems.push(problem),
  })
  await poller.start()
  closers.push(() => poller.stop())
  await poller.pollNow('front')
  items.length = 0
  await poller.pollNow('same')
  await poller.pollNow('front')
  expect(items.map(({ slot }) => slot)).toEqual(['front'])
  expect(poller.latest().map(({ slot }) => slot)).toEqual(['front'])
  expect(problems).toMatchObject([{ slot: 'same', code: 'register.twin', nextStep: expect.stringContaining('front') }])
})
