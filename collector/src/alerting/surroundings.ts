import type { DatabaseSync } from 'node:sqlite'
import { type OpeningHours, openMsBetween, type SiteView } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { Beside } from '../conclusions/beside.ts'
import { type Profile, profileOf } from '../conclusions/profile.ts'
import { type LaunchDates, launchEnd } from '../launch/launch.ts'

/** A register that was silent for this much opening time is no spare (domain ruling 17.13). */
const SPARE_SILENT_MS_MAX = 12 * 3_600_000

/** From here on a client is a network; counting further would tell nothing more. */
const NETWORK_SITES = 50

/** What the directory and the fleet say around an item. Read afresh for each batch, since people edit the directory. */
export interface Surroundings {
  siteOf(agentId: string): SiteView | null
  /** Codes of the directory that decide which rules count; null where the agent has no site yet. */
  codesOf(agentId: string): { readonly client: string | null; readonly site: string | null }
  /** What the collector concludes from besides the facts of a register. */
  besideOf(register: { readonly id: string; readonly agentId: string }): Omit<Beside, 'accepted'>
  presenceOf(agentId: string): { readonly lastHeardAt: EpochMs; readonly collectorStartedAt: EpochMs }
  /** Another register of the same legal entity at the site that can sell and was heard in the last twelve opening hours. */
  hasSpare(register: SpareQuery, now: EpochMs): boolean
  /** Registers that this one may leave without a spare, or give one; none where others can stand in for every one of them anyway. */
  dependents(register: SpareQuery, now: EpochMs): readonly string[]
}

interface SpareQuery {
  readonly id: string
  readonly agentId: string
  readonly inn: string | null
}

interface SiteRow extends Omit<LaunchDates, 'client_heard_at'> {
  id: string
  client_id: string
  site_code: string
  client_code: string
  hours_json: string | null
  class: string | null
  client_sites: number
  contract_until: string | null
  profile_json: string | null
  client_profile_json: string | null
}

