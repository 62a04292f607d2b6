import { BlockList } from 'node:net'
import os from 'node:os'
import { type Clock, detailOf, type WireItem } from '@tillwatch/shared'
import type { HostConfig } from '../host-config.ts'
import { serviceItem, told } from '../host-item.ts'
import type { HostProbe } from '../host-probe.ts'
import { reachOf } from '../system/reach.ts'

/** A till's registers are set to one operator, seldom to two. One after another, all of them fit into a round even when none answers. */
const SERVERS_MAX = 4

/** Registers are polled for the first time within seconds; a slow line needs several holds. */
const FIRST_AFTER_S = 30

/** A server that registers of this PC are set to. */
export interface OfdServer {
  readonly host: string
  readonly port: number
  /** Slots of the registers. */
  readonly registers: readonly string[]
}

export interface OfdReachProbeOptions {
  readonly config: HostConfig['ofd_reach']
  readonly clock: Clock
  /** The newest state of every register of this PC. */
  readonly registers: () => readonly WireItem[]
  readonly reach?: typeof reachOf
}

/**
 * Whether the OFD servers that the registers are set to can be reached from this PC: name, then connection, not a byte sent. Says
 * something of a register only where it shares the way with the PC. One item a server.
 */
export function createOfdReachProbe({ config, clock, registers, reach = reachOf }: OfdReachProbeOptions): HostProbe {
  const look = async ({ host, port, registers: slots }: OfdServer): Promise<WireItem> => {
    const { result, connectMs } = await reach(host, port, clock, ownAddresses())
    return serviceItem(`ofd-${host}:${port}`, clock.now(), {
      'ofd.server.reach': told(result, 'own_address'),
      'ofd.server.host': host,
      'ofd.server.port': port,
      'ofd.server.registers': [...slots],
      'ofd.server.connect_ms': told(connectMs, 'no_connection'),
    })
  }
  return {
    name: 'ofd_reach',
    intervalS: config.interval_s,
    firstAfterS: FIRST_AFTER_S,
    read: async () => {
      const items: WireItem[] = []
      // A name that nobody answers for holds one of the few threads of Node until the system gives up, and a serial port needs them too.
      for (const server of ofdServers(registers())) items.push(await look(server))
      return items
    },
  }
}

/**
 * Every address of this PC. A register that was set to one, by mistake or on purpose, must not make us knock at the PC's own services:
 * some serve one client at a time, and that is the POS program.
 */
function ownAddresses(): BlockList {
  const own = new BlockList()
  own.addSubnet('0.0.0.0', 8, 'ipv4')
  own.addSubnet('127.0.0.0', 8, 'ipv4')
  own.addAddress('::', 'ipv6')
  own.addAddress('::1', 'ipv6')
  for (const each of Object.values(os.networkInterfaces()).flat()) {
    if (each) own.addAddress(each.address, each.family === 'IPv6' ? 'ipv6' : 'ipv4')
  }
  return own
}

/** Each server once, with the registers that are set to it. A register that works without an OFD, or tells no host and port, has none. */
export function ofdServers(registers: readonly WireItem[]): readonly OfdServer[] {
  const slots = new Map<string, string[]>()
  for (const { slot, facts } of registers) {
    const value = (name: string) => detailOf(facts[name] ?? null).value
    const host = value('fiscal.register.ofd_host')
    const port = value('fiscal.register.ofd_port')
    if (value('fiscal.register.autonomous') === true) continue
    if (typeof host !== 'string' || !isHost(host.trim()) || typeof port !== 'number' || !isPort(port)) continue
    const key = `${host.trim().toLowerCase()}:${port}`
    slots.set(key, [...(slots.get(key) ?? []), slot])
  }
  return [...slots].slice(0, SERVERS_MAX).map(([key, registersOf]) => {
    const at = key.lastIndexOf(':')
    return { host: key.slice(0, at), port: Number(key.slice(at + 1)), registers: registersOf }
  })
}

/** A name or an address as a register may hold it: no path, no user, no control character. */
const isHost = (text: string): boolean => /^[a-z0-9_.:-]{1,253}$/i.test(text)
const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536
