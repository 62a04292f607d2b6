import type { DatabaseSync } from 'node:sqlite'
import type { Priority } from '@tillwatch/rules'
import { type EpochMs, MASS_ONSETS_MAX } from '@tillwatch/shared'
import type { MassKeyKind } from '@tillwatch/shared/api'
import type { MassKey, Onset } from './mass-choice.ts'
import type { Member, MemberKind } from './mass-fleet.ts'
import type { MassLife } from './mass-life.ts'

/** A mass incident beside its incident row. */
export interface MassRecord extends MassLife {
  readonly incidentId: string
  readonly tenantId: string
  readonly causeClass: string
  readonly key: MassKey
  readonly memberKind: MemberKind
  readonly outageId: string
  readonly live: number
  /** Null once it is over and has let all its incidents go. */
  readonly nextAt: EpochMs | null
}

/** What is affected now. */
export interface MassCount {
  readonly affected: number
  readonly highest: Priority | null
  readonly sites: readonly { readonly name: string | null; readonly affected: number }[]
}

/** Faults that hold, looks that are due and mass incidents, in the relational file. Belongs to the state thread. */
export interface MassStore {
  hasOnset(incidentId: string): boolean
  addOnset(onset: {
    readonly incidentId: string
    readonly tenantId: string
    readonly causeClass: string
    readonly onsetAt: EpochMs
    readonly member: Member
    readonly priority: Priority
    readonly parentId: string | null
    /** It never makes a mass incident. */
    readonly detached: boolean
  }): void
  setPriority(incidentId: string, priority: Priority): void
  dropOnset(incidentId: string): void
  /** Without a parent, the newest of them, with onsets at or after `since`; from then on none of them is new. */
  takeOnsets(tenantId: string, causeClass: string, kind: MemberKind, since: EpochMs): readonly Onset[]
  askLook(tenantId: string, causeClass: string, at: EpochMs): void
  dueLook(now: EpochMs): { readonly tenantId: string; readonly causeClass: string } | null
  endLook(tenantId: string, causeClass: string): void
  putOffLook(tenantId: string, causeClass: string, at: EpochMs): void

  ofIncident(incidentId: string): MassRecord | null
  /** Those of a tenant and class that are not over. */
  current(tenantId: string, causeClass: string): readonly MassRecord[]
  /** Of any tenant, with the same class and key, not over. */
  same(causeClass: string, key: MassKey): readonly MassRecord[]
  save(record: MassRecord): void
  due(now: EpochMs): MassRecord | null
  hurry(incidentId: string, at: EpochMs): void
  nextDueAt(): EpochMs | null

  adopt(parentId: string, incidentIds: readonly string[]): void
  /** Incidents that are counted here and whose own row does not say so yet. */
  unlinked(parentId: string): string | null
  /** Its own row says so from now on. */
  setLinked(incidentId: string): void
  count(parentId: string): MassCount
  /** One whose fault holds and that is still counted here. */
  firingChild(parentId: string): string | null
  /** Incidents of a class that nobody counts and whose own row still names a parent. */
  strays(tenantId: string, causeClass: string): readonly string[]
  /** It goes on as an ordinary one. */
  letGo(incidentId: string): void
  /** Unfinished incidents under a parent. */
  activeChildren(parentId: string): number
  /** One of them that desks were never told of. */
  untoldChild(parentId: string): string | null
  /** Has the items of the children judged anew. */
  recheck(parentId: string, now: EpochMs): void
  /** Do two tenants meet below one common node? */
  related(one: string, other: string): boolean
  /** Was this moment within the first ten minutes of a run of the collector? */
  justReturned(at: EpochMs): boolean
}

interface MassRow {
  incident_id: string
  tenant_id: string
  cause_class: string
  key_kind: string
  key_value: string
  member_kind: string
  outage_id: string
  live: number
  affected: number
  peak: number
  below_since: number | null
  next_at: number | null
}

const recordOf = (row: MassRow): MassRecord => ({
  incidentId: row.incident_id,
  tenantId: row.tenant_id,
  causeClass: row.cause_class,
  key: { kind: row.key_kind as MassKeyKind, value: row.key_value },
  memberKind: row.member_kind as MemberKind,
  outageId: row.outage_id,
  live: row.live,
  affected: row.affected,
  peak: row.peak,
  belowSince: row.below_since,
  nextAt: row.next_at,
})

/** Silence and lost links that begin this soon after the collector came back are its own doing (domain ruling 18.39). */
const RETURN_MS = 10 * 60_000

