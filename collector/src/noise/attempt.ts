import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import { inStepSavepoint } from '../store/sqlite/database.ts'

/** What failed is tried again after this long. */
const RETRY_MS = 5 * 60_000

/** One thing that is due. */
interface Attempt<T> {
  readonly work: () => T
  /** Makes it due again at `at`. */
  readonly putOff: (at: EpochMs) => void
  readonly failed: (failure: unknown) => void
}

/** Does one thing so that its failure undoes only itself and holds up nothing that waits behind it; null when it failed. */
export function attempt<T>(database: DatabaseSync, { work, putOff, failed }: Attempt<T>, now: EpochMs): T | null {
  const done = inStepSavepoint(database, work)
  if ('value' in done) return done.value
  putOff(now + RETRY_MS)
  failed(done.failure)
  return null
}
