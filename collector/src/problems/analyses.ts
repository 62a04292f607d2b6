import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import { DateTime } from 'luxon'
import { type AnalysedIncident, analyse, type Counts } from './analysis.ts'
import { HOUSE_ZONE } from './measures.ts'

/** Months that a month is compared with. */
const COMPARED_MONTHS = 3

interface FaceRow {
  id: string
  number: number
  parentId: string | null
  clientId: string | null
  client: string | null
  itemId: string
  signatureKey: string
  face: string
  ru: string
  en: string
  component: string
}

/**
 * Issues the analysis of the month that is over for every tenant that lacks it (R100); runs inside the caller's transaction. An issued
 * analysis is never written again.
 */
export function createAnalyses(database: DatabaseSync): (now: EpochMs) => void {
  const selectLacking = database.prepare(
    `SELECT id FROM tenants t
      WHERE NOT EXISTS (SELECT 1 FROM monthly_analyses a WHERE a.tenant_id = t.id AND a.month = ?)
        AND EXISTS (SELECT 1 FROM incident_faces f WHERE f.tenant_id = t.id AND f.opened_at < ?)`,
  )
  const selectIncidents = database.prepare(
    `SELECT i.id, i.number, i.parent_id AS parentId, f.client_id AS clientId, c.name AS client, f.item_id AS itemId,
            f.signature_key AS signatureKey, f.face_json AS face, i.title_ru AS ru, i.title_en AS en, i.component_json AS component
       FROM incident_faces f JOIN incidents i ON i.id = f.incident_id
       LEFT JOIN clients c ON c.id = f.client_id AND c.tenant_id = f.tenant_id
      WHERE f.tenant_id = ? AND f.opened_at >= ? AND f.opened_at < ?
        AND coalesce(i.resolution, '') NOT IN ('cancelled', 'duplicate', 'rejected', 'withdrawn')
      ORDER BY f.opened_at, i.number`,
  )
  const selectEarlier = database.prepare(
    `SELECT body_json AS body FROM monthly_analyses WHERE tenant_id = ? AND month < ? AND month >= ? ORDER BY month DESC`,
  )
  const insert = database.prepare(
    'INSERT INTO monthly_analyses (tenant_id, month, issued_at, body_json) VALUES (?, ?, ?, ?)',
  )
  return now => {
    const end = DateTime.fromMillis(now, { zone: HOUSE_ZONE }).startOf('month')
    const start = end.minus({ months: 1 })
    const month = start.toFormat('yyyy-MM')
    for (const tenant of selectLacking.all(month, end.toMillis())) {
      const tenantId = String(tenant['id'])
      const rows = selectIncidents.all(tenantId, start.toMillis(), end.toMillis()) as unknown as FaceRow[]
      const since = start.minus({ months: COMPARED_MONTHS }).toFormat('yyyy-MM')
      const earlier = selectEarlier.all(tenantId, month, since)
      const counts = earlier.map(row => (JSON.parse(String(row['body'])) as { counts: Counts }).counts)
      insert.run(tenantId, month, now, JSON.stringify(analyse(rows.map(analysedOf), counts)))
    }
  }
}

const analysedOf = ({ face, ru, en, component, ...row }: FaceRow): AnalysedIncident => ({
  ...row,
  face: JSON.parse(face),
  title: { ru, en },
  component: JSON.parse(component),
})
