import type { EpochMs } from '@tillwatch/shared'
import { inOrder, type ReopenKind, type SlaEvent } from './events.ts'
import {
  type Hold,
  type Milestone,
  rowOf,
  rowPriorityOf,
  type SlaPolicy,
  type SlaRow,
  type SlaTerms,
} from './policy.ts'
import { instantAfterWorkingMs, type WorkingTime, workingMsBetween } from './working-calendar.ts'

/**
 * Time of one promise, in ms of its calendar. `usedMs` is the contract's, which decides the deadline and "SLA met"; `stepsMs` moves
 * escalation and also stands still while the incident is suppressed (domain ruling 18.14).
 */
interface Counter {
  readonly limitMs: number
  readonly calendar: string
  readonly usedMs: number
  readonly stepsMs: number
  /** Counted while it was thought to be over: given back when it turns out that it was not. */
  readonly gapMs: number
  readonly stepsGapMs: number
}

/** Everything that the clocks of one incident say at one instant. Plain data. */
export interface SlaClock {
  /** The instant up to which it has counted. */
  readonly at: EpochMs
  readonly registeredAt: EpochMs
  readonly terms: SlaTerms
  readonly phase: 'running' | 'clearing' | 'solved' | 'ended'
  readonly holds: readonly Hold[]
  readonly reaction: Counter & { readonly targetMs: number; readonly doneAt: EpochMs | null }
  readonly solution: Counter & { readonly until: SlaRow['solution']['until']; readonly doneAt: EpochMs | null }
  readonly reopens: Readonly<Record<ReopenKind, number>>
  readonly milestones: Readonly<Partial<Record<Milestone, EpochMs>>>
  /** Marks and breaches by name that were gone past, each with the instant at which it was due. They stay, whatever the limit becomes. */
  readonly passed: Readonly<Record<string, EpochMs>>
  /** Those whose time is used to the last millisecond, and not yet gone past: equal is still within (domain ruling 18.8). */
  readonly reached: Readonly<Record<string, EpochMs>>
}

/** What the clocks of one incident count by: its pinned policy, its calendars in the right zone, and whether its site is of class A. */
export interface SlaRules {
  readonly policy: SlaPolicy
  readonly classA: boolean
  timeOf(calendar: string): WorkingTime
}

/** A mark of the policy as it counts for one incident. */
export interface NamedMark {
  readonly name: string
  readonly clock: 'reaction' | 'solution'
  readonly percent: number
  /** Its place in the policy. */
  readonly index: number
}

/** The marks of a policy; named by what the policy says, so that a site's class changes no name. */
export const marksOf = ({ policy, classA }: Pick<SlaRules, 'policy' | 'classA'>): readonly NamedMark[] =>
  policy.marks.map(({ clock, at, at_class_a: ofClassA }, index) => ({
    name: `${clock}.${at}`,
    clock,
    percent: classA ? (ofClassA ?? at) : at,
    index,
  }))

/** Name under which `passed` tells when a limit was broken. */
export const breachOf = (which: 'reaction' | 'solution'): string => `${which}.breach`

const LEAST_URGENT = 4
/** The smaller the more urgent: every critical one before any other, among equals the priority. */
const urgencyOf = (terms: SlaTerms): number => rowPriorityOf(terms) + (terms.critical ? 0 : LEAST_URGENT)

/** Holds that stop the contract's counter of each clock; `reaction` knows agreed windows alone (domain ruling 18.11). */
function isHeld(rules: SlaRules, clock: SlaClock, which: 'reaction' | 'solution'): boolean {
  return clock.holds.some(
    hold =>
      hold === 'agreed_window' || (which === 'solution' && (hold === 'order' || rules.policy.pauses.includes(hold))),
  )
}
const isSuppressed = (clock: SlaClock): boolean =>
  clock.holds.some(hold => hold === 'suppressed' || hold === 'window' || hold === 'agreed_window')

/** Does the contract's counter of this clock run at the instant up to which it has counted? */
export const runs = (rules: SlaRules, clock: SlaClock, which: 'reaction' | 'solution'): boolean =>
  clock.phase === 'running' && clock[which].doneAt === null && !isHeld(rules, clock, which)

/** Do its steps move? */
export const stepsMove = (rules: SlaRules, clock: SlaClock, which: 'reaction' | 'solution'): boolean =>
  runs(rules, clock, which) && !isSuppressed(clock)

/** The clocks at `now` from the whole log; null when it holds no registration. */
export function clockAt(rules: SlaRules, log: readonly SlaEvent[], now: EpochMs): SlaClock | null {
  let clock: SlaClock | null = null
  for (const event of inOrder(log)) {
    if (event.at > now) break
    clock = clock ? happened(rules, clock, event) : event.kind === 'registered' ? begun(rules, event) : null
  }
  return clock && advanced(rules, clock, now)
}

