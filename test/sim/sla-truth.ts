/** One event of an incident's clocks, as the collector keeps it. */
export interface LoggedEvent {
  readonly at: number
  readonly kind: string
  readonly priority?: number
  readonly critical?: boolean
  readonly mass?: boolean
  readonly why?: string
  readonly how?: string
}

interface Row {
  readonly reaction: { readonly targetMs: number; readonly limitMs: number }
  readonly solution: { readonly limitMs: number }
}

/** A policy that counts around the clock, as the collector keeps it. */
export interface KeptPolicy {
  readonly calendar: string
  readonly rows: Readonly<Record<string, Row>>
  readonly pauses: readonly string[]
  readonly marks: readonly { readonly clock: Which; readonly at: number; readonly at_class_a?: number }[]
}
type Which = 'reaction' | 'solution'

/** What the clocks of one incident come to, worked out the long way. */
interface Sum {
  readonly usedMs: number
  readonly stepsMs: number
  readonly limitMs: number
  readonly targetMs: number
  readonly doneAt: number | null
  readonly isBroken: boolean
  readonly isRunning: boolean
}

const SUPPRESSING = ['agreed_window', 'window', 'suppressed']

/**
 * One clock at `now`, from the log alone. Nothing is carried from one step to the next but sums: for every stretch between two events all
 * that was said before it is gone through again. Slow, and as simple as the agreement itself.
 */
export function sumOf(policy: KeptPolicy, events: readonly LoggedEvent[], which: Which, now: number): Sum {
  const start = events.find(({ kind }) => kind === 'registered')?.at ?? 0
  const log = events
    .map(event => ({ ...event, at: Math.max(event.at, start) }))
    .sort((a, b) => Number(b.kind === 'registered') - Number(a.kind === 'registered') || a.at - b.at)
    .filter(({ at }) => at <= now)
  let sum = { usedMs: 0, stepsMs: 0, ...limitsOf(policy, log[0] ?? { at: 0, kind: '' }, which) }
  let isBroken = false
  for (const [index, event] of log.entries()) {
    const before = log.slice(0, index + 1)
    if (event.kind === 'terms' && isOpen(before.slice(0, -1), which, 'limit'))
      sum = retermed(sum, policy, log, index, which)
    if (givesBack(event, before)) sum = withGap(sum, policy, before, which)
    const ms = (log[index + 1]?.at ?? now) - event.at
    const isCounted = phaseOf(before) === 'running' && isOpen(before, which, 'count') && !isHeld(policy, before, which)
    if (isCounted) sum = { ...sum, usedMs: sum.usedMs + ms, stepsMs: sum.stepsMs + (isSuppressed(before) ? 0 : ms) }
    if (phaseOf(before) !== 'ended' && sum.usedMs > sum.limitMs) isBroken = true
  }
  const isRunning = phaseOf(log) === 'running' && isOpen(log, which, 'count') && !isHeld(policy, log, which)
  return { ...sum, doneAt: doneAtOf(log, which), isBroken, isRunning }
}

type Log = readonly LoggedEvent[]
type Phase = 'running' | 'clearing' | 'solved' | 'ended'

function phaseOf(log: Log): Phase {
  let phase: Phase = 'running'
  for (const { kind } of log) {
    if (kind === 'ended') phase = 'ended'
    else if (kind === 'clearing' && phase === 'running') phase = 'clearing'
    else if (kind === 'relapsed' && phase === 'clearing') phase = 'running'
    else if (kind === 'solved' && (phase === 'running' || phase === 'clearing')) phase = 'solved'
    else if (kind === 'reopened' && phase !== 'running') phase = 'running'
  }
  return phase
}

/** When the clock's promise was kept last; null while it is open. */
function doneAtOf(log: Log, which: Which): number | null {
  if (which === 'reaction') return log.find(({ kind }) => kind === 'reacted')?.at ?? null
  if (phaseOf(log) === 'running') return null
  const since = log.findLastIndex((_, index) => phaseOf(log.slice(0, index)) === 'running')
  return log[since]?.at ?? null
}

