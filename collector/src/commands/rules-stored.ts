import { openRuleBook } from '@tillwatch/rules'
import { AppError, type EpochMs } from '@tillwatch/shared'
import type { ItemRulesView } from '@tillwatch/shared/api'
import { loadConfig } from '../config.ts'
import { dataDirAt } from '../data-dir.ts'
import { instant } from '../reads/item-facts.ts'
import { ruleFolder } from '../rulebook/rule-files.ts'
import { createStoredItems } from '../rulebook/stored-item.ts'
import { openDatabase } from '../store/sqlite/database.ts'

type Language = 'ru' | 'en'

export interface StoredExplainOptions {
  readonly config: string
  readonly itemId: string
  readonly rule?: string
  readonly now: EpochMs
}

/** Explains an item of the state database, which is only read: a collector may be running on it. Throws `item.unknown`, `rule.unknown`. */
export async function explainStored({ config: file, itemId, rule, now }: StoredExplainOptions): Promise<ItemRulesView> {
  const config = loadConfig(file)
  const book = openRuleBook(await ruleFolder(config).read(), [])
  const database = openDatabase(dataDirAt(config.data_dir).state, { readOnly: true })
  try {
    const found = createStoredItems(database).explain(book, itemId, null, now)
    if (!found) {
      throw new AppError('item.unknown', `there is no item ${itemId}`, {
        nextStep: 'Its id stands in the address of its charts and in `GET /api/fleet`.',
      })
    }
    const rules = found.rules.filter(one => rule === undefined || one.rule === rule)
    if (rules.length === 0) {
      throw new AppError('rule.unknown', `no rule ${rule ?? ''} is for this item`, {
        nextStep: 'Leave --rule out to see them all.',
      })
    }
    return { ...found, rules, version: '' }
  } finally {
    database.close()
  }
}

const WORDS = {
  ru: {
    hold: 'выдержка до',
    withheld: 'Инцидент не открыт',
    until: 'до',
    incident: 'Инцидент №',
    stale: 'устарело',
    none: 'нет данных',
    files: 'Файлы правил',
    ago: 'мин назад',
    changed: 'изменено',
  },
  en: {
    hold: 'hold until',
    withheld: 'No incident',
    until: 'until',
    incident: 'Incident no.',
    stale: 'stale',
    none: 'no data',
    files: 'Rule files',
    ago: 'min ago',
    changed: 'changed by',
  },
} as const

/** The answer for people: each rule with its facts, their age, the hold that runs and what holds an incident back. */
export function storedLines(view: ItemRulesView, language: Language): string[] {
  const words = WORDS[language]
  const at = Date.parse(view.at)
  const files = view.files.map(({ file, for: audience }) => (audience ? `${file} (${codesOf(audience)})` : file))
  return [
    ...view.rules.flatMap(rule => [
      `${rule.rule}: ${rule.verdict}${rule.level ? ` (${rule.level})` : ''}`,
      `  ${rule.text[language]}`,
      ...(rule.holdUntil ? [`  ${words.hold} ${rule.holdUntil}`] : []),
      ...(rule.withheld
        ? [
            `  ${words.withheld}: ${rule.withheld.text[language]}${rule.withheld.until ? ` (${words.until} ${rule.withheld.until})` : ''}`,
          ]
        : []),
      ...(rule.incident ? [`  ${words.incident} ${rule.incident.number}`] : []),
      ...rule.facts.map(fact => {
        const age = fact.at === null ? words.none : `${Math.floor((at - Date.parse(fact.at)) / 60_000)} ${words.ago}`
        const state = fact.stale ? `, ${words.stale}` : ''
        return `    ${fact.title[language]}: ${JSON.stringify(fact.value)} (${age}${state})${fact.reason ? ` ${fact.reason}` : ''}`
      }),
      `    ${[rule.file, ...(rule.changedBy.length > 0 ? [`${words.changed} ${rule.changedBy.join(', ')}`] : [])].join('; ')}`,
    ]),
    `${words.files}: ${files.join(', ')}. ${instant(at)}`,
  ]
}

const codesOf = ({ tenant, client, site }: NonNullable<ItemRulesView['files'][number]['for']>): string =>
  [tenant, client, site].filter(Boolean).join(' / ')
