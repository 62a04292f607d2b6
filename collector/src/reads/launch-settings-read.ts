import type { LaunchView } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { PROFILE_FACTS, type Profile, profileOf } from '../conclusions/profile.ts'
import { instant } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

type Site = LaunchView['sites'][number]

const SETTINGS_MAX = 100
/** Registers of one site that are looked at. */
const REGISTERS_MAX = 200

interface Row {
  readonly item_id: string
  readonly agent_id: string
  readonly terminal: string | null
  readonly identity: string | null
  readonly state_json: string
  readonly accepted_json: string | null
  readonly client_profile: string | null
  readonly site_profile: string | null
}

interface Told {
  readonly value: unknown
}

/** What the registers of a site have off their profile now, and what people accepted there, with who did and when (R13). */
export async function readLaunchSettings(
  queries: Kysely<ReadTables>,
  tenantId: string,
  siteId: string,
): Promise<Pick<Site, 'differing' | 'accepted'>> {
  const { rows } = await sql<Row>`
    SELECT i.id AS item_id, i.agent_id, t.name AS terminal, i.identity, i.state_json, i.accepted_json,
      c.profile_json AS client_profile, s.profile_json AS site_profile
    FROM sites s
    JOIN clients c ON c.id = s.client_id
    JOIN agents a ON a.site_id = s.id AND a.tenant_id = s.tenant_id AND a.revoked_at IS NULL
    LEFT JOIN terminals t ON t.agent_id = a.id AND t.tenant_id = a.tenant_id
    JOIN items i ON i.agent_id = a.id AND i.tenant_id = a.tenant_id AND i.kind = 'register'
    WHERE s.tenant_id = ${tenantId} AND s.id = ${siteId}
    ORDER BY i.id LIMIT ${REGISTERS_MAX}`.execute(queries)
  if (rows.length === 0) return { differing: [], accepted: [] }
  return {
    differing: rows.flatMap(differingOf).slice(0, SETTINGS_MAX),
    accepted: await readAccepted(queries, tenantId, rows),
  }
}

const parsed = (text: string | null): Profile | null => (text === null ? null : (JSON.parse(text) as Profile))
const placeOf = (row: Row) => ({
  itemId: row.item_id,
  agentId: row.agent_id,
  terminal: row.terminal,
  serial: row.identity,
})

function differingOf(row: Row): Site['differing'] {
  const { facts } = JSON.parse(row.state_json) as { facts: Readonly<Record<string, Told | undefined>> }
  const names = facts['config.drift']?.value
  const profile = profileOf(parsed(row.client_profile), parsed(row.site_profile))
  if (!Array.isArray(names) || !profile) return []
  // What was accepted a moment ago is still told until the register is judged again.
  const accepted = row.accepted_json === null ? {} : (JSON.parse(row.accepted_json) as Record<string, string>)
  return Object.entries(PROFILE_FACTS).flatMap(([key, fact]) => {
    const expected = profile[key as keyof Profile]
    const value = facts[fact]?.value
    if (!names.includes(fact) || expected === undefined || typeof value !== 'string') return []
    return accepted[fact] === value ? [] : [{ ...placeOf(row), fact, value, expected }]
  })
}

async function readAccepted(
  queries: Kysely<ReadTables>,
  tenantId: string,
  registers: readonly Row[],
): Promise<Site['accepted']> {
  const rows = await queries
    .selectFrom('changes')
    .where('tenant_id', '=', tenantId)
    .where('fact', '=', 'config.accepted')
    .where(
      'item_id',
      'in',
      registers.map(row => row.item_id),
    )
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(SETTINGS_MAX)
    .select(['item_id', 'value_json', 'at'])
    .execute()
  const registerById = new Map(registers.map(row => [row.item_id, row]))
  return rows.flatMap(row => {
    const register = registerById.get(row.item_id)
    const [fact = '', value = '', by = ''] = JSON.parse(row.value_json) as string[]
    return register ? [{ ...placeOf(register), fact, value, by, at: instant(row.at) }] : []
  })
}
