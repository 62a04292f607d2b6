import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { MassKeyKind } from '@tillwatch/shared/api'
import { type HeldCondition, type Incident, MACHINE, takesReturn } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import { observe } from '../incidents/observe.ts'
import type { Notices } from '../notices/notice.ts'
import type { MassCandidate, MassKey, Onset } from './mass-choice.ts'
import type { MemberKind } from './mass-fleet.ts'
import type { MassStore } from './mass-store.ts'
import { keyWords, massPriority, massTexts } from './mass-words.ts'
import type { NoiseCounters } from './noise-counters.ts'

/** Keys that mean the same to every tenant. */
const SHARED: readonly MassKeyKind[] = [
  ...(['provider', 'subnet', 'city', 'region', 'ofd', 'firmware'] as const),
  ...(['driver', 'pos', 'agent_version', 'antivirus_day'] as const),
]
/** Who is told of every mass incident (R86). */
const TOLD = ['duty', 'head'] as const

/** What people call the value of a key, when it is an id or a number; null when the value speaks for itself. */
export type KeyNames = (tenantId: string, key: MassKey) => string | null

export interface MassRaiserParts {
  readonly masses: MassStore
  readonly store: Pick<IncidentStore, 'byId' | 'latest'>
  readonly keeper: Pick<IncidentKeeper, 'raise' | 'write'>
  readonly counters: NoiseCounters
  readonly notices: Notices
  readonly nameOf: KeyNames
}

/** A cause that was found for many. */
export interface FoundMass {
  readonly tenantId: string
  readonly causeClass: string
  readonly kind: MemberKind
  readonly choice: MassCandidate
}

/** Opens the mass incident of a cause, or reopens the one that was Solved not long ago; its id, none when its faults are gone. */
export function createMassRaiser(parts: MassRaiserParts): (found: FoundMass, now: EpochMs) => readonly string[] {
  const { masses, store, keeper, counters, notices, nameOf } = parts

  const outageOf = (tenantId: string, causeClass: string, key: MassKey, own: string): string => {
    if (!SHARED.includes(key.kind)) return own
    const other = masses.same(causeClass, key).find(each => masses.related(each.tenantId, tenantId))
    return other?.outageId ?? own
  }

  return ({ tenantId, causeClass, kind, choice }, now) => {
    const { key, affected, live, onsets } = choice
    const first = store.byId(onsets[0]?.id ?? '')
    if (!first) return []
    const { component, runbook } = first
    const words = keyWords(key.kind, key.value, nameOf(tenantId, key))
    const sites = sitesOf(onsets, id => nameOf(tenantId, { kind: 'site', value: id }))
    const texts = massTexts({ key: words, memberKind: kind, component, affected, live, peak: affected, sites })
    const highest = onsets.reduce((best, each) => Math.min(best, each.priority), 4)
    const verdict = massPriority(highest)
    const subject = `mass:${kind}:${key.kind}:${key.value}`
    const dedupKey = `${tenantId}|${subject}|${causeClass}`
    const latest = store.latest(dedupKey)
    const again = latest !== null && takesReturn(latest, now) ? latest : null
    const draft = {
      ...{ tenantId, dedupKey, itemId: subject, agentId: '', subject, causeClass, component, runbook, ...texts },
      ...{ priority: verdict.priority, priorityReason: verdict.reason },
      onsetAt: Math.min(...onsets.map(each => each.onsetAt)),
    }
    const incident = again ?? keeper.raise(draft, MACHINE, now)
    const conditions = [massCondition(incident, texts, now)]
    // What is raised has no fault of its own yet; from here on the count is its fault, and its own machine follows it.
    const step = again
      ? observe(again, { now, conditions, verdict, timeToStop: null })
      : { incident: { ...incident, firing: true, conditions }, entries: [], events: [] }
    keeper.write(incident, step, now)
    const outageId = outageOf(tenantId, causeClass, key, incident.id)
    const life = { live, affected, peak: affected, belowSince: null, nextAt: now }
    masses.save({ incidentId: incident.id, tenantId, causeClass, key, memberKind: kind, outageId, ...life })
    masses.adopt(
      incident.id,
      onsets.map(each => each.id),
    )
    counters.add('mass_raised')
    const notice = { tenantId, incidentId: incident.id, key: `mass.${incident.id}.${now}` }
    for (const role of TOLD) notices.add({ ...notice, role, subject: texts.title, text: texts.explanation }, now)
    return [incident.id]
  }
}

function sitesOf(onsets: readonly Onset[], nameOf: (siteId: string) => string | null) {
  const members = new Map<string | null, Set<string>>()
  for (const { siteId, memberId } of onsets) {
    const site = members.get(siteId) ?? new Set()
    members.set(siteId, site.add(memberId))
  }
  const sites = [...members].map(([id, ids]) => ({ name: id === null ? null : nameOf(id), affected: ids.size }))
  return sites.sort((a, b) => b.affected - a.affected)
}

/** The count as a condition, for the machine of the incident. */
export function massCondition(
  incident: Incident,
  { title, explanation, expected }: Pick<Incident, 'title' | 'explanation' | 'expected'>,
  now: EpochMs,
): HeldCondition {
  return {
    rule: 'mass',
    causeClass: incident.causeClass as HeldCondition['causeClass'],
    subject: incident.subject,
    level: 'critical',
    stop: 'none',
    onSiteWorkaround: false,
    onsetAt: incident.onsetAt,
    since: incident.conditions[0]?.since ?? now,
    value: null,
    ...{ title, explanation, expected },
    component: incident.component,
    runbook: incident.runbook,
  }
}

/** The names over an open connection. */
export function createKeyNames(database: DatabaseSync): KeyNames {
  const selectSite = database.prepare('SELECT name FROM sites WHERE id = ? AND tenant_id = ?')
  const selectClient = database.prepare('SELECT name FROM clients WHERE id = ? AND tenant_id = ?')
  const selectOfd = database.prepare(
    `SELECT json_extract(i.state_json, '$.facts."fiscal.register.ofd_name".value') AS name
       FROM item_groups g JOIN items i ON i.id = g.item_id WHERE g.kind = 'ofd' AND g.value = ? AND g.tenant_id = ? LIMIT 1`,
  )
  return (tenantId, { kind, value }) => {
    const select = kind === 'site' ? selectSite : kind === 'client' ? selectClient : kind === 'ofd' ? selectOfd : null
    const name = select?.get(value, tenantId)?.['name']
    return typeof name === 'string' && name !== value ? name : null
  }
}
