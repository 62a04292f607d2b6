import { expect, test } from 'vitest'
import {
  configOf,
  type FoundRegister,
  type FoundWay,
  isMissing,
  mergeFound,
  type ReadWay,
  relocate,
} from './found-register.ts'
import type { SerialPlace, UsbIds } from './serial-ports.ts'

const USB: UsbIds = { vendor: '0483', product: '5740', serial: 'A1', interface: 0 }
const serialWay = (port: string, usb: UsbIds | null = null): FoundWay => ({
  driver: 'shtrih-m',
  variant: 1,
  port,
  baud: 115_200,
  usb,
  rank: 2,
})
const serviceWay = (port: string): FoundWay => ({
  driver: 'atol-web',
  variant: 2,
  port,
  baud: null,
  usb: null,
  rank: 0,
})
const read = (way: FoundWay, serial: string | null, fnSerial: string | null = null): ReadWay => ({
  way,
  serial,
  fnSerial,
  model: 'ШТРИХ',
})
const portsOf = (registers: readonly FoundRegister[]) =>
  Object.fromEntries(registers.map(({ slot, ways }) => [slot, ways.map(({ port }) => port)]))

test('ways that show one serial, in full or by its last digits, are one register, the shared service first', () => {
  const found = mergeFound(
    [],
    [
      read(serialWay('/dev/ttyACM0'), '123456'),
      read(serialWay('/dev/ttyACM1'), '123456'),
      read(serviceWay('http://127.0.0.1:16732'), '00106900123456'),
    ],
  )
  expect(found).toMatchObject([{ slot: 'kkt-1', serial: '00106900123456', model: 'ШТРИХ' }])
  expect(portsOf(found)).toEqual({ 'kkt-1': ['http://127.0.0.1:16732', '/dev/ttyACM0', '/dev/ttyACM1'] })
})

test('a way that tells no serial belongs to the register with the same drive', () => {
  const found = mergeFound(
    [],
    [
      read(serialWay('/dev/ttyS0'), '301234', '9960440300112233'),
      read(serviceWay('http://127.0.0.1:16732'), null, '9960440300112233'),
    ],
  )
  expect(Object.keys(portsOf(found))).toEqual(['kkt-1'])
})

test('registers that could not be read stay apart, each at its own port', () => {
  const once = mergeFound([], [read(serialWay('/dev/ttyS0'), null), read(serialWay('/dev/ttyS1'), null)])
  expect(portsOf(once)).toEqual({ 'kkt-1': ['/dev/ttyS0'], 'kkt-2': ['/dev/ttyS1'] })
  expect(mergeFound(once, [read(serialWay('/dev/ttyS1'), '301234')])).toMatchObject([
    { slot: 'kkt-1', serial: null },
    { slot: 'kkt-2', serial: '301234' },
  ])
})

test('a known register keeps its slot wherever it is found again, and a port goes over to the register that it leads to', () => {
  const known = mergeFound([], [read(serialWay('COM3'), '301234'), read(serialWay('COM4'), '777777')])
  const moved = mergeFound(known, [read(serialWay('COM4'), '301234'), read(serialWay('COM7'), '888888')])
  expect(portsOf(moved)).toEqual({ 'kkt-1': ['COM3', 'COM4'], 'kkt-2': ['COM7'] })
  expect(moved.map(({ serial }) => serial)).toEqual(['301234', '888888'])
})

test('no more registers and ways than a configuration may list', () => {
  const ways = Array.from({ length: 8 }, (_, index) => read(serialWay(`COM${index + 1}`), '301234'))
  const many = Array.from({ length: 20 }, (_, index) => read(serialWay(`COM${index + 20}`), `9000${index + 10}`))
  const found = mergeFound([], [...ways, ...many])
  expect(found).toHaveLength(16)
  for (const register of found) expect(configOf(register).also.length).toBeLessThanOrEqual(4)
})

const place = (path: string, usb: UsbIds | null): SerialPlace => ({ path, device: path, usb, about: '' })

test('domain 16: a register whose port got another number is found by what its USB device says of itself', () => {
  const known = mergeFound([], [read(serialWay('COM3', USB), '301234')])
  const now = [place('COM3', { ...USB, serial: 'B2' }), place('COM9', USB)]
  expect(portsOf(relocate(known, now, []))).toEqual({ 'kkt-1': ['COM9'] })
  expect(isMissing(known[0] as FoundRegister, [place('COM9', USB)])).toBe(true)
  expect(isMissing(relocate(known, now, [])[0] as FoundRegister, now)).toBe(false)
})

test('two devices that cannot be told apart are not confused: the port stays, and a search decides', () => {
  const nameless = { ...USB, serial: null }
  const known = mergeFound([], [read(serialWay('COM3', nameless), '301234')])
  const now = [place('COM8', nameless), place('COM9', nameless)]
  expect(portsOf(relocate(known, now, []))).toEqual({ 'kkt-1': ['COM3'] })
})

test('a twin that was there beside a register is not taken for it when the register is gone', () => {
  const nameless = { ...USB, serial: null }
  const known = mergeFound([], [read(serialWay('COM3', nameless), '301234')])
  const [scales, moved] = [place('COM4', nameless), place('COM5', nameless)]
  expect(portsOf(relocate(known, [scales], ['COM3', 'COM4']))).toEqual({ 'kkt-1': ['COM3'] })
  expect(portsOf(relocate(known, [moved], ['COM3', 'COM4']))).toEqual({ 'kkt-1': ['COM5'] })
})

test('what is off the network is not missing: only a serial port is there or not', () => {
  const [register] = mergeFound([], [read(serviceWay('http://127.0.0.1:16732'), '301234')])
  expect(isMissing(register as FoundRegister, [])).toBe(false)
})
