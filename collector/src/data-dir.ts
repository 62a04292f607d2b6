import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError, messageOf } from '@tillwatch/shared'
import { makeFolder } from './make-folder.ts'

/** Where everything that must survive lies. */
export interface DataDir {
  readonly path: string
  readonly state: string
  readonly series: string
  readonly tls: string
  /** Secrets of desks and the like, one file each; readable by the collector alone. */
  readonly secrets: string
}

/** The places in a data folder, which is made when it is not there. Throws `data.unwritable`. */
export function openDataDir(path: string): DataDir {
  const dir = dataDirAt(path)
  try {
    makeFolder(dir.path)
    makeFolder(dir.secrets)
  } catch (cause) {
    throw unwritable(path, cause)
  }
  return dir
}

/** The places in a data folder that may not be there. */
export const dataDirAt = (path: string): DataDir => ({
  path,
  state: join(path, 'state.db'),
  series: join(path, 'series.db'),
  tls: join(path, 'tls'),
  secrets: join(path, 'secrets'),
})

/**
 * Keeps a second collector out of the folder until `release`, or until this process ends in whatever way. The commands beside a
 * running collector do not take it. Throws `data.in_use` or `data.unwritable`.
 */
export function lockDataDir(dir: DataDir): { release(): void } {
  let lock: DatabaseSync | null = null
  try {
    lock = new DatabaseSync(join(dir.path, 'collector.lock'))
    lock.exec('BEGIN EXCLUSIVE')
    const held = lock
    return { release: () => held.close() }
  } catch (cause) {
    lock?.close()
    if (!isBusy(cause)) throw unwritable(dir.path, cause)
    throw new AppError('data.in_use', `another collector works on ${dir.path}`, {
      nextStep: 'Stop it first, or give this one a data_dir of its own.',
      cause,
    })
  }
}

const SQLITE_BUSY = 5
const isBusy = (failure: unknown): boolean =>
  failure instanceof Error && 'errcode' in failure && Number(failure.errcode) === SQLITE_BUSY

const unwritable = (path: string, cause: unknown) =>
  new AppError('data.unwritable', `the data folder ${path} cannot be written: ${messageOf(cause)}`, {
    nextStep: 'Make it and give it to the account that runs the collector, or set data_dir.',
    cause,
  })
