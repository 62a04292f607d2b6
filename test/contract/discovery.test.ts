import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { discover } from '@tillwatch/agent/discovery/discover'
import { configOf } from '@tillwatch/agent/discovery/found-register'
import { placesOf } from '@tillwatch/agent/discovery/places'
import { createRegisterFinder, type FinderWorld } from '@tillwatch/agent/discovery/register-finder'
import type { SerialPlace, UsbIds } from '@tillwatch/agent/discovery/serial-ports'
import type { RegisterConfig } from '@tillwatch/agent/poll/register-config'
import type { OpenLine, PortAddress } from '@tillwatch/agent/transport/open-transport'
import { ManualClock, recordingLogger, seededRandom } from '@tillwatch/shared/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRegister, type SimulatedRegister } from '../simulators/register.ts'
import { drivers, passing, strangerLine } from './discovery-world.ts'
import { CALM, createStormyWay } from './storm.ts'

const HOUR_MS = 3_600_000
/** Turns of the machine that work inside the process needs at most between two instants. */
const TURNS = 8

let clock: ManualClock
let dir: string
beforeEach(() => {
  clock = new ManualClock()
  dir = mkdtempSync(join(tmpdir(), 'discovery-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const register = (protocol: string, state: object = {}, variant?: number) =>
  createRegister({ protocol, clock, state, ...(variant !== undefined && { variant }) })

/** A PC whose ports lead where the test says; a port with nothing behind it is one where nobody listens. */
function pcOf(ports: Readonly<Record<string, SimulatedRegister | OpenLine>>) {
  const opened: string[] = []
  const nowhere = (protocol: string) => {
    const way = createStormyWay(register(protocol), clock, () => 0.9)
    way.weather = { ...CALM, closed: 1 }
    return way
  }
  const behind = { ...ports }
  const open: OpenLine = (address, settings, ofClock) => {
    const port = textOf(address)
    opened.push(port)
    const device = behind[port]
    if (typeof device === 'function') return device(address, settings, ofClock)
    const way = device
      ? createStormyWay(device, clock, seededRandom(1))
      : nowhere(address.kind === 'http' ? 'atol-web' : 'shtrih-m')
    return way.open(address, settings, ofClock)
  }
  return { open, opened, behind }
}

const textOf = (address: PortAddress): string =>
  address.kind === 'serial'
    ? address.path
    : address.kind === 'http'
      ? address.url
      : `tcp://${address.host}:${address.port}`

const USB: UsbIds = { vendor: '2912', product: '0005', serial: 'A1', interface: 0 }
const serialPort = (path: string, usb: UsbIds | null = null): SerialPlace => ({ path, device: path, usb, about: '' })

/** The rates of a till with everything that there is. */
function fullPc() {
  const till = { register: { serial: '00106900123456' }, fn: { serial: '9960440300000001' } }
  const devices = {
    web: register('atol-web', till),
    own: register('atol', till),
    shtrih: register('shtrih-m', { register: { serial: '0000000000301234' }, fn: { serial: '9960440300000002' } }),
    pirit: register('pirit', { register: { serial: '0493000011' }, fn: { serial: '9960440300000003' } }),
    mitsu: register('mitsu', { register: { serial: '065001234567' }, fn: { serial: '9960440300000004' } }),
  }
  const scales = strangerLine(() => {})
  const talk = () => {
    scales.say(new TextEncoder().encode('ST,GS,+  1.234kg\r\n'))
    clock.after(200, talk)
  }
  talk()
  const pinpad = strangerLine((_bytes, say) => say(Uint8Array.of(0x06)))
  const printer = strangerLine((bytes, say) => bytes[0] === 0x10 && say(Uint8Array.of(0x16)))
  const pc = pcOf({
    'http://127.0.0.1:16732': devices.web,
    'tcp://127.0.0.1:5555': devices.own,
    // Two ports of one device: the one carries the protocol, the other the OFD's traffic.
    COM5: devices.own,
    COM6: strangerLine(() => {}).open,
    'tcp://192.168.137.111:7778': devices.shtrih,
    COM1: devices.pirit,
    'tcp://127.0.0.1:8200': devices.mitsu,
    COM7: scales.open,
    COM8: pinpad.open,
    COM9: printer.open,
    COM10: strangerLine(() => {}).open,
  })
  const serialPorts = [1, 2, 5, 6, 7, 8, 9, 10].map(number => serialPort(`COM${number}`))
  return { devices, pc, serialPorts, scales }
}

test('a PC with all at once: each register once, by its best way; who is none of ours is left alone', async () => {
  const { devices, pc, serialPorts, scales } = fullPc()
  const places = placesOf({ drivers, serialPorts, also: [], never: [] })
  const holderOf = async (path: string) => (path === 'COM2' ? 'iikoFront.Net.exe' : null)
  const { registers, looked } = await passing(discover(places, [], { clock, open: pc.open, holderOf }), clock)

  expect(registers.map(({ slot, serial, ways }) => [slot, serial, ways.map(({ port }) => port)])).toEqual([
    ['kkt-1', '00106900123456', ['http://127.0.0.1:16732', 'tcp://127.0.0.1:5555', 'COM5']],
    ['kkt-2', '0000000000301234', ['tcp://192.168.137.111:7778']],
    ['kkt-3', '065001234567', ['tcp://127.0.0.1:8200']],
    ['kkt-4', '0493000011', ['COM1']],
  ])
  const seen = Object.fromEntries(looked.map(one => [one.place.port, one.seen]))
  expect(seen).toMatchObject({
    COM2: { kind: 'held', holder: 'iikoFront.Net.exe' },
    COM6: { kind: 'nobody' },
    COM7: { kind: 'stranger' },
    COM8: { kind: 'stranger' },
    COM9: { kind: 'printer' },
    COM10: { kind: 'nobody' },
    'tcp://127.0.0.1:50003': { kind: 'nobody' },
  })
  expect(pc.opened).not.toContain('COM2')
  expect(scales.heard).toEqual([])
  for (const device of Object.values(devices)) device.assertReadOnly()
})

test('what was found is a configuration that reads the register: driver, variant, rate and the other ways', async () => {
  const shtrih = register('shtrih-m', {}, 2)
  const pc = pcOf({ COM3: shtrih })
  const places = placesOf({ drivers, serialPorts: [serialPort('COM3', USB)], also: [], never: [] })
  const world = { clock, open: pc.open, holderOf: async () => null }
  const { registers } = await passing(discover(places, [], world), clock)
  expect(registers.map(configOf)).toMatchObject([
    { slot: 'kkt-1', driver: 'shtrih-m', variant: 2, port: 'COM3', baud: 115_200, also: [], interval_s: 300 },
  ])
})

test('a register whose password was changed is found and told, one that is at work is found without waiting for it', async () => {
  const closed = register('pirit', { quirks: { link_password: 'ABCD' } })
  const atWork = register('shtrih-m', { register: { mode: 'document_open' } })
  const pc = pcOf({ COM3: closed, COM4: atWork })
  const places = placesOf({ drivers, serialPorts: [serialPort('COM3'), serialPort('COM4')], also: [], never: [] })
  const world = { clock, open: pc.open, holderOf: async () => null }
  const { registers, looked } = await passing(discover(places, [], world), clock)
  expect(registers.map(({ ways }) => ways[0]?.driver)).toEqual(['pirit', 'shtrih-m'])
  expect(looked.find(({ place }) => place.port === 'COM3')?.read?.problem?.code).toBe('register.password')
  for (const device of [closed, atWork]) device.assertReadOnly()
})

/** A finder over a PC, as one run of the agent has it. */
function finderOn(
  pc: ReturnType<typeof pcOf>,
  ports: () => readonly SerialPlace[],
  more: Partial<FinderWorld> = {},
  isHeldOff = () => false,
) {
  const told: (readonly RegisterConfig[])[] = []
  const finder = createRegisterFinder({
    dataDir: dir,
    also: [],
    never: [],
    clock,
    random: () => 0,
    logger: recordingLogger(),
    isHeldOff,
    world: {
      open: pc.open,
      holderOf: async () => null,
      listPorts: async () => ports(),
      uptimeMs: () => HOUR_MS,
      ...more,
    },
    onFound: registers => told.push(registers),
  })
  /** Time in small steps, with turns for what is under way at a port. */
  const minutes = async (count: number) => {
    for (let step = 0; step < count * 600; step++) {
      for (let turn = 0; turn < TURNS; turn++) await new Promise(resolve => setImmediate(resolve))
      await clock.advance(100)
    }
  }
  /** Time in which nothing answers. */
  const hours = async (count: number) => {
    for (let minute = 0; minute < count * 60; minute++) await clock.advance(60_000)
  }
  return { finder, told, hours, minutes, portsTold: () => told.at(-1)?.map(({ slot, port }) => `${slot} ${port}`) }
}

test('a first start finds the register; the next one knows it and opens no port at all', async () => {
  const pc = pcOf({ COM3: register('shtrih-m') })
  const ports = () => [serialPort('COM3', USB)]
  const first = finderOn(pc, ports)
  await first.finder.start()
  expect(first.finder.registers).toEqual([])
  await first.minutes(3)
  expect(first.portsTold()).toEqual(['kkt-1 COM3'])
  await first.finder.stop()
  expect(JSON.parse(readFileSync(join(dir, 'registers.json'), 'utf8'))).toMatchObject({
    registers: [
      { slot: 'kkt-1', serial: '0000000000301234', ways: [{ port: 'COM3', usb: { vendor: '2912', serial: 'A1' } }] },
    ],
  })

  pc.opened.length = 0
  const second = finderOn(pc, ports)
  await second.finder.start()
  expect(second.finder.registers).toMatchObject([{ slot: 'kkt-1', driver: 'shtrih-m', port: 'COM3' }])
  await second.hours(30)
  await second.finder.stop()
  expect(pc.opened).toEqual([])
  expect(second.told).toEqual([])
})

test('while a driver is switched off nothing is searched; afterwards it is', async () => {
  const pc = pcOf({ COM3: register('shtrih-m') })
  let isOff = true
  const { finder, hours, minutes, portsTold } = finderOn(
    pc,
    () => [serialPort('COM3', USB)],
    {},
    () => isOff,
  )
  await finder.start()
  await hours(30)
  expect(pc.opened).toEqual([])
  isOff = false
  await minutes(3)
  expect(portsTold()).toEqual(['kkt-1 COM3'])
  await finder.stop()
})

test('domain 16: a register that was plugged in anew is followed to its new port within a minute, without a question', async () => {
  const device = register('shtrih-m')
  const pc = pcOf({ COM3: device })
  let ports = [serialPort('COM3', USB)]
  const { finder, minutes, portsTold } = finderOn(pc, () => ports)
  await finder.start()
  await minutes(3)
  pc.opened.length = 0
  ports = [serialPort('COM9', USB)]
  await minutes(1)
  expect(portsTold()).toEqual(['kkt-1 COM9'])
  expect(pc.opened).toEqual([])
  await finder.stop()
})

test('a register whose port is gone and cannot be known again is searched for after an hour, and keeps its slot', async () => {
  const device = register('shtrih-m')
  const pc = pcOf({ COM3: device })
  let ports = [serialPort('COM3')]
  const { finder, hours, minutes, portsTold } = finderOn(pc, () => ports)
  await finder.start()
  await minutes(3)
  ports = [serialPort('COM4')]
  pc.behind['COM4'] = device
  delete pc.behind['COM3']
  pc.opened.length = 0
  await hours(0.9)
  expect(pc.opened).toEqual([])
  await hours(1)
  await minutes(10)
  expect(finder.registers).toMatchObject([{ slot: 'kkt-1', port: 'COM4', also: [] }])
  expect(portsTold()).toEqual(['kkt-1 COM4'])
  await finder.stop()
})

test('where nothing is found it is looked for again ever more seldom: a day has a handful of searches', async () => {
  const nobody = strangerLine(() => {})
  const pc = pcOf({ COM3: nobody.open })
  const { finder, hours, told } = finderOn(pc, () => [serialPort('COM3')])
  await finder.start()
  await hours(24)
  await finder.stop()
  const searches = nobody.heard.filter(byte => byte === 0x8f).length
  expect(searches).toBeGreaterThan(2)
  expect(searches).toBeLessThan(6)
  expect(told).toEqual([])
})

test('after the PC was started its programs get their ports first', async () => {
  const pc = pcOf({ COM3: register('shtrih-m') })
  const { finder } = finderOn(pc, () => [serialPort('COM3')], { uptimeMs: () => 60_000 })
  await finder.start()
  await clock.advance(239_000)
  expect(pc.opened).toEqual([])
  await clock.advance(120_000)
  expect(pc.opened).not.toEqual([])
  await finder.stop()
})

test('after the PC has slept its programs get their ports first too, however long ago it was started', async () => {
  const pc = pcOf({ COM3: strangerLine(() => {}).open })
  const { finder, hours } = finderOn(pc, () => [serialPort('COM3')])
  await finder.start()
  await hours(0.5)
  pc.opened.length = 0
  clock.stepWall(12 * HOUR_MS)
  await clock.advance(299_000)
  expect(pc.opened).toEqual([])
  await clock.advance(120_000)
  expect(pc.opened).not.toEqual([])
  const stopping = finder.stop()
  await clock.advance(3_000)
  await stopping
})

test('a search that took the agent down with it is not made anew at the next start', async () => {
  const pc = pcOf({ COM3: strangerLine(() => {}).open })
  const killed = finderOn(pc, () => [serialPort('COM3')])
  await killed.finder.start()
  await clock.advance(1_000)
  const left = readFileSync(join(dir, 'registers.json'), 'utf8')
  const stopping = killed.finder.stop()
  await clock.advance(3_000)
  await stopping
  writeFileSync(join(dir, 'registers.json'), left)
  pc.opened.length = 0
  const next = finderOn(pc, () => [serialPort('COM3')])
  await next.finder.start()
  await next.hours(0.9)
  expect(pc.opened).toEqual([])
  await next.hours(1.3)
  expect(pc.opened).not.toEqual([])
  const ending = next.finder.stop()
  await clock.advance(3_000)
  await ending
})

test('a damaged file means to find anew, and the end of the agent ends a search at once', async () => {
  writeFileSync(join(dir, 'registers.json'), '{"version":')
  const pc = pcOf({ COM3: strangerLine(() => {}).open, COM4: strangerLine(() => {}).open })
  const { finder, told } = finderOn(pc, () => [serialPort('COM3'), serialPort('COM4')])
  await finder.start()
  await clock.advance(1_000)
  const stopping = finder.stop()
  await clock.advance(2_000)
  await stopping
  expect(pc.opened).not.toContain('COM4')
  expect(told).toEqual([])
  expect(JSON.parse(readFileSync(join(dir, 'registers.json'), 'utf8'))).toMatchObject({
    searched_at: null,
    registers: [],
  })
})
