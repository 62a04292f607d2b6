import type { DatabaseSync } from 'node:sqlite'
import {
  choosePolicy,
  clockAt,
  nextBreachAt,
  nextMark,
  type Role,
  type SlaClock,
  type SlaRules,
  type SlaView,
  shareAt,
  timeOf,
  viewOf,
} from '@tillwatch/rules'
import { assert, type EpochMs, messageOf } from '@tillwatch/shared'
import { type Incident, isActive, MACHINE } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import { localTime } from '../incidents/local-time.ts'
import { joined } from '../incidents/phrases.ts'
import type { IncidentMove, IncidentRoom } from '../incidents/room.ts'
import type { NoticeFate, Notices } from '../notices/notice.ts'
import { inStepSavepoint } from '../store/sqlite/database.ts'
import { createClientNews, type MassClients, nextReportAt } from './client-news.ts'
import { type Call, dueCalls } from './due-calls.ts'
import { markNameOf, slaPhrases } from './phrases.ts'
import { type SlaBookKeeper, versionOf } from './sla-book.ts'
import { beginningOf, eventsOf, ofItsKind, STEPS_HELD, stillnessEvents, termsOf } from './sla-log.ts'
import { createPlaces } from './sla-place.ts'
import type { FiredMarks, SlaRecord, SlaStore } from './sla-store.ts'
import type { Suppression } from './suppression.ts'

const MINUTE_MS = 60_000
/** What holds steps back is asked about again after this long, should nobody say that it is over. */
const STILL_RECHECK_MS = 5 * MINUTE_MS
/** What could not be worked out is tried again after this long. */
const RETRY_MS = 5 * MINUTE_MS
/** From here on a due time that was missed is told. */
const LATE_MS = MINUTE_MS
/** Share of the time of solution from which effort no longer decides the place in the queue (domain ruling 18.20). */
const URGENT_PERCENT = 70
/** Faults that explain others at the same till or site. */
const EXPLAINING: readonly string[] = ['agent', 'site_link', 'link']

export interface SlaRoomParts {
  readonly store: SlaStore
  readonly books: SlaBookKeeper
  readonly incidents: Pick<IncidentStore, 'byId'>
  readonly keeper: Pick<IncidentKeeper, 'write'>
  readonly notices: Notices
  readonly suppression: Suppression
  readonly massClients: MassClients
}

/** The room that keeps the clocks of agreements and calls people by them. */
export interface SlaRoom extends IncidentRoom {
  /** Clocks for incidents that were opened before there were any. */
  adopt(now: EpochMs): void
}

/** Everything that is worked out of a record at one instant. */
interface Picture {
  readonly rules: SlaRules
  readonly clock: SlaClock
  readonly view: SlaView
}

