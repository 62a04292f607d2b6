import { type EpochMs, factDefinition, isFactName } from '@tillwatch/shared'
import type { IncidentView } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { redacted, type VendorPackage } from '../problems/vendor-package.ts'
import { type IncidentSources, readIncident } from './incident-read.ts'
import { instant, parseState } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

const DAY_MS = 24 * 3_600_000
/** The same type is counted over this time. */
const TOUCHED_DAYS = 30
/** The newest logs that were collected since a day before the fault. */
const LOGS_MAX = 5

/** What a vendor is given about an incident, or null when the tenant has none of that id. */
export async function readVendorPackage(
  sources: IncidentSources,
  tenantId: string,
  incidentId: string,
  now: EpochMs,
): Promise<VendorPackage | null> {
  const { queries } = sources
  const view = await readIncident(sources, tenantId, incidentId, now)
  if (!view) return null
  const problem = await readDocumented(queries, tenantId, incidentId)
  const pack: VendorPackage = {
    number: view.number,
    title: view.title,
    madeAt: instant(now),
    onsetAt: view.onsetAt,
    openedAt: view.openedAt,
    solvedAt: view.solvedAt,
    priority: view.priority,
    businessEffect: view.priorityReason,
    timeToStop: view.timeToStop?.text ?? null,
    explanation: view.explanation,
    expected: view.expected,
    component: view.component,
    frequency: view.history.frequency.text,
    steps: problem?.steps ?? '',
    rootCause: problem?.root_cause ?? '',
    workaround: problem?.workaround ?? '',
    touched: await readTouched(queries, tenantId, incidentId, now),
    facts: await readFacts(queries, tenantId, view.itemId),
    events: eventsOf(view),
    logs: view.agentId === null ? [] : await readLogs(queries, tenantId, view.agentId, Date.parse(view.onsetAt)),
  }
  return redacted(pack)
}

/** The linked problem that says most. */
const readDocumented = (queries: Kysely<ReadTables>, tenantId: string, incidentId: string) =>
  queries
    .selectFrom('problem_incidents')
    .innerJoin('problems', 'problems.id', 'problem_incidents.problem_id')
    .where('problem_incidents.tenant_id', '=', tenantId)
    .where('problems.tenant_id', '=', tenantId)
    .where('problem_incidents.incident_id', '=', incidentId)
    .orderBy(sql`length(problems.steps) + length(problems.root_cause)`, 'desc')
    .select(['problems.steps', 'problems.root_cause', 'problems.workaround'])
    .executeTakeFirst()

/** Incidents of the same signature, and children of a mass incident. */
async function readTouched(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incidentId: string,
  now: EpochMs,
): Promise<VendorPackage['touched']> {
  const row = await queries
    .selectFrom('incident_faces as face')
    .innerJoin('incidents as incident', 'incident.id', 'face.incident_id')
    .where('face.tenant_id', '=', tenantId)
    .where('incident.tenant_id', '=', tenantId)
    .where(
      sql<boolean>`(face.incident_id = ${incidentId} OR incident.parent_id = ${incidentId} OR (face.opened_at > ${now - TOUCHED_DAYS * DAY_MS}
        AND face.signature_key = (SELECT own.signature_key FROM incident_faces own WHERE own.incident_id = ${incidentId} AND own.tenant_id = ${tenantId})))`,
    )
    .select([
      sql<number>`count(*)`.as('incidents'),
      sql<number>`count(DISTINCT face.item_id)`.as('items'),
      sql<number>`count(DISTINCT face.client_id)`.as('clients'),
    ])
    .executeTakeFirst()
  return row && row.incidents > 0 ? row : { incidents: 1, items: 1, clients: 1 }
}

async function readFacts(
  queries: Kysely<ReadTables>,
  tenantId: string,
  itemId: string,
): Promise<VendorPackage['facts']> {
  const row = await queries
    .selectFrom('items')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', itemId)
    .select('state_json')
    .executeTakeFirst()
  if (!row) return []
  return Object.entries(parseState(row.state_json).facts)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, fact]) => {
      const { ru, en } = isFactName(name) ? factDefinition(name) : { ru: name, en: name }
      const value = typeof fact.value === 'string' ? fact.value : JSON.stringify(fact.value)
      return {
        name,
        title: { ru, en },
        value,
        raw: fact.raw === undefined ? null : String(fact.raw),
        at: instant(fact.at),
      }
    })
}

/** One chronological log of what happened, what may explain it and what was done. People are not named. */
function eventsOf({ history, timeline }: IncidentView): VendorPackage['events'] {
  const people = new Set(timeline.map(entry => entry.actor).filter(actor => actor !== 'tillwatch'))
  const names = [...people].map(
    name => new RegExp(`(?<![\\p{L}\\p{N}])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'gu'),
  )
  const nameless = (text: string) => names.reduce((said, name) => said.replace(name, '—'), text)
  return [...history.relatedEvents, ...history.alreadyDone, ...timeline]
    .map(({ at, text }) => ({ at, text: { ru: nameless(text.ru), en: nameless(text.en) } }))
    .sort((one, other) => one.at.localeCompare(other.at))
}

async function readLogs(
  queries: Kysely<ReadTables>,
  tenantId: string,
  agentId: string,
  onsetAt: EpochMs,
): Promise<VendorPackage['logs']> {
  const newest = queries
    .selectFrom('agent_commands')
    .where('tenant_id', '=', tenantId)
    .where('agent_id', '=', agentId)
    .where('issued_at', '>=', onsetAt - DAY_MS)
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('agent_log_parts').whereRef('command_id', '=', 'agent_commands.id').select('part')),
    )
    .orderBy('issued_at', 'desc')
    .limit(LOGS_MAX)
    .select('id')
  const rows = await queries
    .selectFrom('agent_log_parts as part')
    .innerJoin('agent_commands as command', 'command.id', 'part.command_id')
    .where('part.tenant_id', '=', tenantId)
    .where('command.id', 'in', newest)
    .orderBy('command.issued_at')
    .orderBy('part.command_id')
    .orderBy('part.part')
    .select(['part.command_id as id', 'part.text', 'command.issued_at as at'])
    .execute()
  const logs = new Map<string, { at: string; text: string }>()
  for (const { id, at, text } of rows) {
    const log = logs.get(id)
    if (log) log.text += text
    else logs.set(id, { at: instant(at), text })
  }
  return [...logs.values()]
}
