import {
  type CanSell,
  type Condition,
  canSell,
  type Evaluation as Evaluated,
  evaluateItem,
  type ItemView,
  KEY_UNTIL,
  keyUntil,
  priorityOf,
  type RuleSet,
  type RuleState,
  timeToStop,
} from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { HeldCondition } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { ChangeLog } from './change-log.ts'
import { earliest } from './earliest.ts'
import type { ItemRecord, ItemStore } from './item-store.ts'
import type { Surroundings } from './surroundings.ts'

/** Runs the rules on one item and carries out what they say. Runs inside the caller's transaction. */
export interface Evaluation {
  /** Evaluates and saves the item; the ids of incidents that changed. The record itself is left as it is. */
  run(record: ItemRecord, around: Surroundings, now: EpochMs): readonly string[]
}

/** The evaluation over the stores of the state thread. */
export function createEvaluation(
  rules: RuleSet,
  items: ItemStore,
  changes: ChangeLog,
  keeper: IncidentKeeper,
): Evaluation {
  return {
    run: (record, around, now) => {
      const view = viewOf(record, around, now)
      const isRegister = record.kind === 'register'
      const sells = isRegister ? canSell(view, now) : CANNOT_TELL
      const known = isRegister ? withCanSell(withKeyUntil(view), sells, now) : view
      const memory = record.ruleState === null ? null : (JSON.parse(record.ruleState) as RuleState)
      const { state, conditions: all, nextDueAt, unjudged } = evaluateItem(rules, known, memory, now)
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
      const key = known.facts[KEY_UNTIL]
      if (key && key.value !== (record.facts[KEY_UNTIL]?.value ?? null))
        changes.live(record.tenantId, record.id, KEY_UNTIL, key, record.facts[KEY_UNTIL])
      if (record.canSell !== next.canSell) {
        // The others' priority depends on whether this one can stand in for them.
        for (const sibling of around.siblings(spareQueryOf(record))) items.setDue(sibling, now)
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

const CAN_SELL = 'fiscal.register.can_sell'
/** What holds only because nothing newer is known is marked so: it proves nothing. */
function heldOf(conditions: readonly Condition[], unjudged: Evaluated['unjudged']): readonly HeldCondition[] {
  const unknown = new Set(unjudged.map(({ rule }) => rule))
  return conditions.map(condition => (unknown.has(condition.rule) ? { ...condition, unproved: true } : condition))
}

const CANNOT_TELL: CanSell = { value: 'unknown', reasons: [] }

const spareQueryOf = (record: ItemRecord) => {
  const inn = record.facts['fiscal.register.inn']?.value
  return { id: record.id, agentId: record.agentId, inn: typeof inn === 'string' ? inn : null }
}

const viewOf = (record: ItemRecord, around: Surroundings, now: EpochMs): ItemView => ({
  id: record.id,
  kind: record.kind,
  facts: record.facts,
  site: around.siteOf(record.agentId),
  presence: record.kind === 'pc' ? around.presenceOf(record.agentId) : null,
  replacementUntil: record.replacementUntil,
  spare: record.kind === 'register' && around.hasSpare(spareQueryOf(record), now),
})

/** "Can it sell?" is a fact like any other: shown, kept, and there for rules to read. */
function withCanSell(view: ItemView, sells: CanSell, now: EpochMs): ItemView {
  const reasons = sells.reasons.join(', ')
  const fact = {
    value: sells.value,
    at: now,
    receivedAt: now,
    source: 'collector' as const,
    ...(reasons ? { raw: reasons } : {}),
  }
  return { ...view, facts: { ...view.facts, [CAN_SELL]: fact } }
}

/** Since when a flag of the key has been on is known only to whoever keeps it. */
function withKeyUntil(view: ItemView): ItemView {
  const until = keyUntil(view)
  return until === undefined ? view : { ...view, facts: { ...view.facts, [KEY_UNTIL]: until } }
}

function dueOf(due: EpochMs | null, replacementUntil: EpochMs | null, now: EpochMs): EpochMs | null {
  if (replacementUntil === null || replacementUntil <= now) return due
  return due === null ? replacementUntil : Math.min(due, replacementUntil)
}

/** Red: stopped or priority 1–2; yellow: something else is wrong; grey: nothing is known; green otherwise. */
function healthOf(item: ItemView, sells: CanSell, worst: number | null): string {
  if (sells.value === 'no' || (worst !== null && worst <= 2)) return 'red'
  if (worst !== null) return 'yellow'
  return Object.keys(item.facts).length === 0 ? 'grey' : 'green'
}
