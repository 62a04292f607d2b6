import type { EpochMs } from '@tillwatch/shared'
import { breachOf, markMsOf, marksOf, runs, type SlaClock, type SlaRules, stepsMove } from './clock.ts'
import type { Hold } from './policy.ts'
import { instantAfterWorkingMs } from './working-calendar.ts'

/** One promise as people see it. */
interface PromiseView {
  readonly limitMs: number
  readonly usedMs: number
  /** Whole percent of the limit, rounded down, so that it never seems to have reached what it has not. */
  readonly percent: number
  /** When the limit runs out, or ran out; while the clock stands, as if it went on now. Null when it was kept, or never will. */
  readonly limitAt: EpochMs | null
  readonly doneAt: EpochMs | null
  /** Null while it may still be kept. */
  readonly met: boolean | null
}

/** The clocks of one incident at one instant, for pages, lists and figures. */
export interface SlaView {
  readonly reaction: PromiseView & { readonly targetAt: EpochMs | null; readonly targetMet: boolean | null }
  /** `counts` is false when a milestone stands for the solution: such rows stay out of solution figures. */
  readonly solution: PromiseView & { readonly counts: boolean }
  /** Both limits kept (domain ruling 18.53); null while it is open. */
  readonly met: boolean | null
  /** Is the contract's time of solution being used now? Outside working hours too: nobody works, and nobody holds it up. */
  readonly running: boolean
  /** What stands in the way of it. */
  readonly paused: readonly Hold[]
  /** The next mark and when it is due if nothing changes. Null: none is left, or its clock stands. */
  readonly next: { readonly name: string; readonly at: EpochMs } | null
}

/** What the clocks say, in figures. */
export function viewOf(rules: SlaRules, clock: SlaClock): SlaView {
  const reaction = promiseOf(rules, clock, 'reaction')
  const solution = promiseOf(rules, clock, 'solution')
  const { targetMs, usedMs, doneAt } = clock.reaction
  const late = usedMs > targetMs
  return {
    reaction: {
      ...reaction,
      targetAt: doneAt === null ? instantAt(rules, clock, 'reaction', targetMs) : null,
      targetMet: late ? false : doneAt === null ? null : true,
    },
    solution: { ...solution, counts: clock.solution.until === 'solved' },
    met: bothMet(clock, reaction.met, solution.met),
    running: runs(rules, clock, 'solution'),
    paused: runs(rules, clock, 'solution') || clock.solution.doneAt !== null ? [] : clock.holds,
    next: nextMark(rules, clock),
  }
}

/** An incident that went by itself has no reaction to judge: what was not broken is kept once it is solved. */
function bothMet(clock: SlaClock, reaction: boolean | null, solution: boolean | null): boolean | null {
  if (clock.phase === 'ended') return null
  if (reaction === false || solution === false) return false
  return clock.phase === 'solved' ? true : null
}

function promiseOf(rules: SlaRules, clock: SlaClock, which: 'reaction' | 'solution'): PromiseView {
  const { limitMs, usedMs, doneAt } = clock[which]
  const breachedAt = clock.passed[breachOf(which)] ?? null
  return {
    limitMs,
    usedMs,
    percent: limitMs === 0 ? 100 : Math.floor((usedMs * 100) / limitMs),
    limitAt: doneAt === null ? (breachedAt ?? instantAt(rules, clock, which, limitMs)) : breachedAt,
    doneAt,
    met: breachedAt !== null ? false : doneAt === null ? null : true,
  }
}

/** When a counter of the contract reaches `ms`, if it goes on from now. */
function instantAt(rules: SlaRules, clock: SlaClock, which: 'reaction' | 'solution', ms: number): EpochMs | null {
  const { usedMs, calendar } = clock[which]
  return usedMs > ms ? null : instantAfterWorkingMs(rules.timeOf(calendar), clock.at, ms - usedMs)
}

/** When the contract's solution clock reaches a share of its limit; an instant behind it when it has. For lists that sort by it. */
export function shareAt(rules: SlaRules, clock: SlaClock, percent: number): EpochMs | null {
  const ms = Math.ceil((clock.solution.limitMs * percent) / 100)
  return clock.solution.usedMs >= ms ? clock.at : instantAt(rules, clock, 'solution', ms)
}

/** The mark that is due next of those not passed: the first instant at which it is gone past. */
export function nextMark(rules: SlaRules, clock: SlaClock): SlaView['next'] {
  let next: SlaView['next'] = null
  for (const { name, clock: which, percent } of marksOf(rules)) {
    if (clock.passed[name] !== undefined || !stepsMove(rules, clock, which)) continue
    const { stepsMs, calendar } = clock[which]
    const at = instantAfterWorkingMs(rules.timeOf(calendar), clock.at, markMsOf(clock, which, percent) - stepsMs + 1)
    if (at !== null && (next === null || at < next.at)) next = { name, at }
  }
  return next
}

/** When the contract's counter breaks a limit that it has not broken; marks may stand still meanwhile. */
export function nextBreachAt(rules: SlaRules, clock: SlaClock): EpochMs | null {
  const dues = (['reaction', 'solution'] as const).flatMap(which => {
    if (clock.passed[breachOf(which)] !== undefined || !runs(rules, clock, which)) return []
    const { limitMs, usedMs, calendar } = clock[which]
    return instantAfterWorkingMs(rules.timeOf(calendar), clock.at, limitMs - usedMs + 1) ?? []
  })
  return dues.length > 0 ? Math.min(...dues) : null
}
