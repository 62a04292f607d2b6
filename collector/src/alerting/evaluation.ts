import {
  type Condition,
  canSell,
  type Evaluation as Evaluated,
  evaluateItem,
  type ItemView,
  KEY_UNTIL,
  priorityOf,
  type RuleBook,
  type RuleState,
  timeToStop,
} from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { HeldCondition } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { ChangeLog } from './change-log.ts'
import { earliest } from './earliest.ts'
import type { ItemRecord, ItemStore } from './item-store.ts'
import { CAN_SELL, type JudgedView, judgedView, spareQueryOf } from './item-view.ts'
import type { Surroundings } from './surroundings.ts'

/** Runs the rules on one item and carries out what they say. Runs inside the caller's transaction. */
export interface Evaluation {
  /** Evaluates and saves the item; the ids of incidents that changed. The record itself is left as it is. */
  run(record: ItemRecord, around: Surroundings, now: EpochMs): readonly string[]
}

/** The evaluation over the stores of the state thread. */
export function createEvaluation(
  rules: Pick<RuleBook, 'of'>,
  items: ItemStore,
  changes: ChangeLog,
  keeper: IncidentKeeper,
): Evaluation {
  return {
    run: (record, around, now) => {
      const rulesHere = rules.of({ tenant: record.tenantId, ...around.codesOf(record.agentId) })
      const { view, known, sells } = judgedView(record, around, now)
      const isRegister = record.kind === 'register'
      const memory = record.ruleState === null ? null : (JSON.parse(record.ruleState) as RuleState)
      const { state, conditions: all, nextDueAt, unjudged } = evaluateItem(rulesHere, known, memory, now)
      const conditions = heldOf(all, unjudged)
      const stop = isRegister ? timeToStop(known, now) : null
      const priorityOfClass = (some: readonly Condition[]) =>
        priorityOf({ conditions: some, item: known, timeToStop: stop, canSell: sells }, now)
      const worst = conditions.length > 0 ? priorityOfClass(conditions).priority : null
      const next = { ...record, facts: { ...known.facts } }
      next.ruleState = JSON.stringify(state)
      const summary = { canSell: sells, timeToStop: stop, conditions }
      next.summary = summary
      // What its newest facts said outlasts them: a register that is off for the night stays a spare.
      next.canSell = isRegister ? (sells.value === 'unknown' ? canSell(view, record.factsAt) : sells).value : null
      next.nextDueAt = dueOf(nextDueAt, record.replacementUntil, now)
      next.health = healthOf(known, sells, worst)
      items.save(next, now)
      if (isRegister && record.summary?.canSell.value !== sells.value) {
        const fact = known.facts[CAN_SELL]
        if (fact) changes.live(record.tenantId, record.id, CAN_SELL, fact, record.facts[CAN_SELL])
      }
      for (const name of CONCLUDED) {
        const fact = known.facts[name]
        if (fact && fact.value !== (record.facts[name]?.value ?? null))
          changes.live(record.tenantId, record.id, name, fact, record.facts[name])
      }
      if (record.canSell !== next.canSell) {
        // The others' priority depends on whether this one can stand in for them.
        for (const other of around.dependents(spareQueryOf(record), now)) items.setDue(other, now)
      }
      const inherited = record.succeeds === null ? [] : keeper.inherit(record.succeeds, record.id, now)
      if (record.succeeds !== null) items.remove(record.succeeds)
      const verdict = { item: record, conditions, timeToStop: stop, priorityOf: priorityOfClass }
      const { changed, withheld } = keeper.follow(verdict, now)
      if (withheld.length > 0) {
        const until = withheld.reduce((due, one) => earliest(due, one.until), next.nextDueAt)
        items.save({ ...next, summary: { ...summary, withheld }, nextDueAt: until }, now)
      }
      return [...inherited, ...changed]
    },
  }
}

/** Conclusions of the collector whose changes tell a story. */
const CONCLUDED = [KEY_UNTIL, 'config.drift', 'fiscal.ofd.contract_until', 'fiscal.drive.activated_on'] as const

/** What holds only because nothing newer is known is marked so: it proves nothing. */
function heldOf(conditions: readonly Condition[], unjudged: Evaluated['unjudged']): readonly HeldCondition[] {
  const unknown = new Set(unjudged.map(({ rule }) => rule))
  return conditions.map(condition => (unknown.has(condition.rule) ? { ...condition, unproved: true } : condition))
}

function dueOf(due: EpochMs | null, replacementUntil: EpochMs | null, now: EpochMs): EpochMs | null {
  if (replacementUntil === null || replacementUntil <= now) return due
  return due === null ? replacementUntil : Math.min(due, replacementUntil)
}

/** Red: stopped or priority 1–2; yellow: something else is wrong; grey: nothing is known; green otherwise. */
function healthOf(item: ItemView, sells: JudgedView['sells'], worst: number | null): string {
  if (sells.value === 'no' || (worst !== null && worst <= 2)) return 'red'
  if (worst !== null) return 'yellow'
  return Object.keys(item.facts).length === 0 ? 'grey' : 'green'
}
