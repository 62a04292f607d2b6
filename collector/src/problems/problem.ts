import type { Bilingual } from '@tillwatch/rules'
import { AppError, type EpochMs } from '@tillwatch/shared'
import type { ProblemSignature, ProblemStatus } from '@tillwatch/shared/api'

/** A cause of incidents that people look into. Plain data. */
export interface Problem {
  readonly id: string
  readonly tenantId: string
  readonly number: number
  readonly title: Bilingual
  readonly status: ProblemStatus
  /** The one client that it is about; null for the product. */
  readonly clientId: string | null
  readonly origin: 'proposal' | 'review' | 'person'
  /** Key of the signature that it was made from. */
  readonly signatureKey: string | null
  /** What incidents are compared with. */
  readonly signature: ProblemSignature | null
  readonly rootCause: string
  readonly workaround: string
  readonly clientHint: string
  readonly steps: string
  readonly runbook: string | null
  readonly recurrences: number
  readonly recurredAt: EpochMs | null
  readonly rejectedAt: EpochMs | null
  readonly rejectedCount: number | null
  readonly solvedAt: EpochMs | null
  readonly createdAt: EpochMs
  readonly createdBy: string
  readonly changedAt: EpochMs
}

/** A problem with documented root cause and workaround. Matching goes on after Solved: what fits then has recurred (domain 18.47). */
export const isKnownError = (problem: Problem): boolean =>
  problem.rootCause !== '' &&
  problem.workaround !== '' &&
  problem.status !== 'proposed' &&
  problem.status !== 'rejected'

/** Somebody is to work on it. */
export const LIVE_STATUSES = ['proposed', 'open', 'root_cause_known', 'fix_planned'] as const satisfies ProblemStatus[]
export const isLive = ({ status }: Pick<Problem, 'status'>): boolean => LIVE_STATUSES.some(live => live === status)

const NEXT: Readonly<Record<ProblemStatus, readonly ProblemStatus[]>> = {
  proposed: ['open', 'rejected'],
  open: ['root_cause_known', 'fix_planned', 'solved', 'rejected'],
  root_cause_known: ['open', 'fix_planned', 'solved'],
  fix_planned: ['root_cause_known', 'solved'],
  solved: ['closed', 'open'],
  closed: ['open'],
  rejected: ['open'],
}

/** Where a problem may go from here. */
export const nextStatuses = (status: ProblemStatus): readonly ProblemStatus[] => NEXT[status]

export interface MoveFacts {
  /** Occurrences of its signature in the time that proposals look at. */
  readonly occurrences: number
  /** Measures that are not done. */
  readonly openMeasures: number
}

/**
 * The problem after a person moved it. Throws `problem.status` for a way that does not exist, `problem.root_cause` and
 * `problem.measures_open` when something must come first.
 */
export function moved(problem: Problem, to: ProblemStatus, facts: MoveFacts, now: EpochMs): Problem {
  if (!NEXT[problem.status].includes(to)) {
    throw new AppError('problem.status', `a problem that is ${problem.status} does not become ${to}`, {
      nextStep: 'Open the problem again: somebody may have moved it meanwhile.',
    })
  }
  if ((to === 'root_cause_known' || to === 'fix_planned') && problem.rootCause === '') {
    throw new AppError('problem.root_cause', 'the root cause is not written down', {
      nextStep: 'Write down the root cause first.',
    })
  }
  if (to === 'closed' && facts.openMeasures > 0) {
    throw new AppError('problem.measures_open', `${facts.openMeasures} measures are not done`, {
      nextStep:
        'Finish the measures, or take back those that are not needed any more by marking them done with a note.',
    })
  }
  const change =
    to === 'rejected'
      ? { rejectedAt: now, rejectedCount: facts.occurrences }
      : to === 'solved'
        ? { solvedAt: now }
        : to === 'open'
          ? { solvedAt: null, rejectedAt: null, rejectedCount: null }
          : {}
  return { ...problem, ...change, status: to, changedAt: now }
}

/** The problem after an incident fitted it: one that was solved has recurred; null when nothing changes. */
export function recurred(problem: Problem, now: EpochMs): Problem | null {
  if (problem.status !== 'solved' && problem.status !== 'closed') return null
  return {
    ...problem,
    status: 'open',
    solvedAt: null,
    recurrences: problem.recurrences + 1,
    recurredAt: now,
    changedAt: now,
  }
}
