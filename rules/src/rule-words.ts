import { factDefinition, type ItemKind, isFactName } from '@tillwatch/shared'
import { factWord } from '@tillwatch/shared/words'
import { counted, type Language, spanText } from './duration.ts'
import { amount, both, stageText } from './engine/describe.ts'
import type { CompiledRule, CompiledStage } from './engine/rule-set.ts'
import type { Bilingual, CauseClass, Level } from './model.ts'
import type { Expression } from './pack/expression.ts'

/** One level of a rule in words. */
export interface LevelWords {
  readonly level: Level
  readonly name: Bilingual
  /** What must be true, with thresholds in their units. */
  readonly set: Bilingual
  /** What ends it; null: as soon as `set` is no longer true. */
  readonly clear: Bilingual | null
  /** How long `set` must last; null: at once. */
  readonly hold: Bilingual | null
}

/** A rule as people read it (R44: the method is described and told). */
export interface RuleWords {
  readonly id: string
  readonly item: ItemKind
  readonly causeClass: CauseClass
  readonly component: Bilingual
  readonly expected: Bilingual
  readonly runbook: string
  readonly file: string
  readonly changedBy: readonly string[]
  /** Where the rule applies at all; null: everywhere. */
  readonly when: Bilingual | null
  readonly levels: readonly LevelWords[]
  /** How long `clear` must last; null: at once. */
  readonly clearHold: Bilingual | null
}

/** A compiled rule in words. Pure. */
export function describeRule(rule: CompiledRule): RuleWords {
  const { id, item, causeClass, component, expected, runbook, file, changedBy, when } = rule
  return {
    ...{ id, item, causeClass, component, expected, runbook, file, changedBy },
    when: when && conditionText(rule, when),
    levels: rule.stages.map(stage => levelOf(rule, stage)),
    clearHold: holdText(rule.clearHoldMs),
  }
}

const levelOf = (rule: CompiledRule, stage: CompiledStage): LevelWords => ({
  level: stage.level,
  name: stageText(stage),
  set: conditionText(rule, stage.set),
  clear: stage.clear && conditionText(rule, stage.clear),
  hold: holdText(stage.holdMs),
})

/** A length of a hold; seconds only where a demonstration needs them. */
function holdText(ms: number): Bilingual | null {
  if (ms === 0) return null
  if (ms >= 60_000) return both(language => spanText(language, ms))
  return both(language => counted(language, ms / 1000, language === 'ru' ? 'секунду|секунды|секунд' : 'second|seconds'))
}

/** Words of the language of conditions; what is not here is shown as it is written. */
const WORDS: Readonly<Record<string, Bilingual>> = {
  '>=': { ru: '≥', en: '≥' },
  '<=': { ru: '≤', en: '≤' },
  '>': { ru: '>', en: '>' },
  '<': { ru: '<', en: '<' },
  '==': { ru: '=', en: '=' },
  '!=': { ru: '≠', en: '≠' },
  '&&': { ru: 'и', en: 'and' },
  '||': { ru: 'или', en: 'or' },
  '!': { ru: 'не ', en: 'not ' },
  '?': { ru: '— тогда', en: '— then' },
  ':': { ru: ', иначе', en: ', otherwise' },
  in: { ru: 'есть в', en: 'is in' },
  open: { ru: 'объект открыт', en: 'the site is open' },
  hours_known: { ru: 'часы работы известны', en: 'opening hours are known' },
  replacing: { ru: 'идёт замена ФН', en: 'the drive is being replaced' },
  true: { ru: 'всегда', en: 'always' },
  false: { ru: 'никогда', en: 'never' },
  GB: { ru: 'ГБ', en: 'GB' },
}

/** Texts in quotes, names, numbers and signs; whatever lies between them stays. */
const TOKEN = /'[^']*'|"[^"]*"|[a-zA-Z_][a-zA-Z0-9_.]*|\d+(?:\.\d+)?|[<>=!]=|&&|\|\||[<>!?:]/g

function conditionText(rule: CompiledRule, { text }: Expression<boolean>): Bilingual {
  return both(language => {
    // The unit of a number is that of the measure it is compared with.
    let measured: CompiledRule['measures'][number] | null = null
    const worded = text.replace(TOKEN, (token, at: number) => {
      if (/^\d/.test(token)) return measured ? amount(language, Number(token), measured.unit) : token
      const measure = rule.measures.find(({ name }) => name === token)
      if (measure) measured = measure
      else if (token === '&&' || token === '||' || isFactName(token)) measured = null
      return measure ? measure.source.label[language] : wordOf(language, token, factBeside(text, token, at))
    })
    return worded
      .replace(/\s+([,])/g, '$1')
      .replace(/\s+/g, ' ')
      .trim()
  })
}

/** The fact whose value a text in quotes is: `fact == "value"` or `"value" in fact`. */
function factBeside(text: string, token: string, at: number): string {
  const [, before] = /([\w.]+)\s*[!=]=\s*$/.exec(text.slice(0, at)) ?? []
  const [, after] = /^\s*in\s+([\w.]+)/.exec(text.slice(at + token.length)) ?? []
  return before ?? after ?? ''
}

function wordOf(language: Language, token: string, fact: string): string {
  const [, quoted] = /^['"](.*)['"]$/.exec(token) ?? []
  if (quoted !== undefined) return `«${factWord(fact, quoted, language)}»`
  if (isFactName(token)) return `«${factDefinition(token)[language]}»`
  return WORDS[token]?.[language] ?? token
}
