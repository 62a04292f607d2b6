import type { Priority } from '@tillwatch/rules'
import { DELIVERY_STATES, type DeliveryQuery, type DeliveryRow } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { DIGEST } from '../deliveries/going-round-words.ts'
import { FALLBACK_ROUTE } from '../deliveries/outbox.ts'
import type { DeliveryPayload } from '../deliveries/payload.ts'
import { instant, instantOrNull } from './item-facts.ts'
import { parsePosition, positionText } from './page-position.ts'
import type { ReadTables } from './read-tables.ts'
import type { PageOf } from './reads.ts'

/** One page of a tenant's messages to a desk, the newest first. */
export async function readDeliveries(
  queries: Kysely<ReadTables>,
  tenantId: string,
  desk: string,
  query: DeliveryQuery,
): Promise<PageOf<DeliveryRow>> {
  let filtered = queries.selectFrom('deliveries').where('tenant_id', '=', tenantId).where('desk', '=', desk)
  if (query.state !== undefined) filtered = filtered.where('state', '=', query.state)
  const { total } = await filtered.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()
  let page = filtered
  if (query.after !== undefined) {
    const [before] = parsePosition(query.after, ['number'])
    page = page.where('id', '<', Number(before))
  }
  const rows = await page
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .selectAll()
    .execute()
  const shown = rows.slice(0, query.limit)
  const last = shown.at(-1)
  return {
    rows: shown.map(row => {
      const { title, text, subject } = JSON.parse(row.payload_json) as DeliveryPayload
      const isDetour = row.route === FALLBACK_ROUTE
      // One that tells of many is about none of them.
      const isDigest = isDetour && subject.causeClass === DIGEST
      const waits = row.state === 'waiting' || row.state === 'unknown'
      return {
        id: String(row.id),
        incident: row.incident_id === null || isDigest ? null : { id: row.incident_id, number: subject.number },
        ...{ kind: row.kind, title, priority: row.priority as Priority },
        state: DELIVERY_STATES.find(state => state === row.state) ?? 'failed',
        ...{ attempts: row.attempts, lastError: row.last_error },
        ...{ route: isDetour ? null : row.route, detour: isDetour },
        toldElsewhereAt: instantOrNull(row.fallback_at),
        createdAt: instant(row.created_at),
        nextAt: waits ? instant(row.next_at) : null,
        settledAt: instantOrNull(row.settled_at),
        text: row.state === 'dry_run' ? text : null,
      }
    }),
    next: rows.length > shown.length && last ? positionText([last.id]) : null,
    total,
  }
}
