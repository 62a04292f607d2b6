import { readFileSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '@tillwatch/shared'

/** One step of the schema: a number that never changes and the SQL file beside this one. */
export interface Migration {
  readonly number: number
  readonly file: string
}

/**
 * Brings a file up to the newest schema, one transaction a step. `PRAGMA user_version` holds the number of the last step.
 * A file from a newer program is refused rather than guessed at.
 */
export function migrate(database: DatabaseSync, migrations: readonly Migration[]): void {
  const current = versionOf(database)
  const newest = migrations.at(-1)?.number ?? 0
  if (current > newest) {
    throw new AppError('store.newer', `the database has schema ${current}, this program knows ${newest}`, {
      nextStep: 'Start the program version that wrote it, or restore the backup made before the upgrade.',
    })
  }
  for (const migration of migrations) {
    if (migration.number <= current) continue
    const sql = readFileSync(new URL(`./migrations/${migration.file}`, import.meta.url), 'utf8')
    database.exec('BEGIN IMMEDIATE')
    try {
      // Another process may have taken the step while this one waited: a collector and a command start together.
      if (versionOf(database) < migration.number) database.exec(`${sql}\nPRAGMA user_version = ${migration.number}`)
      database.exec('COMMIT')
    } catch (thrown) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw thrown
    }
  }
}

const versionOf = (database: DatabaseSync): number =>
  (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
