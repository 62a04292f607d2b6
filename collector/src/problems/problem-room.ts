import type { EpochMs } from '@tillwatch/shared'
import { earliest } from '../alerting/earliest.ts'
import { type Incident, isActive, MACHINE } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { IncidentMove, IncidentRoom } from '../incidents/room.ts'
import type { FaceStore } from './face-store.ts'
import { phrases } from './phrases.ts'
import type { ProblemBook } from './problem-book.ts'
import type { DueTelling, ProblemStore } from './problem-store.ts'
import type { Proposals } from './proposals.ts'
import type { Reviews } from './reviews.ts'

/** An incident that desks may not hear of yet is looked at again after this long; thousands may wait under a mass incident. */
const UNTOLD_AGAIN_MS = 5 * 60_000

export interface ProblemRoomParts {
  readonly store: ProblemStore
  readonly faces: FaceStore
  readonly book: ProblemBook
  readonly proposals: Proposals
  readonly reviews: Reviews
  readonly incidents: Pick<IncidentStore, 'byId'>
  readonly keeper: Pick<IncidentKeeper, 'write'>
  /** Does the text of every new ticket of the tenant tell of workarounds? */
  readonly ticketsTell: (tenantId: string) => boolean
}

/**
 * The first look at every incident, within the transaction that opens it: what it looks like, which known error it fits, whether it repeats
 * (R78). What was found is told a moment later, by time, so that no move happens inside another; a repetition is weighed once the incident
 * cannot be part of a wave any more.
 */
export function createProblemRoom(parts: ProblemRoomParts): IncidentRoom {
  const { store, faces, book, proposals, reviews, incidents, keeper, ticketsTell } = parts

  const opened = (incident: Incident, now: EpochMs) => {
    if (incident.kind !== 'incident') return
    const face = faces.record(incident)
    const match = book.match(incident, face, now)
    if (!match) proposals.join(incident, face, now)
  }
  const grown = ({ before, after }: IncidentMove): boolean =>
    before !== null && after.conditions.some(({ rule }) => !before.conditions.some(each => each.rule === rule))

  /** What was known when the ticket was written, or is before it is written, stands in its text. */
  const standsInTicket = ({ tenantId, untold, openedAt }: Incident, at: EpochMs): boolean =>
    (untold !== null || at <= openedAt) && ticketsTell(tenantId)

  /** False when it is for later. */
  const tell = (incident: Incident, { problemId, at }: DueTelling, now: EpochMs): boolean => {
    const problem = store.byId(incident.tenantId, problemId)
    if (!problem || !isActive(incident)) return true
    const isTold = standsInTicket(incident, at)
    if (incident.untold !== null && !isTold) return false
    const text = phrases.knownError(problem)
    const step = {
      incident: { ...incident, changedAt: now },
      entries: [{ kind: 'note' as const, actor: MACHINE, text }],
      events: isTold ? [] : [{ kind: 'comment' as const, text }],
    }
    keeper.write(incident, step, now)
    return true
  }
  return {
    moved: (move, now) => {
      const { before, after } = move
      if (before === null) opened(after, now)
      else if (isActive(after) && grown(move) && store.matchedOf(after.tenantId, after.id).length === 0) {
        book.match(after, faces.look(after), now)
      }
      reviews.follow(before, after, now)
    },
    wake: (now, hasTime) => {
      const changed: string[] = []
      for (const telling of store.tellings(now)) {
        const incident = incidents.byId(telling.incidentId)
        const done = incident === null || tell(incident, telling, now)
        store.tellAt(telling, done ? null : now + UNTOLD_AGAIN_MS)
        if (done) changed.push(telling.incidentId)
        if (!hasTime()) break
      }
      for (const id of faces.unasked(now)) {
        const incident = incidents.byId(id)
        if (!incident) continue
        faces.considerAt(incident, null)
        proposals.consider(incident, now)
        if (!hasTime()) break
      }
      return changed
    },
    nextDueAt: () => earliest(store.nextTellingAt(), faces.nextUnaskedAt()),
  }
}
