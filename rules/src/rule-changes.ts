import type { RuleSet } from './engine/rule-set.ts'
import type { Bilingual } from './model.ts'
import { describeRule, type LevelWords, type RuleWords } from './rule-words.ts'

/** One thing that a file makes another than it would be without it. */
export interface RuleDifference {
  readonly rule: string
  readonly what: Bilingual
  /** Null: it was not there. */
  readonly before: Bilingual | null
  /** Null: it is not there any more. */
  readonly after: Bilingual | null
}

/** What differs between two sets of rules, in words, in the order of the second. Pure. */
export function differencesInWords(before: RuleSet, after: RuleSet): readonly RuleDifference[] {
  const old = new Map(before.rules.map(rule => [rule.id, rule]))
  return after.rules.flatMap(rule => {
    const known = old.get(rule.id)
    if (known === rule) return []
    const fresh = describeRule(rule)
    if (!known) return [{ rule: rule.id, what: NEW_RULE, before: null, after: rule.component }]
    return differencesOf(describeRule(known), fresh)
  })
}

const NEW_RULE: Bilingual = { ru: 'новое правило', en: 'a new rule' }
const AT_ONCE: Bilingual = { ru: 'сразу', en: 'at once' }
const WHEN_OVER: Bilingual = {
  ru: 'когда условие уровня не выполняется',
  en: 'when the condition of the level is false',
}

function differencesOf(before: RuleWords, after: RuleWords): RuleDifference[] {
  const found: RuleDifference[] = []
  const compare = (what: Bilingual, a: Bilingual | null, b: Bilingual | null): void => {
    if (a?.ru !== b?.ru) found.push({ rule: after.id, what, before: a, after: b })
  }
  compare({ ru: 'где действует', en: 'where it applies' }, before.when, after.when)
  const levels = new Set([...before.levels, ...after.levels].map(({ name }) => name.ru))
  for (const name of levels) {
    const [a, b] = [levelNamed(before, name), levelNamed(after, name)]
    const say = (ru: string, en: string): Bilingual => ({ ru: `${name}: ${ru}`, en: `${(b ?? a)?.name.en}: ${en}` })
    compare(say('условие', 'condition'), a?.set ?? null, b?.set ?? null)
    compare(say('снятие', 'end'), a ? (a.clear ?? WHEN_OVER) : null, b ? (b.clear ?? WHEN_OVER) : null)
    compare(say('выдержка', 'hold'), a ? (a.hold ?? AT_ONCE) : null, b ? (b.hold ?? AT_ONCE) : null)
  }
  const clearHold: Bilingual = { ru: 'выдержка снятия', en: 'hold of the end' }
  compare(clearHold, before.clearHold ?? AT_ONCE, after.clearHold ?? AT_ONCE)
  return found
}

const levelNamed = (rule: RuleWords, name: string): LevelWords | undefined =>
  rule.levels.find(level => level.name.ru === name)
