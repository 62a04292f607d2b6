import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock, Logger, WireItem } from '@tillwatch/shared'
import type { AgentConfig } from '../config.ts'
import type { HostProbe } from '../host/host-probe.ts'

/** A probe that does not come back is left out of the look. */
const PROBE_MS_MAX = 20_000

const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
}

/** Everything that the probes tell of this PC and of what stands around the registers, each asked once. Never rejects. */
export async function lookAtHost(
  config: AgentConfig | null,
  registers: readonly WireItem[],
  clock: Clock,
): Promise<readonly WireItem[]> {
  const { hostConfig } = await import('../host/host-config.ts')
  const { mergeItems } = await import('../host/host-item.ts')
  const { createHostProbes } = await import('../host/probes.ts')
  // What a running agent has seen on this PC is looked at in a copy: two writers would lose one another's notes.
  const scratch = mkdtempSync(join(tmpdir(), 'tillwatch-doctor-'))
  try {
    if (config) copySightings(config.data_dir, scratch)
    const { all } = createHostProbes({
      config: config?.host ?? hostConfig.parse({}),
      dataDir: scratch,
      clock,
      logger: silentLogger,
      agentFacts: () => ({}),
      registers: () => registers,
    })
    const items: WireItem[] = []
    for (const probe of all) items.push(...(await look(probe, clock)))
    return mergeItems(items)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function copySightings(from: string, to: string): void {
  try {
    copyFileSync(join(from, 'sightings.json'), join(to, 'sightings.json'))
  } catch {
    // An agent that has never run has seen nothing.
  }
}

async function look(probe: HostProbe, clock: Clock): Promise<readonly WireItem[]> {
  const done = new AbortController()
  const late = clock.sleep(PROBE_MS_MAX, done.signal).then((): readonly WireItem[] => [])
  const items = await Promise.race([probe.read().catch((): readonly WireItem[] => []), late])
  done.abort()
  return items
}