/** The room over an open connection of the state thread. */
export function createSlaRoom(database: DatabaseSync, parts: SlaRoomParts): SlaRoom {
  const { store, books, incidents, keeper, notices, suppression, massClients } = parts
  const siteOf = createPlaces(database)
  const news = createClientNews(notices, massClients)

  const pictureOf = (record: SlaRecord, now: EpochMs): Picture => {
    const policy = store.policy(record.policyId, record.policyVersion)
    const calendar = (id: string) => timeOf(books.calendarOf(id, record.calendars), record.zone)
    const rules: SlaRules = { policy, classA: record.classA, timeOf: calendar }
    const clock = clockAt(rules, record.log, now)
    assert(clock, `the log of ${record.incidentId} begins with a registration`)
    return { rules, clock, view: viewOf(rules, clock) }
  }

  /** `known` is what was worked out of the same log a moment ago. */
  const save = (draft: SlaRecord, incident: Incident, now: EpochMs, known: Picture | null = null): void => {
    const active = isActive(incident)
    const policy = store.policy(draft.policyId, draft.policyVersion)
    const record = { ...draft, calendars: active ? null : (draft.calendars ?? books.versionsFor(policy)) }
    const picture = known && record.calendars === draft.calendars ? known : pictureOf(record, now)
    const { rules, clock, view } = picture
    store.save(record, {
      deadlineAt: active ? nearestDeadline(view) : null,
      urgentAt: active && view.paused.length === 0 ? shareAt(rules, clock, URGENT_PERCENT) : null,
      reactionMet: view.reaction.met,
      solutionMet: view.solution.met,
      nextDueAt: nextDueOf(picture, record, active, now),
    })
  }

  /** What was agreed for the place of an incident, as it is now. */
  const agreed = (incident: Incident, now: EpochMs) => {
    const place = siteOf(incident, now)
    const chosen = choosePolicy(books.book(), place, termsOf(incident))
    assert(chosen, 'a book without a default policy is refused')
    const { policy, rank } = chosen
    const policyVersion = versionOf(policy)
    store.keepPolicy(policy, policyVersion)
    return {
      ...{ policyId: policy.id, policyVersion, rank, contract: place.contract?.number ?? null },
      ...{ zone: place.timezone, classA: place.siteClass === 'A', statusDueAt: nextReportAt(incident, place, now) },
    }
  }

  const register = (incident: Incident, now: EpochMs): SlaRecord => {
    const log = beginningOf(incident)
    return {
      ...{ incidentId: incident.id, tenantId: incident.tenantId, ...agreed(incident, now), calendars: null },
      ...{ log: [...log, ...stillnessEvents(log, suppression.standsStill(incident, now), now)], fired: {} },
    }
  }

  /** The record with what noise control says now. */
  const asked = (record: SlaRecord, incident: Incident, now: EpochMs): SlaRecord => {
    const still = isActive(incident) ? suppression.standsStill(incident, now) : null
    const events = stillnessEvents(record.log, still, now)
    return events.length === 0 ? record : { ...record, log: [...record.log, ...events] }
  }

  const moved = ({ before, after, entries }: IncidentMove, now: EpochMs): void => {
    const known = before === null ? null : store.load(after.id)
    if (before === null || known === null) save(register(after, now), after, now)
    else {
      const past = before.kind === after.kind ? known.log : ofItsKind(known.log, after)
      const log = [...past, ...eventsOf(before, { before, after, entries }, now)]
      const isFreed = before.parentId !== null && after.parentId === null
      const reports = before.priority !== after.priority || before.status !== after.status || isFreed
      const statusDueAt = reports ? nextReportAt(after, siteOf(after, now), now) : known.statusDueAt
      // A place that the directory learned of late brings its own terms, from the registration on.
      const terms = before.siteId === null && after.siteId !== null ? agreed(after, now) : {}
      save(asked({ ...known, log, statusDueAt, ...terms }, after, now), after, now)
    }
    news.moved(before, after, now)
    const parent = before === null && after.parentId !== null ? incidents.byId(after.parentId) : null
    if (parent && after.clientId !== null) news.joined(parent, after.clientId, now)
    const changed = before === null || isActive(before) !== isActive(after)
    if (changed && EXPLAINING.includes(after.causeClass)) restill(after, now)
  }

  /** What a fault of the till or the site explains stands still with it, and goes on after it. */
  const restill = ({ id, tenantId, agentId, siteId }: Incident, now: EpochMs): void => {
    for (const other of store.around(tenantId, agentId, siteId)) {
      const incident = other === id ? null : incidents.byId(other)
      const record = incident && store.load(other)
      if (!incident || !record) continue
      const next = asked(record, incident, now)
      if (next !== record) save(next, incident, now)
    }
  }

  /** Does what is due for one incident. */
  const turn = (incidentId: string, now: EpochMs): void => {
    const [incident, kept] = [incidents.byId(incidentId), store.load(incidentId)]
    assert(incident && kept, `${incidentId} has clocks and is an incident`)
    let record = asked(kept, incident, now)
    const picture = pictureOf(record, now)
    const { rules, clock, view } = picture
    const { calls, passedOver, withdrawn } = dueCalls(rules, clock, record.fired)
    const fired: Record<string, FiredMarks[string]> = { ...record.fired }
    for (const name of passedOver) fired[name] = { at: now, how: 'passed_over' }
    for (const name of withdrawn) fired[name] = { at: fired[name]?.at ?? now, how: 'withdrawn' }
    for (const { name } of calls) fired[name] = { at: now, how: 'called' }
    const reports = record.statusDueAt !== null && record.statusDueAt <= now
    const site = siteOf(incident, now)
    if (reports) news.report(incident, view.solution.limitAt, site, now)
    record = { ...record, fired, statusDueAt: reports ? nextReportAt(incident, site, now) : record.statusDueAt }
    save(record, incident, now, picture)
    let current = incident
    for (const call of calls) current = carryOut(current, call, site.timezone, now)
    for (const name of withdrawn) {
      const entry = { kind: 'note' as const, actor: MACHINE, text: slaPhrases.withdrawn(markNameOf(name)) }
      keeper.write(current, { incident: current, entries: [entry], events: [] }, now)
    }
  }

  const carryOut = (incident: Incident, call: Call, timezone: string, now: EpochMs): Incident => {
    const line = call.raisesLine && incident.line < 3 ? ((incident.line + 1) as Incident['line']) : incident.line
    const roles: readonly Role[] = call.raisesLine ? [line === 2 ? 'line2' : 'line3', ...call.roles] : call.roles
    const title = { ru: `№${incident.number}: ${incident.title.ru}`, en: `#${incident.number}: ${incident.title.en}` }
    const late = now - call.dueAt >= LATE_MS ? [slaPhrases.passedAt(localTime(call.dueAt, timezone))] : []
    const raised = line === incident.line ? [] : [slaPhrases.raised(line)]
    const said = joined([call.text, ...late, ...raised])
    const fates = new Map<NoticeFate, Role[]>()
    for (const role of roles) {
      const text = joined([said, incident.title, incident.explanation], '\n')
      const subject = joined([call.text, title])
      const fate = notices.add(
        {
          tenantId: incident.tenantId,
          incidentId: incident.id,
          role,
          key: `${incident.id}:${call.name}`,
          subject,
          text,
        },
        now,
      )
      fates.set(fate, [...(fates.get(fate) ?? []), role])
    }
    const outcome = [...fates].map(([fate, told]) => slaPhrases[fate](told))
    const text = joined([said, ...outcome])
    const next = { ...incident, line, changedAt: now }
    const entries = [{ kind: 'escalated' as const, actor: MACHINE, text }]
    keeper.write(incident, { incident: next, entries, events: [{ kind: 'comment', text: said }] }, now)
    return next
  }

  return {
    moved,
    adopt: now => {
      const ids = store.unclocked()
      if (ids.length === 0) return
      database.exec('BEGIN IMMEDIATE')
      for (const id of ids) {
        const incident = incidents.byId(id)
        if (incident) save(register(incident, now), incident, now)
      }
      database.exec('COMMIT')
    },
    wake: (now, hasTime) => {
      const touched: string[] = []
      for (const id of store.due(now)) {
        const done = inStepSavepoint(database, () => turn(id, now))
        if ('failure' in done) store.failed(id, messageOf(done.failure), now + RETRY_MS)
        touched.push(id)
        if (!hasTime()) break
      }
      return touched
    },
    nextDueAt: () => store.nextDueAt(),
  }
}

/** Of the promises that are still open the one that ends first. One that stands and is not broken ends at no known time. */
function nearestDeadline({ reaction, solution, paused }: SlaView): EpochMs | null {
  const running = paused.length === 0 || solution.met === false ? [reaction, solution] : [reaction]
  const open = running.flatMap(({ doneAt, limitAt }) => (doneAt === null && limitAt !== null ? [limitAt] : []))
  return open.length > 0 ? Math.min(...open) : null
}

function nextDueOf({ rules, clock }: Picture, record: SlaRecord, active: boolean, now: EpochMs): EpochMs | null {
  const { calls, passedOver, withdrawn } = dueCalls(rules, clock, record.fired)
  if (calls.length + passedOver.length + withdrawn.length > 0) return now
  if (!active) return null
  const held = clock.holds.some(hold => STEPS_HELD.includes(hold))
  const dues = [
    nextMark(rules, clock)?.at,
    nextBreachAt(rules, clock),
    record.statusDueAt,
    held ? now + STILL_RECHECK_MS : null,
  ].filter(at => at !== null && at !== undefined)
  return dues.length > 0 ? Math.min(...dues) : null
}
