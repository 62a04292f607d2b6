import type { EpochMs } from '@tillwatch/shared'
import type { Directory, directoryView, ImportReport } from '@tillwatch/shared/api'
import type { z } from 'zod'
import type { Credentials } from '../broker/access.ts'
import type { Position } from '../ingest/acceptance.ts'
import type { ForecastSubject } from './forecast-subject.ts'
import type { Presence } from './presence.ts'
import type { SiteSubject } from './site-silence.ts'

/** Everything, for the form and for export. */
export type DirectoryView = z.infer<typeof directoryView>

/** What the uplink needs to know of one agent before it judges its messages. */
export interface AgentStanding {
  readonly position: Position
  /** Marks of all epochs that are remembered, the newest first. */
  readonly marks: readonly Position[]
  readonly presence: Presence
}

/** Things the uplink saw besides messages. All of it may be written again without harm, except that events are then doubled. */
export interface UplinkNotes {
  readonly presence: readonly {
    readonly agentId: string
    readonly presence: Presence
    readonly address: string
    readonly at: EpochMs
  }[]
  /** Signs of life without a message. */
  readonly heard: readonly { readonly agentId: string; readonly at: EpochMs }[]
  readonly duplicates: readonly { readonly agentId: string; readonly at: EpochMs; readonly details: string }[]
  readonly unknown: readonly { readonly id: string; readonly address: string; readonly at: EpochMs }[]
  /** Bytes of which not even the place in the sequence could be read. */
  readonly unplaced: readonly {
    readonly agentId: string
    readonly reason: string
    readonly payload: string
    readonly at: EpochMs
  }[]
}

/** A setting of a register that a person accepts: the fact and the person's name. */
export interface AcceptedBy {
  readonly fact: string
  readonly by: string
}

/** Who imports, and when. */
export interface ImportAuthor {
  readonly name: string
  readonly at: EpochMs
}

/** One agent in `tillwatch agent list`. */
export interface AgentRow {
  readonly id: string
  readonly site: string | null
  readonly state: 'never' | 'online' | 'offline'
  readonly lastHeardAt: EpochMs | null
  readonly version: string | null
  readonly revokedAt: EpochMs | null
}

/** A new agent; its secret is known to the caller alone. */
export interface NewAgent {
  readonly id: string
  readonly tenantId: string
  /** Code of the site, or null for an agent that is placed later. */
  readonly site: string | null
  readonly secretHash: string
}

/** The fleet as the rest of the collector uses it: directory, agents, and the book-keeping of the uplink. Lives in the state thread as `fleet`. */
export interface Fleet {
  credentialsOf(agentId: string): Promise<Credentials | null>
  /** Agents whose secret or revocation changed at or after `since`, with what holds now. */
  changedCredentials(
    since: EpochMs,
  ): Promise<readonly { readonly agentId: string; readonly credentials: Credentials }[]>
  standingsOf(agentIds: readonly string[]): Promise<Readonly<Record<string, AgentStanding>>>
  note(notes: UplinkNotes): Promise<void>

  /** Begins a run of the collector; every agent counts as offline until it is heard. The number names the run. */
  beginRun(now: EpochMs): Promise<number>
  alive(run: number, now: EpochMs): Promise<void>
  endRun(run: number, now: EpochMs): Promise<void>
  /** Deletes a small step of what is older than `before`; true when more is left. */
  thin(before: EpochMs): Promise<boolean>

  /** Items to forecast after `after` in the order of ids, at most `limit`. */
  forecastSubjects(after: string, limit: number): Promise<readonly ForecastSubject[]>

  /** Sites with several agents, and what is known of their silence. */
  siteSubjects(): Promise<readonly SiteSubject[]>

  /**
   * What a register has now counts as right, whatever its profile says, until it changes; the change log keeps by whom. Rejects with
   * `item.unknown`, or with `setting.unknown` when the fact is no setting of a profile or not known.
   */
  acceptSetting(tenantId: string, itemId: string, accepted: AcceptedBy, now: EpochMs): Promise<void>

  /**
   * All or nothing: a file with problems changes nothing. The same file again changes nothing either. `faulty` as `planImport` takes it.
   * What the `author` changes of contracts and responsibles stands in their audit trail.
   */
  importDirectory(
    tenantId: string,
    directory: Directory,
    dryRun: boolean,
    faulty?: ReadonlySet<string>,
    author?: ImportAuthor,
  ): Promise<ImportReport>

  /** Rejects with `agent.exists` or `site.unknown`. */
  addAgent(agent: NewAgent, now: EpochMs): Promise<void>
  listAgents(tenantId: string): Promise<readonly AgentRow[]>
  /** Rejects with `agent.unknown`. Revoking twice keeps the first time. */
  revokeAgent(tenantId: string, agentId: string, now: EpochMs): Promise<void>
  /** A new secret; a revoked agent may speak again with it. Rejects with `agent.unknown`. */
  rotateAgent(tenantId: string, agentId: string, secretHash: string, now: EpochMs): Promise<void>
}
