import type { DatabaseSync } from 'node:sqlite'
import type { FactState } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { ItemState } from '../alerting/evaluator-port.ts'
import { leading } from '../incidents/face.ts'
import type { Incident } from '../incidents/incident.ts'
import { DUE_PER_QUERY } from '../store/sqlite/due.ts'
import type { Occurrences, ProposalSettings } from './proposal.ts'
import { type IncidentFace, signatureKey } from './signature.ts'

const DAY_MS = 24 * 3_600_000

/** An incident as the matching knows it. */
export interface KnownFace {
  readonly incidentId: string
  readonly clientId: string | null
  readonly signatureKey: string
  readonly face: IncidentFace
}

/** What incidents looked like when they opened, and how often they looked the same. */
export interface FaceStore {
  /** Looks at an incident and its item as they are now. */
  look(incident: Incident): KnownFace
  /** The same, and keeps it: what the incident is counted by from now on. */
  record(incident: Incident): KnownFace
  /** What was kept; looked at now when nothing was. */
  of(incident: Incident): KnownFace
  /** Incidents since then of which nothing was kept, oldest first: those from before anybody looked. */
  unseen(since: EpochMs): readonly string[]
  /** When to ask whether an incident repeats; null: not any more. */
  considerAt(incident: Pick<Incident, 'id' | 'tenantId'>, at: EpochMs | null): void
  /** Incidents of which that is to be asked now. */
  unasked(now: EpochMs): readonly string[]
  nextUnaskedAt(): EpochMs | null
  /** Unfinished incidents of a tenant. */
  active(tenantId: string): readonly string[]
  /**
   * How often a signature occurred lately: a mass incident with its children once, those that people called off or wrong never; returns
   * open nothing, so they count nothing (domain 18.49). Counted are those that opened up to `until`.
   */
  occurrences(tenantId: string, key: string, itemId: string, settings: ProposalSettings, until: EpochMs): Occurrences
  /** All of them within the days of a repetition, up to `limit`. */
  total(tenantId: string, key: string, settings: ProposalSettings, now: EpochMs, limit: number): number
  /** The incidents of a signature that a proposal begins with, newest first, and their clients. */
  recent(
    tenantId: string,
    key: string,
    since: EpochMs,
    until: EpochMs,
    limit: number,
  ): readonly Pick<KnownFace, 'incidentId' | 'clientId'>[]
}

/** Occurrences: neither a child of a mass incident nor called off. */
const COUNTED = `FROM incident_faces f JOIN incidents i ON i.id = f.incident_id
  WHERE f.tenant_id = ? AND f.signature_key = ? AND f.opened_at > ? AND f.opened_at <= ? AND i.parent_id IS NULL
    AND coalesce(i.resolution, '') NOT IN ('cancelled', 'duplicate', 'rejected', 'withdrawn')`

interface FaceRow {
  incident_id: string
  client_id: string | null
  signature_key: string
  face_json: string
}

