import type { DatabaseSync } from 'node:sqlite'
import { type CollectorConfig, loadConfig } from '../config.ts'
import { type DataDir, openDataDir } from '../data-dir.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { migrate } from '../store/sqlite/migrate.ts'
import { STATE_MIGRATIONS } from '../store/sqlite/state-schema.ts'

/** The tenant that commands on the machine itself work for. */
export const TENANT = 'main'

/** What a command beside the collector works with. */
export interface StateAccess {
  readonly config: CollectorConfig
  readonly dir: DataDir
  /** The relational file, brought up to date. */
  readonly database: DatabaseSync
}

/**
 * Opens the relational file for one command, whether a collector runs on it or not: SQLite lets one writer at a time through, and each
 * command is one short transaction.
 */
export async function withState<T>(configFile: string, work: (access: StateAccess) => Promise<T>): Promise<T> {
  const config = loadConfig(configFile)
  const dir = openDataDir(config.data_dir)
  const database = openDatabase(dir.state)
  try {
    migrate(database, STATE_MIGRATIONS)
    return await work({ config, dir, database })
  } finally {
    database.close()
  }
}
