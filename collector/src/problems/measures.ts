import { AppError, type EpochMs, MEASURES_MAX } from '@tillwatch/shared'
import type { ProblemAction } from '@tillwatch/shared/api'
import { DateTime } from 'luxon'
import { MACHINE } from '../incidents/incident.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import type { Notices } from '../notices/notice.ts'
import { phrases } from './phrases.ts'
import type { Problem } from './problem.ts'
import type { ProblemStore } from './problem-store.ts'
import type { Measure, ReviewStore } from './review-store.ts'

const DAY_MS = 24 * 3_600_000
/** A reminder comes on the morning after the last day, and then once a week. */
const REMIND_AGAIN_MS = 7 * DAY_MS
const REMIND_HOUR = 9
/** Days and months without a place are those of Moscow (domain 18.7). */
export const HOUSE_ZONE = 'Europe/Moscow'

/** What is promised so that a problem does not return (R89, R90). Runs inside the caller's transaction. */
export interface Measures {
  /** Throws `measure.too_many`. */
  add(
    problem: Problem,
    draft: Pick<Measure, 'text' | 'owner' | 'dueOn' | 'incidentId'>,
    actor: string,
    now: EpochMs,
  ): void
  /** Throws `measure.unknown`. */
  change(
    problem: Problem,
    change: Extract<ProblemAction, { action: 'change_measure' }>,
    actor: string,
    now: EpochMs,
  ): void
  /** Throws `measure.unknown`. */
  finish(problem: Problem, measureId: string, done: boolean, actor: string, now: EpochMs): void
  /** Reminds of what is overdue: in the trails of the problem and of the incident that asked for it, and by a message to the head of support. */
  remind(now: EpochMs): void
}

/** Measures over the stores of one connection. */
export function createMeasures(
  reviews: ReviewStore,
  problems: ProblemStore,
  incidents: Pick<IncidentStore, 'byId' | 'addEntry'>,
  notices: Notices,
): Measures {
  const measureOf = (problem: Problem, id: string): Measure => {
    const measure = reviews.measure(problem.tenantId, id)
    if (measure?.problemId === problem.id) return measure
    throw new AppError('measure.unknown', 'this problem has no such measure', { nextStep: 'Open the problem again.' })
  }
  return {
    add: (problem, { text, owner, dueOn, incidentId }, actor, now) => {
      const { id: problemId, tenantId } = problem
      const count = reviews.measuresOf(tenantId, problemId).length
      if (count >= MEASURES_MAX) {
        throw new AppError('measure.too_many', `a problem has at most ${MEASURES_MAX} measures`, {
          nextStep: 'Put what belongs together into one measure.',
        })
      }
      const id = `${problemId}-${count + 1}`
      const due = { dueOn, remindAt: remindAt(dueOn) }
      const made = { createdAt: now, createdBy: actor, doneAt: null, doneBy: null }
      reviews.saveMeasure({ id, tenantId, problemId, incidentId, text, owner, ...due, ...made })
      problems.addEntry(problem, actor, phrases.measure(actor, owner, dueOn, text), now)
    },
    change: (problem, { measureId, text, owner, dueOn }, actor, now) => {
      const before = measureOf(problem, measureId)
      const after = {
        ...before,
        text: text ?? before.text,
        owner: owner ?? before.owner,
        ...(dueOn === undefined ? {} : { dueOn, remindAt: remindAt(dueOn) }),
      }
      reviews.saveMeasure(after)
      problems.addEntry(problem, actor, phrases.measure(actor, after.owner, after.dueOn, after.text), now)
    },
    finish: (problem, measureId, done, actor, now) => {
      const measure = measureOf(problem, measureId)
      reviews.saveMeasure({ ...measure, doneAt: done ? now : null, doneBy: done ? actor : null })
      problems.addEntry(problem, actor, phrases.measureDone(actor, measure.text, done), now)
    },
    remind: now => {
      for (const measure of reviews.overdue(now)) {
        reviews.saveMeasure({ ...measure, remindAt: now + REMIND_AGAIN_MS })
        const problem = problems.byId(measure.tenantId, measure.problemId)
        if (!problem) continue
        const text = phrases.overdue(measure.owner, measure.dueOn, measure.text)
        problems.addEntry(problem, MACHINE, text, now)
        const incident = measure.incidentId === null ? null : incidents.byId(measure.incidentId)
        if (incident) incidents.addEntry(incident, { kind: 'note', actor: MACHINE, text }, now)
        const { tenantId, incidentId } = measure
        const key = `measure ${measure.id} ${measure.remindAt}`
        // Owners are names; the head of support knows them all.
        const client = problem.clientId === null ? {} : { clientId: problem.clientId }
        notices.add(
          { tenantId, incidentId, ...client, role: 'head', key, subject: phrases.overdueOf(problem), text },
          now,
        )
      }
    },
  }
}

const remindAt = (dueOn: string): EpochMs =>
  DateTime.fromISO(dueOn, { zone: HOUSE_ZONE }).plus({ days: 1 }).set({ hour: REMIND_HOUR }).toMillis()
