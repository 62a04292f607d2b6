import type { Outcome, Ticket } from '../connectors/connector.ts'

/** What became of one attempt; `adopted` when the ticket was there already, `skipped` when the desk cannot be told that at all. */
export type AttemptOutcome =
  | Outcome<{ readonly ticket: Ticket; readonly adopted: boolean; readonly warning?: string | undefined }>
  | { readonly kind: 'skipped'; readonly message: string }
