import type { EpochMs } from '@tillwatch/shared'
import { evaluateItem } from '../engine/evaluate.ts'
import type { RuleSet } from '../engine/rule-set.ts'
import { factsOf } from '../explain.ts'
import {
  type CauseClass,
  type Condition,
  type ItemView,
  LEVELS,
  type Level,
  type Priority,
  type RuleState,
} from '../model.ts'
import { canSell } from '../verdict/can-sell.ts'
import { priorityOf } from '../verdict/priority.ts'
import { timeToStop } from '../verdict/time-to-stop.ts'

/** A cause that returns within this time is the same incident (domain section 6: reopened, not opened anew). */
export const REOPEN_MS = 72 * 3_600_000
/** Guard against a rule whose next due moment never moves on. */
const STEPS_MAX = 1_000_000

/** One incident that rules would have opened. */
export interface Episode {
  readonly causeClass: CauseClass
  readonly subject: string
  readonly openedAt: EpochMs
  /** When the cause was last seen to be over; null while it goes on. */
  endedAt: EpochMs | null
  /** The worst it came to. */
  level: Level
  priority: Priority
  /** The rule behind the worst. */
  rule: string
}

/** Plays one set of rules over an item's past. */
export class Player {
  readonly episodes: Episode[] = []
  /** Facts whose change may change what the rules say. */
  readonly facts: ReadonlySet<string>
  dueAt: EpochMs | null = null
  evaluatedAt: EpochMs | null = null
  readonly #rules: RuleSet
  readonly #newest = new Map<string, Episode>()
  #state: RuleState | null = null
  #steps = 0

  constructor(rules: RuleSet) {
    this.#rules = rules
    this.facts = new Set(rules.rules.flatMap(rule => [...factsOf(rule), ...(rule.subject ? [rule.subject] : [])]))
  }

  judge(item: ItemView, now: EpochMs): void {
    if (++this.#steps > STEPS_MAX)
      throw new Error(`over ${STEPS_MAX} steps on ${item.id}: a rule asks again without end`)
    const sells = item.kind === 'register' ? canSell(item, now) : { value: 'unknown' as const, reasons: [] }
    const known = item.kind === 'register' ? withCanSell(item, sells.value, now) : item
    const { state, conditions, nextDueAt } = evaluateItem(this.#rules, known, this.#state, now)
    this.#state = state
    this.evaluatedAt = now
    this.dueAt = nextDueAt !== null && nextDueAt > now ? nextDueAt : null
    const causes = Map.groupBy(conditions, ({ causeClass, subject }) => `${causeClass} ${subject}`)
    for (const [key, some] of causes) {
      const stop = item.kind === 'register' ? timeToStop(known, now) : null
      const input = { conditions: some, item: known, canSell: sells, timeToStop: stop }
      this.#go(key, some, priorityOf(input, now).priority, now)
    }
    for (const [key, episode] of this.#newest) if (!causes.has(key)) episode.endedAt ??= now
  }

  #go(key: string, conditions: readonly Condition[], priority: Priority, now: EpochMs): void {
    const worst = conditions.reduce((a, b) => (LEVELS.indexOf(b.level) > LEVELS.indexOf(a.level) ? b : a))
    const { causeClass, subject, level, rule } = worst
    const last = this.#newest.get(key)
    if (!last || (last.endedAt !== null && now - last.endedAt > REOPEN_MS)) {
      const episode: Episode = { causeClass, subject, openedAt: now, endedAt: null, level, priority, rule }
      this.#newest.set(key, episode)
      this.episodes.push(episode)
      return
    }
    last.endedAt = null
    if (priority < last.priority) last.priority = priority
    if (LEVELS.indexOf(level) > LEVELS.indexOf(last.level)) Object.assign(last, { level, rule })
  }
}

const withCanSell = (item: ItemView, value: string, now: EpochMs): ItemView => ({
  ...item,
  facts: {
    ...item.facts,
    'fiscal.register.can_sell': { value, at: now, receivedAt: now, source: 'collector' },
  },
})
