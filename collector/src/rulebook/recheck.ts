import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { IncidentRoom } from '../incidents/room.ts'

/** Items made due at once: a second of work for a slow machine. */
const BATCH_ITEMS = 100
/** The next batch comes no sooner, so that ingest goes first. */
const BATCH_MS = 250

/** Makes every item due once, in the order of their ids, a batch when the one before is worked off. */
export interface Recheck {
  /** From the first item on, also when it is under way. */
  begin(): void
  readonly room: IncidentRoom
}

/** The walk over a connection of the state thread. An empty store has nothing to walk. */
export function createRecheck(database: DatabaseSync): Recheck {
  const selectAny = database.prepare('SELECT 1 FROM items LIMIT 1')
  const selectDue = database.prepare('SELECT 1 FROM items WHERE next_due_at <= ? LIMIT 1')
  const selectLast = database.prepare(
    `SELECT max(id) AS last, count(*) AS n FROM (SELECT id FROM items WHERE id > ? ORDER BY id LIMIT ${BATCH_ITEMS})`,
  )
  const setDue = database.prepare(
    'UPDATE items SET next_due_at = :now WHERE id > :after AND id <= :last AND (next_due_at IS NULL OR next_due_at > :now)',
  )
  /** Null: no walk. */
  let after: string | null = null
  let nextAt: EpochMs = 0
  return {
    begin: () => {
      if (!selectAny.get()) return
      after = ''
      nextAt = 0
    },
    room: {
      nextDueAt: () => (after === null ? null : nextAt),
      wake: now => {
        if (after === null) return []
        nextAt = now + BATCH_MS
        if (selectDue.get(now)) return []
        const { last, n } = selectLast.get(after) as { last: string | null; n: number }
        if (last !== null) setDue.run({ now, after, last })
        after = n < BATCH_ITEMS ? null : last
        return []
      },
    },
  }
}
