import type { DatabaseSync } from 'node:sqlite'
import { type Bilingual, CAUSE_CLASSES, type Priority, type PriorityVerdict } from '@tillwatch/rules'
import { AppError, type EpochMs, INBOUND_OPEN_MAX } from '@tillwatch/shared'
import type { InboundAlert, InboundAnswer, InboundTicket } from '@tillwatch/shared/api'
import { type Incident, isActive, takesReturn, unfixedDueAt } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import { asIs, joined } from '../incidents/phrases.ts'
import { endStep, noteStep, raiseStep, returnStep, unfixedStep } from '../incidents/raised-moves.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import type { Inbound, InboundSource } from './inbound.ts'
import { createInboundRecords } from './inbound-records.ts'
import type { LinkRoom } from './link-room.ts'
import type { LinkStore } from './link-store.ts'
import { phrases } from './phrases.ts'
import { createPlaceFinder, type Found } from './place-finder.ts'
import { createTokenStore } from './token-store.ts'

const PRIORITY_OF: Readonly<Record<InboundAlert['severity'], Priority>> = {
  stopped: 1,
  critical: 2,
  important: 3,
  minor: 4,
}

/** What the service works with, all of the state thread. */
export interface InboundParts {
  readonly store: Pick<IncidentStore, 'byId'>
  readonly keeper: Pick<IncidentKeeper, 'raise' | 'write'>
  readonly links: LinkStore
  readonly room: LinkRoom
}

/** The service over an open connection. */
export function createInbound(database: DatabaseSync, { store, keeper, links, room }: InboundParts): Inbound {
  const records = createInboundRecords(database)
  const placeOf = createPlaceFinder(database)

  const requireRoom = (source: InboundSource) => {
    if (records.openOf(source) < INBOUND_OPEN_MAX) return
    throw new AppError('inbound.too_many_open', `${source.name} has ${INBOUND_OPEN_MAX} unfinished incidents`, {
      nextStep: 'Solve what is over, or correct what sends them.',
    })
  }

  const answer = (outcome: InboundAnswer['outcome'], incident: Incident | null, placed: boolean): InboundAnswer => ({
    outcome,
    incidentId: incident?.id ?? null,
    number: incident?.number ?? null,
    placed,
  })

  const open = (source: InboundSource, said: Said, { place, unknown }: Found, now: EpochMs): Incident => {
    requireRoom(source)
    const isMissing = Object.keys(unknown).length > 0
    const words = [phrases.told(source.name, said.text), ...(isMissing ? [phrases.notInDirectory(unknown)] : [])]
    const incident = keeper.raise(
      {
        ...said.face,
        tenantId: source.tenantId,
        dedupKey: `${source.tenantId}|${source.id}:${said.id}|inbound`,
        itemId: place?.itemId ?? '',
        agentId: place?.agentId ?? '',
        clientId: place?.clientId ?? null,
        siteId: place?.siteId ?? null,
        subject: said.id,
        causeClass: said.causeClass ?? 'other',
        title: asIs(said.title),
        explanation: joined(words),
        runbook: '',
        onsetAt: said.at,
      },
      source.name,
      now,
    )
    const about = { itemId: place?.itemId ?? null, causeClass: said.causeClass }
    const { author, contact } = said
    links.bring({ incidentId: incident.id, tenantId: source.tenantId, ...about, author, contact }, now)
    records.put(source, said, { incidentId: incident.id, joined: false }, now)
    room.join(incident, about, now)
    return incident
  }

  /** Worse than before raises it, as worse readings would; better is written down and lowers nothing while it is open (domain ruling 18.16). */
  const saidAgain = (before: Incident, source: InboundSource, alert: InboundAlert, now: EpochMs): void => {
    const verdict = verdictOf(alert)
    if (verdict.priority === before.priorityComputed) return
    const step = raiseStep(before, verdict, now)
    const words = phrases.otherSeverity(source.name, alert.severity, before.priority)
    keeper.write(before, step.entries.length > 0 ? step : noteStep(step.incident, source.name, words, now), now)
  }

  const firing = (source: InboundSource, alert: InboundAlert, at: EpochMs, now: EpochMs): InboundAnswer => {
    const found = placeOf(source.tenantId, alert.item)
    const { place } = found
    const placed = isPlaced(found)
    const known = records.of(source, alert.id)
    const before = known && store.byId(known.incidentId)
    if (known && before) {
      if (at < known.saidAt) return answer('ignored', before, placed)
      const again = (outcome: InboundAnswer['outcome']) => {
        records.put(source, { id: alert.id, at, lasts: true }, known, now)
        return answer(outcome, before, placed)
      }
      const verdict = verdictOf(alert)
      if (isActive(before)) {
        // Of an incident of ours the readings decide.
        if (!known.joined) saidAgain(before, source, alert, now)
        return again('repeated')
      }
      if (known.lasts) {
        // It ended here while the source goes on saying so: that is no new fault, and no return.
        if (known.joined || !isUnfixed(before, now)) return again('repeated')
        keeper.write(before, unfixedStep(before, phrases.lasts(source.name, alert.title), now, verdict), now)
        return again('reopened')
      }
      if (!known.joined && takesReturn(before, now)) {
        keeper.write(before, returnStep(before, phrases.back(source.name, alert.title), now, verdict), now)
        return again('reopened')
      }
    }
    const said = saidByAlert(alert, at)
    const same = place?.itemId && said.causeClass ? sameCause(source.tenantId, place.itemId, said.causeClass) : null
    if (!same) return answer('opened', open(source, said, found, now), placed)
    keeper.write(same, noteStep(same, source.name, phrases.alsoTold(source.name, alert.title), now), now)
    records.put(source, said, { incidentId: same.id, joined: true }, now)
    return answer('joined', same, placed)
  }

  /** Our own incident of it, also one that a person ended while its readings are bad: when that opens again is for them to say. */
  const sameCause = (tenantId: string, itemId: string, causeClass: string): Incident | null => {
    const id = links.automaticOn(tenantId, itemId, causeClass)[0] ?? links.unfixedOn(tenantId, itemId, causeClass)
    return id === null ? null : store.byId(id)
  }

  const resolved = (source: InboundSource, alert: InboundAlert, at: EpochMs, now: EpochMs): InboundAnswer => {
    const known = records.of(source, alert.id)
    const before = known && store.byId(known.incidentId)
    if (!known || !before || at < known.saidAt) return answer('ignored', before ?? null, true)
    records.put(source, { id: alert.id, at, lasts: false }, known, now)
    if (!isActive(before)) return answer('repeated', before, true)
    if (known.joined || room.isHeld(before)) {
      const text = before.pinned ? phrases.overButPinned(source.name) : phrases.alsoOver(source.name)
      keeper.write(before, noteStep(before, source.name, text, now), now)
      return answer('joined', before, true)
    }
    keeper.write(before, endStep(before, phrases.over(source.name, alert.text), at, now), now)
    return answer('solved', before, true)
  }

  return {
    ...createTokenStore(database),
    alert: (source, alert, now) =>
      inTransaction(database, () => {
        records.used(source, now)
        // A clock that runs ahead must not make later words look old.
        const at = Math.min(alert.at === undefined ? now : Date.parse(alert.at), now)
        return (alert.status === 'firing' ? firing : resolved)(source, alert, at, now)
      }),
    ticket: (source, ticket, now) =>
      inTransaction(database, () => {
        records.used(source, now)
        const found = placeOf(source.tenantId, { ...ticket.item, client: ticket.client })
        const placed = isPlaced(found)
        const known = records.of(source, ticket.id)
        const before = known && store.byId(known.incidentId)
        if (before) return answer('repeated', before, placed)
        return answer('opened', open(source, saidByTicket(ticket, now), found, now), placed)
      }),
    decideLink: (tenantId, [one, other], decision, actor, now) =>
      inTransaction(database, () => {
        const link = links
          .linksOf(tenantId, one)
          .find(each => each.state === 'proposed' && (each.inboundId === other || each.automaticId === other))
        const inbound = link && store.byId(link.inboundId)
        const automatic = link && store.byId(link.automaticId)
        if (!inbound || !automatic) {
          throw new AppError('link.unknown', 'no such link is proposed', { nextStep: 'Open the incident again.' })
        }
        room.tie(inbound, automatic, decision, actor, now)
      }),
    thinInbound: before => inTransaction(database, () => records.thin(before)),
  }
}