/** The store on an open connection whose schema is up to date. */
export function createFaceStore(database: DatabaseSync): FaceStore {
  const selectFacts = database.prepare('SELECT state_json FROM items WHERE id = ? AND tenant_id = ?')
  const selectPrograms = database.prepare(
    `SELECT state_json FROM items WHERE agent_id = ? AND kind = 'service' AND tenant_id = ? ORDER BY id LIMIT 32`,
  )
  const insert = database.prepare(
    `INSERT OR REPLACE INTO incident_faces (incident_id, tenant_id, item_id, client_id, signature_key, face_json, opened_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const selectOne = database.prepare('SELECT * FROM incident_faces WHERE incident_id = ? AND tenant_id = ?')
  const selectUnseen = database.prepare(
    `SELECT i.id FROM incidents i WHERE i.kind = 'incident' AND i.opened_at >= ?
        AND NOT EXISTS (SELECT 1 FROM incident_faces f WHERE f.incident_id = i.id) ORDER BY i.opened_at`,
  )
  const updateConsiderAt = database.prepare(
    'UPDATE incident_faces SET consider_at = ? WHERE incident_id = ? AND tenant_id = ?',
  )
  const selectUnasked = database.prepare(
    `SELECT incident_id AS id FROM incident_faces WHERE consider_at <= ? ORDER BY consider_at LIMIT ${DUE_PER_QUERY}`,
  )
  const selectNextUnasked = database.prepare(
    'SELECT min(consider_at) AS at FROM incident_faces WHERE consider_at IS NOT NULL',
  )
  const selectActive = database.prepare(
    `SELECT id FROM incidents WHERE tenant_id = ? AND status IN ('open', 'in_work', 'waiting') ORDER BY opened_at`,
  )
  const countOnItem = database.prepare(`SELECT count(*) AS n ${COUNTED} AND f.item_id = ?`)
  const countItems = database.prepare(`SELECT count(DISTINCT f.item_id) AS n ${COUNTED}`)
  const countAll = database.prepare(`SELECT count(*) AS n FROM (SELECT 1 ${COUNTED} LIMIT ?)`)
  const selectRecent = database.prepare(
    `SELECT f.incident_id AS incidentId, f.client_id AS clientId ${COUNTED} ORDER BY f.opened_at DESC LIMIT ?`,
  )
  const number = (row: unknown) => (row as { n: number }).n

  const factsOf = (row: unknown): ItemState['facts'] =>
    row ? (JSON.parse((row as { state_json: string }).state_json) as ItemState).facts : {}
  const look = (incident: Incident): KnownFace => {
    const { tenantId, itemId, agentId } = incident
    const facts = factsOf(selectFacts.get(itemId, tenantId))
    const program =
      selectPrograms
        .all(agentId, tenantId)
        .map(factsOf)
        .find(of => text(of['pos.app.name']) !== null) ?? {}
    const face = faceOf(incident, facts, program)
    return { incidentId: incident.id, clientId: incident.clientId, signatureKey: signatureKey(face), face }
  }
  return {
    look,
    record: incident => {
      const known = look(incident)
      const { clientId, signatureKey: key, face } = known
      insert.run(
        incident.id,
        incident.tenantId,
        incident.itemId,
        clientId,
        key,
        JSON.stringify(face),
        incident.openedAt,
      )
      return known
    },
    of: incident => {
      const row = selectOne.get(incident.id, incident.tenantId) as unknown as FaceRow | undefined
      return row ? knownOf(row) : look(incident)
    },
    unseen: since => selectUnseen.all(since).map(row => String(row['id'])),
    considerAt: ({ id, tenantId }, at) => {
      updateConsiderAt.run(at, id, tenantId)
    },
    unasked: now => selectUnasked.all(now).map(row => String(row['id'])),
    nextUnaskedAt: () => (selectNextUnasked.get() as { at: number | null }).at,
    active: tenantId => selectActive.all(tenantId).map(row => String(row['id'])),
    occurrences: (tenantId, key, itemId, settings, until) => ({
      onItem: number(countOnItem.get(tenantId, key, until - settings.repeatDays * DAY_MS, until, itemId)),
      items: number(countItems.get(tenantId, key, until - settings.itemDays * DAY_MS, until)),
    }),
    total: (tenantId, key, settings, now, limit) =>
      number(countAll.get(tenantId, key, now - settings.repeatDays * DAY_MS, now, limit)),
    recent: (tenantId, key, since, until, limit) =>
      selectRecent.all(tenantId, key, since, until, limit) as unknown as Pick<KnownFace, 'incidentId' | 'clientId'>[],
  }
}

const knownOf = (row: FaceRow): KnownFace => ({
  incidentId: row.incident_id,
  clientId: row.client_id,
  signatureKey: row.signature_key,
  face: JSON.parse(row.face_json) as IncidentFace,
})

const text = (fact: FactState | undefined): string | null =>
  typeof fact?.value === 'string' && fact.value !== '' ? fact.value : null

function faceOf(incident: Incident, facts: ItemState['facts'], program: ItemState['facts']): IncidentFace {
  const first = incident.conditions.length > 0 ? leading(incident.conditions).rule : null
  const others = incident.conditions.map(condition => condition.rule).filter(rule => rule !== first)
  const { 'fiscal.register.error': error, 'fiscal.ofd.error': exchange } = facts
  const codes = [text(error), error?.raw ?? null, text(exchange)]
  return {
    causeClass: incident.causeClass,
    checks: first === null ? [] : [first, ...others.sort()],
    model: text(facts['fiscal.register.model']),
    firmware: text(facts['fiscal.register.firmware']),
    driver: text(facts['fiscal.driver.version']),
    posApp: text(program['pos.app.name']) ?? text(facts['pos.app.name']),
    posVersion: text(program['pos.app.version']) ?? text(facts['pos.app.version']),
    errorCodes: codes.filter(code => code !== null && code !== 'none').map(String),
    ofd: text(facts['fiscal.register.ofd_name']),
  }
}
