import type { DatabaseSync } from 'node:sqlite'
import {
  type Audience,
  type CompiledRule,
  describeRule,
  differencesInWords,
  OWN_TENANT,
  openRuleBook,
  type RuleBook,
} from '@tillwatch/rules'
import { AppError, type EpochMs } from '@tillwatch/shared'
import type { ItemRulesView, RulesView } from '@tillwatch/shared/api'
import { instant } from '../reads/item-facts.ts'
import type { RuleBookState } from './rule-keeper.ts'
import { createStoredItems } from './stored-item.ts'

/** What pages show of rules. Lives in the read thread under the name `ruleReads`, with a copy of the book of its own. */
export interface RuleReads {
  /** Told at the start and after each load; before it nothing can be read. */
  adopt(state: RuleBookState): Promise<void>
  list(tenantId: string): Promise<RulesView>
  /** Null when the tenant has no such item. */
  item(tenantId: string, itemId: string, now: EpochMs): Promise<ItemRulesView | null>
}

/** The reads over a connection that cannot write. */
export function createRuleReads(database: DatabaseSync): RuleReads {
  const stored = createStoredItems(database)
  let adopted: RuleBookState | null = null
  /** Opened when somebody first asks: a start has enough to do. */
  let book: RuleBook | null = null
  const now = () => {
    if (!adopted) {
      throw new AppError('rules.loading', 'the rules are being loaded', { nextStep: 'Try again in a moment.' })
    }
    book ??= openRuleBook(adopted.files, [])
    return { state: adopted, book }
  }
  return {
    adopt: async state => {
      adopted = state
      book = null
    },
    list: async tenantId => {
      const { state, book: rules } = now()
      return viewOf(state, rules, tenantId)
    },
    item: async (tenantId, itemId, at) => {
      const { state, book: rules } = now()
      const explained = stored.explain(rules, itemId, tenantId, at)
      return explained && { ...explained, version: state.version }
    },
  }
}

/** A tenant sees what is for everybody and what is its own; the installation's own tenant also what is too wrong to tell whose it is. */
const isSeenBy = (tenantId: string, audience: Audience | null): boolean =>
  audience === null || audience.tenant === tenantId || tenantId === OWN_TENANT

function viewOf(state: RuleBookState, book: RuleBook, tenantId: string): RulesView {
  const files = book.files.filter(({ audience }) => isSeenBy(tenantId, audience))
  const forAll = book.of({ tenant: tenantId, client: null, site: null })
  const narrower = files.filter(({ kind, audience }) => kind === 'pack' && (audience?.client ?? audience?.site))
  return {
    version: state.version,
    loadedAt: instant(state.loadedAt),
    files: files.map(({ file, kind, shipped, audience }) => {
      const { without, with: rules } = book.effectOf(file)
      return { file, kind, shipped, for: audience, changes: shipped ? [] : [...differencesInWords(without, rules)] }
    }),
    refused: state.refused
      .filter(({ audience }) => (audience === null ? tenantId === OWN_TENANT : isSeenBy(tenantId, audience)))
      .map(({ file, audience, problems, inForce }) => ({ file, for: audience, problems: [...problems], inForce })),
    rules: [
      ...forAll.rules.map(rule => ruleView(rule, null)),
      ...narrower.flatMap(({ file, audience }) =>
        book
          .effectOf(file)
          .with.rules.filter(rule => rule.file === file)
          .map(rule => ruleView(rule, audience)),
      ),
    ],
  }
}

function ruleView(rule: CompiledRule, audience: Audience | null): RulesView['rules'][number] {
  const { changedBy, levels, ...words } = describeRule(rule)
  return { ...words, changedBy: [...changedBy], levels: [...levels], for: audience }
}
