import { AppError, type EpochMs } from '@tillwatch/shared'
import type { ProblemAction, ProblemDraft } from '@tillwatch/shared/api'
import type { Incident } from '../incidents/incident.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import { asIs } from '../incidents/phrases.ts'
import type { FaceStore } from './face-store.ts'
import type { Measures } from './measures.ts'
import { phrases } from './phrases.ts'
import { isKnownError, moved, type Problem } from './problem.ts'
import type { ProblemBook } from './problem-book.ts'
import type { ProblemStore } from './problem-store.ts'
import type { ProposalSettings } from './proposal.ts'
import type { ReviewStore } from './review-store.ts'
import { isUnlocked } from './reviews.ts'
import { compareVersions } from './version-order.ts'

/** Occurrences beyond this say nothing more. */
const OCCURRENCES_MAX = 100_000

/** What of a problem a person writes. */
type Given = { readonly [Key in Exclude<keyof ProblemDraft, 'incidentId'>]?: ProblemDraft[Key] | undefined }
type Act<Kind extends ProblemAction['action']> = Extract<ProblemAction, { action: Kind }>

export interface ProblemActParts {
  readonly store: ProblemStore
  readonly faces: FaceStore
  readonly book: ProblemBook
  readonly reviewStore: ReviewStore
  readonly measures: Measures
  readonly settings: ProposalSettings
  readonly incidents: Pick<IncidentStore, 'byId'>
}

/** What people do to one problem. Runs inside the caller's transaction; fails as `Problems.act` says. */
export interface ProblemActs {
  carryOut(problem: Problem, action: ProblemAction, actor: string, now: EpochMs): void
  /** The fields that a person gave, as a problem keeps them. */
  fieldsOf(tenantId: string, given: Given): Partial<Problem>
  /** Brings open incidents in line: a workaround that is new or reads otherwise is told to those that have it already. */
  follow(before: Problem | null, after: Problem, now: EpochMs): void
  /** An incident of the tenant. Throws `incident.unknown`. */
  incidentOf(tenantId: string, id: string | null): Incident
}

