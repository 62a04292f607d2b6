import type { Bilingual, Priority } from '@tillwatch/rules'
import type { DeskItem, IncidentStanding, Placement } from '../connectors/connector.ts'
import type { EvidenceSort } from '../evidence/evidence-file.ts'
import type { ExportedRecord } from '../templates/exported-record.ts'

export const DELIVERY_KINDS = [
  'open',
  'comment',
  'priority',
  'solve',
  'reopen',
  'standing',
  'attach',
  'link',
  'test',
] as const
export type DeliveryKind = (typeof DELIVERY_KINDS)[number]
/** Those that say something in words. */
export type MessageKind = Exclude<DeliveryKind, 'attach' | 'link' | 'standing'>

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
  /** How the incident stands with this message; absent in those of versions that did not say it. */
  readonly standing?: IncidentStanding
  /** The incident record in the desk's language, for a desk that is told as machines are. */
  readonly record?: ExportedRecord
  /** Absent: as the settings of the desk say. */
  readonly placement?: Placement
  /** With `attach`: which of the incident's files, in the desk's language. */
  readonly evidence?: EvidenceSort
  /** With `link`: the device in the words of an inventory. */
  readonly item?: DeskItem
}
