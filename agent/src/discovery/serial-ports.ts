import { access, readdir, readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'

const hexId = z.string().regex(/^[0-9a-f]{4}$/)

/** What a USB device says of itself; the way to find it again when its port has another name. */
export const usbIds = z.object({
  vendor: hexId,
  product: hexId,
  /** Null where the device has none, as many cheap adapters. */
  serial: z.string().min(1).max(128).nullable(),
  /** Which of the ports of one device, from 0; null where there is one or the system does not tell. */
  interface: z.number().int().min(0).max(255).nullable(),
})
export type UsbIds = z.infer<typeof usbIds>

/** A serial port of this PC. */
export interface SerialPlace {
  /** To open it by: the name that survives a re-plug where the system has one. */
  readonly path: string
  /** The other name, of the same port: `/dev/ttyACM0`. */
  readonly device: string
  readonly usb: UsbIds | null
  /** What the system tells about what is plugged in. */
  readonly about: string
}

const DEVICE = /^tty(USB|ACM|S|AMA|mxc|O)\d+$/
/** A 16550 that is not there (Linux, `serial_core.h`). */
const NO_UART = '0'

/** All serial ports, ports of Bluetooth left out: opening one calls up a telephone. Never rejects. */
export async function listSerialPorts(): Promise<readonly SerialPlace[]> {
  if (process.platform === 'linux') return linuxPorts({ sys: '/sys/class/tty', dev: '/dev' })
  try {
    const { SerialPort } = await import('serialport')
    return (await SerialPort.list()).filter(({ pnpId }) => !/^BTH/i.test(pnpId ?? '')).map(listedPort)
  } catch {
    return []
  }
}

interface ListedPort {
  readonly path: string
  readonly manufacturer?: string | undefined
  readonly serialNumber?: string | undefined
  readonly pnpId?: string | undefined
  readonly vendorId?: string | undefined
  readonly productId?: string | undefined
}

/** A port as node-serialport tells it. */
export function listedPort({ path, manufacturer, serialNumber, pnpId, vendorId, productId }: ListedPort): SerialPlace {
  const part = /&MI_([0-9a-f]{2})/i.exec(pnpId ?? '')?.[1]
  const ids = usbIds.safeParse({
    vendor: vendorId?.toLowerCase(),
    product: productId?.toLowerCase(),
    // Windows makes up a number with "&" in it for a device that has none; it changes with the socket.
    serial: serialNumber && !serialNumber.includes('&') ? serialNumber : null,
    interface: part === undefined ? null : Number.parseInt(part, 16),
  })
  const about = [manufacturer, serialNumber].filter(Boolean).join(' ')
  return { path, device: path, usb: ids.success ? ids.data : null, about }
}

/** By `/sys`, which needs no other program: small systems have no udevadm. */
export async function linuxPorts({ sys, dev }: { readonly sys: string; readonly dev: string }): Promise<SerialPlace[]> {
  const names = (await readdir(sys).catch(() => [])).filter(name => DEVICE.test(name)).sort(byNumber)
  const stable = await stableNames(join(dev, 'serial/by-id'))
  const ports = await Promise.all(names.map(name => linuxPort(join(sys, name), join(dev, name), stable)))
  return ports.filter(port => port !== null)
}

async function linuxPort(
  sys: string,
  device: string,
  stable: ReadonlyMap<string, string>,
): Promise<SerialPlace | null> {
  if ((await textIn(join(sys, 'type'))) === NO_UART) return null
  const hardware = await realpath(join(sys, 'device')).catch(() => null)
  // A container may see hardware whose device it was not given.
  const isThere = await access(device).then(
    () => true,
    () => false,
  )
  if (hardware === null || !isThere) return null
  const part = await textIn(join(hardware, 'bInterfaceNumber'))
  const usb = await usbOf(hardware)
  const path = stable.get(basename(device)) ?? device
  const ids = usb && { ...usb.ids, interface: part === null ? null : Number.parseInt(part, 16) }
  return { path, device, usb: ids, about: usb?.about ?? '' }
}

/** Names under `by-id` by the device that they stand for. */
async function stableNames(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for (const link of await readdir(folder).catch(() => [])) {
    const target = await realpath(join(folder, link)).catch(() => null)
    if (target) names.set(basename(target), join(folder, link))
  }
  return names
}

/** Folders between a port and the USB device that it belongs to. */
const DEPTH_MAX = 4

async function usbOf(hardware: string) {
  let folder = hardware
  for (let depth = 0; depth < DEPTH_MAX; depth++) {
    const [vendor, product] = [await textIn(join(folder, 'idVendor')), await textIn(join(folder, 'idProduct'))]
    const ids = usbIds.safeParse({ vendor, product, serial: await textIn(join(folder, 'serial')), interface: null })
    if (ids.success) {
      const about = [await textIn(join(folder, 'manufacturer')), await textIn(join(folder, 'product'))]
      return { ids: ids.data, about: about.filter(Boolean).join(' ') }
    }
    folder = dirname(folder)
  }
  return null
}

const textIn = (file: string): Promise<string | null> =>
  readFile(file, 'utf8').then(
    text => text.trim() || null,
    () => null,
  )

const byNumber = (one: string, other: string) => one.localeCompare(other, 'en', { numeric: true })
