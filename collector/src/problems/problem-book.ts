import { createHash } from 'node:crypto'
import type { EpochMs } from '@tillwatch/shared'
import type { Incident } from '../incidents/incident.ts'
import { MACHINE } from '../incidents/incident.ts'
import type { FaceStore, KnownFace } from './face-store.ts'
import { concerns, type KnownErrors } from './known-errors.ts'
import { phrases } from './phrases.ts'
import { isKnownError, type Problem, recurred } from './problem.ts'
import type { ProblemStore } from './problem-store.ts'

/** What a new problem is made of; the rest is empty. */
export type NewProblem = Pick<Problem, 'tenantId' | 'title' | 'status' | 'origin' | 'createdBy'> & Partial<Problem>

/** What both people and the machine do to problems. Runs inside the caller's transaction. */
export interface ProblemBook {
  create(draft: NewProblem, now: EpochMs): Problem
  /** Saves a changed problem; what knows known errors reads them again. */
  save(problem: Problem): void
  /** Links an incident to the known error that it fits best, and has both told; null when none fits. */
  match(incident: Incident, face: KnownFace, now: EpochMs): Problem | null
  /** Brings open incidents in line with a known error that was written or changed. `tell`: also those that have it already. */
  matchOpen(problem: Problem, incidents: (id: string) => Incident | null, tell: boolean, now: EpochMs): void
}

/** The book over the stores of one connection. */
export function createProblemBook(store: ProblemStore, faces: FaceStore, known: KnownErrors): ProblemBook {
  const save = (problem: Problem) => {
    store.save(problem)
    known.forget(problem.tenantId)
  }
  /** The problem afterwards; null when a person said that the incident has another cause. */
  const link = (problem: Problem, incident: Incident, now: EpochMs): Problem | null => {
    if (!store.link(problem, incident.id, 'matched', MACHINE, now)) return null
    store.tellAt({ problemId: problem.id, incidentId: incident.id }, now)
    const again = recurred(problem, now)
    if (!again) return problem
    save(again)
    store.addEntry(again, MACHINE, phrases.recurred(incident.number), now)
    return again
  }
  return {
    create: (draft, now) => {
      const number = store.nextNumber(draft.tenantId)
      const problem: Problem = {
        ...EMPTY,
        ...draft,
        // Made from what stays the same, so that a restored collector names it as before.
        id: createHash('sha256').update(`problem|${draft.tenantId}|${number}`).digest('hex').slice(0, 24),
        number,
        createdAt: now,
        changedAt: now,
      }
      save(problem)
      return problem
    },
    save,
    match: (incident, face, now) => {
      const best = known.best(incident.tenantId, face)
      // What it is now stands in the store: a move that was undone may have left its status in memory.
      const problem = best && store.byId(incident.tenantId, best.id)
      return problem && link(problem, incident, now)
    },
    matchOpen: (problem, incidentById, tell, now) => {
      const { tenantId } = problem
      let current = problem
      for (const id of faces.active(tenantId)) {
        const incident = incidentById(id)
        if (!incident) continue
        const matched = store.matchedOf(tenantId, id)
        const has = matched.includes(problem.id)
        const wanted = isKnownError(problem) && concerns(problem, faces.of(incident))
        if (has && !wanted) store.unlink(problem, id)
        else if (has ? tell : wanted && matched.length === 0) current = link(current, incident, now) ?? current
      }
    },
  }
}

const EMPTY = {
  clientId: null,
  signatureKey: null,
  signature: null,
  rootCause: '',
  workaround: '',
  clientHint: '',
  steps: '',
  runbook: null,
  recurrences: 0,
  recurredAt: null,
  rejectedAt: null,
  rejectedCount: null,
  solvedAt: null,
} as const
