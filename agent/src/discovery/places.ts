import { realpathSync } from 'node:fs'
import type { DriverDefinition } from '../drivers/driver.ts'
import { type PortAddress, parsePort } from '../transport/open-transport.ts'
import { type LineAsking, networkAskings, serialAskings, type WebAsking } from './asking.ts'
import type { SerialPlace, UsbIds } from './serial-ports.ts'

/** An address where a register may be, and what to ask there. */
export interface Place {
  /** As in a configuration. */
  readonly port: string
  readonly address: PortAddress
  readonly usb: UsbIds | null
  /** What a person knows the place by, besides its port. */
  readonly about: string
  readonly askings: readonly (LineAsking | WebAsking)[]
}

export interface PlacesOptions {
  readonly drivers: readonly DriverDefinition[]
  readonly serialPorts: readonly SerialPlace[]
  /** Further hosts, whose ports are those of registers and of their services; nothing else of them is touched. */
  readonly also: readonly string[]
  /** Ports that are left alone, by any of their names. */
  readonly never: readonly string[]
}

/** All places, in the order in which they are looked at: services that are made for sharing, network ports, serial ports. */
export function placesOf({ drivers, serialPorts, also, never }: PlacesOptions): readonly Place[] {
  const alone = never.flatMap(name => [name, deviceOf(name)])
  const isLeftAlone = (...names: readonly string[]) =>
    alone.some(one => names.some(name => name.toLowerCase() === one.toLowerCase()))
  const network = networkPlaces(drivers, also).filter(({ port }) => !isLeftAlone(port))
  const askings = serialAskings(drivers)
  const serial = serialPorts
    .filter(({ path, device }) => !isLeftAlone(path, device))
    .flatMap(({ path, usb, about }) => placeAt(path, askings, usb, about))
  return [...network, ...serial]
}

/** The device that a link of the administrator's or of `by-path` stands for. */
function deviceOf(name: string): string {
  try {
    return name.startsWith('/') ? realpathSync(name) : name
  } catch {
    return name
  }
}

function networkPlaces(drivers: readonly DriverDefinition[], also: readonly string[]): readonly Place[] {
  const ports = drivers.flatMap(({ probes }) => probes.flatMap(({ at, kind }) => (at ? [{ ...at, kind }] : [])))
  const urls = ports.flatMap(({ kind, port, hosts }) =>
    [...hosts, ...also].map(host => {
      const name = host.includes(':') ? `[${host}]` : host
      return { url: `${kind === 'web' ? 'http' : 'tcp'}://${name}:${port}`, port }
    }),
  )
  const each = new Map(urls.map(({ url, port }) => [url, port]))
  const places = [...each].flatMap(([url, port]) => placeAt(url, networkAskings(drivers, port), null, ''))
  return places.toSorted((one, other) => sharing(one) - sharing(other))
}

/** Services first: they are made for several programs, and a register behind one is then not asked by its own port. */
const sharing = ({ address, askings }: Place): number =>
  askings.some(({ driver }) => driver?.source(address) === 'driver_service') ? 0 : 1

function placeAt(port: string, askings: Place['askings'], usb: UsbIds | null, about: string): Place[] {
  const address = parsePort(port)
  return address.ok ? [{ port, address: address.value, usb, about, askings }] : []
}
