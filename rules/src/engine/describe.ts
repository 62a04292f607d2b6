import type { EpochMs } from '@tillwatch/shared'
import { offsetMs } from '../calendar/zone.ts'
import { formatNumber, type Language, lengthText, percentText, spanText, timeText } from '../duration.ts'
import type { Bilingual, Level, Stop } from '../model.ts'
import type { Context } from '../pack/closure.ts'
import type { Judgement } from './judge.ts'
import type { CompiledMeasure, CompiledRule, CompiledStage } from './rule-set.ts'
import type { Scope } from './scope.ts'

const LEVEL_NAMES: Readonly<Record<Level, Bilingual>> = {
  minor: { ru: 'незначительный', en: 'minor' },
  important: { ru: 'важный', en: 'important' },
  critical: { ru: 'критический', en: 'critical' },
}
const STOP_NAMES: Readonly<Record<Stop, Bilingual>> = {
  none: { ru: '', en: '' },
  imminent: { ru: ', скоро остановка', en: ', about to stop' },
  stopped: { ru: ', остановка', en: ', stopped' },
}

/** A hold shorter than this says nothing to a reader. */
const HOLD_TOLD_MS = 60_000

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const LAUNCH: Bilingual = {
  ru: ' (запуск объекта: вдвое меньше обычного)',
  en: ' (the site is being launched: half of the usual)',
}

/** The same text made in both languages. */
export const both = (make: (language: Language) => string): Bilingual => ({ ru: make('ru'), en: make('en') })

export const levelText = (level: Level): Bilingual => LEVEL_NAMES[level]
export const stageText = (stage: CompiledStage): Bilingual =>
  both(language => `${LEVEL_NAMES[stage.level][language]}${STOP_NAMES[stage.stop][language]}`)

/** `22.11.2026 12:30` at the place. */
export function momentText(language: Language, timezone: string, at: EpochMs): string {
  const [date = '', time = ''] = new Date(at + offsetMs(timezone, at)).toISOString().split('T')
  const [year, month, day] = date.split('-')
  return language === 'ru' ? `${day}.${month}.${year} ${time.slice(0, 5)}` : `${date} ${time.slice(0, 5)}`
}

/** More of them nobody reads as minutes. */
const MINUTES_MAX = 120

/** A number of a measure with its unit, as people of the language write it. */
export function amount(language: Language, value: number, unit: CompiledMeasure['unit']): string {
  if (unit === 'percent') return percentText(language, value)
  if (unit === 'count') return formatNumber(language, value)
  if (unit === 'minutes' && Math.abs(value) >= MINUTES_MAX)
    return lengthText(language, value * 60_000, { say: timeText })
  return timeText(language, Math.abs(value) < 10 ? Math.floor(value * 10) / 10 : Math.floor(value), unit)
}

/** The numbers of a rule in words, with the thresholds of a level: `queue age 75 hours (level important from 72 hours)`. */
export function measuresText(
  rule: CompiledRule,
  stage: CompiledStage | null,
  context: Context,
  language: Language,
): string {
  return rule.measures
    .flatMap(({ name, source, unit }) => {
      const value = context.numbers[name]
      if (value === undefined || value === source.otherwise) return []
      const limits =
        stage?.set.thresholds.filter(threshold => threshold.measure === name).map(threshold => threshold.value) ?? []
      const limit = limits.length > 0 ? limits.map(one => amount(language, one, unit)).join(', ') : ''
      const bound = limit ? (language === 'ru' ? ` (порог ${limit})` : ` (threshold ${limit})`) : ''
      return [`${source.label[language]}: ${amount(language, value, unit)}${bound}`]
    })
    .join('; ')
}

/** The title in both languages; a hole whose fact is missing leaves the text without its number rather than no text. */
export const titleText = (stage: CompiledStage, context: Context): Bilingual =>
  both(language => stage.title[language].render(context))

/** Everything that the texts of a rule depend on, in short: equal keys give equal texts. */
export function textKey(
  { context, item }: Scope,
  rule: CompiledRule,
  stage: CompiledStage,
  judgement: Judgement,
  start: string,
): string {
  let key = `${start} ${judgement.stale ? judgement.factsAt : ''}`
  // As fine as the texts are: minutes of a few hours, otherwise tenths.
  for (const { name } of rule.measures) {
    const value = context.numbers[name] ?? Number.NaN
    key += ` ${Math.floor(value * (Math.abs(value) < 10 ? 60 : 10))}`
  }
  for (const fact of stage.title.ru.facts) key += ` ${item.facts[fact]?.value}`
  return key
}

/** Why a rule fired, in words: numbers, level, hold, age of the facts, and what the passport does not say. */
export function explanationText(
  { site, context, item, holdShare }: Scope,
  rule: CompiledRule,
  stage: CompiledStage,
  judgement: Judgement,
  flapping: boolean,
): Bilingual {
  return both(language => {
    const ru = language === 'ru'
    const moment = (at: EpochMs) => momentText(language, site.timezone, at)
    const parts = [
      measuresText(rule, stage, context, language),
      `${ru ? 'уровень' : 'level'}: ${stageText(stage)[language]}`,
      stage.holdMs * holdShare >= HOLD_TOLD_MS
        ? `${ru ? 'должно держаться' : 'must last'} ${spanText(language, stage.holdMs * holdShare)}${holdShare < 1 ? LAUNCH[language] : ''}`
        : '',
      flapping ? (ru ? 'состояние дребезжит' : 'the state is flapping') : '',
      judgement.stale && judgement.factsAt !== null
        ? `${ru ? 'последние известные данные от' : 'last known at'} ${moment(judgement.factsAt)}`
        : '',
      (rule.usesHours || rule.countsOpening) && site.hours === null
        ? ru
          ? 'часы работы в паспорте не указаны'
          : 'the passport has no opening hours'
        : '',
      item.site === null ? (ru ? 'объект не указан, взято московское время' : 'no site yet, Moscow time is taken') : '',
    ]
    return `${sentence(parts.filter(Boolean).join('; '))}.`
  })
}
