import {
  clockAt,
  HOLD_WORDS,
  RANK_WORDS,
  type SlaEvent,
  type SlaPolicy,
  type SlaRank,
  timeOf,
  viewOf,
  type WorkingCalendar,
} from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { IncidentSla } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import { markNameOf } from '../sla/phrases.ts'
import type { PinnedCalendars } from '../sla/sla-book.ts'
import type { FiredMarks } from '../sla/sla-store.ts'
import { instant, instantOrNull } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

/** What was agreed for an incident and how it stands now; null when it has no clocks. */
export async function readIncidentSla(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incidentId: string,
  now: EpochMs,
): Promise<IncidentSla | null> {
  const row = await queries
    .selectFrom('sla_clocks as c')
    .innerJoin('sla_policies as p', join =>
      join.onRef('p.id', '=', 'c.policy_id').onRef('p.version', '=', 'c.policy_version'),
    )
    .where('c.tenant_id', '=', tenantId)
    .where('c.incident_id', '=', incidentId)
    .select([
      'c.rank',
      'c.contract',
      'c.zone',
      'c.class_a',
      'c.calendars_json',
      'c.log_json',
      'c.fired_json',
      'p.policy_json',
    ])
    .executeTakeFirst()
  if (!row) return null
  const pinned = row.calendars_json === null ? {} : (JSON.parse(row.calendars_json) as PinnedCalendars)
  const calendars = await calendarsOf(queries, pinned)
  const policy = JSON.parse(row.policy_json) as SlaPolicy
  const calendar = calendars.get(policy.calendar)
  const rules = {
    policy,
    classA: row.class_a === 1,
    timeOf: (id: string) => {
      const known = calendars.get(id)
      return known ? timeOf(known, row.zone) : { timezone: row.zone, hours: null }
    },
  }
  const clock = clockAt(rules, JSON.parse(row.log_json) as SlaEvent[], now)
  if (!clock) return null
  const { reaction, solution, met, running, paused, next } = viewOf(rules, clock)
  const promise = ({ doneAt, limitAt, ...rest }: typeof reaction | typeof solution) => ({
    ...{ limitMs: rest.limitMs, usedMs: rest.usedMs, percent: rest.percent, met: rest.met },
    ...{ limitAt: instantOrNull(limitAt), at: instantOrNull(doneAt) },
  })
  return {
    policy: { id: policy.id, title: policy.title, calendar: calendar?.title ?? policy.title },
    chosenBy: RANK_WORDS[row.rank as SlaRank],
    contract: row.contract,
    reaction: { ...promise(reaction), targetAt: instantOrNull(reaction.targetAt), targetMet: reaction.targetMet },
    solution: { ...promise(solution), counts: solution.counts },
    met,
    running,
    paused: paused.map(hold => HOLD_WORDS[hold]),
    marks: Object.entries(JSON.parse(row.fired_json) as FiredMarks).map(([name, { at, how }]) => ({
      ...{ name: markNameOf(name), at: instant(at), how },
    })),
    next: next && { name: markNameOf(next.name), at: instant(next.at) },
  }
}

/** The current calendars, and in their place the versions that are pinned. */
async function calendarsOf(
  queries: Kysely<ReadTables>,
  pinned: PinnedCalendars,
): Promise<ReadonlyMap<string, WorkingCalendar>> {
  const rows = await queries
    .selectFrom('sla_calendars')
    .where(({ eb, or }) => or([eb('current', '=', 1), eb('version', 'in', ['', ...Object.values(pinned)])]))
    .select(['id', 'version', 'calendar_json'])
    .execute()
  const counted = rows.filter(({ id, version }) => pinned[id] === undefined || pinned[id] === version)
  return new Map(counted.map(({ id, calendar_json }) => [id, JSON.parse(calendar_json) as WorkingCalendar]))
}
