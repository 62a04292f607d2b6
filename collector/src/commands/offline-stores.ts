import { type CollectorConfig, loadConfig } from '../config.ts'
import { type DataDir, openDataDir } from '../data-dir.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { createFleet } from '../store/sqlite/sqlite-fleet.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'

/** The tenant that commands on the machine itself work for. */
export const TENANT = 'main'

/** What a command beside the collector works with. */
export interface FleetAccess {
  readonly config: CollectorConfig
  readonly dir: DataDir
  readonly fleet: Fleet
}

/**
 * Opens the relational file for one command, whether a collector runs on it or not: SQLite lets one writer at a time through, and each
 * command is one short transaction.
 */
export async function withFleet<T>(configFile: string, work: (access: FleetAccess) => Promise<T>): Promise<T> {
  const config = loadConfig(configFile)
  const dir = openDataDir(config.data_dir)
  const database = openDatabase(dir.state)
  try {
    migrate(database, STATE_MIGRATIONS)
    return await work({ config, dir, fleet: createFleet(database) })
  } finally {
    database.close()
  }
}
