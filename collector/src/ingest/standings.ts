import type { AgentStanding, Fleet } from '../fleet/fleet.ts'
import type { Standing } from './digest.ts'

/** Where each agent stands, read from the store once and kept up by what was stored since. Bounded by the number of known agents. */
export interface Standings {
  /** Reads those that are not in memory. */
  load(agentIds: readonly string[]): Promise<void>
  /** Only after `load`. */
  of(agentId: string): Standing
  set(agentId: string, standing: Standing): void
  /** After a failure only the store knows what was written. */
  forget(agentIds: readonly string[]): void
}

const asStanding = (found: AgentStanding): Standing => ({
  ...found,
  trace: { epoch: found.position.epoch, next: found.position.mark + 1, wentBackAt: null },
})

/** An empty memory over the store's. */
export function createStandings(fleet: Pick<Fleet, 'standingsOf'>): Standings {
  const known = new Map<string, Standing>()
  return {
    load: async agentIds => {
      const missing = agentIds.filter(agentId => !known.has(agentId))
      if (missing.length === 0) return
      const found = await fleet.standingsOf(missing)
      for (const [agentId, standing] of Object.entries(found)) known.set(agentId, asStanding(standing))
    },
    of: agentId => {
      const standing = known.get(agentId)
      if (!standing) throw new Error(`standing of ${agentId} was not loaded`)
      return standing
    },
    set: (agentId, standing) => known.set(agentId, standing),
    forget: agentIds => {
      for (const agentId of agentIds) known.delete(agentId)
    },
  }
}