/** The store over an open connection. */
export function createMassStore(database: DatabaseSync): MassStore {
  const selectOnset = database.prepare('SELECT 1 FROM mass_onsets WHERE incident_id = ?')
  const insertOnset = database.prepare(
    `INSERT INTO mass_onsets (incident_id, tenant_id, cause_class, onset_at, member_id, site_id, priority, keys_json, parent_id, linked, detached)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const updatePriority = database.prepare('UPDATE mass_onsets SET priority = ? WHERE incident_id = ?')
  const deleteOnset = database.prepare('DELETE FROM mass_onsets WHERE incident_id = ?')
  const selectOnsets = database.prepare(
    `SELECT incident_id, member_id, site_id, onset_at, priority, keys_json, looked FROM mass_onsets
      WHERE tenant_id = ? AND cause_class = ? AND parent_id IS NULL AND detached = 0 AND onset_at >= ?
        AND (member_id LIKE 'pc:%') = ? ORDER BY onset_at DESC LIMIT ${MASS_ONSETS_MAX}`,
  )
  const markLooked = database.prepare(
    'UPDATE mass_onsets SET looked = 1 WHERE tenant_id = ? AND cause_class = ? AND parent_id IS NULL AND looked = 0 AND onset_at >= ?',
  )
  const insertLook = database.prepare(
    'INSERT INTO mass_looks (tenant_id, cause_class, due_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const selectLook = database.prepare(
    'SELECT tenant_id, cause_class FROM mass_looks WHERE due_at <= ? ORDER BY due_at LIMIT 1',
  )
  const deleteLook = database.prepare('DELETE FROM mass_looks WHERE tenant_id = ? AND cause_class = ?')
  const moveLook = database.prepare('UPDATE mass_looks SET due_at = ? WHERE tenant_id = ? AND cause_class = ?')
  const selectMass = database.prepare('SELECT * FROM mass_incidents WHERE incident_id = ?')
  const selectCurrent = database.prepare(
    'SELECT * FROM mass_incidents WHERE tenant_id = ? AND cause_class = ? AND next_at IS NOT NULL',
  )
  const selectSame = database.prepare(
    'SELECT * FROM mass_incidents WHERE cause_class = ? AND key_kind = ? AND key_value = ? AND next_at IS NOT NULL',
  )
  const upsert = database.prepare(
    `INSERT INTO mass_incidents (incident_id, tenant_id, cause_class, key_kind, key_value, member_kind, outage_id, live, affected, peak, below_since, next_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (incident_id) DO UPDATE SET outage_id = excluded.outage_id, live = excluded.live, affected = excluded.affected,
       peak = excluded.peak, below_since = excluded.below_since, next_at = excluded.next_at`,
  )
  const selectDue = database.prepare('SELECT * FROM mass_incidents WHERE next_at <= ? ORDER BY next_at LIMIT 1')
  const hurryMass = database.prepare(
    'UPDATE mass_incidents SET next_at = min(coalesce(next_at, ?1), ?1) WHERE incident_id = ?2',
  )
  const selectNext = database.prepare(
    `SELECT min(at) AS at FROM (SELECT min(due_at) AS at FROM mass_looks
       UNION ALL SELECT min(next_at) FROM mass_incidents WHERE next_at IS NOT NULL)`,
  )
  const setParent = database.prepare('UPDATE mass_onsets SET parent_id = ?, linked = 0 WHERE incident_id = ?')
  const selectUnlinked = database.prepare(
    'SELECT incident_id AS id FROM mass_onsets WHERE parent_id = ? AND linked = 0 LIMIT 1',
  )
  const markLinked = database.prepare('UPDATE mass_onsets SET linked = 1 WHERE incident_id = ?')
  const selectCount = database.prepare(
    `SELECT s.name AS name, count(DISTINCT o.member_id) AS affected, min(o.priority) AS highest
       FROM mass_onsets o LEFT JOIN sites s ON s.id = o.site_id WHERE o.parent_id = ? GROUP BY o.site_id ORDER BY 2 DESC, s.name`,
  )
  const selectFiring = database.prepare('SELECT incident_id AS id FROM mass_onsets WHERE parent_id = ? LIMIT 1')
  const selectStrays = database.prepare(
    `SELECT o.incident_id AS id FROM mass_onsets o JOIN incidents n ON n.id = o.incident_id
      WHERE o.tenant_id = ? AND o.cause_class = ? AND o.parent_id IS NULL AND n.parent_id IS NOT NULL`,
  )
  const release = database.prepare('UPDATE mass_onsets SET parent_id = NULL, detached = 1 WHERE incident_id = ?')
  const countActive = database.prepare(
    `SELECT count(*) AS n FROM incidents WHERE parent_id = ? AND status IN ('open', 'in_work', 'waiting')`,
  )
  const selectUntold = database.prepare(
    `SELECT id FROM incidents WHERE parent_id = ? AND untold IS NOT NULL AND status IN ('open', 'in_work', 'waiting') LIMIT 1`,
  )
  const recheckItems = database.prepare(
    'UPDATE items SET next_due_at = ? WHERE id IN (SELECT item_id FROM incidents WHERE parent_id = ?)',
  )
  const selectRelated = database.prepare(
    `WITH RECURSIVE
       up (id) AS (SELECT ?1 UNION SELECT t.parent_id FROM tenants t JOIN up ON t.id = up.id WHERE t.parent_id IS NOT NULL),
       other (id) AS (SELECT ?2 UNION SELECT t.parent_id FROM tenants t JOIN other ON t.id = other.id WHERE t.parent_id IS NOT NULL)
     SELECT 1 FROM up JOIN other ON other.id = up.id LIMIT 1`,
  )
  const selectRun = database.prepare(
    'SELECT 1 FROM collector_runs WHERE started_at > 0 AND started_at <= ?1 AND started_at > ?1 - ?2 LIMIT 1',
  )
  const records = (found: unknown): MassRecord[] => (found as MassRow[]).map(recordOf)
  const idOf = (row: Record<string, unknown> | undefined): string | null => (row ? String(row['id']) : null)

  return {
    hasOnset: id => selectOnset.get(id) !== undefined,
    addOnset: ({ incidentId, tenantId, causeClass, onsetAt, member, priority, parentId, detached }) => {
      const keys = JSON.stringify(member.keys)
      const place = [member.id, member.siteId, priority, keys, parentId, parentId === null ? 0 : 1, detached ? 1 : 0]
      insertOnset.run(incidentId, tenantId, causeClass, onsetAt, ...place)
    },
    setPriority: (id, priority) => {
      updatePriority.run(priority, id)
    },
    dropOnset: id => {
      deleteOnset.run(id)
    },
    takeOnsets: (tenantId, causeClass, kind, since) => {
      const rows = selectOnsets.all(tenantId, causeClass, since, kind === 'pc' ? 1 : 0)
      return rows.map(row => ({
        id: String(row['incident_id']),
        memberId: String(row['member_id']),
        siteId: row['site_id'] === null ? null : String(row['site_id']),
        onsetAt: Number(row['onset_at']),
        priority: Number(row['priority']) as Priority,
        keys: JSON.parse(String(row['keys_json'])),
        isNew: row['looked'] === 0,
      }))
    },
    askLook: (tenantId, causeClass, at) => {
      insertLook.run(tenantId, causeClass, at)
    },
    dueLook: now => {
      const row = selectLook.get(now)
      return row ? { tenantId: String(row['tenant_id']), causeClass: String(row['cause_class']) } : null
    },
    endLook: (tenantId, causeClass) => {
      markLooked.run(tenantId, causeClass, 0)
      deleteLook.run(tenantId, causeClass)
    },
    putOffLook: (tenantId, causeClass, at) => {
      moveLook.run(at, tenantId, causeClass)
    },
    ofIncident: id => records(selectMass.all(id))[0] ?? null,
    current: (tenantId, causeClass) => records(selectCurrent.all(tenantId, causeClass)),
    same: (causeClass, { kind, value }) => records(selectSame.all(causeClass, kind, value)),
    save: record => {
      const { incidentId, tenantId, causeClass, key, memberKind, outageId, live, affected, peak } = record
      const head = [incidentId, tenantId, causeClass, key.kind, key.value, memberKind, outageId]
      upsert.run(...head, live, affected, peak, record.belowSince, record.nextAt)
    },
    due: now => records(selectDue.all(now))[0] ?? null,
    hurry: (id, at) => {
      hurryMass.run(at, id)
    },
    nextDueAt: () => (selectNext.get() as { at: number | null }).at,
    adopt: (parentId, ids) => {
      for (const id of ids) setParent.run(parentId, id)
    },
    unlinked: parentId => idOf(selectUnlinked.get(parentId)),
    setLinked: id => {
      markLinked.run(id)
    },
    count: parentId => {
      const rows = selectCount.all(parentId) as unknown as {
        name: string | null
        affected: number
        highest: Priority
      }[]
      return {
        affected: rows.reduce((sum, row) => sum + row.affected, 0),
        highest: rows.length === 0 ? null : (Math.min(...rows.map(row => row.highest)) as Priority),
        sites: rows.map(({ name, affected }) => ({ name, affected })),
      }
    },
    firingChild: parentId => idOf(selectFiring.get(parentId)),
    strays: (tenantId, causeClass) => selectStrays.all(tenantId, causeClass).map(row => String(row['id'])),
    letGo: id => {
      release.run(id)
    },
    activeChildren: parentId => (countActive.get(parentId) as { n: number }).n,
    untoldChild: parentId => idOf(selectUntold.get(parentId)),
    recheck: (parentId, now) => {
      recheckItems.run(now, parentId)
    },
    related: (one, other) => one === other || selectRelated.get(one, other) !== undefined,
    justReturned: at => selectRun.get(at, RETURN_MS) !== undefined,
  }
}
