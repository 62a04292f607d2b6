import type { EpochMs } from '@tillwatch/shared'
import { type Incident, isActive, MACHINE, takesReturn } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import { endStep, noteStep, returnStep } from '../incidents/raised-moves.ts'
import type { IncidentMove, IncidentRoom } from '../incidents/room.ts'
import type { LinkState, LinkStore } from './link-store.ts'
import { phrases } from './phrases.ts'

/** Ties what was brought to what was seen (domain ruling 18.31): both numbers live, and end together. */
export interface LinkRoom extends IncidentRoom {
  /** Looks for automatic incidents of the same cause as one that was just brought. */
  join(
    brought: Incident,
    named: { readonly itemId: string | null; readonly causeClass: string | null },
    now: EpochMs,
  ): void
  /** True when only readings, or the person who pinned it, may end it: no other machine's word does. */
  isHeld(incident: Incident): boolean
  /** Two incidents get a link, or what was proposed is decided. */
  tie(inbound: Incident, automatic: Incident, state: LinkState, by: string, now: EpochMs): void
}

/** The room over the stores of the state thread. */
export function createLinkRoom(
  links: LinkStore,
  store: Pick<IncidentStore, 'byId'>,
  keeper: Pick<IncidentKeeper, 'write'>,
): LinkRoom {
  const tie: LinkRoom['tie'] = (inbound, automatic, state, by, now) => {
    links.put(inbound.tenantId, { inboundId: inbound.id, automaticId: automatic.id, state }, by, now)
    const text = (other: Incident) =>
      state === 'linked'
        ? phrases.linked(other.number)
        : state === 'proposed'
          ? phrases.proposed(other.number)
          : phrases.notLinked(by, other.number)
    for (const [one, other] of [
      [inbound, automatic],
      [automatic, inbound],
    ] as const)
      keeper.write(one, noteStep(one, by, text(other), now), now)
  }

  /** A new automatic incident: is it what somebody has already asked about? Only the class named makes it certain. */
  const seen = (automatic: Incident, now: EpochMs) => {
    for (const { incidentId, causeClass } of links.broughtOn(automatic.tenantId, automatic.itemId)) {
      const inbound = store.byId(incidentId)
      if (!inbound || (causeClass !== null && causeClass !== automatic.causeClass)) continue
      tie(inbound, automatic, causeClass === null ? 'proposed' : 'linked', MACHINE, now)
    }
  }

  const partnersOf = (incident: Incident): readonly Incident[] =>
    links
      .linksOf(incident.tenantId, incident.id)
      .filter(link => link.state === 'linked')
      .map(link => store.byId(link.inboundId === incident.id ? link.automaticId : link.inboundId))
      .filter(partner => partner !== null)

  const isHeld = (incident: Incident): boolean =>
    incident.firing || incident.pinned || partnersOf(incident).some(partner => partner.firing && isActive(partner))

  /** A person's word ends both; what merely recovered does not end what is bad by other readings. */
  const endTogether = (ended: Incident, now: EpochMs) => {
    for (const partner of partnersOf(ended)) {
      if (!isActive(partner) || (ended.resolution !== 'person' && isHeld(partner))) continue
      const { resolution, resolutionMode, solvedBy, solvedByLine } = ended
      const text = phrases.endedTogether(ended.number)
      const how = { resolution, resolutionMode, solvedBy, solvedByLine }
      keeper.write(partner, endStep(partner, text, ended.executedAt ?? now, now, how), now)
    }
  }

  const backTogether = (back: Incident, now: EpochMs) => {
    for (const partner of partnersOf(back)) {
      if (isActive(partner) || !takesReturn(partner, now)) continue
      keeper.write(partner, returnStep(partner, phrases.backTogether(back.number), now), now)
    }
  }

  return {
    tie,
    isHeld,
    join: (brought, { itemId, causeClass }, now) => {
      if (itemId === null) return
      for (const id of links.automaticOn(brought.tenantId, itemId, causeClass)) {
        const automatic = store.byId(id)
        if (automatic) tie(brought, automatic, causeClass === null ? 'proposed' : 'linked', MACHINE, now)
      }
    },
    moved: ({ before, after }: IncidentMove, now) => {
      if (before === null) {
        if (after.source === 'monitoring') seen(after, now)
      } else if (isActive(before) && after.status === 'solved') endTogether(after, now)
      else if (!isActive(before) && isActive(after)) backTogether(after, now)
    },
  }
}
