import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { itemIdOf } from '@tillwatch/collector/fleet/item-id'
import { detailOf, factDefinition, isFactName, telemetryBody } from '@tillwatch/shared'

/** Everything that an agent's outbox holds: what waits, and the tail of what is stored. */
export interface OutboxBook {
  readonly epoch: number
  readonly next: number
  readonly mark: number
  readonly dropped: number
  readonly messages: readonly { readonly seq: number; readonly kind: string; readonly body: unknown }[]
}

/** Reads the outbox of an agent that does not run, however it ended; the file itself is not touched. */
export function readOutbox(dir: string): OutboxBook {
  const copy = mkdtempSync(join(tmpdir(), 'tillwatch-outbox-'))
  for (const name of ['outbox.sqlite', 'outbox.sqlite-wal'])
    if (existsSync(join(dir, name))) copyFileSync(join(dir, name), join(copy, name))
  const database = new DatabaseSync(join(copy, 'outbox.sqlite'))
  try {
    const state = JSON.parse(String(database.prepare('SELECT body FROM state').get()?.['body'])) as OutboxBook
    const rows = database.prepare('SELECT seq, kind, body FROM message ORDER BY seq').all()
    return {
      ...state,
      messages: rows.map(row => ({
        seq: Number(row['seq']),
        kind: String(row['kind']),
        body: JSON.parse(String(row['body'])) as unknown,
      })),
    }
  } finally {
    database.close()
    rmSync(copy, { recursive: true })
  }
}

function rowsOf(file: string, sql: string, ...values: (string | number)[]): Record<string, unknown>[] {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  try {
    return database.prepare(sql).all(...values) as Record<string, unknown>[]
  } finally {
    database.close()
  }
}

/** The collector's books, read from its files while it runs or not. */
export interface CollectorBooks {
  state(sql: string, ...values: (string | number)[]): Record<string, unknown>[]
  /** 0 before the first message of that epoch, or of the highest one. */
  mark(agent: string, epoch?: number): number
  lost(agent: string): number
  epochs(agent: string): number
  /** Every point as `item fact at value`. */
  points(): ReadonlySet<string>
  /** Points that the hourly rows say there are: more than the points when one was added twice. */
  pointsByHours(): number
  eventNames(agent: string): readonly string[]
}

export function booksOf(collectorDir: string): CollectorBooks {
  const stateFile = join(collectorDir, 'state.db')
  const state = (sql: string, ...values: (string | number)[]) => rowsOf(stateFile, sql, ...values)
  const series = (sql: string) => rowsOf(join(collectorDir, 'series.db'), sql)
  const count = (rows: Record<string, unknown>[]): number => Number(rows[0]?.['n'] ?? 0)
  return {
    state,
    mark: (agent, epoch) => {
      const rows = state('SELECT epoch, mark FROM marks WHERE agent_id = ? ORDER BY epoch DESC', agent)
      const row = epoch === undefined ? rows[0] : rows.find(each => each['epoch'] === epoch)
      return Number(row?.['mark'] ?? 0)
    },
    lost: agent => count(state('SELECT coalesce(sum(lost), 0) AS n FROM marks WHERE agent_id = ?', agent)),
    epochs: agent => count(state('SELECT count(*) AS n FROM marks WHERE agent_id = ?', agent)),
    points: () =>
      new Set(
        series('SELECT item_id, fact, at, value FROM points JOIN series ON series.id = points.series_id').map(row =>
          [row['item_id'], row['fact'], row['at'], row['value']].join(' '),
        ),
      ),
    pointsByHours: () => count(series('SELECT coalesce(sum(n), 0) AS n FROM hours')),
    eventNames: agent =>
      state('SELECT name FROM agent_events WHERE agent_id = ? ORDER BY id', agent).map(row => String(row['name'])),
  }
}

/** The points that an agent's telemetry must have become, in the form of `points`. */
export function pointsOf(agent: string, messages: OutboxBook['messages']): ReadonlySet<string> {
  const points = new Set<string>()
  for (const { kind, body } of messages) {
    if (kind !== 'telemetry') continue
    for (const item of telemetryBody.parse(body).items) {
      const itemId = itemIdOf('main', agent, item)
      for (const [name, fact] of Object.entries(item.facts)) {
        const { value, at } = detailOf(fact)
        if (typeof value !== 'number' || !isFactName(name) || factDefinition(name).keep !== 'series') continue
        points.add([itemId, name, Date.parse(at ?? item.at), value].join(' '))
      }
    }
  }
  return points
}
