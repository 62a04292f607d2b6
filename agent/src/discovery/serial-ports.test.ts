import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { linuxPorts, listedPort } from './serial-ports.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'serial-ports-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const put = (path: string, text: string) => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}
const folders = () => ({ sys: join(root, 'sys/class/tty'), dev: join(root, 'dev') })

/** A port as Linux shows it: a class folder that leads to the hardware. */
function port(name: string, hardware: string) {
  mkdirSync(join(root, 'sys/devices', hardware), { recursive: true })
  mkdirSync(join(root, 'sys/class/tty', name), { recursive: true })
  symlinkSync(join(root, 'sys/devices', hardware), join(root, 'sys/class/tty', name, 'device'))
  put(`dev/${name}`, '')
}

test('Linux: both ports of one USB device, by the names that survive a re-plug', async ({ skip }) => {
  skip(process.platform === 'win32', 'no links without rights')
  put('sys/devices/usb1/1-2/idVendor', '0483\n')
  put('sys/devices/usb1/1-2/idProduct', '5740\n')
  put('sys/devices/usb1/1-2/serial', 'A1\n')
  put('sys/devices/usb1/1-2/manufacturer', 'STM\n')
  put('sys/devices/usb1/1-2/1-2:1.0/bInterfaceNumber', '00\n')
  put('sys/devices/usb1/1-2/1-2:1.2/bInterfaceNumber', '02\n')
  port('ttyACM0', 'usb1/1-2/1-2:1.0')
  port('ttyACM1', 'usb1/1-2/1-2:1.2')
  mkdirSync(join(root, 'dev/serial/by-id'), { recursive: true })
  symlinkSync('../../ttyACM0', join(root, 'dev/serial/by-id/usb-STM_A1-if00'))
  const usb = { vendor: '0483', product: '5740', serial: 'A1' }
  const byId = join(root, 'dev/serial/by-id/usb-STM_A1-if00')
  expect(await linuxPorts(folders())).toEqual([
    { path: byId, device: join(root, 'dev/ttyACM0'), usb: { ...usb, interface: 0 }, about: 'STM' },
    { path: join(root, 'dev/ttyACM1'), device: join(root, 'dev/ttyACM1'), usb: { ...usb, interface: 2 }, about: 'STM' },
  ])
})

test('Linux: a port on the board, but no place without a chip, no terminal and nothing that was not given to us', async ({
  skip,
}) => {
  skip(process.platform === 'win32', 'no links without rights')
  port('ttyS10', 'pnp0/00:02')
  port('ttyS2', 'pnp0/00:00')
  port('ttyS1', 'platform/serial8250')
  put('sys/class/tty/ttyS1/type', '0\n')
  port('tty1', 'virtual/tty')
  port('ttyUSB0', 'usb1/1-3/1-3:1.0')
  rmSync(join(root, 'dev/ttyUSB0'))
  expect((await linuxPorts(folders())).map(({ path }) => path)).toEqual([
    join(root, 'dev/ttyS2'),
    join(root, 'dev/ttyS10'),
  ])
})

test('a system without ports has none', async () => {
  expect(await linuxPorts(folders())).toEqual([])
})

test('Windows: ids of the device; a number that Windows made up for a device without one is none', () => {
  const listed = {
    path: 'COM5',
    manufacturer: 'STMicroelectronics',
    vendorId: '0483',
    productId: '5740',
    pnpId: 'USB\\VID_0483&PID_5740&MI_02\\6&1A2B3C4D&0&0002',
    serialNumber: '6&1A2B3C4D&0&0002',
  }
  expect(listedPort(listed)).toMatchObject({
    path: 'COM5',
    usb: { vendor: '0483', product: '5740', serial: null, interface: 2 },
  })
  expect(listedPort({ ...listed, serialNumber: 'A1', vendorId: '1FC9' }).usb).toMatchObject({
    vendor: '1fc9',
    serial: 'A1',
  })
  expect(listedPort({ path: 'COM1' }).usb).toBeNull()
})
