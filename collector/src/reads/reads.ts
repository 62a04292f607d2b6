import type { EpochMs } from '@tillwatch/shared'
import type {
  AgentCommandsView,
  AgreementEntry,
  AttachmentView,
  BilingualText,
  ContractRow,
  CriticalView,
  DailyView,
  DeliveryQuery,
  DeliveryRow,
  FleetQuery,
  FleetRow,
  FleetSummary,
  IncidentLinks,
  IncidentQuery,
  IncidentRow,
  IncidentView,
  KnowledgeView,
  LaunchView,
  LiveEvent,
  MaintenanceWindowView,
  MassView,
  MeasureQuery,
  MeasureView,
  MonthlyAnalysis,
  NoticeQuery,
  NoticeRow,
  OverrideQuery,
  OverrideReport,
  ProblemQuery,
  ProblemRow,
  ProblemView,
  ReplacementPlan,
  ResponsiblesView,
  TerminalView,
} from '@tillwatch/shared/api'
import type { Identity } from '../accounts/identity.ts'
import type { DeskFile } from '../connectors/connector.ts'
import type { DirectoryView } from '../fleet/fleet.ts'
import type { Machine } from '../inbound/inbound.ts'
import type { VendorFile, VendorFormat } from '../problems/vendor-file.ts'
import type { NamedPolicy } from '../sla/agreement-desk.ts'

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
  /** The machine behind the hash of its token, or null; a revoked one is nobody. */
  machine(tokenHash: string): Promise<Machine | null>
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
  incidents(tenantId: string, query: IncidentQuery, now: EpochMs): Promise<PageOf<IncidentRow>>
  incident(tenantId: string, incidentId: string, now: EpochMs): Promise<IncidentView | null>
  /** Incidents of the same cause; null when the tenant has no incident of that id. */
  incidentLinks(tenantId: string, incidentId: string): Promise<IncidentLinks | null>
  /** Charts and logs of an incident, oldest first; null when the tenant has no incident of that id. */
  attachments(tenantId: string, incidentId: string): Promise<AttachmentView[] | null>
  /** One file of an incident; null when it has none of that name. */
  attachment(tenantId: string, incidentId: string, name: string): Promise<DeskFile | null>
  /** Names of people to whom an incident can be given. */
  assignees(tenantId: string): Promise<string[]>
  /** Priorities set by hand in a period. */
  overrides(tenantId: string, query: OverrideQuery): Promise<OverrideReport>
  /** What makes incidents critical. */
  critical(tenantId: string): Promise<CriticalView>
  /** A tenant's messages to a desk, the newest first. */
  deliveries(tenantId: string, desk: string, query: DeliveryQuery): Promise<PageOf<DeliveryRow>>
  /** Messages to people, the newest first. */
  notices(tenantId: string, query: NoticeQuery): Promise<PageOf<NoticeRow>>
  /** Roles that somebody should hold and nobody does. */
  missingRoles(tenantId: string): Promise<readonly BilingualText[]>
  /** Policies that contracts and their services name. */
  namedPolicies(tenantId: string): Promise<readonly NamedPolicy[]>
  /** Every contract, also those that are over. */
  contracts(tenantId: string): Promise<ContractRow[]>
  /** Who is told of what. */
  responsibles(tenantId: string): Promise<ResponsiblesView>
  /** Who changed contracts and people, the newest first. */
  agreementHistory(tenantId: string): Promise<AgreementEntry[]>
  /** Is every register checked in full today? */
  daily(tenantId: string, now: EpochMs): Promise<DailyView>
  /** New outlets and what was found in their settings. */
  launches(tenantId: string, now: EpochMs): Promise<LaunchView>
  replacements(tenantId: string, months: number, now: EpochMs): Promise<ReplacementPlan>
  /** The same plan as a workbook, made here because it takes seconds for ten thousand registers. */
  replacementSheet(tenantId: string, months: number, lang: 'ru' | 'en', now: EpochMs): Promise<Uint8Array>
  directory(tenantId: string): Promise<DirectoryView>
  problems(tenantId: string, query: ProblemQuery): Promise<PageOf<ProblemRow>>
  problem(tenantId: string, problemId: string, now: EpochMs): Promise<ProblemView | null>
  measures(tenantId: string, query: MeasureQuery, now: EpochMs): Promise<MeasureView[]>
  /** Known errors by words or check. */
  knownErrors(
    tenantId: string,
    query: { readonly search: string; readonly check?: string | undefined },
  ): Promise<KnowledgeView['errors']>
  /** The analyses that were issued, newest first. */
  analyses(tenantId: string): Promise<MonthlyAnalysis[]>
  analysis(tenantId: string, month: string): Promise<MonthlyAnalysis | null>
  /** What a vendor is given about an incident, packed here because logs are large; null when there is no such incident. */
  vendorFile(
    tenantId: string,
    incidentId: string,
    format: VendorFormat,
    lang: 'ru' | 'en',
    now: EpochMs,
  ): Promise<VendorFile | null>
  maintenance(tenantId: string, all: boolean, now: EpochMs): Promise<MaintenanceWindowView[]>
  /** The windows that are on at a till now; none when there is no such till. */
  maintenanceAt(tenantId: string, agentId: string, now: EpochMs): Promise<MaintenanceWindowView[]>
  /** Null when the incident is no mass incident. */
  mass(tenantId: string, incidentId: string): Promise<MassView | null>
  /** Answers when the file can be read. */
  ping(): Promise<void>
}
