import type { DatabaseSync } from 'node:sqlite'
import type { Plan } from './people.ts'
import { type KeptPolicy, type LoggedEvent, sumOf } from './sla-truth.ts'
import type { Verdict } from './verdict.ts'

interface ClockRow {
  readonly number: number
  readonly status: string
  readonly agentId: string
  readonly itemId: string
  readonly siteCode: string | null
  readonly classA: number
  readonly log: string
  readonly fired: string
  readonly policy: string
  readonly deadlineAt: number | null
  readonly reactionMet: number | null
  readonly solutionMet: number | null
}

const SELECT = `SELECT i.number, i.status, i.agent_id AS agentId, i.item_id AS itemId, s.code AS siteCode, c.class_a AS classA,
    c.log_json AS log, c.fired_json AS fired, p.policy_json AS policy, c.deadline_at AS deadlineAt,
    c.reaction_met AS reactionMet, c.solution_met AS solutionMet
  FROM sla_clocks c JOIN incidents i ON i.id = c.incident_id
  JOIN sla_policies p ON p.id = c.policy_id AND p.version = c.policy_version
  LEFT JOIN agents a ON a.id = i.agent_id LEFT JOIN sites s ON s.id = a.site_id`

/** A step that fell due before a window may be seen to be due a moment later: time is looked at in slices. */
const SLICE_MS = 10 * 60_000
const ACTIVE = ['open', 'in_work', 'waiting']
/** A breach is written down and calls nobody; critical incidents are told whatever else happens. */
const UNHELD = /\.breach$|^critical$/

/** Holds the clocks of every incident against their sums worked out anew, and against the windows that people opened. */
export function watchClocks(state: DatabaseSync, plans: readonly Plan[], verdict: Verdict, now: number): void {
  for (const row of state.prepare(SELECT).all() as unknown as ClockRow[]) {
    const policy = JSON.parse(row.policy) as KeptPolicy
    const log = JSON.parse(row.log) as LoggedEvent[]
    sumsExact(row, policy, log, verdict, now)
    stepsEarned(row, policy, log, verdict)
    quietInWindows(row, plans, verdict)
  }
}

function sumsExact(row: ClockRow, policy: KeptPolicy, log: LoggedEvent[], verdict: Verdict, now: number): void {
  const [reaction, solution] = (['reaction', 'solution'] as const).map(which => sumOf(policy, log, which, now))
  if (!reaction || !solution) return
  const isActive = ACTIVE.includes(row.status)
  const met = ({ isBroken, doneAt }: typeof reaction) => (isBroken ? 0 : doneAt === null ? null : 1)
  const what = (name: string, kept: number | null, counted: number | null) => () =>
    `incident ${row.number} keeps ${name} ${String(kept)}, its log gives ${String(counted)}: ${JSON.stringify(log)}`
  // A clock that is broken by time alone is written down when time is looked at next.
  if (!isActive || reaction.usedMs + SLICE_MS < reaction.limitMs || row.reactionMet === 0) {
    const counted = met(reaction)
    verdict.expect(row.reactionMet === counted, 'clocks are exact', what('reaction met', row.reactionMet, counted))
  }
  if (!isActive || solution.usedMs + SLICE_MS < solution.limitMs || row.solutionMet === 0) {
    const counted = met(solution)
    verdict.expect(row.solutionMet === counted, 'clocks are exact', what('solution met', row.solutionMet, counted))
  }
  if (!isActive || !reaction.isRunning || !solution.isRunning || reaction.isBroken || solution.isBroken) return
  const deadline = now + Math.min(reaction.limitMs - reaction.usedMs, solution.limitMs - solution.usedMs)
  verdict.expect(row.deadlineAt === deadline, 'clocks are exact', what('deadline', row.deadlineAt, deadline))
}

/** Whom nobody had to be called for yet, nobody was: the steps of a mark that was called were used, and none of them while it stood still. */
function stepsEarned(row: ClockRow, policy: KeptPolicy, log: LoggedEvent[], verdict: Verdict): void {
  for (const [name, { at, how }] of firedOf(row)) {
    const mark = policy.marks.find(each => `${each.clock}.${each.at}` === name)
    if (!mark || how !== 'called') continue
    const percent = row.classA === 1 ? (mark.at_class_a ?? mark.at) : mark.at
    const leftAt = (until: number, events: readonly LoggedEvent[]): number => {
      const { stepsMs, limitMs, targetMs } = sumOf(policy, events, mark.clock, until)
      return ((mark.clock === 'reaction' && percent < 100 ? targetMs : limitMs) * percent) / 100 - stepsMs
    }
    // What was passed stays passed, whatever the limit becomes: every change of terms is asked as it was before.
    const changes = log.filter(event => event.kind === 'terms' && event.at <= at)
    const before = (until: number) => log.filter(event => event.kind !== 'terms' || event.at < until)
    const left = Math.min(leftAt(at, log), ...changes.map(change => leftAt(change.at, before(change.at))))
    verdict.expect(
      left <= 0,
      'no escalation under suppression or windows',
      () => `incident ${row.number}: ${name} was called ${left} ms early: ${row.log}`,
    )
  }
}

function quietInWindows(row: ClockRow, plans: readonly Plan[], verdict: Verdict): void {
  for (const [name, { at, how }] of firedOf(row)) {
    if (how !== 'called' || UNHELD.test(name)) continue
    const plan = plans.find(
      each =>
        each.isOpen && at > each.from + SLICE_MS && at < each.to && (each.site === null || each.site === row.siteCode),
    )
    verdict.expect(
      plan === undefined,
      'no escalation under suppression or windows',
      () =>
        `incident ${row.number}: ${name} was called at ${new Date(at).toISOString()} in a window of ${plan?.site ?? 'everything'}`,
    )
  }
}

const firedOf = ({ fired }: ClockRow) =>
  Object.entries(JSON.parse(fired) as Readonly<Record<string, { readonly at: number; readonly how: string }>>)
