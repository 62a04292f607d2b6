import type { EpochMs } from '@tillwatch/shared'
import type { Hold, Milestone, SlaTerms } from './policy.ts'

/** Why an incident that was solved is worked on again (domain ruling 18.28). */
export type ReopenKind = 'human' | 'unfixed' | 'return'

/**
 * What happened to an incident as far as its clocks depend on it. Clocks are functions of this log alone (domain ruling 18.15): an event
 * that is heard of late is put in its place and everything is worked out anew.
 */
export type SlaEvent =
  | ({ readonly at: EpochMs; readonly kind: 'registered' } & SlaTerms)
  | ({ readonly at: EpochMs; readonly kind: 'terms' } & SlaTerms)
  | { readonly at: EpochMs; readonly kind: 'reacted' }
  | { readonly at: EpochMs; readonly kind: 'hold' | 'release'; readonly why: Hold }
  /** The first good reading, before it is known to last; `relapsed` when it did not. */
  | { readonly at: EpochMs; readonly kind: 'clearing' | 'relapsed' }
  | { readonly at: EpochMs; readonly kind: 'solved' }
  | { readonly at: EpochMs; readonly kind: 'reopened'; readonly how: ReopenKind }
  | { readonly at: EpochMs; readonly kind: 'milestone'; readonly event: Milestone }
  /** Cancelled, rejected, withdrawn: outside every figure. */
  | { readonly at: EpochMs; readonly kind: 'ended' }

/** Put in order: by time, those of one instant as they were heard; nothing is earlier than the registration. */
export function inOrder(log: readonly SlaEvent[]): readonly SlaEvent[] {
  const start = log.find(event => event.kind === 'registered')?.at ?? 0
  return log
    .map(event => (event.at < start ? { ...event, at: start } : event))
    .sort((a, b) => Number(b.kind === 'registered') - Number(a.kind === 'registered') || a.at - b.at)
}
