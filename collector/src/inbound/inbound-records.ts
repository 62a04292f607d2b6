import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { InboundSource } from './inbound.ts'

/** What a source's own name stands for. */
export interface InboundRecord {
  readonly incidentId: string
  /** The incident was there before: the source only adds to it. */
  readonly joined: boolean
  /** The source's own time of its last word. */
  readonly saidAt: EpochMs
}

/** What each source has said, by its own names; inside the caller's transaction. */
export interface InboundRecords {
  of(source: InboundSource, externalId: string): InboundRecord | null
  put(
    source: InboundSource,
    said: { readonly id: string; readonly at: EpochMs },
    record: Pick<InboundRecord, 'incidentId' | 'joined'>,
    now: EpochMs,
  ): void
  /** Unfinished incidents that a source has opened. */
  openOf(source: InboundSource): number
  /** Writes down that a token was used. */
  used(source: InboundSource, now: EpochMs): void
}

/** The records over an open connection. */
export function createInboundRecords(database: DatabaseSync): InboundRecords {
  const select = database.prepare(
    `SELECT incident_id AS incidentId, joined, said_at AS saidAt FROM inbound_records
      WHERE tenant_id = ? AND source_id = ? AND external_id = ?`,
  )
  const upsert = database.prepare(
    `INSERT INTO inbound_records (tenant_id, source_id, external_id, incident_id, joined, said_at, received_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (tenant_id, source_id, external_id) DO UPDATE SET incident_id = excluded.incident_id,
       joined = excluded.joined, said_at = excluded.said_at, received_at = excluded.received_at`,
  )
  // People in the portal have no ceiling: they are few, and each is known by name.
  const count = database.prepare(
    `SELECT count(*) AS n FROM inbound_records r JOIN incidents n ON n.id = r.incident_id
      WHERE r.tenant_id = ? AND r.source_id = ? AND r.joined = 0 AND n.status IN ('open', 'in_work', 'waiting')
        AND r.source_id <> 'portal'`,
  )
  const touch = database.prepare('UPDATE machine_tokens SET used_at = ? WHERE id = ? AND tenant_id = ?')
  return {
    of: ({ tenantId, id }, externalId) => {
      const row = select.get(tenantId, id, externalId) as
        | { incidentId: string; joined: number; saidAt: number }
        | undefined
      return row ? { ...row, joined: row.joined === 1 } : null
    },
    put: ({ tenantId, id }, said, { incidentId, joined }, now) => {
      upsert.run(tenantId, id, said.id, incidentId, joined ? 1 : 0, said.at, now)
    },
    openOf: ({ tenantId, id }) => (count.get(tenantId, id) as { n: number }).n,
    used: ({ tenantId, id }, now) => {
      touch.run(now, id, tenantId)
    },
  }
}
