import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { InboundSource } from './inbound.ts'

/** What a source's own name stands for. */
export interface InboundRecord {
  readonly incidentId: string
  /** The incident was there before: the source only adds to it. */
  readonly joined: boolean
  /** By its last word the fault lasts. */
  readonly lasts: boolean
  /** The source's own time of its last word. */
  readonly saidAt: EpochMs
}

/** What each source has said, by its own names; inside the caller's transaction. */
export interface InboundRecords {
  of(source: InboundSource, externalId: string): InboundRecord | null
  put(
    source: InboundSource,
    said: { readonly id: string; readonly at: EpochMs; readonly lasts: boolean },
    record: Pick<InboundRecord, 'incidentId' | 'joined'>,
    now: EpochMs,
  ): void
  /** Unfinished incidents that a source has opened. */
  openOf(source: InboundSource): number
  /** Writes down that a token was used. */
  used(source: InboundSource, now: EpochMs): void
  /** Forgets a small step of what was said before a moment, and of who asked, where the incident is closed; true when there is more. */
  thin(before: EpochMs): boolean
}

const THIN_ROWS = 500

/** The records over an open connection. */
export function createInboundRecords(database: DatabaseSync): InboundRecords {
  const select = database.prepare(
    `SELECT incident_id AS incidentId, joined, lasts, said_at AS saidAt FROM inbound_records
      WHERE tenant_id = ? AND source_id = ? AND external_id = ?`,
  )
  const upsert = database.prepare(
    `INSERT INTO inbound_records (tenant_id, source_id, external_id, incident_id, joined, lasts, said_at, received_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (tenant_id, source_id, external_id) DO UPDATE SET incident_id = excluded.incident_id,
       joined = excluded.joined, lasts = excluded.lasts, said_at = excluded.said_at, received_at = excluded.received_at`,
  )
  // People in the portal have no ceiling: they are few, and each is known by name. The unfinished incidents come first (CROSS JOIN keeps
  // that order): they are few, and what a source has ever said is not.
  const count = database.prepare(
    `SELECT count(*) AS n FROM incidents n CROSS JOIN inbound_records r ON r.incident_id = n.id
      WHERE n.tenant_id = ? AND n.status IN ('open', 'in_work', 'waiting') AND r.tenant_id = n.tenant_id AND r.source_id = ?
        AND r.joined = 0 AND r.source_id <> 'portal'`,
  )
  const touch = database.prepare('UPDATE machine_tokens SET used_at = ? WHERE id = ? AND tenant_id = ?')
  const forget = database.prepare(
    `DELETE FROM inbound_records WHERE (tenant_id, source_id, external_id) IN
       (SELECT r.tenant_id, r.source_id, r.external_id FROM inbound_records r JOIN incidents n ON n.id = r.incident_id
         WHERE r.received_at < ? AND n.status = 'closed' LIMIT ${THIN_ROWS})`,
  )
  const forgetPeople = database.prepare(
    `UPDATE inbound_incidents SET author = NULL, contact = NULL WHERE incident_id IN
       (SELECT b.incident_id FROM inbound_incidents b JOIN incidents n ON n.id = b.incident_id
         WHERE b.received_at < ? AND (b.author IS NOT NULL OR b.contact IS NOT NULL) AND n.status = 'closed' LIMIT ${THIN_ROWS})`,
  )
  return {
    of: ({ tenantId, id }, externalId) => {
      const row = select.get(tenantId, id, externalId) as
        | { incidentId: string; joined: number; lasts: number; saidAt: number }
        | undefined
      return row ? { ...row, joined: row.joined === 1, lasts: row.lasts === 1 } : null
    },
    put: ({ tenantId, id }, said, { incidentId, joined }, now) => {
      upsert.run(tenantId, id, said.id, incidentId, joined ? 1 : 0, said.lasts ? 1 : 0, said.at, now)
    },
    openOf: ({ tenantId, id }) => (count.get(tenantId, id) as { n: number }).n,
    used: ({ tenantId, id }, now) => {
      touch.run(now, id, tenantId)
    },
    thin: before => [forget, forgetPeople].map(step => Number(step.run(before).changes)).includes(THIN_ROWS),
  }
}
