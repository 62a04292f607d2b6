import { ITEM_KINDS, type ItemKind } from '@tillwatch/shared'
import type { CompiledRule, RuleSet } from '../engine/rule-set.ts'

/** Two sets of rules for one place, cut down to what a comparison must look at. */
export interface RulePair {
  readonly before: RuleSet
  readonly after: RuleSet
}

/** Expressions are compared by their text; where a rule was written does not change what it says. */
const textOf = (rule: CompiledRule): string => JSON.stringify({ ...rule, file: '', changedBy: [] })

/**
 * The rules of those causes in which the sets differ. All rules of such a cause stay, because they share its incident; null where an item
 * of this kind is judged alike by both.
 */
export function affectedRules(before: RuleSet, after: RuleSet, kind: ItemKind): RulePair | null {
  const texts = (rules: RuleSet) => new Map(rules.byItem[kind].map(rule => [rule.id, textOf(rule)]))
  const [old, fresh] = [texts(before), texts(after)]
  const differ = [...before.byItem[kind], ...after.byItem[kind]].filter(({ id }) => old.get(id) !== fresh.get(id))
  if (differ.length === 0) return null
  const classes = new Set(differ.map(({ causeClass }) => causeClass))
  const cut = (rules: RuleSet): RuleSet => {
    const kept = rules.byItem[kind].filter(({ causeClass }) => classes.has(causeClass))
    const byItem = Object.fromEntries(ITEM_KINDS.map(each => [each, each === kind ? kept : []]))
    return { rules: kept, byItem: byItem as unknown as RuleSet['byItem'] }
  }
  return { before: cut(before), after: cut(after) }
}
