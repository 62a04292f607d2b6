import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { RuleFile } from '@tillwatch/rules'
import { assert, type Clock, type EpochMs } from '@tillwatch/shared'
import { createEvaluator } from '../alerting/evaluator.ts'
import type { Evaluator } from '../alerting/evaluator-port.ts'
import { createHistory, type History } from '../alerting/history.ts'
import { type CriticalRules, createCriticalPart } from '../critical/critical-part.ts'
import type { Deliveries } from '../deliveries/delivery-port.ts'
import { createDeliveries } from '../deliveries/delivery-store.ts'
import { createDeliveryOutbox } from '../deliveries/outbox.ts'
import { createStandingRoom } from '../deliveries/standing-room.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { createEvidencePart } from '../evidence/evidence-part.ts'
import type { Inbound } from '../inbound/inbound.ts'
import { createInboundPart } from '../inbound/inbound-part.ts'
import { createLaunches, type Launches } from '../launch/launch-part.ts'
import type { Maintenance } from '../noise/maintenance.ts'
import type { NoiseNumbers } from '../noise/noise-counters.ts'
import { createNoisePart, type NoiseOptions, USUAL_NOISE } from '../noise/noise-part.ts'
import { createNoticeBook, type NoticeQueue } from '../notices/notice-book.ts'
import { createMatching } from '../problems/matching.ts'
import { createProblemPart } from '../problems/problem-part.ts'
import type { Problems } from '../problems/problem-service.ts'
import { type ProposalSettings, USUAL_PROPOSALS } from '../problems/proposal.ts'
import type { RoutableDesk } from '../routing/route-book.ts'
import { createRouteKeeper, type RouteKeeping } from '../routing/route-keeper.ts'
import { createRuleKeeper, type RuleKeeping } from '../rulebook/rule-keeper.ts'
import { type AgreementBook, createAgreementBook } from '../sla/agreement-book.ts'
import { createSlaBookKeeper, type SlaKeeping } from '../sla/sla-book.ts'
import { shippedSlaTexts } from '../sla/sla-files.ts'
import type { SlaTexts } from '../sla/sla-opening.ts'
import { createSlaRoom } from '../sla/sla-room.ts'
import { createSlaStore } from '../sla/sla-store.ts'
import { exportedRecord } from '../templates/exported-record.ts'
import { filledFields } from '../templates/field-values.ts'
import { createRunbookTexts } from '../templates/runbook-texts.ts'
import { createTicketTemplates, type TicketTemplates } from '../templates/template-service.ts'
import { createTemplateStore } from '../templates/template-store.ts'
import { createTicketWriter } from '../templates/ticket-writer.ts'
import { createDeskPlaces } from '../tickets/desk-places.ts'
import { createReconciliation, type Reconciliation } from '../tickets/reconciliation.ts'
import { createTickets, type Tickets } from '../tickets/ticket-book.ts'
import { createWatchBook, type WatchBook } from '../watch/watch-book.ts'
import type { FileText } from '../watched-files.ts'
import { isActive, type UnfixedPolicy } from './incident.ts'
import { createIncidentKeeper, type TenantWishes } from './incident-keeper.ts'
import { createIncidents, type Incidents } from './incident-service.ts'
import { createIncidentStore } from './incident-store.ts'
import { createOverrideRoom } from './override-room.ts'
import type { IncidentRoom } from './room.ts'
import { createTicketContextReader } from './ticket-context.ts'

/** What of the state thread decides about incidents. */
export interface IncidentPart {
  readonly evaluator: Evaluator
  readonly incidents: Incidents
  readonly critical: CriticalRules
  readonly deliveries: Deliveries
  readonly routes: RouteKeeping
  readonly tickets: Tickets
  readonly reconciliation: Reconciliation
  readonly history: History
  readonly maintenance: Maintenance
  readonly noise: NoiseNumbers
  readonly problems: Problems
  readonly inbound: Inbound
  readonly evidence: Evidence
  readonly watch: WatchBook
  readonly rulebook: RuleKeeping
  readonly sla: SlaKeeping
  readonly agreementBook: AgreementBook
  readonly notices: NoticeQueue
  readonly launches: Launches
  readonly templates: TicketTemplates
}

