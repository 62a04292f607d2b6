import {
  ACTOR_SIDES,
  type BilingualText,
  type OverrideQuery,
  type OverrideReport,
  priority,
} from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { instant } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

/** Overrides that the report names one by one; its figures count them all. */
const ROWS_MAX = 500

const RAISED = sql<boolean>`o.to_priority < o.computed`
const COUNTS = [
  sql<number>`count(*)`.as('total'),
  sql<number>`coalesce(sum(${RAISED}), 0)`.as('raised'),
  sql<number>`coalesce(sum(o.to_priority > o.computed), 0)`.as('lowered'),
  sql<number>`coalesce(sum(${RAISED} AND o.reached_at IS NULL), 0)`.as('inflated'),
] as const

/** Priorities that people of a tenant set by hand in [from, before). */
export async function readOverrides(
  queries: Kysely<ReadTables>,
  tenantId: string,
  { from, before }: OverrideQuery,
): Promise<OverrideReport> {
  const within = queries
    .selectFrom('priority_overrides as o')
    .where('o.tenant_id', '=', tenantId)
    .where('o.at', '>=', Date.parse(from))
    .where('o.at', '<', Date.parse(before))
  const groups = await within
    .groupBy(['o.rule', 'o.author'])
    .select(['o.rule', 'o.author'])
    .select(COUNTS)
    .orderBy('total', 'desc')
    .orderBy('o.rule')
    .orderBy('o.author')
    .execute()
  const rows = await within
    .innerJoin('incidents', 'incidents.id', 'o.incident_id')
    .leftJoin('clients', 'clients.id', 'incidents.client_id')
    .orderBy('o.at', 'desc')
    .orderBy('o.id', 'desc')
    .limit(ROWS_MAX)
    .select(['o.at', 'o.rule', 'o.author', 'o.side', 'o.computed', 'o.to_priority', 'o.reason_json', 'o.reached_at'])
    .select(['incidents.id', 'incidents.number', 'incidents.title_ru', 'incidents.title_en', 'clients.name as client'])
    .execute()
  const sum = (name: 'total' | 'raised' | 'lowered' | 'inflated') =>
    groups.reduce((total, group) => total + group[name], 0)
  return {
    total: sum('total'),
    raised: sum('raised'),
    lowered: sum('lowered'),
    inflated: sum('inflated'),
    groups,
    rows: rows.map(row => ({
      at: instant(row.at),
      incident: { id: row.id, number: row.number, title: { ru: row.title_ru, en: row.title_en } },
      client: row.client,
      rule: row.rule,
      author: row.author,
      side: ACTOR_SIDES.find(side => side === row.side) ?? 'support',
      computed: priority.parse(row.computed),
      set: priority.parse(row.to_priority),
      reason: JSON.parse(row.reason_json) as BilingualText,
      inflated: row.to_priority < row.computed && row.reached_at === null,
    })),
  }
}
