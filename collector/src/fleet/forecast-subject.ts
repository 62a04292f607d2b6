import type { EpochMs, FactValue } from '@tillwatch/shared'

/** An item with all that a forecast about it needs from the relational store. */
export interface ForecastSubject {
  readonly itemId: string
  readonly tenantId: string
  readonly kind: 'register' | 'volume'
  readonly agentId: string
  readonly slot: string
  readonly identity: string | null
  /** Place of its newest facts in its agent's order. */
  readonly epoch: number
  readonly seq: number
  readonly factsAt: EpochMs
  readonly timezone: string | null
  /** Opening hours as JSON; null when not known. */
  readonly hoursJson: string | null
  readonly facts: Readonly<Record<string, FactValue>>
  /** Since when this drive says that its memory is almost full. */
  readonly almostFullSince: EpochMs | null
}
