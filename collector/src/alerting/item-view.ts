import { type CanSell, canSell, type ItemView, KEY_UNTIL, keyUntil } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { conclude } from '../conclusions/conclude.ts'
import type { ItemRecord } from './item-store.ts'
import type { Surroundings } from './surroundings.ts'

export const CAN_SELL = 'fiscal.register.can_sell'
const CANNOT_TELL: CanSell = { value: 'unknown', reasons: [] }

/** An item as rules see it. */
export interface JudgedView {
  /** What is known from outside. */
  readonly view: ItemView
  /** With what the collector itself concludes from it. */
  readonly known: ItemView
  readonly sells: CanSell
}

/** A stored item with everything around it that rules may look at. */
export function judgedView(record: ItemRecord, around: Surroundings, now: EpochMs): JudgedView {
  const isRegister = record.kind === 'register'
  const view: ItemView = {
    id: record.id,
    kind: record.kind,
    facts: record.facts,
    site: around.siteOf(record.agentId),
    presence: record.kind === 'pc' ? around.presenceOf(record.agentId) : null,
    replacementUntil: record.replacementUntil,
    spare: isRegister && around.hasSpare(spareQueryOf(record), now),
  }
  const sells = isRegister ? canSell(view, now) : CANNOT_TELL
  if (!isRegister) return { view, sells, known: view }
  const beside = { ...around.besideOf(record), accepted: record.accepted }
  const facts = { ...view.facts, ...conclude(view, beside, now) }
  return { view, sells, known: withCanSell(withKeyUntil({ ...view, facts }), sells, now) }
}

/** What finds the registers that may stand in for one another. */
export const spareQueryOf = (record: ItemRecord) => {
  const inn = record.facts['fiscal.register.inn']?.value
  return { id: record.id, agentId: record.agentId, inn: typeof inn === 'string' ? inn : null }
}

/** "Can it sell?" is a fact like any other: shown, kept, and there for rules to read. */
function withCanSell(view: ItemView, sells: CanSell, now: EpochMs): ItemView {
  const reasons = sells.reasons.join(', ')
  const fact = {
    value: sells.value,
    at: now,
    receivedAt: now,
    source: 'collector' as const,
    ...(reasons ? { raw: reasons } : {}),
  }
  return { ...view, facts: { ...view.facts, [CAN_SELL]: fact } }
}

/** Since when a flag of the key has been on is known only to whoever keeps it. */
function withKeyUntil(view: ItemView): ItemView {
  const until = keyUntil(view)
  return until === undefined ? view : { ...view, facts: { ...view.facts, [KEY_UNTIL]: until } }
}
