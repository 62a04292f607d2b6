import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadDrivers } from '../drivers/registry.ts'
import { serialAskings } from './asking.ts'
import { placesOf } from './places.ts'
import type { SerialPlace } from './serial-ports.ts'

const drivers = await loadDrivers()
const serialPorts: readonly SerialPlace[] = [
  { path: '/dev/serial/by-id/usb-A', device: '/dev/ttyACM0', usb: null, about: '' },
  { path: '/dev/ttyS0', device: '/dev/ttyS0', usb: null, about: '' },
]
const portsOf = (options: { also?: string[]; never?: string[] } = {}) =>
  placesOf({ drivers, serialPorts, also: [], never: [], ...options }).map(({ port }) => port)

test('services that are made for sharing come first, then network ports, then serial ports; nothing but this PC and its own cards', () => {
  expect(portsOf()).toEqual([
    'http://127.0.0.1:16732',
    'tcp://127.0.0.1:50003',
    'http://127.0.0.1:50010',
    'tcp://127.0.0.1:50009',
    'tcp://127.0.0.1:7778',
    'tcp://192.168.137.111:7778',
    'tcp://127.0.0.1:5555',
    'tcp://127.0.0.1:8200',
    '/dev/serial/by-id/usb-A',
    '/dev/ttyS0',
  ])
})

test('a host that is named is looked at too, at the ports of registers and services alone', () => {
  const more = portsOf({ also: ['192.168.1.20'] }).filter(port => port.includes('192.168.1.20'))
  expect(more.map(port => new URL(port).port).toSorted()).toEqual([
    '16732',
    '50003',
    '50009',
    '50010',
    '5555',
    '7778',
    '8200',
  ])
})

test('a port that is to be left alone is, under any of its names', () => {
  expect(portsOf({ never: ['/DEV/ttyACM0', 'tcp://127.0.0.1:5555'] })).not.toContain('/dev/serial/by-id/usb-A')
  expect(portsOf({ never: ['tcp://127.0.0.1:5555'] })).not.toContain('tcp://127.0.0.1:5555')
})

test.skipIf(process.platform === 'win32')('a port is left alone by a link to it that only this PC has', () => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'places-')))
  try {
    const [device, link] = [join(dir, 'ttyUSB7'), join(dir, 'pinpad')]
    writeFileSync(device, '')
    symlinkSync(device, link)
    const ports = [{ path: '/dev/serial/by-id/usb-B', device, usb: null, about: '' }]
    const places = placesOf({ drivers, serialPorts: ports, also: [], never: [link] })
    expect(places.map(({ port }) => port)).not.toContain('/dev/serial/by-id/usb-B')
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('on a serial port enquiries of one byte come first, and a printer is recognised before anything that it could print', () => {
  const openings = serialAskings(drivers).map(({ driver, conversation }) => ({
    who: driver?.name ?? 'printer',
    bytes: conversation.steps[0]?.say ?? new Uint8Array(),
  }))
  const printable = openings.findIndex(({ bytes }) => bytes.some(byte => byte >= 0x20))
  const printer = openings.findIndex(({ who }) => who === 'printer')
  expect(openings.slice(0, printer).every(({ bytes }) => bytes.length === 1)).toBe(true)
  expect(printer).toBeLessThan(printable)
})
