import {
  type Bilingual,
  breachOf,
  markedTime,
  marksOf,
  type Role,
  type SlaClock,
  type SlaRules,
} from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { slaPhrases } from './phrases.ts'
import { STEPS_HELD, WINDOWS } from './sla-log.ts'
import type { FiredMarks } from './sla-store.ts'

/** Somebody to call, once for an incident. */
export interface Call {
  readonly name: string
  /** When it became due. */
  readonly dueAt: EpochMs
  readonly roles: readonly Role[]
  readonly raisesLine: boolean
  readonly text: Bilingual
}

/** What is due of one incident: calls, marks for which a higher one speaks, and calls that the log no longer bears out. */
export interface Due {
  readonly calls: readonly Call[]
  readonly passedOver: readonly string[]
  readonly withdrawn: readonly string[]
}

/** Kinds of reopening that people are called for at the second time (domain ruling 18.28). */
const REOPENS_MAX = 2

/**
 * Whom to call about an incident now. Of several marks of one clock that were passed meanwhile only the highest speaks (domain ruling
 * 18.15); nobody is called about what is over. In a window calls wait for its end, though their marks were passed before it: seen late, or
 * because a solution turned out to have been none. Critical incidents alone are told at once.
 */
export function dueCalls(rules: SlaRules, clock: SlaClock, fired: FiredMarks): Due {
  const calls: Call[] = []
  const passedOver: string[] = []
  const inWindow = clock.holds.some(hold => WINDOWS.includes(hold))
  for (const which of ['reaction', 'solution'] as const) {
    const open = clock.phase === 'running' && clock[which].doneAt === null
    if (!open) continue
    const passed = marksOf(rules)
      .filter(mark => !inWindow && mark.clock === which && clock.passed[mark.name] !== undefined && !fired[mark.name])
      .sort((a, b) => b.percent - a.percent)
    const [highest, ...lower] = passed
    passedOver.push(...lower.map(mark => mark.name))
    const source = highest && rules.policy.marks[highest.index]
    if (highest && source) {
      calls.push({
        name: highest.name,
        dueAt: clock.passed[highest.name] ?? clock.at,
        roles: source.calls,
        raisesLine: source.raises_line,
        text: slaPhrases.mark(which, highest.percent, clock[which].stepsMs, markedTime(clock, which, highest.percent)),
      })
    }
    calls.push(...quietBreach(rules, clock, which, fired))
  }
  calls.push(...eventCalls(rules, clock, fired, inWindow))
  const names = new Set(marksOf(rules).map(mark => mark.name))
  const withdrawn = Object.entries(fired)
    .filter(([name, { how }]) => how === 'called' && names.has(name) && clock.passed[name] === undefined)
    .map(([name]) => name)
  return { calls, passedOver, withdrawn }
}

/** A breach while steps stand still is written down and nobody is called (domain ruling 18.14). */
function quietBreach(rules: SlaRules, clock: SlaClock, which: 'reaction' | 'solution', fired: FiredMarks): Call[] {
  const name = breachOf(which)
  const at = clock.passed[name]
  const spoken = marksOf(rules).some(
    ({ clock: of, percent, name: mark }) => of === which && percent >= 100 && (clock.passed[mark] ?? fired[mark]),
  )
  const quiet = clock.holds.filter(hold => STEPS_HELD.includes(hold))
  if (at === undefined || fired[name] || spoken || quiet.length === 0) return []
  return [{ name, dueAt: at, roles: [], raisesLine: false, text: slaPhrases.breachedQuietly(which, quiet) }]
}

/** What calls people whatever the clocks say. */
function eventCalls(
  rules: SlaRules,
  { terms, reopens, phase, at }: SlaClock,
  fired: FiredMarks,
  inWindow: boolean,
): Call[] {
  if (phase === 'ended' || phase === 'solved') return []
  const calls: Call[] = []
  const call = (name: string, roles: readonly Role[], text: Bilingual) => {
    if (!fired[name]) calls.push({ name, dueAt: at, roles, raisesLine: false, text })
  }
  if (terms.critical) call('critical', ['head', 'account_manager', 'client_account_manager'], slaPhrases.critical())
  if (inWindow) return calls
  const counted = reopens.human + reopens.unfixed
  if (counted >= REOPENS_MAX) call('second_reopen', ['head'], slaPhrases.secondReopen())
  const left = marksOf(rules).some(mark => mark.clock === 'solution' && !fired[mark.name])
  if (counted + reopens.return > 0 && !left) call('reopened', ['head'], slaPhrases.reopened())
  return calls
}
