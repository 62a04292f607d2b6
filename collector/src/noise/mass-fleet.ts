import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { MassKeyKind } from '@tillwatch/shared/api'
import { REGISTER_GROUPS } from './item-groups.ts'
import { keyText, type MassKey } from './mass-choice.ts'
import type { Where } from './where.ts'

/** Members are registers; for faults of PCs, PCs. */
export type MemberKind = 'register' | 'pc'

/** One that may be affected, and what it shares with others. */
export interface Member {
  readonly id: string
  readonly kind: MemberKind
  readonly siteId: string | null
  readonly keys: readonly MassKey[]
}

interface MemberItem {
  readonly id: string
  readonly tenantId: string
  readonly agentId: string
  readonly kind: string
}

export interface LiveQuestion {
  readonly tenantId: string
  readonly kind: MemberKind
  readonly key: MassKey
  readonly since: EpochMs
  /** Large groups are not walked to their end when a part of them decides. */
  readonly atMost: number
}

/** Who shares what, over the state file; look-ups by index only. */
export interface MassFleet {
  memberOf(item: MemberItem): Member
  /** Members of a key that were heard at or after `since`, counted no further than `atMost`; the answer may be some minutes old. */
  liveOf(question: LiveQuestion, now: EpochMs): number
}

/** How long a count of members is taken as it is. */
const COUNT_KEPT_MS = 10 * 60_000
const COUNTS_MAX = 2_000

/** Addresses of one provider's neighbourhood: the first three groups. Null: says nothing about a provider. */
export function subnetOf(address: string | null): string | null {
  if (address === null || address.startsWith('127.') || address === '::1') return null
  const v4 = /^((?:::ffff:)?\d+\.\d+\.\d+\.)\d+$/i.exec(address)
  if (v4) return v4[1] ?? null
  return /^((?:[0-9a-f]+:){3})/i.exec(address)?.[1] ?? null
}

/** Agents at a place, as SQL: the tenant is ?1, the value ?2. */
const AGENTS_AT: Readonly<Partial<Record<MassKeyKind, string>>> = {
  site: 'SELECT a.id FROM agents a WHERE a.tenant_id = ?1 AND a.site_id = ?2',
  client: 'SELECT a.id FROM sites s JOIN agents a ON a.site_id = s.id WHERE s.tenant_id = ?1 AND s.client_id = ?2',
  provider: 'SELECT a.id FROM sites s JOIN agents a ON a.site_id = s.id WHERE s.tenant_id = ?1 AND s.provider = ?2',
  city: 'SELECT a.id FROM sites s JOIN agents a ON a.site_id = s.id WHERE s.tenant_id = ?1 AND s.city = ?2',
  region: 'SELECT a.id FROM sites s JOIN agents a ON a.site_id = s.id WHERE s.tenant_id = ?1 AND s.region = ?2',
  subnet: `SELECT a.id FROM agents a LEFT JOIN sites s ON s.id = a.site_id
            WHERE a.tenant_id = ?1 AND a.public_address BETWEEN ?2 AND ?2 || '~' AND s.provider IS NULL`,
}

/** Members of a key that were heard since ?3. A key that is no place is a group of items. */
function countSql(memberKind: MemberKind, kind: MassKeyKind): string {
  const heard = 'JOIN agents h ON h.id = k.id AND h.last_heard_at >= ?3'
  const group = `FROM item_groups g WHERE g.tenant_id = ?1 AND g.kind = '${kind}' AND g.value = ?2`
  const agents = AGENTS_AT[kind] ?? `SELECT DISTINCT g.agent_id AS id ${group}`
  if (memberKind === 'pc') return `SELECT count(*) AS n FROM (SELECT 1 FROM (${agents}) k ${heard} LIMIT ?4)`
  if (REGISTER_GROUPS.includes(kind)) {
    return `SELECT count(*) AS n FROM (SELECT 1 FROM (SELECT g.agent_id AS id ${group}) k ${heard} LIMIT ?4)`
  }
  const items = `JOIN items i ON i.agent_id = k.id AND i.kind = 'register'`
  return `SELECT count(*) AS n FROM (SELECT 1 FROM (${agents}) k ${heard} ${items} LIMIT ?4)`
}

/** The fleet over an open connection of the state thread. */
export function createMassFleet(
  database: DatabaseSync,
  whereOf: (tenantId: string, agentId: string) => Where,
): MassFleet {
  const selectOwn = database.prepare('SELECT kind, value FROM item_groups WHERE item_id = ? AND +tenant_id = ?')
  // The plus keeps the planner to the index by agent: a tenant has most of the table.
  const selectOnPc = database.prepare(
    `SELECT kind, value FROM item_groups WHERE agent_id = ? AND +tenant_id = ? AND kind IN ('pos', 'agent_version', 'antivirus_day')`,
  )
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  const statementOf = (memberKind: MemberKind, kind: MassKeyKind) => {
    const name = `${memberKind} ${kind}`
    const known = statements.get(name)
    if (known) return known
    const statement = database.prepare(countSql(memberKind, kind))
    statements.set(name, statement)
    return statement
  }
  const counts = new Map<string, { readonly at: EpochMs; readonly n: number; readonly atMost: number }>()

  return {
    memberOf: ({ id, tenantId, agentId, kind: itemKind }) => {
      const { siteId, clientId, region, city, provider, publicAddress } = whereOf(tenantId, agentId)
      const kind: MemberKind = itemKind === 'register' ? 'register' : 'pc'
      const shared: readonly (readonly [MassKeyKind, string | null])[] = [
        ['site', siteId],
        ['client', clientId],
        ['provider', provider],
        ['subnet', provider === null ? subnetOf(publicAddress) : null],
        ['city', city],
        ['region', region],
      ]
      const places = shared.flatMap(([key, value]) => (value === null ? [] : [{ kind: key, value }]))
      const own = kind === 'register' ? selectOwn.all(id, tenantId) : []
      const groups = [...own, ...selectOnPc.all(agentId, tenantId)] as unknown as MassKey[]
      const keys = [...places, ...groups.map(({ kind: key, value }) => ({ kind: key, value }))]
      return { id: kind === 'register' ? id : `pc:${agentId}`, kind, siteId, keys }
    },
    liveOf: ({ tenantId, kind, key, since, atMost }, now) => {
      const name = `${tenantId} ${kind} ${keyText(key)}`
      const known = counts.get(name)
      const isFresh = known !== undefined && now >= known.at && now < known.at + COUNT_KEPT_MS
      if (isFresh && (known.n < known.atMost || atMost <= known.atMost)) return Math.min(known.n, atMost)
      const { n } = statementOf(kind, key.kind).get(tenantId, key.value, since, atMost) as { n: number }
      if (counts.size >= COUNTS_MAX) counts.clear()
      counts.set(name, { at: now, n, atMost })
      return n
    },
  }
}
