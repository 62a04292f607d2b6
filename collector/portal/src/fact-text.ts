import { type FactValue, factDefinition, isFactName } from '@tillwatch/shared/facts'
import {
  formatBytes,
  formatDeviceDate,
  formatMilliseconds,
  formatNumber,
  formatPercent,
  formatSpan,
  type Language,
} from './format.ts'
import { factWord } from './i18n/fact-values.ts'

/** Words that stand for values which are not texts themselves. */
export interface ValueWords {
  readonly confirmed: string
  readonly denied: string
  readonly none: string
  readonly unknown: string
}

function numberText(name: string, value: number, language: Language): string {
  const unit = isFactName(name) ? factDefinition(name).unit : undefined
  if (unit === 'bytes') return formatBytes(language, value)
  if (unit === 'ms') return formatMilliseconds(language, value)
  if (unit === 'share') return formatPercent(language, value)
  if (unit === 'hours') return formatSpan(language, value * 3_600_000)
  if (unit === 'days') return formatSpan(language, value * 86_400_000)
  return formatNumber(language, value, 2)
}

/** A value of a fact as people read it: with its unit, its name from the dictionary, its date in their order. Null is "there is none"; "not known" comes with a reason, which is for the caller to tell. */
export function factText(name: string, value: FactValue, language: Language, words: ValueWords): string {
  if (value === null) return words.none
  if (typeof value === 'boolean') return value ? words.confirmed : words.denied
  if (typeof value === 'number') return numberText(name, value, language)
  if (typeof value === 'string') return formatDeviceDate(language, factWord(name, value, language))
  return value.length === 0 ? words.none : value.map(each => factWord(name, each, language)).join(', ')
}

/** Groups of the table of facts, in the order in which people look. */
export const FACT_GROUPS = ['register', 'shift', 'ofd', 'fn', 'host', 'agent', 'other'] as const
export type FactGroup = (typeof FACT_GROUPS)[number]

const GROUP_OF_PREFIX: Readonly<Record<string, FactGroup>> = {
  'fiscal.register': 'register',
  'fiscal.driver': 'register',
  'fiscal.shift': 'shift',
  'fiscal.ofd': 'ofd',
  'fiscal.marking': 'ofd',
  'fiscal.fn': 'fn',
  'fiscal.poll': 'agent',
}

/** The group that a fact belongs to, by its name. */
export function factGroup(name: string): FactGroup {
  const [area, noun] = name.split('.')
  if (area === 'host') return 'host'
  if (area === 'agent') return 'agent'
  return GROUP_OF_PREFIX[`${area}.${noun}`] ?? 'other'
}