const isPlaced = ({ place, unknown }: Found): boolean => place !== null && Object.keys(unknown).length === 0

/** Called solved, by a person or for want of an answer, and it lasts: after the grace that our own readings leave (domain ruling 18.26). */
function isUnfixed(incident: Incident, now: EpochMs): boolean {
  const { resolution, solvedAt } = incident
  if ((resolution !== 'person' && resolution !== 'no_answer') || solvedAt === null) return false
  const dueAt = unfixedDueAt(incident, solvedAt)
  return dueAt !== null && now >= dueAt
}

/** What is said about a thing, whoever says it. */
interface Said {
  readonly id: string
  readonly at: EpochMs
  readonly lasts: boolean
  readonly causeClass: string | null
  readonly title: string
  readonly text: string
  readonly author: string | null
  readonly contact: string | null
  readonly face: Pick<Incident, 'source' | 'type' | 'priority' | 'priorityReason' | 'expected'> & {
    readonly component: Bilingual
  }
}

const verdictOf = ({ severity }: InboundAlert): PriorityVerdict => ({
  priority: PRIORITY_OF[severity],
  reason: phrases.severity(severity),
})

const knownClass = (name: string | undefined): string | null => CAUSE_CLASSES.find(each => each === name) ?? null

const saidByAlert = (alert: InboundAlert, at: EpochMs): Said => ({
  id: alert.id,
  at,
  lasts: true,
  causeClass: knownClass(alert.class),
  title: alert.title || alert.id,
  text: alert.text,
  author: null,
  contact: null,
  face: {
    source: 'monitor',
    type: 'failure',
    priority: verdictOf(alert).priority,
    priorityReason: verdictOf(alert).reason,
    expected: phrases.expectedAlert(),
    component: phrases.outsideMonitor(),
  },
})

const saidByTicket = (ticket: InboundTicket, now: EpochMs): Said => ({
  id: ticket.id,
  at: now,
  lasts: false,
  causeClass: knownClass(ticket.class),
  title: ticket.title,
  text: ticket.text,
  author: ticket.author.name || null,
  contact: ticket.author.contact || null,
  face: {
    source: ticket.channel,
    type: ticket.type,
    priority: ticket.priority,
    priorityReason: phrases.askedPriority(),
    expected: phrases.expectedTicket(),
    component: phrases.request(),
  },
})
