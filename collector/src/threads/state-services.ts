import { randomUUID } from 'node:crypto'
import { type Clock, systemClock } from '@tillwatch/shared'
import { createAccountStore } from '../accounts/account-store.ts'
import type { UnfixedPolicy } from '../incidents/incident.ts'
import { createIncidentPart, type RuleText } from '../incidents/state-part.ts'
import type { NoiseOptions } from '../noise/noise-part.ts'
import type { ProposalSettings } from '../problems/proposal.ts'
import type { RoutableDesk } from '../routing/route-book.ts'
import type { SlaTexts } from '../sla/sla-opening.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { createFleet } from '../store/sqlite/sqlite-fleet.ts'
import { createRemoteCommands } from '../store/sqlite/sqlite-remote-commands.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import type { FileText } from '../watched-files.ts'
import type { Services } from './thread.ts'

/** Everything the state thread needs to know; plain data, because it crosses into the thread. */
export interface StateThreadData {
  readonly databasePath: string
  /** Rule packs and override packs, in order, as read from disk. */
  readonly packs: readonly RuleText[]
  readonly overrides: readonly RuleText[]
  /** The desks that incidents are delivered to, and the files that say which. */
  readonly desks: readonly RoutableDesk[]
  readonly routes?: readonly FileText[]
  /** Calendars and policies as read from disk; those that ship when left out. */
  readonly sla?: SlaTexts
  /** Can messages to people be sent? */
  readonly hasMail?: boolean
  /** What operators set about noise; the usual numbers when left out. */
  readonly noise?: NoiseOptions
  /** When repeated incidents become a proposal; the usual numbers when left out. */
  readonly proposals?: ProposalSettings
  /** What becomes of incidents that a person solved while the fault lasts, by tenant. */
  readonly reopenUnfixed?: Readonly<Record<string, UnfixedPolicy>>
  /** Address of the portal, for links in tickets. */
  readonly publicUrl?: string | null
}

/**
 * The services of the one writer of the relational file. Tests call this in their own thread; the collector runs it in a thread of its own.
 * Order of use inside one call is the caller's; calls run one after another.
 */
export function createStateServices(data: StateThreadData, clock: Clock = systemClock): Services {
  const database = openDatabase(data.databasePath)
  migrate(database, STATE_MIGRATIONS)
  return {
    fleet: createFleet(database),
    remote: createRemoteCommands(database, randomUUID),
    accounts: createAccountStore(database),
    ...createIncidentPart(database, data, clock),
  }
}
