import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import { createSurroundings } from '../alerting/surroundings.ts'
import { type Absence, type SilenceGuess, silenceCauses } from './silence-cause.ts'

/** Absences looked at for a habit of the place. */
const EARLIER_MAX = 60
const HABIT_WINDOW_MS = 14 * 24 * 3_600_000
/** What else is looked at has to have gone by then. */
const TOGETHER_MS = 5 * 60_000

/** A silence and what may have caused it. */
export interface Silence {
  readonly lastHeardAt: EpochMs
  readonly guesses: readonly SilenceGuess[]
}

/** Works out why the agent of an incident is, or was, silent; null when it was never heard. */
export type SilenceReader = (
  subject: { readonly tenantId: string; readonly agentId: string; readonly onsetAt: EpochMs },
  now: EpochMs,
) => Silence | null

interface AgentRow {
  site_id: string | null
  state: string
  last_heard_at: number | null
}

/** The reader over a connection to the state file. */
export function createSilenceReader(database: DatabaseSync): SilenceReader {
  const surroundings = createSurroundings(database)
  const selectAgent = database.prepare(
    'SELECT site_id, state, last_heard_at FROM agents WHERE id = ? AND tenant_id = ?',
  )
  const selectAbsences = database.prepare(
    `SELECT began_at AS beganAt, manner, back_at AS backAt FROM agent_absences
      WHERE agent_id = ? AND tenant_id = ? AND began_at <= ? AND began_at > ? ORDER BY began_at DESC LIMIT ${EARLIER_MAX}`,
  )
  const selectOthers = database.prepare(
    `SELECT a.state, a.last_heard_at,
            (SELECT b.began_at FROM agent_absences b WHERE b.agent_id = a.id AND b.began_at <= :by
                AND (b.back_at IS NULL OR b.back_at > :by) ORDER BY b.began_at DESC LIMIT 1) AS began_at
       FROM agents a WHERE a.site_id = :site AND a.tenant_id = :tenant AND a.id <> :agent AND a.revoked_at IS NULL`,
  )
  const conditionOf = createConditionReader(database)
  return ({ tenantId, agentId, onsetAt }, now) => {
    const agent = selectAgent.get(agentId, tenantId) as AgentRow | undefined
    if (agent?.last_heard_at == null) return null
    const absences = selectAbsences.all(agentId, tenantId, onsetAt, now - HABIT_WINDOW_MS) as unknown as Absence[]
    // Of a silence that is over only the record of it tells when it began.
    const isSilent = agent.last_heard_at <= onsetAt
    const [newest] = absences
    const present = newest && (newest.backAt === null || newest.backAt > onsetAt) ? newest : null
    const lastHeardAt = isSilent ? agent.last_heard_at : (present?.beganAt ?? onsetAt)
    const others = selectOthers.all({
      by: lastHeardAt + TOGETHER_MS,
      site: agent.site_id,
      tenant: tenantId,
      agent: agentId,
    }) as unknown as (AgentRow & { began_at: number | null })[]
    const guesses = silenceCauses({
      lastHeardAt,
      site: surroundings().siteOf(agentId),
      manner: present?.manner ?? null,
      earlier: absences.filter(absence => absence !== present),
      others: others.map(other => ({
        online: other.began_at === null && other.state === 'online',
        lastHeardAt: other.began_at ?? other.last_heard_at,
      })),
      ...conditionOf(tenantId, agentId, lastHeardAt),
    })
    return { lastHeardAt, guesses }
  }
}

/** What the PC told last about itself, and when what was updated. */
function createConditionReader(database: DatabaseSync) {
  const selectDisk = database.prepare(
    `SELECT min(json_extract(state_json, '$.facts."host.disk.free_bytes".value')) AS value
       FROM items WHERE agent_id = ? AND tenant_id = ? AND kind = 'volume'`,
  )
  const selectSkew = database.prepare(
    `SELECT json_extract(state_json, '$.facts."host.clock.skew_ms".value') AS value FROM items WHERE id = ? AND tenant_id = ?`,
  )
  const selectUpdate = database.prepare(
    `SELECT max(c.at) AS at FROM changes c WHERE c.item_id = ? AND c.tenant_id = ? AND c.fact = ? AND c.at <= ?
        AND EXISTS (SELECT 1 FROM changes b WHERE b.item_id = c.item_id AND b.fact = c.fact AND b.at < c.at)`,
  )
  const number = (row: unknown): number | null => {
    const value = (row as { value: unknown } | undefined)?.value
    return typeof value === 'number' ? value : null
  }
  return (tenantId: string, agentId: string, lastHeardAt: EpochMs) => {
    const updatedAt = (fact: string) =>
      (selectUpdate.get(`pc:${agentId}`, tenantId, fact, lastHeardAt) as { at: number | null }).at
    return {
      diskFreeBytes: number(selectDisk.get(agentId, tenantId)),
      clockSkewMs: number(selectSkew.get(`pc:${agentId}`, tenantId)),
      agentUpdatedAt: updatedAt('agent.version'),
      osUpdatedAt: updatedAt('host.os'),
      antivirusUpdatedAt: updatedAt('host.antivirus_updated_on'),
    }
  }
}
