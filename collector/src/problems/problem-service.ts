import type { DatabaseSync } from 'node:sqlite'
import { AppError, type EpochMs, PROBLEMS_MAX } from '@tillwatch/shared'
import type { ProblemAction, ProblemDraft, VendorSent } from '@tillwatch/shared/api'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import { asIs } from '../incidents/phrases.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { phrases } from './phrases.ts'
import type { Problem } from './problem.ts'
import { createProblemActs, type ProblemActParts } from './problem-acts.ts'
import type { Reviews } from './reviews.ts'
import { signatureOf } from './signature.ts'

/** What people do to problems. Lives in the state thread under the name `problems`; every call is one transaction. `actor` is the name for the audit trail. */
export interface Problems {
  /** The id of the new problem. Rejects with `problem.client`, `problem.range`, `problem.too_many`, `incident.unknown`. */
  create(tenantId: string, draft: ProblemDraft, actor: string, now: EpochMs): Promise<string>
  /**
   * Does what a person asked. Rejects with `problem.unknown`, `problem.status`, `problem.root_cause`, `problem.measures_open`,
   * `problem.client`, `problem.range`, `incident.unknown`, `measure.unknown`, `measure.too_many`, `review.unknown`, `review.locked`.
   */
  act(tenantId: string, problemId: string, action: ProblemAction, actor: string, now: EpochMs): Promise<void>
  /** People can work again, with a workaround. Rejects with `incident.unknown`, `incident.finished`, `review.not_needed`. */
  restore(tenantId: string, incidentId: string, text: string, actor: string, now: EpochMs): Promise<void>
  /** A person has sent the package of an incident to a vendor. Rejects with `incident.unknown`. */
  markSent(tenantId: string, incidentId: string, sent: VendorSent, actor: string, now: EpochMs): Promise<void>
  /** Does what is due by time: reminders of measures, the analysis of the month that is over. */
  work(now: EpochMs): Promise<void>
}

export interface ProblemServiceParts extends ProblemActParts {
  readonly reviews: Reviews
  readonly keeper: Pick<IncidentKeeper, 'write'>
  /** Issues what months that are over still lack. */
  readonly analyse: (now: EpochMs) => void
}

/** The service over an open connection. */
export function createProblems(database: DatabaseSync, parts: ProblemServiceParts): Problems {
  const { store, faces, book, reviews, reviewStore, measures, keeper } = parts
  const acts = createProblemActs(parts)

  const problemOf = (tenantId: string, id: string): Problem => {
    const problem = store.byId(tenantId, id)
    if (problem) return problem
    throw new AppError('problem.unknown', 'there is no such problem', { nextStep: 'Open it from the list.' })
  }
  return {
    create: (tenantId, draft, actor, now) =>
      inTransaction(database, () => {
        if (store.count(tenantId) >= PROBLEMS_MAX) {
          throw new AppError('problem.too_many', `there are already ${PROBLEMS_MAX} problems`, {
            nextStep: 'Add the incident to one of them.',
          })
        }
        const incident = draft.incidentId === undefined ? null : acts.incidentOf(tenantId, draft.incidentId)
        const face = incident && faces.of(incident)
        const problem = book.create(
          {
            ...{ tenantId, status: 'open', origin: 'person', createdBy: actor, title: asIs(draft.title) },
            ...(face ? { signature: signatureOf(face.face), signatureKey: face.signatureKey } : {}),
            ...acts.fieldsOf(tenantId, draft),
          },
          now,
        )
        store.addEntry(problem, actor, phrases.created(actor), now)
        if (incident) store.link(problem, incident.id, 'person', actor, now)
        acts.follow(null, problem, now)
        return problem.id
      }),
    act: (tenantId, problemId, action, actor, now) =>
      inTransaction(database, () => {
        acts.carryOut(problemOf(tenantId, problemId), action, actor, now)
        book.save({ ...problemOf(tenantId, problemId), changedAt: now })
      }),
    restore: (tenantId, incidentId, text, actor, now) =>
      inTransaction(database, () => {
        const incident = acts.incidentOf(tenantId, incidentId)
        reviews.restore(incident, actor, now)
        const words = phrases.restored(actor, text)
        const next = { ...incident, reactedAt: incident.reactedAt ?? now, changedAt: now }
        const entries = [{ kind: 'comment' as const, actor, text: words }]
        keeper.write(incident, { incident: next, entries, events: [{ kind: 'comment', text: words }] }, now)
      }),
    markSent: (tenantId, incidentId, sent, actor, now) =>
      inTransaction(database, () => {
        const incident = acts.incidentOf(tenantId, incidentId)
        reviewStore.addVendorPackage({ tenantId, incidentId, ...sent }, actor, now)
        const entry = { kind: 'note' as const, actor, text: phrases.sentToVendor(actor, sent.vendor, sent.reference) }
        keeper.write(incident, { incident: { ...incident, changedAt: now }, entries: [entry], events: [] }, now)
      }),
    work: now =>
      inTransaction(database, () => {
        measures.remind(now)
        parts.analyse(now)
      }),
  }
}
