import type { DatabaseSync } from 'node:sqlite'
import type { FactValue } from '@tillwatch/shared'
import type { Fleet } from '../../fleet/fleet.ts'
import type { ForecastSubject } from '../../fleet/forecast-subject.ts'

interface Row {
  id: string
  tenant_id: string
  kind: 'register' | 'volume'
  agent_id: string
  slot: string
  identity: string | null
  order_epoch: number
  order_seq: number
  facts_at: number
  state_json: string
  timezone: string | null
  hours_json: string | null
  almost_full_since: number | null
}

/** Items to forecast, in pages ordered by id. */
export function createForecastSubjects(database: DatabaseSync): Pick<Fleet, 'forecastSubjects'> {
  const page = database.prepare(
    `SELECT i.id, i.tenant_id, i.kind, i.agent_id, i.slot, i.identity, i.order_epoch, i.order_seq, i.facts_at, i.state_json,
       s.timezone, s.hours_json,
       (SELECT min(c.at) FROM changes c WHERE c.item_id = i.id AND c.fact = 'fiscal.fn.flags'
          AND c.value_json LIKE '%memory_almost_full%'
          AND c.at >= coalesce((SELECT max(f.at) FROM changes f WHERE f.item_id = i.id AND f.fact = 'fiscal.fn.serial'), 0)
       ) AS almost_full_since
     FROM items i LEFT JOIN agents a ON a.id = i.agent_id LEFT JOIN sites s ON s.id = a.site_id
     WHERE i.kind IN ('register', 'volume') AND i.id > ? ORDER BY i.id LIMIT ?`,
  )
  return {
    forecastSubjects: async (after, limit) =>
      (page.all(after, limit) as unknown as Row[]).map(
        (row): ForecastSubject => ({
          itemId: row.id,
          tenantId: row.tenant_id,
          kind: row.kind,
          agentId: row.agent_id,
          slot: row.slot,
          identity: row.identity,
          epoch: row.order_epoch,
          seq: row.order_seq,
          factsAt: row.facts_at,
          timezone: row.timezone,
          hoursJson: row.hours_json,
          facts: valuesIn(row.state_json),
          almostFullSince: row.almost_full_since,
        }),
      ),
  }
}

function valuesIn(stateJson: string): Readonly<Record<string, FactValue>> {
  const state = JSON.parse(stateJson) as { facts: Record<string, { value: FactValue }> }
  return Object.fromEntries(Object.entries(state.facts).map(([name, { value }]) => [name, value]))
}
