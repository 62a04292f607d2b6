import { DatabaseSync } from 'node:sqlite'
import { AppError, messageOf } from '@tillwatch/shared'

/** `full` for state and incidents (a commit survives a power cut), `normal` for series (the last moments may be sent again). */
export type Durability = 'full' | 'normal'

/**
 * Opens a file of ours with the pragmas that every connection needs. Throws `store.unusable` with what SQLite says when the file cannot be
 * opened or is not a database. Readers never block the writer and see a consistent snapshot (WAL).
 */
export function openDatabase(
  path: string,
  options: { durability?: Durability; readOnly?: boolean } = {},
): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { readOnly: options.readOnly ?? false, timeout: 5_000 })
    if (!options.readOnly) {
      database.exec('PRAGMA journal_mode = WAL')
      database.exec(`PRAGMA synchronous = ${options.durability === 'normal' ? 'NORMAL' : 'FULL'}`)
      database.exec('PRAGMA foreign_keys = ON')
      database.exec('PRAGMA journal_size_limit = 67108864')
    }
    return database
  } catch (cause) {
    throw new AppError('store.unusable', `${path} cannot be used: ${messageOf(cause)}`, {
      nextStep: 'Check its rights and the free space; when the file is damaged, move it away and restore a backup.',
      cause,
    })
  }
}

/**
 * Runs `work` as one transaction: all of it or nothing. The connection belongs to one caller at a time (calls into a store thread
 * run one after another), so awaiting inside is safe.
 */
export async function inTransaction<T>(database: DatabaseSync, work: () => Promise<T> | T): Promise<T> {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = await work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** Full disk, no memory, a failing or read-only file (SQLite result codes): what every later statement would meet as well. */
const ENVIRONMENT_FAILURES: ReadonlySet<number> = new Set([7, 8, 10, 13, 14])
const isOfEnvironment = (failure: unknown): boolean =>
  failure instanceof Error && 'errcode' in failure && ENVIRONMENT_FAILURES.has(Number(failure.errcode) & 0xff)

/** As `inSavepoint`, for work that waits for nothing. */
export function inStepSavepoint<T>(
  database: DatabaseSync,
  work: () => T,
): { readonly value: T } | { readonly failure: unknown } {
  database.exec('SAVEPOINT step')
  try {
    const value = work()
    database.exec('RELEASE step')
    return { value }
  } catch (failure) {
    if (isOfEnvironment(failure) || !database.isTransaction) throw failure
    database.exec('ROLLBACK TO step')
    database.exec('RELEASE step')
    return { failure }
  }
}

/**
 * Runs `work` so that its failure undoes only itself, inside a transaction. The failure is returned, not thrown; one of the disk or the
 * machine is thrown, so that the whole transaction is undone and nothing passes for stored.
 */
export async function inSavepoint<T>(
  database: DatabaseSync,
  work: () => Promise<T> | T,
): Promise<{ readonly value: T } | { readonly failure: unknown }> {
  database.exec('SAVEPOINT part')
  try {
    const value = await work()
    database.exec('RELEASE part')
    return { value }
  } catch (failure) {
    if (isOfEnvironment(failure) || !database.isTransaction) throw failure
    database.exec('ROLLBACK TO part')
    database.exec('RELEASE part')
    return { failure }
  }
}
