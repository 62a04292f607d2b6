import type { EpochMs } from '@tillwatch/shared'
import type {
  AgentCommandsView,
  FleetQuery,
  FleetRow,
  FleetSummary,
  IncidentQuery,
  IncidentRow,
  IncidentView,
  LiveEvent,
  ReplacementPlan,
  TerminalView,
} from '@tillwatch/shared/api'
import type { Identity } from '../accounts/identity.ts'
import type { DirectoryView } from '../fleet/fleet.ts'

/** A page of a list; `next` is the position after it, null on the last page; `total` counts all rows of the list. */
export interface PageOf<Row> {
  readonly rows: Row[]
  readonly next: string | null
  readonly total: number
}

/**
 * What is found by one key, asked with every request. A thread of its own answers, under the name `lookups`: nobody's session waits behind
 * a plan of ten thousand drives.
 */
export interface Lookups {
  /** The identity behind the hash of a session's secret, or null. */
  session(tokenHash: string, now: EpochMs): Promise<Identity | null>
  hasItem(tenantId: string, itemId: string): Promise<boolean>
  /** Whose each event is, in the order asked; null when nobody's. */
  tenantsOf(events: readonly LiveEvent[]): Promise<readonly (string | null)[]>
}

/**
 * Everything that pages show, over a connection of its own that cannot write. Lives in the read thread under the name `reads`. Every
 * question names its tenant and sees nothing of another; what another tenant has is answered as what does not exist.
 */
export interface Reads {
  fleet(tenantId: string, query: FleetQuery, now: EpochMs): Promise<PageOf<FleetRow>>
  terminal(tenantId: string, agentId: string, now: EpochMs): Promise<TerminalView | null>
  /** What was asked of an agent; null when there is no such agent. */
  commands(tenantId: string, agentId: string, now: EpochMs): Promise<AgentCommandsView | null>
  /** The log that a command has brought so far; null when none. */
  commandLog(tenantId: string, agentId: string, commandId: string): Promise<string | null>
  summary(tenantId: string, now: EpochMs): Promise<Omit<FleetSummary, 'collector'>>
  incidents(tenantId: string, query: IncidentQuery): Promise<PageOf<IncidentRow>>
  incident(tenantId: string, incidentId: string): Promise<IncidentView | null>
  replacements(tenantId: string, months: number, now: EpochMs): Promise<ReplacementPlan>
  /** The same plan as a workbook, made here because it takes seconds for ten thousand registers. */
  replacementSheet(tenantId: string, months: number, lang: 'ru' | 'en', now: EpochMs): Promise<Uint8Array>
  directory(tenantId: string): Promise<DirectoryView>
  /** Answers when the file can be read. */
  ping(): Promise<void>
}
