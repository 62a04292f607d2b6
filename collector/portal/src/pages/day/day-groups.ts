import type { DailyView } from '@tillwatch/shared/api'

type DaySite = DailyView['sites'][number]
export type UncheckedRegister = DailyView['unchecked'][number]

export interface SiteGroup {
  readonly site: DaySite
  readonly registers: readonly UncheckedRegister[]
}

export interface ClientGroup {
  readonly client: DailyView['clients'][number]
  /** Sites with unchecked registers. */
  readonly sites: readonly SiteGroup[]
  readonly doneSites: number
}

export interface DayGroups {
  /** Clients with unchecked registers, the most of them first. */
  readonly behind: readonly ClientGroup[]
  /** Clients of which every register is checked. */
  readonly done: readonly DailyView['clients'][number][]
  /** Unchecked registers that belong to no site. */
  readonly homeless: readonly UncheckedRegister[]
}

/** Unchecked registers by client and site. A site whose registers are beyond the limit of the answer is there without them. */
export function groupDay({ clients, sites, unchecked }: DailyView): DayGroups {
  const registersOf = Map.groupBy(unchecked, ({ siteCode }) => siteCode)
  const sitesOf = Map.groupBy(sites, ({ clientCode }) => clientCode)
  const groups = clients.map(client => {
    const own = sitesOf.get(client.code) ?? []
    const behind = own.filter(({ registers, checked }) => checked < registers)
    return {
      client,
      sites: behind.map(site => ({ site, registers: registersOf.get(site.code) ?? [] })),
      doneSites: own.length - behind.length,
    }
  })
  return {
    behind: groups
      .filter(group => group.sites.length > 0)
      .sort((a, b) => b.client.registers - b.client.checked - (a.client.registers - a.client.checked)),
    done: groups.filter(group => group.sites.length === 0).map(({ client }) => client),
    homeless: registersOf.get(null) ?? [],
  }
}

/** Parts of the full set by the facts that tell them. */
export const LACKS = {
  'fiscal.ofd.unsent_documents': 'ofd',
  'fiscal.fn.valid_until': 'fnDate',
  'fiscal.fn.last_document': 'fnDocuments',
  'host.disk.free_bytes': 'disk',
} as const

/** Why a register is not checked: its PC is silent, the register gave nothing at all, or a part is missing. */
export function whyUnchecked({ agentState, lacks }: UncheckedRegister): 'never' | 'silent' | 'register' | 'part' {
  if (agentState === 'never') return 'never'
  if (agentState === 'offline') return 'silent'
  const isMissing = (fact: string) => lacks.includes(fact)
  return isMissing('fiscal.fn.valid_until') && isMissing('fiscal.fn.last_document') ? 'register' : 'part'
}

const DAY_MS = 24 * 3_600_000

/** Days that a launch still lasts, a begun one counted whole; 0 when it is over. */
export const daysLeft = (until: string, nowMs: number): number =>
  Math.max(0, Math.ceil((Date.parse(until) - nowMs) / DAY_MS))
