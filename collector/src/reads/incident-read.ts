import type { Condition, TimeToStop } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import {
  type BilingualText,
  type IncidentHistoryView,
  type IncidentView,
  incidentStatus,
  TIMELINE_KINDS,
} from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import { metricOf } from '../evidence/metric.ts'
import type { HistorySubject, IncidentHistory, IncidentHistoryReader } from '../incidents/incident-history.ts'
import { INCIDENT_COLUMNS, incidentRowOf, incidentsWithPlace } from './incident-list-read.ts'
import { WORK_COLUMNS, workOf } from './incident-work-read.ts'
import { instant, instantOrNull, itemTitle, parseState } from './item-facts.ts'
import { readIncidentKnowledge } from './knowledge-read.ts'
import type { ReadTables } from './read-tables.ts'
import { readIncidentSla } from './sla-read.ts'
import { readTickets } from './ticket-read.ts'

/** Newest entries of the audit trail on the page of an incident; the store keeps them all. */
const TIMELINE_MAX = 500

const json = <T>(text: string): T => JSON.parse(text) as T

/** Where the page of an incident comes from: one file, its tables and what they say about the past. */
export interface IncidentSources {
  readonly queries: Kysely<ReadTables>
  readonly historyOf: IncidentHistoryReader
}

/** One incident with its story, or null when the tenant has none of that id. */
export async function readIncident(
  { queries, historyOf }: IncidentSources,
  tenantId: string,
  incidentId: string,
  now: EpochMs,
): Promise<IncidentView | null> {
  const row = await incidentsWithPlace(queries, tenantId)
    .where('incidents.id', '=', incidentId)
    .select(INCIDENT_COLUMNS)
    .select(WORK_COLUMNS)
    .select([
      'incidents.item_id',
      'incidents.component_json',
      'incidents.explanation_json',
      'incidents.expected_json',
      'incidents.priority_reason_json',
      'incidents.runbook',
      'incidents.onset_at',
      'incidents.time_to_stop_json',
      'incidents.gaps_json',
      'incidents.conditions_json',
      'incidents.dedup_key',
      'incidents.episode',
      'sites.address',
      'sites.timezone',
    ])
    .executeTakeFirst()
  if (!row) return null
  const item = await queries
    .selectFrom('items')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', row.item_id)
    .select(['kind', 'slot', 'identity', 'state_json'])
    .executeTakeFirst()
  const stop = row.time_to_stop_json === null ? null : json<TimeToStop | null>(row.time_to_stop_json)
  const fact = metricOf(row.cause_class)?.fact
  return {
    ...incidentRowOf(row, now),
    ...(await workOf(queries, tenantId, row)),
    itemId: row.item_id,
    itemTitle: item ? itemTitle(item, parseState(item.state_json)) : '',
    address: row.address,
    component: json<BilingualText>(row.component_json),
    explanation: json<BilingualText>(row.explanation_json),
    expected: json<BilingualText>(row.expected_json),
    priorityReason: json<BilingualText>(row.priority_reason_json),
    runbook: row.runbook,
    onsetAt: instant(row.onset_at),
    timeToStop: stop && { at: instant(stop.at), text: stop.text },
    gaps: json<BilingualText[]>(row.gaps_json),
    chart: fact === undefined || !item ? null : { itemId: row.item_id, fact },
    conditions: json<Condition[]>(row.conditions_json).map(({ rule, level, since, title, explanation }) => ({
      rule,
      level,
      since: instant(since),
      title,
      explanation,
    })),
    history: historyViewOf(historyOf(subjectOf(row, tenantId), row.timezone ?? 'UTC', now)),
    sla: await readIncidentSla(queries, tenantId, incidentId, now),
    timeline: await readTimeline(queries, tenantId, incidentId),
    tickets: await readTickets(queries, tenantId, row),
    ...(await readIncidentKnowledge(queries, tenantId, incidentId)),
  }
}

const subjectOf = (
  row: Pick<
    ReadTables['incidents'],
    'item_id' | 'agent_id' | 'cause_class' | 'dedup_key' | 'episode' | 'onset_at' | 'status'
  >,
  tenantId: string,
): HistorySubject => ({
  tenantId,
  itemId: row.item_id,
  agentId: row.agent_id,
  causeClass: row.cause_class,
  dedupKey: row.dedup_key,
  episode: row.episode,
  onsetAt: row.onset_at,
  status: incidentStatus.parse(row.status),
})

const historyViewOf = ({ frequency, related, done, silence }: IncidentHistory): IncidentHistoryView => ({
  frequency: { ...frequency, lastGoodAt: instantOrNull(frequency.lastGoodAt) },
  relatedEvents: related.map(event => ({ ...event, at: instant(event.at) })),
  alreadyDone: done.map(step => ({ ...step, at: instant(step.at) })),
  silence: silence.map(guess => ({ ...guess, because: [...guess.because] })),
})

async function readTimeline(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incidentId: string,
): Promise<IncidentView['timeline']> {
  const rows = await queries
    .selectFrom('timeline')
    .where('tenant_id', '=', tenantId)
    .where('incident_id', '=', incidentId)
    .orderBy('id', 'desc')
    .limit(TIMELINE_MAX)
    .selectAll()
    .execute()
  return rows.reverse().map(row => ({
    id: String(row.id),
    at: instant(row.at),
    kind: TIMELINE_KINDS.find(kind => kind === row.kind) ?? 'note',
    actor: row.actor,
    text: { ru: row.text_ru, en: row.text_en },
  }))
}
