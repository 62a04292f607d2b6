import type { DatabaseSync } from 'node:sqlite'
import { type CompiledRule, explainItem, type RuleBook, type RuleExplanation, type RuleState } from '@tillwatch/rules'
import { type EpochMs, factDefinition } from '@tillwatch/shared'
import type { ItemRulesView } from '@tillwatch/shared/api'
import type { ItemSummary } from '../alerting/evaluator-port.ts'
import { createItemStore } from '../alerting/item-store.ts'
import { judgedView } from '../alerting/item-view.ts'
import { createSurroundings } from '../alerting/surroundings.ts'
import { instant, instantOrNull, isStale } from '../reads/item-facts.ts'

/** Explains items as they are stored: by the facts, the rule memory and the held-back faults of this moment. */
export interface StoredItems {
  /** Null when the tenant has no such item; any tenant's when none is named. */
  explain(
    book: Pick<RuleBook, 'of' | 'filesAt'>,
    itemId: string,
    tenantId: string | null,
    now: EpochMs,
  ): Omit<ItemRulesView, 'version'> | null
}

/** Reads over any connection, also one that cannot write. */
export function createStoredItems(database: DatabaseSync): StoredItems {
  const items = createItemStore(database)
  const surroundingsNow = createSurroundings(database)
  const selectIncidents = database.prepare(
    `SELECT id, number, cause_class FROM incidents
      WHERE tenant_id = ? AND item_id = ? AND status IN ('open', 'in_work', 'waiting') ORDER BY opened_at`,
  )
  return {
    explain: (book, itemId, tenantId, now) => {
      const record = items.load(itemId)
      if (!record || (tenantId !== null && record.tenantId !== tenantId)) return null
      const around = surroundingsNow()
      const place = { tenant: record.tenantId, ...around.codesOf(record.agentId) }
      const rules = book.of(place)
      const memory = record.ruleState === null ? null : (JSON.parse(record.ruleState) as RuleState)
      const incidents = selectIncidents.all(record.tenantId, itemId) as unknown as OpenIncident[]
      const byId = new Map(rules.byItem[record.kind].map(rule => [rule.id, rule]))
      return {
        itemId,
        at: instant(now),
        place,
        files: book.filesAt(place).map(({ file, audience }) => ({ file, for: audience })),
        rules: explainItem(rules, judgedView(record, around, now).known, memory, now).flatMap(explained => {
          const rule = byId.get(explained.rule)
          return rule ? [ruleOf(rule, explained, record.summary, incidents, now)] : []
        }),
      }
    },
  }
}

interface OpenIncident {
  readonly id: string
  readonly number: number
  readonly cause_class: string
}

function ruleOf(
  rule: CompiledRule,
  { verdict, level, text, holdUntil, facts, causeClass }: RuleExplanation,
  summary: ItemSummary | null,
  incidents: readonly OpenIncident[],
  now: EpochMs,
): ItemRulesView['rules'][number] {
  const held = summary?.withheld?.find(one => one.causeClass === causeClass)
  const incident = incidents.find(one => one.cause_class === causeClass)
  return {
    ...{ rule: rule.id, causeClass, component: rule.component, verdict, level, text },
    ...{ holdUntil: instantOrNull(holdUntil), file: rule.file, changedBy: [...rule.changedBy] },
    facts: facts.map(({ fact, state }) => ({
      name: fact,
      title: { ru: factDefinition(fact).ru, en: factDefinition(fact).en },
      value: state === null ? null : Array.isArray(state.value) ? [...state.value] : (state.value as string | null),
      at: instantOrNull(state?.at ?? null),
      stale: state !== null && isStale(fact, state.at, now),
      ...(state?.reason === undefined ? {} : { reason: state.reason }),
    })),
    incident: incident ? { id: incident.id, number: incident.number } : null,
    withheld: held && level !== null ? { text: held.text, until: instantOrNull(held.until) } : null,
  }
}
