import type { DatabaseSync } from 'node:sqlite'
import { type Bilingual, CAUSE_CLASSES, type Priority } from '@tillwatch/rules'
import { AppError, type EpochMs, INBOUND_OPEN_MAX } from '@tillwatch/shared'
import type { InboundAlert, InboundAnswer, InboundPlace, InboundTicket } from '@tillwatch/shared/api'
import { type Incident, isActive, takesReturn } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import { asIs, joined } from '../incidents/phrases.ts'
import { endStep, noteStep, returnStep } from '../incidents/raised-moves.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import type { Inbound, InboundSource } from './inbound.ts'
import { createInboundRecords } from './inbound-records.ts'
import type { LinkRoom } from './link-room.ts'
import type { LinkStore } from './link-store.ts'
import { phrases } from './phrases.ts'
import { createPlaceFinder, type Place } from './place-finder.ts'
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

  const open = (source: InboundSource, said: Said, place: Place | null, now: EpochMs): Incident => {
    requireRoom(source)
    const missing = place === null && Object.values(said.item).some(name => name !== undefined)
    const words = [phrases.told(source.name, said.text), ...(missing ? [phrases.notInDirectory(said.item)] : [])]
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

  const firing = (source: InboundSource, alert: InboundAlert, at: EpochMs, now: EpochMs): InboundAnswer => {
    const place = placeOf(source.tenantId, alert.item)
    const placed = place !== null
    const known = records.of(source, alert.id)
    const before = known && store.byId(known.incidentId)
    if (known && before) {
      if (at < known.saidAt) return answer('ignored', before, placed)
      if (isActive(before)) {
        records.put(source, { id: alert.id, at }, known, now)
        return answer('repeated', before, placed)
      }
      if (!known.joined && before.status === 'solved' && takesReturn(before, now)) {
        keeper.write(before, returnStep(before, phrases.back(source.name, alert.title), now), now)
        records.put(source, { id: alert.id, at }, known, now)
        return answer('reopened', before, placed)
      }
    }
    const said = saidByAlert(alert, at)
    const [automatic] =
      place?.itemId && said.causeClass ? links.automaticOn(source.tenantId, place.itemId, said.causeClass) : []
    const same = automatic === undefined ? null : store.byId(automatic)
    if (!same) return answer('opened', open(source, said, place, now), placed)
    keeper.write(same, noteStep(same, source.name, phrases.alsoTold(source.name, alert.title), now), now)
    records.put(source, said, { incidentId: same.id, joined: true }, now)
    return answer('joined', same, placed)
  }

  const resolved = (source: InboundSource, alert: InboundAlert, at: EpochMs, now: EpochMs): InboundAnswer => {
    const known = records.of(source, alert.id)
    const before = known && store.byId(known.incidentId)
    if (!known || !before || at < known.saidAt) return answer('ignored', before ?? null, true)
    records.put(source, { id: alert.id, at }, known, now)
    if (!isActive(before)) return answer('repeated', before, true)
    if (known.joined) {
      keeper.write(before, noteStep(before, source.name, phrases.alsoOver(source.name), now), now)
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
        const place = placeOf(source.tenantId, { ...ticket.item, client: ticket.client })
        const known = records.of(source, ticket.id)
        const before = known && store.byId(known.incidentId)
        if (before) return answer('repeated', before, place !== null)
        return answer('opened', open(source, saidByTicket(ticket, now), place, now), place !== null)
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
  }
}

/** What is said about a thing, whoever says it. */
interface Said {
  readonly id: string
  readonly at: EpochMs
  readonly item: InboundPlace
  readonly causeClass: string | null
  readonly title: string
  readonly text: string
  readonly author: string | null
  readonly contact: string | null
  readonly face: Pick<Incident, 'source' | 'type' | 'priority' | 'priorityReason' | 'expected'> & {
    readonly component: Bilingual
  }
}

const knownClass = (name: string | undefined): string | null => CAUSE_CLASSES.find(each => each === name) ?? null

const saidByAlert = (alert: InboundAlert, at: EpochMs): Said => ({
  id: alert.id,
  at,
  item: alert.item,
  causeClass: knownClass(alert.class),
  title: alert.title || alert.id,
  text: alert.text,
  author: null,
  contact: null,
  face: {
    source: 'monitor',
    type: 'failure',
    priority: PRIORITY_OF[alert.severity],
    priorityReason: phrases.severity(alert.severity),
    expected: phrases.expectedAlert(),
    component: phrases.outsideMonitor(),
  },
})

const saidByTicket = (ticket: InboundTicket, now: EpochMs): Said => ({
  id: ticket.id,
  at: now,
  item: ticket.item,
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
