import type { DatabaseSync } from 'node:sqlite'
import { type CauseClass, isOpen } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { Incident } from '../incidents/incident.ts'
import type { Candidate, IncidentRoom } from '../incidents/room.ts'
import { phrases } from './phrases.ts'
import { type Parent, type Standing, suppressorOf } from './suppression.ts'
import type { Where } from './where.ts'

const MINUTE_MS = 60_000
/** What waits for its parent is looked at again after this long even if nobody says so: the parent may have been withdrawn by hand. */
const RECHECK_DOWN_MS = 60 * MINUTE_MS
const RECHECK_PENDING_MS = 5 * MINUTE_MS
/** Without opening hours nobody knows whether a PC may be off: its silence explains other faults for no longer than this. */
const PENDING_MS_MAX = 30 * MINUTE_MS
/** A site's link is looked for this long before its tills are called silent one by one. */
const SITE_LINK_MS_MAX = 5 * MINUTE_MS
/** Ruling 17.9: tills that fell silent this near to one another lost what they share. */
const TOGETHER_MS = 5 * MINUTE_MS

/** Where something stands in the tree. */
interface Place {
  readonly id: string
  readonly tenantId: string
  readonly agentId: string
}

/** What the tree says about incidents that are open already. */
export interface SuppressionTree {
  /** Since when a parent explains it; null while none is down. */
  downSince(incident: Incident): EpochMs | null
}

/**
 * Keeps new incidents from being opened while a parent explains them. Nothing is remembered here: what is down stands in incidents, in the
 * items' newest facts and in the agents' connections, so a restart changes nothing.
 */
export function createSuppressionRoom(
  database: DatabaseSync,
  whereOf: (tenantId: string, agentId: string) => Where,
): IncidentRoom & SuppressionTree {
  // The plus keeps the planner to the index by item or site: a tenant has most of the table. That of the class keeps it from looking
  // whether the value is that of a partial index, which means planning anew for each call.
  const selectFiring = database.prepare(
    `SELECT opened_at AS at FROM incidents WHERE item_id = ? AND +tenant_id = ? AND status IN ('open', 'in_work', 'waiting', 'solved')
        AND +cause_class = ? AND firing = 1 AND instr(conditions_json, ?) > 0`,
  )
  const selectSiteLink = database.prepare(
    `SELECT opened_at AS at FROM incidents WHERE +tenant_id = ? AND cause_class = 'site_link' AND firing = 1 AND site_id = ?
        AND status IN ('open', 'in_work', 'waiting', 'solved')`,
  )
  const selectSiteAgents = database.prepare(
    `SELECT count(*) AS n, sum(state = 'offline') AS silent, max(last_heard_at) - min(last_heard_at) AS spread
       FROM agents WHERE tenant_id = ? AND site_id = ? AND revoked_at IS NULL AND last_heard_at IS NOT NULL`,
  )
  const selectLink = database.prepare(
    `SELECT json_extract(state_json, '$.facts."fiscal.register.link".value') AS link,
            json_extract(rule_state_json, '$."register.link".active') AS since FROM items WHERE id = ? AND tenant_id = ?`,
  )
  const hurryAgent = database.prepare('UPDATE items SET next_due_at = ? WHERE agent_id = ? AND tenant_id = ?')
  const hurrySite = database.prepare(
    `UPDATE items SET next_due_at = ? WHERE tenant_id = ?
        AND agent_id IN (SELECT id FROM agents WHERE site_id = ? AND tenant_id = ?)`,
  )
  const atOf = (row: Record<string, unknown> | undefined): EpochMs | null => (row ? Number(row['at']) : null)
  const firingSince = (itemId: string, tenantId: string, causeClass: string, rule: string): EpochMs | null =>
    atOf(selectFiring.get(itemId, tenantId, causeClass, `"rule":"${rule}"`))
  /** Since when a parent is down for certain. */
  const sinceOf: Readonly<Record<Parent, (place: Place, siteId: string | null) => EpochMs | null>> = {
    site_link: ({ tenantId }, siteId) => (siteId === null ? null : atOf(selectSiteLink.get(tenantId, siteId))),
    agent: ({ tenantId, agentId }) => firingSince(`pc:${agentId}`, tenantId, 'agent', 'agent.silent'),
    register: ({ id, tenantId }) => firingSince(id, tenantId, 'link', 'register.link'),
  }

  /** A fault that is seen and not called one yet: it counts while the site is open, as the checks of silence do. */
  const pendingNow = (where: Where, since: EpochMs | null, now: EpochMs): Standing => {
    const open = isOpen(where, now)
    const counts = open ?? (since !== null && now < since + PENDING_MS_MAX)
    return counts ? 'pending' : 'up'
  }

  const siteLink = ({ item, conditions }: Candidate, { siteId }: Where, now: EpochMs): Standing => {
    if (siteId === null) return 'up'
    const { n, silent, spread } = selectSiteAgents.get(item.tenantId, siteId) as unknown as SiteAgents
    const together = n >= 2 && silent === n && spread !== null && spread <= TOGETHER_MS
    const young = conditions.some(({ since }) => now < since + SITE_LINK_MS_MAX)
    return together && young ? 'pending' : 'up'
  }
  const agent = (_: Candidate, where: Where, now: EpochMs): Standing =>
    where.connected ? 'up' : pendingNow(where, where.lastHeardAt, now)
  const register = ({ item }: Candidate, where: Where, now: EpochMs): Standing => {
    const row = selectLink.get(item.id, item.tenantId) as { link: string | null; since: number | null } | undefined
    const silent = row?.link === 'silent' || row?.link === 'error'
    return silent ? pendingNow(where, row.since, now) : 'up'
  }
  const pending = { site_link: siteLink, agent, register }

  return {
    admit: (candidate, now) => {
      const { item, causeClass, conditions } = candidate
      const where = whereOf(item.tenantId, item.agentId)
      const fault = { kind: item.kind, causeClass, rules: conditions.map(({ rule }) => rule) }
      const by = suppressorOf(fault, parent => {
        const isDown = sinceOf[parent](item, where.siteId) !== null
        return isDown ? 'down' : pending[parent](candidate, where, now)
      })
      if (!by) return { kind: 'open' }
      const waits = by.standing === 'down' ? RECHECK_DOWN_MS : RECHECK_PENDING_MS
      return { kind: 'withheld', text: phrases.suppressed(by.parent, by.standing), until: now + waits }
    },
    downSince: ({ itemId, tenantId, agentId, siteId, causeClass, conditions }) => {
      const kind = itemId.startsWith('register:') ? 'register' : 'pc'
      const fault = { kind, causeClass: causeClass as CauseClass, rules: conditions.map(({ rule }) => rule) } as const
      const place = { id: itemId, tenantId, agentId }
      const by = suppressorOf(fault, parent => (sinceOf[parent](place, siteId) === null ? 'up' : 'down'))
      return by && sinceOf[by.parent](place, siteId)
    },
    moved: ({ before, after }, now) => {
      if (!before?.firing || after.firing || !isParent(after)) return
      if (after.causeClass === 'site_link' && after.siteId !== null)
        hurrySite.run(now, after.tenantId, after.siteId, after.tenantId)
      else hurryAgent.run(now, after.agentId, after.tenantId)
    },
  }
}

/** Classes of the incidents that say that a parent is down. */
const PARENT_CLASSES: readonly string[] = ['site_link', 'agent', 'link']
const isParent = ({ causeClass }: Incident): boolean => PARENT_CLASSES.includes(causeClass)

interface SiteAgents {
  readonly n: number
  readonly silent: number | null
  readonly spread: number | null
}
