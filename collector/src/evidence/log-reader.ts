import type { DatabaseSync } from 'node:sqlite'
import { DEFAULT_ZONE } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { Incident } from '../incidents/incident.ts'
import type { LogSources } from './merged-log.ts'

const HOUR_MS = 3_600_000
/** What happened right before a fault began explains it; of an old one the last day says how it stands. */
const BEFORE_ONSET_MS = HOUR_MS
const WINDOW_MS_MAX = 24 * HOUR_MS
/** The newest of each source. */
const ROWS_MAX = 400
/** Logs of one agent that the machine asks for within an hour; other incidents share them. */
const ASKED_PER_HOUR_MAX = 3
/** A log that is not older tells of a new incident too. */
const SHARED_MS = 10 * 60_000

/** Under which name the machine asks agents. */
export const ASKER = 'tillwatch'

/** From when on what happened around an incident is told. */
export const logFrom = ({ onsetAt }: Pick<Incident, 'onsetAt'>, now: EpochMs): EpochMs =>
  Math.max(onsetAt - BEFORE_ONSET_MS, now - WINDOW_MS_MAX)

/** How a command for a log stands. */
export interface LogAnswer {
  readonly outcome: string | null
  readonly text: { readonly ru: string; readonly en: string } | null
  readonly log: string | null
}

/** Reads what has a time around an incident, inside whatever transaction is open. */
export interface LogReader {
  /** A command that brought a log lately or is about to, which one more incident can share; null: one may be asked for. */
  shared(incident: Pick<Incident, 'tenantId' | 'agentId'>, now: EpochMs): string | null
  answer(tenantId: string, commandId: string): LogAnswer | null
  sources(incident: Incident, agentLog: string | null, now: EpochMs): LogSources
}

/** The reader over an open connection. */
export function createLogReader(database: DatabaseSync): LogReader {
  const selectAsked = database.prepare(
    `SELECT id, issued_at AS at, issued_by AS "by", outcome FROM agent_commands
      WHERE tenant_id = ? AND agent_id = ? AND issued_at > ? AND json_extract(command_json, '$.do') = 'collect_log' ORDER BY issued_at DESC`,
  )
  const selectAnswer = database.prepare(
    'SELECT outcome, text_json AS text FROM agent_commands WHERE id = ? AND tenant_id = ?',
  )
  const selectParts = database.prepare('SELECT text FROM agent_log_parts WHERE command_id = ? ORDER BY part')
  const selectChanges = database.prepare(
    `SELECT at, fact, value_json AS value, raw FROM changes
      WHERE tenant_id = ? AND item_id IN (?, ?) AND at >= ? ORDER BY at DESC LIMIT ${ROWS_MAX}`,
  )
  const selectEvents = database.prepare(
    `SELECT at, name, details FROM agent_events WHERE tenant_id = ? AND agent_id = ? AND at >= ? ORDER BY at DESC LIMIT ${ROWS_MAX}`,
  )
  const selectSkew = database.prepare(
    `SELECT json_extract(state_json, '$.facts."host.clock.skew_ms".value') AS ms FROM items WHERE id = ? AND tenant_id = ?`,
  )
  const selectZone = database.prepare(
    'SELECT s.timezone FROM agents a JOIN sites s ON s.id = a.site_id AND s.tenant_id = a.tenant_id WHERE a.id = ? AND a.tenant_id = ?',
  )
  return {
    shared: ({ tenantId, agentId }, now) => {
      const asked = selectAsked.all(tenantId, agentId, now - HOUR_MS) as unknown as Asked[]
      const usable = asked.filter(({ outcome }) => outcome === null || outcome === 'done')
      const fresh = usable.find(({ at }) => at > now - SHARED_MS)
      const isEnough = asked.filter(({ by }) => by === ASKER).length >= ASKED_PER_HOUR_MAX
      return fresh?.id ?? (isEnough ? (asked[0]?.id ?? null) : null)
    },
    answer: (tenantId, commandId) => {
      const row = selectAnswer.get(commandId, tenantId) as { outcome: string | null; text: string | null } | undefined
      if (!row) return null
      const parts = selectParts.all(commandId).map(part => String(part['text']))
      const text = row.text === null ? null : JSON.parse(row.text)
      return { outcome: row.outcome, text, log: parts.length === 0 ? null : parts.join('') }
    },
    sources: (incident, agentLog, now) => {
      const { tenantId, itemId, agentId } = incident
      const from = logFrom(incident, now)
      const changes = selectChanges.all(tenantId, itemId, `pc:${agentId}`, from)
      return {
        timezone: (selectZone.get(agentId, tenantId) as { timezone: string } | undefined)?.timezone ?? DEFAULT_ZONE,
        ...{ from, agentLog },
        skewMs: Number(selectSkew.get(`pc:${agentId}`, tenantId)?.['ms'] ?? 0),
        changes: changes.map(row => ({
          at: Number(row['at']),
          fact: String(row['fact']),
          value: JSON.parse(String(row['value'])),
          raw: row['raw'] === null ? null : String(row['raw']),
        })),
        events: selectEvents.all(tenantId, agentId, from).map(row => ({
          at: Number(row['at']),
          name: String(row['name']),
          details: String(row['details']),
        })),
      }
    },
  }
}

interface Asked {
  readonly id: string
  readonly at: EpochMs
  readonly by: string
  readonly outcome: string | null
}
