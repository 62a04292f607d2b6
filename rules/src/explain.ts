import type { EpochMs } from '@tillwatch/shared'
import { spanText } from './duration.ts'
import { both, measuresText, stageText } from './engine/describe.ts'
import { evaluateRule, type RuleOutcome, stageOn } from './engine/evaluate.ts'
import { memoryOf } from './engine/memory.ts'
import type { RuleSet } from './engine/rule-set.ts'
import { type Scope, scopeOf } from './engine/scope.ts'
import type { Bilingual, ItemView, Level, RuleState } from './model.ts'

/** What one rule says about an item and why, for `rules explain` and the incident page. */
export interface RuleExplanation {
  readonly rule: string
  readonly verdict: 'fired' | 'pending' | 'clearing' | 'not_fired' | 'unjudged'
  readonly level: Level | null
  readonly text: Bilingual
}

/** Every rule for the item's kind: fired, waiting for its hold, clearing, not fired or unjudged, with the numbers. Pure. */
export function explainItem(
  rules: RuleSet,
  item: ItemView,
  state: RuleState | null,
  now: EpochMs,
): readonly RuleExplanation[] {
  const scope = scopeOf(item, now)
  return rules.byItem[item.kind].map(rule => explain(scope, evaluateRule(scope, rule, memoryOf(state, rule.id))))
}

function explain(scope: Scope, outcome: RuleOutcome): RuleExplanation {
  const { rule, judged, memory, condition } = outcome
  const level = condition?.level ?? null
  if (!judged.ok)
    return { rule: rule.id, verdict: 'unjudged', level, text: unjudgedText(judged.why, condition !== null) }
  if (condition) {
    const clearing = Object.values(memory?.latches ?? {}).some(latch => latch.down !== null)
    const text = both(
      language =>
        `${condition.title[language]}. ${condition.explanation[language]}${clearing ? CLEARING[language] : ''}`,
    )
    return { rule: rule.id, verdict: clearing ? 'clearing' : 'fired', level, text }
  }
  if (!judged.value.active) return { rule: rule.id, verdict: 'not_fired', level, text: rule.idle ?? IDLE }
  const pending = rule.stages.findLast(stage => memory?.latches[stage.name]?.up != null)
  const up = pending && memory?.latches[pending.name]?.up
  if (pending && up != null) {
    const text = both(language => {
      const left = spanText(language, Math.max(0, up + pending.holdMs - scope.now))
      const numbers = measuresText(rule, pending, scope.context, language)
      return `${numbers}${numbers && '; '}${language === 'ru' ? `уровень «${stageText(pending).ru}» наступит через ${left}` : `level ${stageText(pending).en} follows in ${left}`}.`
    })
    return { rule: rule.id, verdict: 'pending', level, text }
  }
  const next = rule.stages.find(stage => stage !== stageOn(rule, memory)) ?? null
  const text = both(language => `${measuresText(rule, next, scope.context, language) || NORMAL[language]}.`)
  return { rule: rule.id, verdict: 'not_fired', level, text }
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
