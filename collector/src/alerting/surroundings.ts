import type { DatabaseSync } from 'node:sqlite'
import { type OpeningHours, openMsBetween, type SiteView } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'

/** A register that was silent for this much opening time is no spare (domain ruling 17.13). */
const SPARE_SILENT_MS_MAX = 12 * 3_600_000

/** From here on a client is a network; counting further would tell nothing more. */
const NETWORK_SITES = 50

/** What the directory and the fleet say around an item. Read afresh for each batch, since people edit the directory. */
export interface Surroundings {
  siteOf(agentId: string): SiteView | null
  presenceOf(agentId: string): { readonly lastHeardAt: EpochMs; readonly collectorStartedAt: EpochMs }
  /** Another register of the same legal entity at the site that can sell and was heard in the last twelve opening hours. */
  hasSpare(register: SpareQuery, now: EpochMs): boolean
  /** Registers for which this one may be the spare. */
  siblings(register: SpareQuery): readonly string[]
}

interface SpareQuery {
  readonly id: string
  readonly agentId: string
  readonly inn: string | null
}

interface SiteRow {
  id: string
  timezone: string
  hours_json: string | null
  class: string | null
  client_sites: number
}

/** Prepares the statements once; each call of the returned function gives a view that remembers sites for one batch. */
export function createSurroundings(database: DatabaseSync): () => Surroundings {
  const selectSite = database.prepare(
    `SELECT s.id, s.timezone, s.hours_json, s.class,
            (SELECT count(*) FROM (SELECT 1 FROM sites o WHERE o.client_id = s.client_id LIMIT ${NETWORK_SITES})) AS client_sites
       FROM agents a LEFT JOIN terminals t ON t.agent_id = a.id AND t.tenant_id = a.tenant_id JOIN sites s ON s.id = coalesce(a.site_id, t.site_id)
      WHERE a.id = ?`,
  )
  const selectHeard = database.prepare('SELECT last_heard_at FROM agents WHERE id = ?')
  const selectStart = database.prepare('SELECT max(started_at) AS at FROM collector_runs')
  const selectPeers = database.prepare(
    `SELECT i.id, i.can_sell, i.facts_at FROM agents a JOIN agents b ON b.site_id = a.site_id JOIN items i ON i.agent_id = b.id
      WHERE a.id = ? AND i.kind = 'register' AND i.inn = ? AND i.id <> ?`,
  )
  const peersOf = (register: SpareQuery) =>
    register.inn === null
      ? []
      : (selectPeers.all(register.agentId, register.inn, register.id) as unknown as {
          id: string
          can_sell: string | null
          facts_at: number
        }[])
  return () => {
    const sites = new Map<string, SiteView | null>()
    const siteOf = (agentId: string): SiteView | null => {
      const known = sites.get(agentId)
      if (known !== undefined) return known
      const row = selectSite.get(agentId) as unknown as SiteRow | undefined
      const site = row ? siteViewOf(row) : null
      sites.set(agentId, site)
      return site
    }
    return {
      siteOf,
      presenceOf: agentId => ({
        lastHeardAt: Number(selectHeard.get(agentId)?.['last_heard_at'] ?? 0),
        collectorStartedAt: Number(selectStart.get()?.['at'] ?? 0),
      }),
      hasSpare: (register, now) => {
        const site = siteOf(register.agentId)
        return peersOf(register).some(
          peer => peer.can_sell === 'yes' && silentMs(site, peer.facts_at, now) < SPARE_SILENT_MS_MAX,
        )
      },
      siblings: register => peersOf(register).map(peer => peer.id),
    }
  }
}

/** Opening time that passed; wall time when the hours are not known. */
const silentMs = (site: SiteView | null, from: EpochMs, now: EpochMs): number =>
  (site && openMsBetween(site, from, now)) ?? now - from

/** Parsed hours by their text. What a calendar has worked out hangs on the object, so equal hours should be one object. */
const parsedHours = new Map<string, OpeningHours>()
const PARSED_HOURS_MAX = 5_000

function hoursOf(text: string): OpeningHours {
  const known = parsedHours.get(text)
  if (known) return known
  if (parsedHours.size >= PARSED_HOURS_MAX) parsedHours.clear()
  const hours = JSON.parse(text) as OpeningHours
  parsedHours.set(text, hours)
  return hours
}

const siteViewOf = (row: SiteRow): SiteView => ({
  id: row.id,
  timezone: row.timezone,
  hours: row.hours_json === null ? null : hoursOf(row.hours_json),
  class: row.class as SiteView['class'],
  clientSites: row.client_sites,
})
