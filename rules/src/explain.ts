import type { EpochMs, FactName } from '@tillwatch/shared'
import { spanText } from './duration.ts'
import { both, measuresText, stageText } from './engine/describe.ts'
import { evaluateRule, type RuleOutcome, stageOn } from './engine/evaluate.ts'
import { memoryOf } from './engine/memory.ts'
import type { CompiledRule, RuleSet } from './engine/rule-set.ts'
import { type Scope, scopeOf } from './engine/scope.ts'
import type { Bilingual, CauseClass, FactState, ItemView, Level, RuleState } from './model.ts'

/** What one rule says about an item and why, for `rules explain` and the incident page. */
export interface RuleExplanation {
  readonly rule: string
  readonly verdict: 'fired' | 'pending' | 'clearing' | 'not_fired' | 'unjudged'
  readonly level: Level | null
  readonly causeClass: CauseClass
  readonly text: Bilingual
  /** When the hold that is running ends, should nothing change until then; null when none runs. */
  readonly holdUntil: EpochMs | null
  /** What the rule looks at, as it is known. */
  readonly facts: readonly { readonly fact: FactName; readonly state: FactState | null }[]
}

/** Every rule for the item's kind: fired, waiting for its hold, clearing, not fired or unjudged, with the numbers. Pure. */
export function explainItem(
  rules: RuleSet,
  item: ItemView,
  state: RuleState | null,
  now: EpochMs,
): readonly RuleExplanation[] {
  const scope = scopeOf(item, now)
  return rules.byItem[item.kind].map(rule => {
    const outcome = evaluateRule(scope, rule, memoryOf(state, rule.id))
    const facts = factsOf(rule).map(fact => ({ fact, state: item.facts[fact] ?? null }))
    return {
      ...{ rule: rule.id, causeClass: rule.causeClass, level: outcome.condition?.level ?? null, facts },
      ...explain(scope, outcome),
    }
  })
}

/** Every fact that a rule looks at, each once. */
export const factsOf = (rule: CompiledRule): readonly FactName[] => [
  ...new Set([...rule.reads, ...(Object.keys(rule.assumed) as FactName[])]),
]

function explain(scope: Scope, outcome: RuleOutcome): Pick<RuleExplanation, 'verdict' | 'text' | 'holdUntil'> {
  const { rule, judged, memory, condition } = outcome
  if (!judged.ok) return { verdict: 'unjudged', text: unjudgedText(judged.why, condition !== null), holdUntil: null }
  if (condition) {
    const downs = Object.values(memory?.latches ?? {}).flatMap(({ down }) => down ?? [])
    const clearing = downs.length > 0
    const worse = rule.stages.find(stage => memory?.latches[stage.name]?.up != null)
    const worseUp = worse ? memory?.latches[worse.name]?.up : null
    const holdUntil = clearing
      ? Math.max(Math.min(...downs) + rule.clearHoldMs, memory?.flapUntil ?? 0)
      : worse && worseUp != null
        ? worseUp + worse.holdMs * scope.holdShare
        : null
    const text = both(
      language =>
        `${condition.title[language]}. ${condition.explanation[language]}${clearing ? CLEARING[language] : ''}`,
    )
    return { verdict: clearing ? 'clearing' : 'fired', text, holdUntil }
  }
  if (!judged.value.active) return { verdict: 'not_fired', text: rule.idle ?? IDLE, holdUntil: null }
  const pending = rule.stages.findLast(stage => memory?.latches[stage.name]?.up != null)
  const up = pending && memory?.latches[pending.name]?.up
  if (pending && up != null) {
    const text = both(language => {
      const left = spanText(language, Math.max(0, up + pending.holdMs * scope.holdShare - scope.now))
      const numbers = measuresText(rule, pending, scope.context, language)
      return `${numbers}${numbers && '; '}${language === 'ru' ? `уровень «${stageText(pending).ru}» наступит через ${left}` : `level ${stageText(pending).en} follows in ${left}`}.`
    })
    return { verdict: 'pending', text, holdUntil: up + pending.holdMs * scope.holdShare }
  }
  const next = rule.stages.find(stage => stage !== stageOn(rule, memory)) ?? null
  const text = both(language => `${measuresText(rule, next, scope.context, language) || NORMAL[language]}.`)
  return { verdict: 'not_fired', text, holdUntil: null }
}

const CLEARING: Bilingual = {
  ru: ' Условие уже снято, идёт выдержка.',
  en: ' The condition is off already and waits for its hold.',
}
const IDLE: Bilingual = { ru: 'Условия правила нет.', en: 'The state the rule looks for is absent.' }
const NORMAL: Bilingual = { ru: 'Норма', en: 'Normal' }

const unjudgedText = (why: Bilingual, holds: boolean): Bilingual => ({
  ru: `Не оценено: ${why.ru}.${holds ? ' Прежнее состояние сохраняется.' : ''}`,
  en: `Not judged: ${why.en}.${holds ? ' What held before goes on.' : ''}`,
})
