import type { FactValue } from '@tillwatch/shared/facts'
import { type Language, factText as textOfFact, type ValueWords } from '@tillwatch/shared/words'
import { checkWord, commandChangeWords } from './i18n/check-words.ts'
import { factName, isCheckList } from './i18n/fact-values.ts'

/** A value of a fact as people read it; the agent's own lists name checks and commands, whose words are the portal's. */
export function factText(name: string, value: FactValue, language: Language, words: ValueWords): string {
  if (typeof value === 'object' && value !== null && value.length > 0) {
    if (name === 'agent.command') return commandChangeWords(value, language)
    if (name === 'config.accepted') return acceptedWords(value, language, words)
    if (isCheckList(name)) return value.map(each => checkWord(each, language)).join(', ')
  }
  return textOfFact(name, value, language, words)
}

/** A setting that a person accepted, as the change log keeps it: what, its value, by whom. */
function acceptedWords(change: readonly string[], language: Language, words: ValueWords): string {
  const [name = '', value = '', by = ''] = change
  return [`${factName(name, language)} ${textOfFact(name, value, language, words)}`, by].filter(Boolean).join(', ')
}

/** True for an instant in UTC, which is shown in the zone of the site. Times of devices carry no zone and are shown as they are. */
export const isInstant = (value: FactValue): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/.test(value)

/** Groups of the table of facts, in the order in which people look. */
export const FACT_GROUPS = ['register', 'shift', 'ofd', 'fn', 'service', 'host', 'agent', 'other'] as const
export type FactGroup = (typeof FACT_GROUPS)[number]

const GROUP_OF_PREFIX: Readonly<Record<string, FactGroup>> = {
  'fiscal.register': 'register',
  'fiscal.driver': 'register',
  'fiscal.shift': 'shift',
  'fiscal.ofd': 'ofd',
  'fiscal.marking': 'ofd',
  'fiscal.fn': 'fn',
  'fiscal.drive': 'fn',
  'fiscal.poll': 'agent',
  'host.service': 'service',
}

const GROUP_OF_AREA: Readonly<Record<string, FactGroup>> = {
  host: 'host',
  agent: 'agent',
  pos: 'service',
  ofd: 'service',
  egais: 'service',
  chz: 'service',
  daily: 'register',
  config: 'register',
  site: 'register',
}

/** The group that a fact belongs to, by its name. */
export function factGroup(name: string): FactGroup {
  const [area = '', noun] = name.split('.')
  return GROUP_OF_PREFIX[`${area}.${noun}`] ?? GROUP_OF_AREA[area] ?? 'other'
}
