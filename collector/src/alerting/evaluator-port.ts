import type { CanSell, Condition, FactState, TimeToStop } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { Withheld } from '../incidents/room.ts'
import type { AcceptedMessage, CommitOutcome } from '../ingest/batch.ts'

/** `items.state_json`: the newest facts of one item. */
export interface ItemState {
  readonly facts: Readonly<Record<string, FactState>>
}

/** `items.view_json`: what the last evaluation found, for pages and texts. */
export interface ItemSummary {
  readonly canSell: CanSell
  readonly timeToStop: TimeToStop | null
  readonly conditions: readonly Condition[]
  /** Faults that hold and whose incident is held back, each with why. */
  readonly withheld?: readonly Withheld[]
}

export interface TickOutcome extends CommitOutcome {
  /** When time alone may change something next; null when only new facts can. At or before now: call again at once. */
  readonly nextDueAt: EpochMs | null
}

/** Current state, rules and incidents as the rest of the collector uses them. Lives in the state thread under the name `evaluator`. */
export interface Evaluator {
  /**
   * Adds the facts that the collector itself works out (skew of a register's clock in its site's zone), so that they reach the series
   * too. Changes nothing in the store; adding twice changes nothing.
   */
  derive(messages: readonly AcceptedMessage[]): Promise<readonly AcceptedMessage[]>
  /**
   * One transaction: item state, change log, rule state, incidents, deliveries and the agents' marks. The failure of one item undoes
   * only that item's evaluation and is reported in the outcome. Rejects when nothing was committed.
   */
  commit(messages: readonly AcceptedMessage[], now: EpochMs): Promise<CommitOutcome>
  /** Evaluates what falls due by time alone, for about `budgetMs` (the slice that keeps the thread answering). */
  tick(now: EpochMs, budgetMs: number): Promise<TickOutcome>
}
