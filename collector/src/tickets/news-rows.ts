import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'

/** How long an id is remembered: longer than anybody tells again what was not answered. */
const KEPT_MS = 30 * 86_400_000
/** Ids of one desk: more than 600 calls a minute with three news each bring in the ten minutes in which a signature may be good. */
const KEPT_MAX = 20_000

/** Which news of desks were taken, each inside the caller's transaction. */
export interface NewsRows {
  /** Writes the id down; false for one that is there already. */
  isNew(desk: string, id: string, tenantId: string, now: EpochMs): boolean
  /** Forgets old ids, and the oldest of too many. */
  thin(desk: string, now: EpochMs): void
}

/** The statements over an open connection of the state thread. */
export function createNewsRows(database: DatabaseSync): NewsRows {
  const insert = database.prepare(
    'INSERT INTO desk_news (desk, news_id, tenant_id, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const forget = database.prepare(
    `DELETE FROM desk_news WHERE desk = ?1 AND at < max(?2, coalesce(
       (SELECT at FROM desk_news WHERE desk = ?1 ORDER BY at DESC LIMIT 1 OFFSET ${KEPT_MAX - 1}), ?2))`,
  )
  return {
    isNew: (desk, id, tenantId, now) => insert.run(desk, id, tenantId, now).changes > 0,
    thin: (desk, now) => void forget.run(desk, now - KEPT_MS),
  }
}
