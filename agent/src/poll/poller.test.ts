import { AppError, type Clock, systemClock, type WireItem } from '@tillwatch/shared'
import { ManualClock, recordingLogger } from '@tillwatch/shared/testing'
import { expect, test } from 'vitest'
import type { RegisterReading } from '../drivers/driver.ts'
import { RegisterMemo } from '../drivers/memo.ts'
import type { ByteTransport, TransportListener } from '../transport/byte-transport.ts'
import { createLine } from '../transport/line.ts'
import { createPoller, type RegisterProblem } from './poller.ts'
import { createPortLease } from './port-lease.ts'
import { registerConfig } from './register-config.ts'
import { itemOf } from './register-item.ts'

/** A transport that only remembers whether it is open. */
function fakeTransport() {
  const calls: string[] = []
  const transport: ByteTransport = {
    kind: 'tcp',
    name: 'fake',
    baudRate: null,
    open: async () => void calls.push('open'),
    write: () => {},
    close: async () => void calls.push('close'),
  }
  return { transport, calls }
}

const leaseOn = (clock: Clock, keepOpen: boolean) => {
  const { transport, calls } = fakeTransport()
  return { lease: createPortLease({ line: createLine(transport, clock), clock, keepOpen }), calls }
}

test('domain 17.24: the port is given back after the work, also when the work throws', async () => {
  const clock = new ManualClock()
  const { lease, calls } = leaseOn(clock, false)
  const held = await lease.hold(
    async untilMs => untilMs - clock.monotonic(),
    () => true,
  )
  expect(held).toMatchObject({ ok: true, value: { value: 1_900 } })
  await expect(
    lease.hold(
      () => Promise.reject(new Error('bug')),
      () => true,
    ),
  ).rejects.toThrow('bug')
  expect(calls).toEqual(['open', 'close', 'open', 'close'])
})

test('what another program had to wait for is told: the closing of a port counts as held', async () => {
  const clock = new ManualClock()
  const { transport } = fakeTransport()
  const line = createLine({ ...transport, close: () => clock.advance(70) }, clock)
  const lease = createPortLease({ line, clock, keepOpen: false })
  const held = await lease.hold(
    () => clock.advance(400),
    () => true,
  )
  expect(held).toMatchObject({ ok: true, value: { heldMs: 470 } })
})

test('a port is held by one at a time, and a hold that ended leaves it free', async () => {
  const { lease } = leaseOn(new ManualClock(), false)
  const work = Promise.withResolvers<string>()
  const first = lease.hold(
    () => work.promise,
    () => true,
  )
  const second = lease.hold(
    async () => 'second',
    () => true,
  )
  await expect(second).rejects.toThrow('one hold of a port at a time')
  work.resolve('first')
  expect(await first).toMatchObject({ ok: true, value: { value: 'first' } })
  expect(
    await lease.hold(
      async () => 'third',
      () => true,
    ),
  ).toMatchObject({ ok: true })
})

test('a port kept open is opened once and closed after a poll that went wrong', async () => {
  const { lease, calls } = leaseOn(new ManualClock(), true)
  await lease.hold(
    async () => 'good',
    () => true,
  )
  await lease.hold(
    async () => 'bad',
    value => value === 'good',
  )
  expect(calls).toEqual(['open', 'close'])
  await lease.release()
  expect(calls).toEqual(['open', 'close'])
})

test('a port kept open that went away between two polls is opened anew for the next', async () => {
  const clock = new ManualClock()
  const { transport, calls } = fakeTransport()
  const listeners: TransportListener[] = []
  const open = async (listener: TransportListener) => {
    calls.push('open')
    listeners.push(listener)
  }
  const lease = createPortLease({ line: createLine({ ...transport, open }, clock), clock, keepOpen: true })
  const poll = () =>
    lease.hold(
      async () => 'good',
      () => true,
    )
  await poll()
  listeners[0]?.lost(new AppError('port.failed', 'switched off'))
  await poll()
  expect(calls).toEqual(['open', 'close', 'open'])
})

const deadPort = { driver: 'shtrih-m', port: 'tcp://127.0.0.1:1', intervalS: 5 }

