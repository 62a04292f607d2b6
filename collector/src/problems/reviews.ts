import { AppError, type EpochMs } from '@tillwatch/shared'
import { type Incident, isActive, MACHINE } from '../incidents/incident.ts'
import type { FaceStore } from './face-store.ts'
import { phrases } from './phrases.ts'
import type { Problem } from './problem.ts'
import type { ProblemBook } from './problem-book.ts'
import type { ProblemStore } from './problem-store.ts'
import type { Review, ReviewStore } from './review-store.ts'
import { runbookName } from './runbook-name.ts'
import { signatureOf } from './signature.ts'

/** Looks after critical and mass incidents once people can work again. Runs inside the caller's transaction. */
export interface Reviews {
  /** Begins the review at the first Solved, and closes its form at a reopen (domain 18.46). */
  follow(before: Incident | null, after: Incident, now: EpochMs): void
  /** A workaround was accepted: the review may begin though the incident is open. Throws `review.not_needed`, `incident.finished`. */
  restore(incident: Incident, actor: string, now: EpochMs): void
}

/** Analysis comes strictly after the service works again (R88). */
export const isUnlocked = (incident: Pick<Incident, 'status'>, review: Pick<Review, 'restoredAt'>): boolean =>
  !isActive(incident) || review.restoredAt !== null

/** Ends that leave nothing to analyse. */
const NOTHING_HAPPENED: ReadonlySet<string> = new Set(['cancelled', 'duplicate', 'rejected', 'withdrawn'])

/** Reviews over the stores of one connection. */
export function createReviews(store: ProblemStore, reviews: ReviewStore, faces: FaceStore, book: ProblemBook): Reviews {
  const reasonOf = (incident: Incident): Review['reason'] | null => {
    if (reviews.hasChildren(incident.tenantId, incident.id)) return 'mass'
    return incident.criticalAt === null ? null : 'critical'
  }
  /** An open problem of the same cause, or a new one. */
  const problemFor = (incident: Incident, reason: Review['reason'], now: EpochMs) => {
    const { tenantId } = incident
    const face = faces.of(incident)
    const found = store.liveOf(tenantId, incident.id) ?? store.live(tenantId, face.signatureKey)
    if (found) {
      if (found.status !== 'proposed') return found
      // What is worth a review is worth the work: nobody has to accept the proposal first.
      const accepted: Problem = { ...found, status: 'open', changedAt: now }
      book.save(accepted)
      store.addEntry(accepted, MACHINE, phrases.forReview(incident.number, reason), now)
      return accepted
    }
    const draft = {
      tenantId,
      title: incident.title,
      status: 'open',
      origin: 'review',
      signatureKey: face.signatureKey,
      signature: signatureOf(face.face),
      createdBy: MACHINE,
      runbook: runbookName(incident.runbook),
    } as const
    const problem = book.create(draft, now)
    store.addEntry(problem, MACHINE, phrases.forReview(incident.number, reason), now)
    return problem
  }
  const begin = (incident: Incident, reason: Review['reason'], now: EpochMs): Review => {
    const problem = problemFor(incident, reason, now)
    store.link(problem, incident.id, 'review', MACHINE, now)
    const { id: incidentId, tenantId } = incident
    const review: Review = {
      ...{ incidentId, tenantId, problemId: problem.id, reason, summary: '', prevention: '' },
      ...{ restoredAt: null, restoredBy: null, doneAt: null, doneBy: null },
    }
    reviews.saveReview(review)
    return review
  }
  return {
    follow: (before, after, now) => {
      if (before === null || isActive(after)) {
        if (before !== null && !isActive(before)) reviews.relock(after.id)
        return
      }
      if (NOTHING_HAPPENED.has(after.resolution ?? '') || reviews.review(after.tenantId, after.id)) return
      const reason = reasonOf(after)
      if (reason) begin(after, reason, now)
    },
    restore: (incident, actor, now) => {
      if (!isActive(incident)) {
        throw new AppError('incident.finished', `incident ${incident.number} is already ${incident.status}`, {
          nextStep: 'Its review is open already.',
        })
      }
      const reason = reasonOf(incident)
      if (!reason) {
        throw new AppError('review.not_needed', 'only critical and mass incidents are reviewed', {
          nextStep: 'Mark the incident as critical first, or write the workaround down as a comment.',
        })
      }
      const review = reviews.review(incident.tenantId, incident.id) ?? begin(incident, reason, now)
      reviews.saveReview({ ...review, restoredAt: now, restoredBy: actor })
    },
  }
}