/** A file of rules; what ships with the program is marked. */
export type RuleText = Pick<RuleFile, 'file' | 'text' | 'unreadable'> & { readonly shipped?: boolean }

export interface IncidentPartData {
  readonly packs: readonly RuleText[]
  readonly overrides: readonly RuleText[]
  readonly desks: readonly RoutableDesk[]
  /** Files of routes; without them every desk of a tenant hears of its incidents. */
  readonly routes?: readonly FileText[]
  /** Calendars and policies; those that ship when left out. */
  readonly sla?: SlaTexts
  /** Can messages to people be sent? */
  readonly hasMail?: boolean
  /** How much is noise; the usual numbers when left out. */
  readonly noise?: NoiseOptions
  /** When repeated incidents become a proposal; the usual numbers when left out. */
  readonly proposals?: ProposalSettings
  /** What becomes of incidents that a person solved while the fault lasts, by tenant; reopened after a time of grace when left out. */
  readonly reopenUnfixed?: Readonly<Record<string, UnfixedPolicy>>
  /** Address of the portal, for links in tickets. */
  readonly publicUrl?: string | null
}

/** In which languages the desks of a tenant are spoken to. */
function languagesOf(desks: readonly RoutableDesk[]): (tenantId: string) => ReadonlySet<'ru' | 'en'> {
  const spoken = new Map<string, Set<'ru' | 'en'>>()
  for (const { tenants, language } of desks) {
    for (const tenant of tenants) spoken.set(tenant, (spoken.get(tenant) ?? new Set()).add(language ?? 'ru'))
  }
  return tenantId => spoken.get(tenantId) ?? new Set()
}