/** The acts over the stores of one connection. */
export function createProblemActs(parts: ProblemActParts): ProblemActs {
  const { store, faces, book, reviewStore, measures, settings, incidents } = parts

  const incidentOf = (tenantId: string, id: string | null): Incident => {
    const incident = id === null ? null : incidents.byId(id)
    if (incident?.tenantId === tenantId) return incident
    throw new AppError('incident.unknown', 'there is no such incident', { nextStep: 'Take its number from the list.' })
  }
  const fieldsOf = (tenantId: string, given: Given): Partial<Problem> => {
    const { title, clientCode, signature, rootCause, workaround, clientHint, steps, runbook } = given
    if (signature) checkRanges(signature)
    const fields = {
      title: title === undefined ? undefined : asIs(title),
      clientId: clientCode === undefined ? undefined : clientCode && clientOf(store, tenantId, clientCode),
      ...{ signature, rootCause, workaround, clientHint, steps, runbook },
    }
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  }
  const follow = (before: Problem | null, after: Problem, now: EpochMs) => {
    const reads = before?.workaround === after.workaround && before.clientHint === after.clientHint
    if (isKnownError(after) || (before && isKnownError(before))) book.matchOpen(after, incidents.byId, !reads, now)
  }
  const edit = (problem: Problem, given: Given, actor: string, now: EpochMs) => {
    const next = { ...problem, ...fieldsOf(problem.tenantId, given), changedAt: now }
    book.save(next)
    store.addEntry(next, actor, phrases.edited(actor), now)
    follow(problem, next, now)
  }
  const move = (problem: Problem, { status, reason }: Act<'move'>, actor: string, now: EpochMs) => {
    const { tenantId, id, signatureKey: key } = problem
    const facts = {
      occurrences: key === null ? 0 : faces.total(tenantId, key, settings, now, OCCURRENCES_MAX),
      openMeasures: reviewStore.measuresOf(tenantId, id).filter(measure => measure.doneAt === null).length,
    }
    const next = moved(problem, status, facts, now)
    book.save(next)
    store.addEntry(next, actor, phrases.moved(actor, problem.status, status, reason), now)
    follow(problem, next, now)
  }
  /** A review of this problem whose form is open. */
  const openReview = ({ id, tenantId }: Problem, incidentId: string) => {
    const review = reviewStore.review(tenantId, incidentId)
    const incident = incidents.byId(incidentId)
    if (review?.problemId !== id || !incident) {
      throw new AppError('review.unknown', 'this problem has no review of that incident', {
        nextStep: 'Open the problem again.',
      })
    }
    if (!isUnlocked(incident, review)) {
      throw new AppError('review.locked', `incident ${incident.number} is not restored yet`, {
        nextStep: 'First bring the service back, or accept a workaround; the analysis comes after.',
      })
    }
    return { review, incident }
  }
  const review = (problem: Problem, action: Act<'review'>, actor: string, now: EpochMs) => {
    const { review: kept, incident } = openReview(problem, action.incidentId)
    const { summary, prevention, done } = action
    const end = done ? { doneAt: now, doneBy: actor } : { doneAt: null, doneBy: null }
    reviewStore.saveReview({ ...kept, summary, prevention, ...end })
    store.addEntry(problem, actor, phrases.reviewed(actor, incident.number, done), now)
  }
  const link = (problem: Problem, number: number, actor: string, now: EpochMs) => {
    const incident = incidentOf(problem.tenantId, store.incidentId(problem.tenantId, number))
    store.link(problem, incident.id, 'person', actor, now)
    store.addEntry(problem, actor, phrases.linked(actor, incident.number), now)
  }
  const unlink = (problem: Problem, incidentId: string, actor: string, now: EpochMs) => {
    const incident = incidentOf(problem.tenantId, incidentId)
    if (store.refuse(problem, incidentId)) store.addEntry(problem, actor, phrases.unlinked(actor, incident.number), now)
  }
  const promise = (problem: Problem, action: Act<'add_measure'>, actor: string, now: EpochMs) => {
    const incidentId = action.incidentId ?? null
    if (incidentId !== null) openReview(problem, incidentId)
    measures.add(problem, { ...action, incidentId }, actor, now)
  }
  const carryOut = (problem: Problem, action: ProblemAction, actor: string, now: EpochMs) => {
    if (action.action === 'edit') edit(problem, action, actor, now)
    else if (action.action === 'move') move(problem, action, actor, now)
    else if (action.action === 'link') link(problem, action.incidentNumber, actor, now)
    else if (action.action === 'unlink') unlink(problem, action.incidentId, actor, now)
    else if (action.action === 'note') store.addEntry(problem, actor, asIs(action.text), now)
    else if (action.action === 'review') review(problem, action, actor, now)
    else if (action.action === 'add_measure') promise(problem, action, actor, now)
    else if (action.action === 'change_measure') measures.change(problem, action, actor, now)
    else measures.finish(problem, action.measureId, action.done, actor, now)
  }
  return { carryOut, fieldsOf, follow, incidentOf }
}

function clientOf(store: ProblemStore, tenantId: string, code: string): string {
  const id = store.clientId(tenantId, code)
  if (id !== null) return id
  throw new AppError('problem.client', `there is no client with the code ${code}`, {
    nextStep: 'Take the code from the directory.',
  })
}

function checkRanges({ firmware, driver, posVersion }: NonNullable<ProblemDraft['signature']>): void {
  for (const range of [firmware, driver, posVersion]) {
    if (!range || range.from === null || range.to === null || compareVersions(range.from, range.to) <= 0) continue
    throw new AppError('problem.range', `version ${range.from} is newer than ${range.to}`, {
      nextStep: 'Give the older version first.',
    })
  }
}