/** A clock at the registration of its incident. */
export function begun(rules: SlaRules, event: SlaEvent & { readonly kind: 'registered' }): SlaClock {
  const { at, kind: _, ...terms } = event
  const { reaction, solution } = rowOf(rules.policy, terms)
  const fresh = { usedMs: 0, stepsMs: 0, gapMs: 0, stepsGapMs: 0, doneAt: null }
  return {
    ...{ at, registeredAt: at, terms, phase: 'running', holds: [], milestones: {}, passed: {}, reached: {} },
    reaction: { ...fresh, ...reaction },
    solution: { ...fresh, ...solution },
    reopens: { human: 0, unfixed: 0, return: 0 },
  }
}

/** The clock after an event that is not earlier than what it has counted. */
export function happened(rules: SlaRules, before: SlaClock, event: SlaEvent): SlaClock {
  const clock = advanced(rules, before, event.at)
  switch (event.kind) {
    case 'registered':
      return clock
    case 'terms':
      return retermed(rules, clock, event)
    case 'reacted':
      return { ...clock, reaction: { ...clock.reaction, doneAt: clock.reaction.doneAt ?? event.at } }
    case 'hold':
      return { ...clock, holds: [...clock.holds.filter(hold => hold !== event.why), event.why] }
    case 'release':
      return { ...clock, holds: clock.holds.filter(hold => hold !== event.why) }
    case 'clearing':
      return clock.phase === 'running' ? over(clock, 'clearing') : clock
    case 'relapsed':
      return clock.phase === 'clearing' ? resumed(rules, clock, true) : clock
    case 'solved':
      if (clock.phase === 'clearing') return { ...clock, phase: 'solved' }
      return clock.phase === 'running' ? over(clock, 'solved') : clock
    case 'reopened': {
      if (clock.phase === 'running') return clock
      const reopens = { ...clock.reopens, [event.how]: clock.reopens[event.how] + 1 }
      // What lasted while it passed for solved was never away (domain ruling 18.29).
      return { ...resumed(rules, clock, event.how === 'unfixed'), reopens }
    }
    case 'milestone':
      return reached(clock, event.event)
    case 'ended':
      return { ...clock, phase: 'ended' }
  }
}

function over(clock: SlaClock, phase: 'clearing' | 'solved'): SlaClock {
  return { ...clock, phase, solution: { ...clock.solution, doneAt: clock.solution.doneAt ?? clock.at } }
}

function reached(clock: SlaClock, event: Milestone): SlaClock {
  if (clock.milestones[event] !== undefined) return clock
  const milestones = { ...clock.milestones, [event]: clock.at }
  const { solution } = clock
  if (solution.until !== event || solution.doneAt !== null) return { ...clock, milestones }
  return { ...clock, milestones, solution: { ...solution, doneAt: clock.at } }
}

function resumed(rules: SlaRules, clock: SlaClock, withGap: boolean): SlaClock {
  const resume = <C extends Counter>(counter: C): C => ({
    ...counter,
    usedMs: counter.usedMs + (withGap ? counter.gapMs : 0),
    stepsMs: counter.stepsMs + (withGap ? counter.stepsGapMs : 0),
    gapMs: 0,
    stepsGapMs: 0,
  })
  const solution = resume(clock.solution)
  const next: SlaClock = {
    ...clock,
    phase: 'running',
    reaction: resume(clock.reaction),
    solution: { ...solution, doneAt: reachedAtOf(clock, solution.until) },
  }
  return noted(rules, next, () => clock.at)
}

/** When the milestone was reached that stands for the solution. */
const reachedAtOf = ({ milestones }: SlaClock, until: SlaRow['solution']['until']): EpochMs | null =>
  until === 'solved' ? null : (milestones[until] ?? null)

/** Used time stays; a limit only shrinks with urgency and only grows with ease (domain ruling 18.10). */
function retermed(rules: SlaRules, clock: SlaClock, event: SlaEvent & { readonly kind: 'terms' }): SlaClock {
  const { at: _at, kind: _kind, ...terms } = event
  const { reaction, solution } = rowOf(rules.policy, terms)
  const raised = urgencyOf(terms) < urgencyOf(clock.terms)
  const limit = (old: number, used: number, next: number) => (raised ? Math.min(old, used + next) : Math.max(old, next))
  const { usedMs } = clock.reaction
  const isOver = clock.phase === 'solved' || clock.phase === 'clearing'
  const next: SlaClock = {
    ...clock,
    terms,
    // A reaction once given is not asked for again.
    reaction:
      clock.reaction.doneAt !== null
        ? clock.reaction
        : {
            ...clock.reaction,
            calendar: reaction.calendar,
            limitMs: limit(clock.reaction.limitMs, usedMs, reaction.limitMs),
            targetMs: limit(clock.reaction.targetMs, usedMs, reaction.targetMs),
          },
    solution: {
      ...clock.solution,
      calendar: solution.calendar,
      until: solution.until,
      limitMs: limit(clock.solution.limitMs, clock.solution.usedMs, solution.limitMs),
      doneAt: isOver ? clock.solution.doneAt : reachedAtOf(clock, solution.until),
    },
  }
  return noted(rules, next, () => clock.at)
}

