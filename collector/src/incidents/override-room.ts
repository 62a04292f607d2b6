import type { DatabaseSync } from 'node:sqlite'
import { leading } from './face.ts'
import type { Incident } from './incident.ts'
import type { IncidentRoom } from './room.ts'

/** Writes down every priority that a person sets, and whether the method came to it later, for the report of overrides (R50). */
export function createOverrideRoom(database: DatabaseSync): IncidentRoom {
  const insert = database.prepare(
    `INSERT INTO priority_overrides (tenant_id, incident_id, at, author, side, rule, from_priority, computed, to_priority, reason_json)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const reach = database.prepare(
    'UPDATE priority_overrides SET reached_at = ? WHERE incident_id = ? AND reached_at IS NULL AND to_priority >= ?',
  )
  return {
    moved: ({ before, after, entries }, now) => {
      if (before && before.priorityComputed !== after.priorityComputed) reach.run(now, after.id, after.priorityComputed)
      const set = before !== null && after.priorityManual !== null && entries.some(isManual(after))
      if (!set) return
      insert.run(
        after.tenantId,
        after.id,
        now,
        after.priorityAuthor,
        after.prioritySide,
        ruleOf(before),
        before.priority,
        before.priorityComputed,
        after.priorityManual,
        JSON.stringify(after.priorityReason),
      )
    },
  }
}

const isManual =
  ({ priorityAuthor, priorityManualAt, changedAt }: Incident) =>
  ({ kind, actor }: { kind: string; actor: string }) =>
    kind === 'priority' && actor === priorityAuthor && priorityManualAt === changedAt

const ruleOf = ({ conditions, causeClass }: Incident): string =>
  conditions.length > 0 ? leading(conditions).rule : causeClass
