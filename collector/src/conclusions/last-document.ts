import { type FactState, type ItemView, localTextOf } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { Beside } from './beside.ts'

const DAY_MS = 24 * 3_600_000
/** Shorter silence is asked about by no rule, so nobody looks at the neighbours for it. */
const SILENT_MS = 2 * DAY_MS

/**
 * When the newest fiscal document appeared: the reading that first showed its number. The number stands beside it, so that a reading with
 * the same number moves nothing but the age of the fact.
 */
export function lastDocumentAt(item: ItemView, timezone: string): FactState | undefined {
  const known = item.facts['fiscal.fn.last_document_at']
  const document = item.facts['fiscal.fn.last_document']
  if (!document || typeof document.value !== 'number') return known
  const { at, receivedAt } = document
  if (known?.raw === document.value) return known.at === at ? known : { ...known, at, receivedAt }
  return { value: localTextOf(timezone, at), raw: document.value, at, receivedAt, source: 'collector' }
}

/** Does another register of the site sell while this one does not? Null when there is none to compare with. */
export function othersSelling(
  lastDocument: FactState | undefined,
  timezone: string,
  { othersLastDocumentAt }: Pick<Beside, 'othersLastDocumentAt'>,
  now: EpochMs,
): FactState | undefined {
  const lately = localTextOf(timezone, now - SILENT_MS)
  if (typeof lastDocument?.value !== 'string' || lastDocument.value > lately) return undefined
  const others = othersLastDocumentAt()
  return { value: others === null ? null : others > lately, at: now, receivedAt: now, source: 'collector' }
}
