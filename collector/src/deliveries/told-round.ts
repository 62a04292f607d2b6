import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { Ticket } from '../connectors/connector.ts'
import { DIGEST, toldEntry } from './going-round-words.ts'

/** Writes down that the other desk has a message by the way round, with every incident that it tells of. Inside the caller's transaction. */
export interface ToldRound {
  /** False for a message about one incident: its ticket is that incident's, as any. */
  isDigest(id: number): boolean
  told(id: number, ticket: Ticket, now: EpochMs): void
}

/** The statements over an open connection. */
export function createToldRound(database: DatabaseSync): ToldRound {
  const selectDigest = database.prepare(
    `SELECT 1 FROM deliveries WHERE id = ? AND payload_json ->> '$.subject.causeClass' = '${DIGEST}'`,
  )
  const selectTold = database.prepare(
    `SELECT o.tenant_id AS tenant, o.incident_id AS incident, o.desk AS desk, g.desk AS other
       FROM deliveries o JOIN deliveries g ON g.id = o.told_by WHERE o.told_by = ? ORDER BY o.id`,
  )
  const keepTicket = database.prepare('UPDATE deliveries SET ticket_json = ? WHERE id = ?')
  const addEntry = database.prepare(
    `INSERT INTO timeline (tenant_id, incident_id, at, kind, actor, text_ru, text_en) VALUES (?, ?, ?, 'ticket', ?, ?, ?)`,
  )
  const isDigest = (id: number): boolean => selectDigest.get(id) !== undefined
  return {
    isDigest,
    told: (id, ticket, now) => {
      const { number, url } = ticket
      if (isDigest(id)) keepTicket.run(JSON.stringify({ number, url }), id)
      const all = selectTold.all(id) as unknown as Record<'tenant' | 'incident' | 'desk' | 'other', string>[]
      for (const { tenant, incident, desk, other } of all) {
        const { ru, en } = toldEntry(desk, other, number, all.length)
        addEntry.run(tenant, incident, now, other, ru, en)
      }
    },
  }
}