/** A reaction once given is neither counted nor given other limits; the limit of a solution may change at any time. */
const isOpen = (log: Log, which: Which, what: 'count' | 'limit'): boolean =>
  which === 'reaction' ? doneAtOf(log, which) === null : what === 'limit' || phaseOf(log) === 'running'

const holdsOf = (log: Log): readonly string[] => {
  const last = new Map<string, string>()
  for (const { kind, why } of log) if (why !== undefined) last.set(why, kind)
  return [...last].flatMap(([why, kind]) => (kind === 'hold' ? [why] : []))
}
const isHeld = ({ pauses }: KeptPolicy, log: Log, which: Which): boolean =>
  holdsOf(log).some(
    why => why === 'agreed_window' || (which === 'solution' && (why === 'order' || pauses.includes(why))),
  )
const isSuppressed = (log: Log): boolean => holdsOf(log).some(why => SUPPRESSING.includes(why))

/** Where a policy says nothing of critical or mass incidents, the target of their reaction is its limit. */
function rowOf({ rows }: KeptPolicy, { priority, critical, mass }: LoggedEvent): Row {
  const row = rows[String(priority)] as Row
  if (!critical && !mass) return row
  const special = (critical && rows['critical']) || (mass && rows['mass'])
  return special || { ...row, reaction: { ...row.reaction, limitMs: row.reaction.targetMs } }
}

function limitsOf(policy: KeptPolicy, terms: LoggedEvent, which: Which): { limitMs: number; targetMs: number } {
  const row = rowOf(policy, terms)
  return which === 'reaction' ? row.reaction : { limitMs: row.solution.limitMs, targetMs: row.solution.limitMs }
}

type Running = Pick<Sum, 'usedMs' | 'stepsMs' | 'limitMs' | 'targetMs'>

/** More urgent: a limit only shrinks, counted from what is used. Less urgent: it only grows. */
function retermed(sum: Running, policy: KeptPolicy, log: Log, index: number, which: Which): Running {
  const urgency = ({ priority = 0, critical }: LoggedEvent): number => priority + (critical ? 0 : 4)
  const terms = log[index] as LoggedEvent
  const old = log.slice(0, index).findLast(({ kind }) => kind === 'terms' || kind === 'registered') as LoggedEvent
  const next = limitsOf(policy, terms, which)
  const isRaised = urgency(terms) < urgency(old)
  const limit = (was: number, becomes: number) =>
    isRaised ? Math.min(was, sum.usedMs + becomes) : Math.max(was, becomes)
  return { ...sum, limitMs: limit(sum.limitMs, next.limitMs), targetMs: limit(sum.targetMs, next.targetMs) }
}

/** Time that passed for good and was not: a relapse, or a solution that never was one. */
const givesBack = (event: LoggedEvent, before: Log): boolean => {
  const phase = phaseOf(before.slice(0, -1))
  if (event.kind === 'relapsed') return phase === 'clearing'
  return event.kind === 'reopened' && event.how === 'unfixed' && phase !== 'running'
}

function withGap(sum: Running, policy: KeptPolicy, log: Log, which: Which): Running {
  let { usedMs, stepsMs } = sum
  const from = log.findLastIndex((_, index) => index < log.length - 1 && phaseOf(log.slice(0, index)) === 'running')
  for (let index = from; index < log.length - 1; index++) {
    const before = log.slice(0, index + 1)
    const isGiven = which === 'reaction' && doneAtOf(before, which) !== null
    if (isHeld(policy, before, which) || isGiven) continue
    const ms = (log[index + 1]?.at ?? 0) - (log[index]?.at ?? 0)
    usedMs += ms
    if (!isSuppressed(before)) stepsMs += ms
  }
  return { ...sum, usedMs, stepsMs }
}
