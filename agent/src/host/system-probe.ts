import { createHash } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import os from 'node:os'
import type { Clock, WireFact, WireItem } from '@tillwatch/shared'
import { PC_SLOT } from '../self/agent-facts.ts'
import type { HostPart, HostProbe } from './host-probe.ts'
import { readParts } from './read-parts.ts'
import { createCpuLoad, machineId, systemName } from './system/machine.ts'

export interface SystemProbeOptions {
  readonly intervalS: number
  readonly clock: Clock
  /** Facts of the agent itself, which belong to the PC. */
  readonly agentFacts: () => Record<string, WireFact>
  /** Path on the system volume; the platform's own by default. */
  readonly systemPath?: string
  readonly timeoutMs?: number
}

/** The probe of the machine itself, which knows who it is. */
export interface SystemProbe extends HostProbe {
  /** Identity of the PC, a hash of the system's own; null where it has none or before the first reading. */
  pcId(): string | null
}

/** A disk that is failing answers late. */
const TIMEOUT_MS = 10_000
const MINUTE_MS = 60_000

const SYSTEM_PATH = process.platform === 'win32' ? `${process.env.SystemDrive ?? 'C:'}\\` : '/'

/**
 * The machine that the agent runs on, by files and Node's own `os`. No program is run for it, except once for the id of a Windows PC:
 * a till may be old, and an antivirus suspects whoever starts PowerShell every few minutes.
 */
export function createSystemProbe(options: SystemProbeOptions): SystemProbe {
  const { intervalS, clock, agentFacts, systemPath = SYSTEM_PATH, timeoutMs = TIMEOUT_MS } = options
  const identity = identityPart()
  const pcParts = [memoryPart, cpuPart(), namePart, bootPart(clock), identity.part]
  return {
    name: 'system',
    intervalS,
    pcId: identity.id,
    async read() {
      const [volume, pc] = await Promise.all([
        readParts([volumePart(systemPath)], clock, timeoutMs),
        readParts(pcParts, clock, timeoutMs),
      ])
      const at = new Date(clock.now()).toISOString()
      const items: WireItem[] = [
        { kind: 'volume', slot: 'system', id: null, at, source: 'host', facts: volume },
        { kind: 'pc', slot: PC_SLOT, id: identity.id(), at, source: 'host', facts: { ...pc, ...bySelf(agentFacts()) } },
      ]
      return items
    },
  }
}

const volumePart = (path: string): HostPart => ({
  names: ['host.disk.free_bytes', 'host.disk.total_bytes', 'host.disk.system', 'host.disk.volume'],
  read: async () => {
    const { bavail, blocks, bsize } = await statfs(path)
    return {
      'host.disk.free_bytes': bavail * bsize,
      'host.disk.total_bytes': blocks * bsize,
      'host.disk.system': true,
      'host.disk.volume': path,
    }
  },
})

const memoryPart: HostPart = {
  names: ['host.memory.free_bytes', 'host.memory.total_bytes'],
  read: () =>
    Promise.resolve({
      // What programs can still get; on Linux more than what nobody uses.
      'host.memory.free_bytes': process.availableMemory(),
      'host.memory.total_bytes': os.totalmem(),
    }),
}

function cpuPart(): HostPart {
  const cpuLoad = createCpuLoad()
  return {
    names: ['host.cpu.load'],
    read: async () => {
      const load = cpuLoad()
      return load === null ? {} : { 'host.cpu.load': Math.round(load * 1_000) / 1_000 }
    },
  }
}

const namePart: HostPart = {
  names: ['host.os', 'host.name'],
  read: async () => ({ 'host.os': await systemName(), 'host.name': os.hostname() }),
}

/** Taken once and to the minute: the difference of two clocks trembles, and this fact's changes mean a restart. */
function bootPart(clock: Clock): HostPart {
  const bootedMs = Math.round((clock.now() - os.uptime() * 1_000) / MINUTE_MS) * MINUTE_MS
  return {
    names: ['host.boot_at'],
    read: () => Promise.resolve({ 'host.boot_at': new Date(bootedMs).toISOString() }),
  }
}

/** The machine's id, hashed so that it says nothing elsewhere; asked until it is known. */
function identityPart(): { readonly part: HostPart; readonly id: () => string | null } {
  let id: string | null = null
  const part: HostPart = {
    names: [],
    read: async () => {
      if (id !== null) return {}
      const machine = await machineId()
      if (machine) id = createHash('sha256').update(`tillwatch pc ${machine}`).digest('hex').slice(0, 32)
      return {}
    },
  }
  return { part, id: () => id }
}

const bySelf = (facts: Record<string, WireFact>): Record<string, WireFact> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [
      name,
      fact !== null && typeof fact === 'object' && !Array.isArray(fact)
        ? { ...fact, source: 'agent' as const }
        : { value: fact, source: 'agent' as const },
    ]),
  )
