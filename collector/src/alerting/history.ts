import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'

const DAY_MS = 24 * 3_600_000
/** Audit trails outlive every contract and every limit of a claim. */
const TIMELINE_DAYS = 5 * 366
/** Messages to desks: what was said and when, for the year in which somebody may ask. */
const DELIVERIES_DAYS = 366
/** Rows looked at in one step of one table, so that no step is felt. */
const ROWS_PER_STEP = 500

/** What happened, as long as it is kept. Lives in the state thread under the name `history`. */
export interface History {
  /** One small step of retention; true when there is more to look at. The present value of every fact stays, however old it is. */
  thin(keep: { readonly changesDays: number }, now: EpochMs): Promise<boolean>
}

/** Tables that only grow, in the order in which their rows came; `old` chooses what may go of the rows before a moment. */
const TABLES = [
  {
    name: 'changes',
    time: 'received_at',
    old: `EXISTS (SELECT 1 FROM changes newer
      WHERE newer.item_id = changes.item_id AND newer.fact = changes.fact AND (newer.at, newer.id) > (changes.at, changes.id))`,
  },
  { name: 'timeline', time: 'at', old: 'true' },
  { name: 'deliveries', time: 'created_at', old: 'settled_at < :before' },
] as const

/** Retention over an open connection. */
export function createHistory(database: DatabaseSync): History {
  const [thinChanges, thinTimeline, thinDeliveries] = TABLES.map(table => createWalk(database, table))
  return {
    thin: async ({ changesDays }, now) => {
      const more = [
        thinChanges?.(now - changesDays * DAY_MS),
        thinTimeline?.(now - TIMELINE_DAYS * DAY_MS),
        thinDeliveries?.(now - DELIVERIES_DAYS * DAY_MS),
      ]
      return more.includes(true)
    },
  }
}

/**
 * Walks through a table from its oldest row to the first that is young enough, one step a call, then begins again. Rows that must stay
 * are passed once a walk, not once a step.
 */
function createWalk(database: DatabaseSync, { name, time, old }: (typeof TABLES)[number]) {
  const next = database.prepare(
    `SELECT max(id) AS last, max(at) AS youngest, count(*) AS rows
       FROM (SELECT id, ${time} AS at FROM ${name} WHERE id > ? ORDER BY id LIMIT ${ROWS_PER_STEP})`,
  )
  const remove = database.prepare(
    `DELETE FROM ${name} WHERE id > :after AND id <= :last AND ${time} < :before AND (${old})`,
  )
  let after = 0
  return (before: EpochMs): boolean => {
    const { last, youngest, rows } = next.get(after) as { last: number; youngest: number; rows: number }
    if (rows > 0) remove.run({ after, last, before })
    const isEnd = rows < ROWS_PER_STEP || youngest >= before
    after = isEnd ? 0 : last
    return !isEnd
  }
}
