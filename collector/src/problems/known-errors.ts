import type { KnownFace } from './face-store.ts'
import { isKnownError, type Problem } from './problem.ts'
import type { ProblemStore } from './problem-store.ts'
import { fits, precision } from './signature.ts'

/** Known errors in memory, so that an incident that opens costs no query. Read again after a change. */
export interface KnownErrors {
  /** False spares a look at the incident. */
  any(tenantId: string): boolean
  /** The known error that an incident fits: of several the one that says most, then the one of its own client, then the oldest. */
  best(tenantId: string, face: KnownFace): Problem | null
  /** Something about a problem of the tenant changed, or may have been undone. */
  forget(tenantId: string): void
}

/** The index over the store. */
export function createKnownErrors(store: Pick<ProblemStore, 'documented'>): KnownErrors {
  const known = new Map<string, readonly Problem[]>()
  const of = (tenantId: string): readonly Problem[] => {
    const kept = known.get(tenantId)
    if (kept) return kept
    const read = store.documented(tenantId).filter(isKnownError)
    known.set(tenantId, read)
    return read
  }
  return {
    any: tenantId => of(tenantId).length > 0,
    best: (tenantId, face) =>
      of(tenantId)
        .filter(problem => concerns(problem, face))
        .reduce<Problem | null>((best, each) => (best && weight(best) >= weight(each) ? best : each), null),
    forget: tenantId => {
      known.delete(tenantId)
    },
  }
}

/** Whether a problem's signature and scope take in an incident. */
export const concerns = (problem: Problem, { clientId, face }: KnownFace): boolean =>
  problem.signature !== null &&
  (problem.clientId === null || problem.clientId === clientId) &&
  fits(problem.signature, face)

const weight = ({ signature, clientId }: Problem): number =>
  signature === null ? 0 : precision(signature) * 2 + (clientId === null ? 0 : 1)
