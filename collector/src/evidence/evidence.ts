import type { Bilingual } from '@tillwatch/rules'
import type { AgentCommand, EpochMs } from '@tillwatch/shared'
import type { ChartSubject } from './chart.ts'
import type { EvidenceFile } from './evidence-file.ts'
import type { LogSources } from './merged-log.ts'

/** Whose evidence it is. */
export interface EvidencePlace {
  readonly incidentId: string
  readonly tenantId: string
  readonly number: number
}

/** One thing to be done for an incident outside the state thread. Doing it twice leaves what the first did. */
export type EvidenceTask = EvidencePlace &
  (
    | { readonly do: 'chart'; readonly subject: ChartSubject | null }
    | { readonly do: 'ask'; readonly agentId: string; readonly command: AgentCommand }
    /** `missing`: why the agent's own log is not among the sources. */
    | { readonly do: 'log'; readonly sources: LogSources; readonly missing: Bilingual | null }
  )

/** Desks that take what is told them. */
export interface EvidenceDesks {
  readonly files: readonly string[]
  readonly items: readonly string[]
}

/** What goes with tickets. Lives in the state thread under the name `evidence`; every call is one transaction. */
export interface Evidence {
  /** What is to be done next; null when nothing is due. */
  next(now: EpochMs): Promise<EvidenceTask | null>
  /** When something is due; null when nothing waits. */
  nextAt(): Promise<EpochMs | null>
  /** Keeps the chart, tells the desks of it and of the device, and goes on to the log. */
  charted(incidentId: string, files: readonly EvidenceFile[], desks: EvidenceDesks, now: EpochMs): Promise<void>
  /** The agent was asked for its log by that command; null: it could not be asked. */
  asked(incidentId: string, commandId: string | null, now: EpochMs): Promise<void>
  /** Keeps the log, says what is missing, and is done. */
  logged(
    incidentId: string,
    files: readonly EvidenceFile[],
    missing: Bilingual | null,
    desks: EvidenceDesks,
    now: EpochMs,
  ): Promise<void>
  /** Tries one incident again later, so that it holds up no other. */
  putOff(incidentId: string, now: EpochMs): Promise<void>
  /** Deletes a small step of the files that are older; true when more is left. */
  thinAttachments(before: EpochMs): Promise<boolean>
}