test('registers that nobody answers for are told as silent, each in its own loop, each problem once', async () => {
  const items: WireItem[] = []
  const problems: RegisterProblem[] = []
  const poller = createPoller({
    registers: [
      { ...deadPort, slot: 'one' },
      { ...deadPort, slot: 'two', port: '/dev/tillwatch-no-such-port' },
    ],
    clock: systemClock,
    random: () => 0,
    logger: recordingLogger(),
    onReading: item => items.push(item),
    onProblem: problem => problems.push(problem),
  })
  await poller.start()
  await poller.pollNow('one')
  await poller.pollNow('two')
  const again = await poller.pollNow('one')
  expect(again).toMatchObject({
    kind: 'register',
    slot: 'one',
    id: null,
    source: 'register',
    facts: { 'fiscal.register.link': 'silent' },
  })
  expect(await poller.pollNow('three')).toBeNull()
  expect(poller.latest().map(item => [item.slot, item.facts['fiscal.register.link']])).toEqual([
    ['one', 'silent'],
    ['two', 'error'],
  ])
  await poller.stop()
  await poller.stop()
  expect(new Map(problems.map(({ slot, code }) => [slot, code]))).toEqual(
    new Map([
      ['one', 'port.silent'],
      ['two', 'port.missing'],
    ]),
  )
  expect(problems.length).toBe(2)
  expect(await poller.pollNow('one')).toBeNull()
})

test('a wrong register is refused at the start with what is allowed', async () => {
  const start = (change: object) =>
    createPoller({
      registers: [{ ...deadPort, slot: 'one', ...change }],
      clock: new ManualClock(),
      random: () => 0,
      logger: recordingLogger(),
      onReading() {},
    }).start()
  await expect(start({ driver: 'nobody' })).rejects.toMatchObject({
    code: 'driver.unknown',
    nextStep: expect.stringContaining('shtrih-m'),
  })
  await expect(start({ variant: 9 })).rejects.toMatchObject({ code: 'driver.variant' })
  await expect(start({ port: 'http://host:1' })).rejects.toMatchObject({ code: 'port.unsupported' })
})

test('a register in the config file needs a slot, a driver and a port, and polls every five minutes', () => {
  expect(registerConfig.parse({ slot: 'till', driver: 'shtrih-m', port: 'COM5' })).toMatchObject({
    interval_s: 300,
    keep_open: false,
  })
  const wrong = registerConfig.safeParse({ slot: 'till', driver: 'shtrih-m', port: 'tty', interval_s: 1 })
  expect(wrong.error?.issues.map(issue => issue.path.join('.')).sort()).toEqual(['interval_s', 'port'])
})

test('facts of the item’s own time go bare, older and unknown ones with what differs', () => {
  const at = Date.parse('2026-11-22T09:00:00Z')
  const reading: RegisterReading = {
    link: 'ok',
    outcome: 'complete',
    serial: '1',
    problems: [],
    commandsCount: 3,
    facts: new Map([
      ['fiscal.shift.number', { value: 41, at }],
      ['fiscal.fn.valid_until', { value: '2028-02-14', at: at - 3_600_000 }],
      ['fiscal.fn.documents_left', { value: null, at, reason: 'command not supported (37)', raw: '37' }],
      ['fiscal.register.clock_at', { value: '2026-11-22T12:00:00', at: at - 200 }],
    ]),
  }
  expect(
    itemOf({ slot: 'till', source: 'register' }, at, reading, { heldMs: 412.6, bytesCount: 600, commandsCount: 3 }),
  ).toMatchObject({
    slot: 'till',
    id: '1',
    facts: {
      'fiscal.shift.number': 41,
      'fiscal.fn.valid_until': { value: '2028-02-14', at: '2026-11-22T08:00:00.000Z' },
      'fiscal.fn.documents_left': { value: null, reason: 'command not supported (37)', raw: '37' },
      'fiscal.register.clock_at': { value: '2026-11-22T12:00:00', at: '2026-11-22T08:59:59.800Z' },
      'fiscal.register.link': 'ok',
      'fiscal.poll.port_held_ms': 413,
    },
  })
})

test('a memo forgets what is older than another drive, and keeps what belongs to it', () => {
  const memo = new RegisterMemo()
  memo.set('fiscal.fn.valid_until', { value: '2028-02-14', at: 1 })
  memo.set('fiscal.fn.serial', { value: '9', at: 5 })
  memo.markAnswered('FF03', 10)
  memo.markAnswered('FF01', 50)
  memo.bar('FF63', 'not supported')
  memo.forget(50, new Set(['fiscal.fn.serial']))
  expect([...memo.facts.keys()]).toEqual(['fiscal.fn.serial'])
  expect([memo.answeredAtMs('FF03'), memo.answeredAtMs('FF01'), memo.barred('FF63')]).toEqual([
    undefined,
    50,
    undefined,
  ])
})
