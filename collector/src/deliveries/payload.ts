import type { Bilingual, Priority } from '@tillwatch/rules'
import type { Placement } from '../connectors/connector.ts'

export const DELIVERY_KINDS = ['open', 'comment', 'priority', 'solve', 'reopen', 'test'] as const
export type DeliveryKind = (typeof DELIVERY_KINDS)[number]

/** What a desk is told of the incident in every message; small, and without anything that a person did not put in the directory. */
export interface TicketSubject {
  readonly incidentId: string
  readonly number: number
  /** What desks are searched by. */
  readonly key: string
  readonly episode: number
  readonly causeClass: string
  readonly itemId: string
  /** Register serial, volume or PC: the configuration item in words of the desk. */
  readonly ci: string
  readonly site: string | null
  readonly client: string | null
  readonly openedAt: string
}

/** `deliveries.payload_json`: one message to a desk, in both languages; the desk's settings choose one. */
export interface DeliveryPayload {
  readonly title: Bilingual
  readonly text: Bilingual
  readonly priority: Priority
  readonly subject: TicketSubject
  /** Absent: as the settings of the desk say. */
  readonly placement?: Placement
}
