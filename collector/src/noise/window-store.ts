import type { DatabaseSync } from 'node:sqlite'
import { DEFAULT_ZONE } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { MaintenanceScope, MaintenanceSource } from '@tillwatch/shared/api'
import { type MaintenanceWindow, scopesOf, type WindowTarget } from './maintenance-window.ts'

/** A window going on or off in one zone. */
export interface WindowTurn {
  readonly tenantId: string
  readonly windowId: number
  readonly timezone: string
  readonly isOn: boolean
}

/** Maintenance windows in the relational file. Belongs to the state thread and runs inside its transactions. */
export interface WindowStore {
  byId(tenantId: string, id: number): MaintenanceWindow | null
  /** Not ended, of any scope that covers the target. */
  aboutTarget(target: Omit<WindowTarget, 'causeClass' | 'rules'>): readonly MaintenanceWindow[]
  /** The one that the replacement mark of a register keeps open, or null. */
  ofReplacement(tenantId: string, itemId: string): MaintenanceWindow | null
  /** How many are on or still to come. */
  countCurrent(tenantId: string, now: EpochMs): number
  add(window: Omit<MaintenanceWindow, 'id' | 'endedAt' | 'endedBy'>, now: EpochMs): MaintenanceWindow
  /** Moves its end, or its author. */
  save(window: MaintenanceWindow, now: EpochMs): void
  dueTurn(now: EpochMs): WindowTurn | null
  nextTurnAt(): EpochMs | null
  /** `nextAt` null: the window is over in this zone. */
  setTurn(turn: WindowTurn, nextAt: EpochMs | null): void
  /** Unfinished incidents in the scope of a window, where the sites have this zone if the window recurs. */
  incidentsIn(window: MaintenanceWindow, timezone: string): readonly string[]
  /** Makes items of the scope due at which something is wrong. */
  hurry(window: MaintenanceWindow, timezone: string, now: EpochMs): void
}

interface WindowRow {
  id: number
  tenant_id: string
  scope: string
  scope_id: string
  checked: string | null
  starts_at: number
  ends_at: number | null
  weekly_json: string | null
  reason: string
  author: string
  agreed: number
  source: string
  ended_at: number | null
  ended_by: string | null
}

interface TurnRow {
  readonly tenant_id: string
  readonly window_id: number
  readonly timezone: string
  readonly is_on: number
}

/** A window out of its row. */
export const windowOf = (row: WindowRow): MaintenanceWindow => ({
  id: row.id,
  tenantId: row.tenant_id,
  scope: row.scope as MaintenanceScope,
  scopeId: row.scope_id,
  check: row.checked,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  weekly: row.weekly_json === null ? null : JSON.parse(row.weekly_json),
  reason: row.reason,
  author: row.author,
  agreed: row.agreed === 1,
  source: row.source as MaintenanceSource,
  endedAt: row.ended_at,
  endedBy: row.ended_by,
})

/** Notes at one turn: a window over a whole fleet must not hold the store for seconds. */
const INCIDENTS_MAX = 500

/** What belongs to a scope, of rows that have agent, site and client. */
const IN_SCOPE = `(? = 'tenant' OR (? = 'client' AND s.client_id = ?) OR (? = 'site' AND s.id = ?)
  OR (? = 'item' AND (i.id = ? OR 'pc:' || i.agent_id = ?))) AND (? IS NULL OR coalesce(s.timezone, '${DEFAULT_ZONE}') = ?)`
const scopeValues = ({ scope, scopeId, weekly }: MaintenanceWindow, timezone: string) => {
  const zone = weekly === null ? null : timezone
  return [scope, scope, scopeId, scope, scopeId, scope, scopeId, scopeId, zone, zone]
}

