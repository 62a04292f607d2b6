import { randomUUID } from 'node:crypto'
import { systemClock } from '@tillwatch/shared'
import { createAccountStore } from '../accounts/account-store.ts'
import { createIncidentPart } from '../incidents/state-part.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { createFleet } from '../store/sqlite/sqlite-fleet.ts'
import { createRemoteCommands } from '../store/sqlite/sqlite-remote-commands.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'
import type { Services } from './thread.ts'

/** Everything the state thread needs to know; plain data, because it crosses into the thread. */
export interface StateThreadData {
  readonly databasePath: string
  /** Rule packs and override packs, in order, as read from disk. */
  readonly packs: readonly { readonly file: string; readonly text: string }[]
  readonly overrides: readonly { readonly file: string; readonly text: string }[]
  /** Names of the desks that every incident is delivered to. */
  readonly desks: readonly string[]
}

/**
 * The services of the one writer of the relational file. Tests call this in their own thread; the collector runs it in a thread of its own.
 * Order of use inside one call is the caller's; calls run one after another.
 */
export function createStateServices(data: StateThreadData): Services {
  const database = openDatabase(data.databasePath)
  migrate(database, STATE_MIGRATIONS)
  return {
    fleet: createFleet(database),
    remote: createRemoteCommands(database, randomUUID),
    accounts: createAccountStore(database),
    ...createIncidentPart(database, data, systemClock),
  }
}
