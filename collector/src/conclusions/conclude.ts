import { DEFAULT_ZONE, type FactState, type ItemView } from '@tillwatch/rules'
import type { EpochMs, FactName } from '@tillwatch/shared'
import type { Beside } from './beside.ts'
import { checkedTo } from './daily-set.ts'
import { driftOf } from './drift.ts'
import { activatedOn, dateGapDays } from './drive-term.ts'
import { lastDocumentAt, othersSelling } from './last-document.ts'
import { growingSince } from './queue-growth.ts'

export type Conclusions = Partial<Record<FactName, FactState>>

/**
 * Everything that the collector itself concludes about a register from its facts and the directory, in one place: kept with its facts,
 * read by rules, shown to people. Worked out at each evaluation, so each costs no more than a comparison while nothing changes. What takes
 * months of numbers or several PCs is the forecasts' and the site watch's business.
 */
export function conclude(item: ItemView, beside: Beside, now: EpochMs): Conclusions {
  const timezone = item.site?.timezone ?? DEFAULT_ZONE
  const found: Conclusions = {}
  const add = (name: FactName, fact: FactState | undefined) => {
    if (fact !== undefined) found[name] = fact
  }
  const lastDocument = lastDocumentAt(item, timezone)
  add('fiscal.fn.last_document_at', lastDocument)
  add('site.others_selling', othersSelling(lastDocument, timezone, beside, now))
  add('fiscal.ofd.growing_since', growingSince(item, timezone))
  add('daily.checked_to', checkedTo(item, timezone, beside, now))
  const activated = activatedOn(item, timezone)
  add('fiscal.drive.activated_on', activated)
  add('fiscal.drive.date_gap_days', dateGapDays(item, activated))
  add('config.drift', driftOf(item, beside, now))
  add('fiscal.ofd.contract_until', contractUntil(item, beside, now))
  return found
}

/** The directory's word; withdrawn once it is out of there. */
function contractUntil(item: ItemView, { ofdContractUntil }: Beside, now: EpochMs): FactState | undefined {
  const known = item.facts['fiscal.ofd.contract_until']
  if (ofdContractUntil === (known?.value ?? null)) return known
  return { value: ofdContractUntil, at: now, receivedAt: now, source: 'collector' }
}