/** The store over an open connection. */
export function createWindowStore(database: DatabaseSync): WindowStore {
  const selectById = database.prepare('SELECT * FROM maintenance_windows WHERE tenant_id = ? AND id = ?')
  const selectByScope = database.prepare(
    'SELECT * FROM maintenance_windows WHERE tenant_id = ? AND scope = ? AND scope_id = ? AND ended_at IS NULL',
  )
  const count = database.prepare(
    `SELECT count(*) AS n FROM maintenance_windows WHERE tenant_id = ? AND ended_at IS NULL AND (ends_at IS NULL OR ends_at > ?)`,
  )
  const insert = database.prepare(
    `INSERT INTO maintenance_windows (tenant_id, scope, scope_id, checked, starts_at, ends_at, weekly_json, reason, author, agreed, source, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
  )
  const update = database.prepare(
    `UPDATE maintenance_windows SET ends_at = ?, reason = ?, author = ?, ended_at = ?, ended_by = ? WHERE id = ? AND tenant_id = ?`,
  )
  const hurryTurns = database.prepare('UPDATE maintenance_turns SET next_at = ? WHERE window_id = ? AND tenant_id = ?')
  const selectDue = database.prepare(
    'SELECT tenant_id, window_id, timezone, is_on FROM maintenance_turns WHERE next_at <= ? ORDER BY next_at LIMIT 1',
  )
  const selectNext = database.prepare('SELECT min(next_at) AS at FROM maintenance_turns')
  const selectZones = database.prepare(
    `SELECT DISTINCT coalesce(s.timezone, '${DEFAULT_ZONE}') AS timezone FROM items i
       LEFT JOIN agents a ON a.id = i.agent_id LEFT JOIN sites s ON s.id = a.site_id WHERE i.tenant_id = ? AND ${IN_SCOPE}`,
  )
  const insertTurn = database.prepare(
    'INSERT INTO maintenance_turns (window_id, timezone, tenant_id, is_on, next_at) VALUES (?, ?, ?, 0, ?)',
  )
  const updateTurn = database.prepare(
    'UPDATE maintenance_turns SET is_on = ?, next_at = ? WHERE window_id = ? AND timezone = ?',
  )
  const deleteTurn = database.prepare('DELETE FROM maintenance_turns WHERE window_id = ? AND timezone = ?')
  const selectIncidents = database.prepare(
    `SELECT n.id FROM incidents n JOIN items i ON i.id = n.item_id LEFT JOIN agents a ON a.id = i.agent_id
       LEFT JOIN sites s ON s.id = a.site_id
      WHERE n.tenant_id = ? AND n.status IN ('open', 'in_work', 'waiting') AND ${IN_SCOPE} ORDER BY n.priority, n.opened_at LIMIT ${INCIDENTS_MAX}`,
  )
  const hurryItems = database.prepare(
    `UPDATE items SET next_due_at = ? WHERE id IN (SELECT i.id FROM items i LEFT JOIN agents a ON a.id = i.agent_id
       LEFT JOIN sites s ON s.id = a.site_id WHERE i.tenant_id = ? AND i.health NOT IN ('green', 'grey') AND ${IN_SCOPE})`,
  )
  const rows = (found: unknown): MaintenanceWindow[] => (found as WindowRow[]).map(windowOf)
  const inScope = (tenantId: string, scope: MaintenanceScope, id: string) =>
    rows(selectByScope.all(tenantId, scope, id))
  /** Where it goes on and off by itself: what does not recur does so everywhere at once. */
  const zonesOf = (window: MaintenanceWindow): readonly string[] => {
    const values = scopeValues({ ...window, weekly: null }, DEFAULT_ZONE)
    const zones = window.weekly === null ? [] : selectZones.all(window.tenantId, ...values)
    return zones.length === 0 ? [DEFAULT_ZONE] : zones.map(row => String(row['timezone']))
  }

  return {
    byId: (tenantId, id) => rows(selectById.all(tenantId, id))[0] ?? null,
    aboutTarget: target => scopesOf(target).flatMap(({ scope, id }) => inScope(target.tenantId, scope, id)),
    ofReplacement: (tenantId, itemId) =>
      inScope(tenantId, 'item', itemId).find(({ source }) => source === 'replacement') ?? null,
    countCurrent: (tenantId, now) => (count.get(tenantId, now) as { n: number }).n,
    add: (draft, now) => {
      const { tenantId, scope, scopeId, check, startsAt, endsAt, weekly, reason, author, agreed, source } = draft
      const weeklyJson = weekly === null ? null : JSON.stringify(weekly)
      const values = [scope, scopeId, check, startsAt, endsAt, weeklyJson, reason, author, agreed ? 1 : 0, source, now]
      const [window] = rows(insert.all(tenantId, ...values))
      if (!window) throw new Error('an insert that returned nothing')
      for (const timezone of zonesOf(window)) insertTurn.run(window.id, timezone, tenantId, now)
      return window
    },
    save: ({ id, tenantId, endsAt, reason, author, endedAt, endedBy }, now) => {
      update.run(endsAt, reason, author, endedAt, endedBy, id, tenantId)
      hurryTurns.run(now, id, tenantId)
    },
    dueTurn: now => {
      const row = selectDue.get(now)
      if (!row) return null
      const { tenant_id: tenantId, window_id: windowId, timezone, is_on: isOn } = row as unknown as TurnRow
      return { tenantId, windowId, timezone, isOn: isOn === 1 }
    },
    nextTurnAt: () => (selectNext.get() as { at: number | null }).at,
    setTurn: ({ windowId, timezone, isOn }, nextAt) => {
      if (nextAt === null) deleteTurn.run(windowId, timezone)
      else updateTurn.run(isOn ? 1 : 0, nextAt, windowId, timezone)
    },
    incidentsIn: (window, timezone) =>
      selectIncidents.all(window.tenantId, ...scopeValues(window, timezone)).map(row => String(row['id'])),
    hurry: (window, timezone, now) => {
      hurryItems.run(now, window.tenantId, ...scopeValues(window, timezone))
    },
  }
}
