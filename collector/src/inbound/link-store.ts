import type { DatabaseSync } from 'node:sqlite'
import { type EpochMs, INBOUND_OPEN_MAX } from '@tillwatch/shared'

export type LinkState = 'linked' | 'proposed' | 'rejected'

/** Two incidents of one cause. */
export interface Link {
  readonly inboundId: string
  readonly automaticId: string
  readonly state: LinkState
}

/** What an incident that was brought is about. */
export interface Brought {
  readonly incidentId: string
  readonly tenantId: string
  readonly itemId: string | null
  readonly causeClass: string | null
  readonly author: string | null
  readonly contact: string | null
}

/** Incidents that were brought, and their links; inside the caller's transaction. Every question names its tenant. */
export interface LinkStore {
  bring(brought: Brought, now: EpochMs): void
  /** Unfinished ones about an item, the oldest first. */
  broughtOn(tenantId: string, itemId: string): readonly Pick<Brought, 'incidentId' | 'causeClass'>[]
  /** Ids of unfinished automatic incidents of an item, by cause class when it is given. */
  automaticOn(tenantId: string, itemId: string, causeClass: string | null): readonly string[]
  /** The automatic incident of an item and class that a person ended although its readings are bad; null when there is none. */
  unfixedOn(tenantId: string, itemId: string, causeClass: string): string | null
  linksOf(tenantId: string, incidentId: string): readonly Link[]
  put(tenantId: string, link: Link, by: string, now: EpochMs): void
}

/** More than anybody looks through; the newest causes matter. */
const LINKS_MAX = 20
const UNFINISHED = `n.status IN ('open', 'in_work', 'waiting')`

/** The store over an open connection. */
export function createLinkStore(database: DatabaseSync): LinkStore {
  const insertBrought = database.prepare(
    `INSERT INTO inbound_incidents (incident_id, tenant_id, item_id, cause_class, author, contact, received_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const selectOn = database.prepare(
    `SELECT b.incident_id AS incidentId, b.cause_class AS causeClass FROM inbound_incidents b
       JOIN incidents n ON n.id = b.incident_id
      WHERE b.tenant_id = ? AND b.item_id = ? AND ${UNFINISHED} ORDER BY b.received_at LIMIT ${LINKS_MAX}`,
  )
  const selectAutomatic = database.prepare(
    `SELECT n.id FROM incidents n
      WHERE n.tenant_id = :tenant AND n.item_id = :item AND (:class IS NULL OR n.cause_class = :class) AND ${UNFINISHED}
        AND NOT EXISTS (SELECT 1 FROM inbound_incidents b WHERE b.incident_id = n.id)
      ORDER BY n.opened_at DESC LIMIT ${LINKS_MAX}`,
  )
  const selectUnfixed = database.prepare(
    `SELECT n.id FROM incidents n
      WHERE n.tenant_id = ? AND n.item_id = ? AND n.cause_class = ? AND n.status IN ('solved', 'closed') AND n.firing = 1
        AND NOT EXISTS (SELECT 1 FROM inbound_incidents b WHERE b.incident_id = n.id)
      ORDER BY n.opened_at DESC LIMIT 1`,
  )
  const selectLinks = database.prepare(
    `SELECT inbound_id AS inboundId, automatic_id AS automaticId, state FROM incident_links
      WHERE tenant_id = :tenant AND (inbound_id = :id OR automatic_id = :id)
      ORDER BY decided_at DESC LIMIT ${INBOUND_OPEN_MAX}`,
  )
  const upsert = database.prepare(
    `INSERT INTO incident_links (tenant_id, inbound_id, automatic_id, state, decided_by, decided_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (inbound_id, automatic_id) DO UPDATE SET state = excluded.state, decided_by = excluded.decided_by, decided_at = excluded.decided_at`,
  )
  return {
    bring: ({ incidentId, tenantId, itemId, causeClass, author, contact }, now) => {
      insertBrought.run(incidentId, tenantId, itemId, causeClass, author, contact, now)
    },
    broughtOn: (tenantId, itemId) => selectOn.all(tenantId, itemId) as unknown as Brought[],
    automaticOn: (tenantId, itemId, causeClass) =>
      selectAutomatic.all({ tenant: tenantId, item: itemId, class: causeClass }).map(row => String(row['id'])),
    unfixedOn: (tenantId, itemId, causeClass) =>
      (selectUnfixed.get(tenantId, itemId, causeClass) as { id: string } | undefined)?.id ?? null,
    linksOf: (tenantId, incidentId) =>
      selectLinks.all({ tenant: tenantId, id: incidentId }) as unknown as readonly Link[],
    put: (tenantId, { inboundId, automaticId, state }, by, now) => {
      upsert.run(tenantId, inboundId, automaticId, state, by, now)
    },
  }
}