/** The clock at a later instant, nothing having happened meanwhile. */
export function advanced(rules: SlaRules, clock: SlaClock, to: EpochMs): SlaClock {
  if (to <= clock.at) return clock
  if (clock.phase === 'ended') return { ...clock, at: to }
  const next: SlaClock = {
    ...clock,
    at: to,
    reaction: { ...clock.reaction, ...counted(rules, clock, 'reaction', to) },
    solution: { ...clock.solution, ...counted(rules, clock, 'solution', to) },
  }
  return noted(rules, next, ({ which, counter, ms }) => {
    const { calendar } = clock[which]
    return instantAfterWorkingMs(rules.timeOf(calendar), clock.at, ms - clock[which][counter]) ?? to
  })
}

function counted(
  rules: SlaRules,
  clock: SlaClock,
  which: 'reaction' | 'solution',
  to: EpochMs,
): Pick<Counter, 'usedMs' | 'stepsMs' | 'gapMs' | 'stepsGapMs'> {
  const { usedMs, stepsMs, gapMs, stepsGapMs, doneAt, calendar } = clock[which]
  const same = { usedMs, stepsMs, gapMs, stepsGapMs }
  const isGap = clock.phase !== 'running'
  // A reaction that was given and a milestone that was reached are over for good; a solution may turn out to have been none.
  const isFinal = which === 'reaction' ? doneAt !== null : reachedAtOf(clock, clock.solution.until) !== null
  if (isHeld(rules, clock, which) || isFinal || (!isGap && doneAt !== null)) return same
  const ms = workingMsBetween(rules.timeOf(calendar), clock.at, to)
  const stepMs = isSuppressed(clock) ? 0 : ms
  return isGap
    ? { ...same, gapMs: gapMs + ms, stepsGapMs: stepsGapMs + stepMs }
    : { ...same, usedMs: usedMs + ms, stepsMs: stepsMs + stepMs }
}

/** A time of a clock at which something is to be noticed. */
interface Threshold {
  readonly name: string
  readonly which: 'reaction' | 'solution'
  readonly counter: 'usedMs' | 'stepsMs'
  readonly ms: number
}

function thresholdsOf(rules: SlaRules, clock: SlaClock): readonly Threshold[] {
  const breach = (which: Threshold['which']): Threshold => ({
    ...{ name: breachOf(which), which, counter: 'usedMs' },
    ms: clock[which].limitMs,
  })
  const marks = marksOf(rules).map(
    ({ name, clock: which, percent }): Threshold => ({
      ...{ name, which, counter: 'stepsMs' },
      ms: markMsOf(clock, which, percent),
    }),
  )
  return [...marks, breach('reaction'), breach('solution')]
}

/** Writes down which marks and limits were reached and gone past, and when. */
function noted(rules: SlaRules, clock: SlaClock, instantOf: (threshold: Threshold) => EpochMs): SlaClock {
  const passed = { ...clock.passed }
  const reached = { ...clock.reached }
  for (const threshold of thresholdsOf(rules, clock)) {
    const { name, which, counter, ms } = threshold
    if (passed[name] !== undefined) continue
    if (clock[which][counter] < ms) {
      // A limit that grew at its very end is reached at another instant.
      delete reached[name]
      continue
    }
    const at = reached[name] ?? instantOf(threshold)
    if (clock[which][counter] === ms) {
      reached[name] = at
      continue
    }
    passed[name] = at
    delete reached[name]
  }
  return { ...clock, passed, reached }
}

/** What a mark is a share of. */
export interface MarkedTime {
  readonly is: 'target' | 'limit'
  readonly ms: number
}

/** Warnings of reaction go by the target, its breach by the limit (domain ruling 18.3). */
export function markedTime(clock: SlaClock, which: 'reaction' | 'solution', percent: number): MarkedTime {
  const { reaction, solution } = clock
  if (which === 'solution') return { is: 'limit', ms: solution.limitMs }
  return percent < 100 ? { is: 'target', ms: reaction.targetMs } : { is: 'limit', ms: reaction.limitMs }
}

/** Time at which a mark lies. */
export const markMsOf = (clock: SlaClock, which: 'reaction' | 'solution', percent: number): number =>
  // Whole milliseconds: a limit that was shortened mid-way need not be divisible.
  Math.floor((markedTime(clock, which, percent).ms * percent) / 100)