/** The services over one connection. Throws `rules.invalid` when a pack that ships is wrong; a file of the customer is only refused. */
export function createIncidentPart(
  database: DatabaseSync,
  data: IncidentPartData,
  clock: Pick<Clock, 'monotonic' | 'now'>,
): IncidentPart {
  const ruleFile = (kind: RuleFile['kind']) => (text: RuleText) => ({ shipped: false, ...text, kind })
  const ruleFiles = [...data.packs.map(ruleFile('pack')), ...data.overrides.map(ruleFile('override'))]
  const ruleKeeper = createRuleKeeper(database, ruleFiles, clock.now())
  const store = createIncidentStore(database)
  const places = createDeskPlaces(database, data.desks, clock.now())
  // Filled below: rooms move incidents through the keeper, which asks them about each move.
  const rooms: IncidentRoom[] = [ruleKeeper.room]
  const routeFiles = { texts: data.routes ?? [], desks: data.desks }
  const routeKeeper = createRouteKeeper(database, routeFiles, id => store.byId(id), clock.now())
  const slaStore = createSlaStore(database)
  const books = createSlaBookKeeper(database, data.sla ?? shippedSlaTexts(), at => slaStore.hurryAll(at), clock.now())
  const wishes: TenantWishes = {
    workingDaysLater: (_tenantId, at, days) => books.workingDaysLater(at, days),
    unfixedPolicyOf: tenantId => data.reopenUnfixed?.[tenantId] ?? 'after_grace',
  }
  const contextOf = createTicketContextReader(database)
  const templateStore = createTemplateStore(database)
  const matching = createMatching(database)
  const { knownErrorOf } = matching
  const surroundings = { knownErrorOf, publicUrl: data.publicUrl ?? null, runbookOf: createRunbookTexts() }
  const writer = createTicketWriter(templateStore, surroundings, languagesOf(data.desks))
  const languageOf = new Map(data.desks.map(({ name, language }) => [name, language ?? 'ru']))
  const recorded = (id: string, desk: string, now: EpochMs) => {
    const incident = store.byId(id)
    assert(incident, `${id} is written before it is told`)
    const language = languageOf.get(desk) ?? 'ru'
    return { incident, record: writer.recordOf(incident, contextOf(incident, now), language, now) }
  }
  const withRecord = new Set(data.desks.flatMap(({ name, records }) => (records ? [name] : [])))
  const outbox = createDeliveryOutbox(
    database,
    routeKeeper.openingOf,
    ({ id }, { desk, placement }, now) => ({
      ...placement,
      fields: filledFields(placement.fields, () => recorded(id, desk, now).record),
    }),
    ({ id }, desk, now) => {
      if (!withRecord.has(desk)) return null
      const { incident, record } = recorded(id, desk, now)
      return exportedRecord(record, incident)
    },
  )
  const keeper = createIncidentKeeper(database, store, outbox, rooms, wishes, { contextOf, writer })
  const { notices, queue } = createNoticeBook(database, data.hasMail ?? false)
  const noisePart = createNoisePart(database, { store, keeper, notices, options: data.noise ?? USUAL_NOISE })
  rooms.push(...noisePart.rooms)
  const { suppression, massClients } = noisePart
  const slaRoom = createSlaRoom(database, {
    ...{ store: slaStore, books, incidents: store, keeper, notices, suppression, massClients },
  })
  rooms.push(slaRoom)
  slaRoom.adopt(clock.now())
  const ticketsTell = (tenantId: string) => writer.tells(tenantId, 'workaround')
  const proposalRules = data.proposals ?? USUAL_PROPOSALS
  const problemPart = createProblemPart(database, matching, store, keeper, notices, proposalRules, ticketsTell)
  rooms.push(problemPart.room)
  problemPart.adopt(clock.now())
  const criticalPart = createCriticalPart(database, store, keeper)
  rooms.push(criticalPart.room, createOverrideRoom(database))
  const inboundPart = createInboundPart(database, store, keeper)
  const evidencePart = createEvidencePart(database, { store, keeper, outbox, rules: ruleKeeper.rules })
  const showing = data.desks.flatMap(({ name, shows }) => (shows ? [name] : []))
  rooms.push(inboundPart.room, evidencePart.room, createStandingRoom(outbox, contextOf, new Set(showing)))
  routeKeeper.settleBy((id, now) => {
    const incident = store.byId(id)
    if (!incident || !isActive(incident)) return
    keeper.write(incident, { incident, entries: [], events: [{ kind: 'open', text: incident.explanation }] }, now)
  })
  return {
    evaluator: createEvaluator(database, { rules: ruleKeeper.rules, store, keeper, rooms, clock }),
    incidents: createIncidents(database, store, keeper, noisePart.replacementWindow),
    critical: criticalPart.critical,
    deliveries: createDeliveries(database),
    routes: routeKeeper.service,
    tickets: createTickets(database, store, keeper, data.desks),
    reconciliation: createReconciliation(database, {
      ...{ incidents: store, desks: data.desks, places, targetsOf: routeKeeper.targetsOf },
    }),
    history: createHistory(database),
    maintenance: noisePart.maintenance,
    noise: noisePart.noise,
    problems: problemPart.problems,
    inbound: inboundPart.inbound,
    evidence: evidencePart.evidence,
    watch: createWatchBook(
      database,
      store,
      keeper,
      data.desks.map(desk => desk.name),
    ),
    rulebook: ruleKeeper.service,
    sla: books.service,
    agreementBook: createAgreementBook(database, { hasPolicy: id => books.book().policies.has(id), newId: randomUUID }),
    notices: queue,
    launches: createLaunches(database, notices),
    templates: createTicketTemplates(database, {
      ...{ store: templateStore, writer, contextOf, incidentOf: (id: string) => store.byId(id) },
    }),
  }
}
