import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'

/** Openings that desks are to hear of once there are routes. Runs inside the caller's transaction. */
export interface OwedOpenings {
  add(incident: { readonly id: string; readonly tenantId: string }, now: EpochMs): void
  /** Those that are owed, the oldest first; none of them is afterwards. */
  take(): readonly string[]
}

/** The book over an open connection of the state thread. */
export function createOwedOpenings(database: DatabaseSync): OwedOpenings {
  const insert = database.prepare(
    'INSERT INTO owed_openings (incident_id, tenant_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  )
  // A desk that heard since, by whatever way, is told no second time.
  const select = database.prepare(
    `SELECT incident_id AS id FROM owed_openings o
      WHERE NOT EXISTS (SELECT 1 FROM deliveries d
                         WHERE d.incident_id = o.incident_id AND d.tenant_id = o.tenant_id AND d.kind = 'open')
      ORDER BY at, incident_id`,
  )
  const clear = database.prepare('DELETE FROM owed_openings')
  return {
    add: ({ id, tenantId }, now) => void insert.run(id, tenantId, now),
    take: () => {
      const ids = select.all().map(row => String(row['id']))
      clear.run()
      return ids
    },
  }
}