/** Prepares the statements once; each call of the returned function gives a view that remembers sites for one batch. */
export function createSurroundings(database: DatabaseSync): () => Surroundings {
  const selectSite = database.prepare(
    `SELECT s.id, s.client_id, s.code AS site_code, c.code AS client_code, s.timezone, s.hours_json, s.class, s.launch_until,
            (SELECT min(o.first_heard_at) FROM agents o WHERE o.site_id = s.id) AS first_heard_at,
            coalesce(t.ofd_contract_until, s.ofd_contract_until) AS contract_until, s.profile_json, c.profile_json AS client_profile_json,
            (SELECT count(*) FROM (SELECT 1 FROM sites o WHERE o.client_id = s.client_id LIMIT ${NETWORK_SITES})) AS client_sites
       FROM agents a LEFT JOIN terminals t ON t.agent_id = a.id AND t.tenant_id = a.tenant_id JOIN sites s ON s.id = a.site_id AND s.tenant_id = a.tenant_id
       JOIN clients c ON c.id = s.client_id
      WHERE a.id = ?`,
  )
  const selectClientHeard = database.prepare(
    'SELECT min(a.first_heard_at) AS at FROM sites s JOIN agents a ON a.site_id = s.id WHERE s.client_id = ?',
  )
  // Found by a walk over all agents of a client; once there, the first word stays the first.
  const clientsHeard = new Map<string, EpochMs>()
  const clientHeardAt = (clientId: string): EpochMs | null => {
    const known = clientsHeard.get(clientId)
    if (known !== undefined) return known
    const { at } = selectClientHeard.get(clientId) as { at: number | null }
    if (at !== null) clientsHeard.set(clientId, at)
    return at
  }
  const selectDisk = database.prepare(
    `SELECT json_extract(state_json, '$.facts."host.disk.free_bytes".at') AS at FROM items
      WHERE agent_id = ? AND kind = 'volume' AND slot = 'system'`,
  )
  const selectOthers = database.prepare(
    `SELECT max(json_extract(i.state_json, '$.facts."fiscal.fn.last_document_at".value')) AS at
       FROM agents a JOIN agents b ON b.site_id = a.site_id JOIN items i ON i.agent_id = b.id
      WHERE a.id = ? AND i.kind = 'register' AND i.id <> ?`,
  )
  const selectHeard = database.prepare('SELECT last_heard_at FROM agents WHERE id = ?')
  const selectStart = database.prepare('SELECT max(started_at) AS at FROM collector_runs')
  const peers = `FROM agents a JOIN agents b ON b.site_id = a.site_id JOIN items i ON i.agent_id = b.id
      WHERE a.id = ? AND i.kind = 'register' AND i.inn = ? AND i.id <> ?`
  const selectPeers = database.prepare(`SELECT i.id ${peers}`)
  const selectSellers = database.prepare(
    `SELECT i.facts_at AS at ${peers} AND i.can_sell = 'yes' ORDER BY i.facts_at DESC LIMIT 2`,
  )
  return () => {
    const sites = new Map<string, Site | null>()
    const known = (agentId: string): Site | null => {
      const before = sites.get(agentId)
      if (before !== undefined) return before
      const row = selectSite.get(agentId) as unknown as SiteRow | undefined
      const site = row ? siteOfRow({ ...row, client_heard_at: clientHeardAt(row.client_id) }) : null
      sites.set(agentId, site)
      return site
    }
    const siteOf = (agentId: string): SiteView | null => known(agentId)?.view ?? null
    /** Registers that can stand in for one, counted up to two: the two that were heard last tell. */
    const sparesOf = ({ id, agentId, inn }: SpareQuery, now: EpochMs): number => {
      if (inn === null) return 0
      const site = siteOf(agentId)
      const sellers = selectSellers.all(agentId, inn, id) as unknown as { readonly at: EpochMs }[]
      return sellers.filter(({ at }) => silentMs(site, at, now) < SPARE_SILENT_MS_MAX).length
    }
    return {
      siteOf,
      codesOf: agentId => known(agentId)?.codes ?? NO_CODES,
      besideOf: ({ id, agentId }) => ({
        ofdContractUntil: known(agentId)?.contractUntil ?? null,
        profile: known(agentId)?.profile ?? null,
        diskReadAt: () => (selectDisk.get(agentId) as { at: number | null } | undefined)?.at ?? null,
        othersLastDocumentAt: () => (selectOthers.get(agentId, id) as { at: string | null } | undefined)?.at ?? null,
      }),
      presenceOf: agentId => ({
        lastHeardAt: Number(selectHeard.get(agentId)?.['last_heard_at'] ?? 0),
        collectorStartedAt: Number(selectStart.get()?.['at'] ?? 0),
      }),
      hasSpare: (register, now) => sparesOf(register, now) > 0,
      dependents: (register, now) => {
        if (register.inn === null || sparesOf(register, now) > 1) return []
        return selectPeers.all(register.agentId, register.inn, register.id).map(peer => String(peer['id']))
      },
    }
  }
}

interface Site {
  readonly view: SiteView
  readonly codes: { readonly client: string; readonly site: string }
  readonly contractUntil: string | null
  readonly profile: Profile | null
}

const siteOfRow = (row: SiteRow & LaunchDates): Site => ({
  view: siteViewOf(row),
  codes: { client: row.client_code, site: row.site_code },
  contractUntil: row.contract_until,
  profile: profileOf(profileIn(row.client_profile_json), profileIn(row.profile_json)),
})

const profileIn = (json: string | null): Profile | null => (json === null ? null : (JSON.parse(json) as Profile))

const NO_CODES = { client: null, site: null }

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

const siteViewOf = (row: SiteRow & LaunchDates): SiteView => ({
  id: row.id,
  timezone: row.timezone,
  hours: row.hours_json === null ? null : hoursOf(row.hours_json),
  class: row.class as SiteView['class'],
  clientSites: row.client_sites,
  launchUntil: launchEnd(row),
})
