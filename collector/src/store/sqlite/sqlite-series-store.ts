import type { DatabaseSync } from 'node:sqlite'
import type { AcceptedMessage } from '../../ingest/batch.ts'
import { dayBounds } from '../day-bounds.ts'
import { HOUR_MS, numbersOf } from '../series-numbers.ts'
import type { DayPoint, SeriesPoint, SeriesRequest, SeriesStore } from '../series-store.ts'
import { inTransaction } from './database.ts'

const DAY_MS = 24 * HOUR_MS
/** Series looked at, and rows deleted, in one step of thinning: some milliseconds, so that readings never wait long. */
const THIN_SERIES = 200
const THIN_ROWS = 5_000
/** Numbers of series kept in memory: a large fleet has some forty for each register; beyond it they are looked up anew. */
const KNOWN_MAX = 500_000

interface Row {
  readonly bucket: number
  readonly at: number
  readonly mean: number
  readonly min: number
  readonly max: number
}

/** Series in one SQLite file: points keyed (series, instant) and a row an hour beside them. The caller migrates the file first. */
export function createSqliteSeriesStore(database: DatabaseSync): SeriesStore {
  const writer = createWriter(database)
  const find = database.prepare('SELECT id FROM series WHERE item_id = ? AND fact = ?')
  const idOf = (itemId: string, fact: string): number | null =>
    (find.get(itemId, fact) as { id: number } | undefined)?.id ?? null
  const hours = database.prepare(
    'SELECT hour, low, high FROM hours WHERE series_id = ? AND hour >= ? AND hour < ? ORDER BY hour',
  )
  const withFact = database.prepare(
    `SELECT item_id FROM series AS s WHERE fact = ?
     AND EXISTS (SELECT 1 FROM hours WHERE series_id = s.id AND hour >= ?) ORDER BY item_id`,
  )
  const query = createQuery(database)
  return {
    append: async messages => {
      try {
        await inTransaction(database, () => messages.forEach(writer.write))
      } catch (thrown) {
        writer.forget()
        throw thrown
      }
    },
    query: async request => {
      const id = idOf(request.itemId, request.fact)
      return id === null ? [] : query(id, request)
    },
    days: async ({ itemId, fact, from, to, timezone }) => {
      const id = idOf(itemId, fact)
      if (id === null) return []
      const rows = hours.all(id, from, to) as unknown as { hour: number; low: number; high: number }[]
      return byDay(rows, dayBounds(timezone, from, to))
    },
    itemsWith: async (fact, from) =>
      (withFact.all(fact, from) as unknown as { item_id: string }[]).map(row => row.item_id),
    thin: createThinner(database, writer.forget),
  }
}

interface Writer {
  /** One message into points and hours, unless it was written before. */
  write(message: AcceptedMessage): void
  /** After a rollback or a deletion: series that were known may not be there. */
  forget(): void
}

function createWriter(database: DatabaseSync): Writer {
  const advance = database.prepare(
    `INSERT INTO written (agent_id, epoch, seq) VALUES (?, ?, ?)
     ON CONFLICT (agent_id, epoch) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq`,
  )
  const find = database.prepare('SELECT id FROM series WHERE item_id = ? AND fact = ?')
  const create = database.prepare('INSERT INTO series (tenant_id, item_id, fact) VALUES (?, ?, ?) RETURNING id')
  const insert = database.prepare('INSERT OR IGNORE INTO points (series_id, at, value) VALUES (?, ?, ?)')
  const replace = database.prepare('UPDATE points SET value = ? WHERE series_id = ? AND at = ?')
  const add = database.prepare(
    `INSERT INTO hours (series_id, hour, n, low, high, total) VALUES (?, ?, 1, ?, ?, ?)
     ON CONFLICT (series_id, hour) DO UPDATE SET n = n + 1, low = min(low, excluded.low),
     high = max(high, excluded.high), total = total + excluded.total`,
  )
  const recompute = database.prepare(
    `INSERT OR REPLACE INTO hours (series_id, hour, n, low, high, total)
     SELECT series_id, ?, count(*), min(value), max(value), sum(value) FROM points
     WHERE series_id = ? AND at >= ? AND at < ? GROUP BY series_id`,
  )
  const known = new Map<string, number>()
  const idOf = (tenantId: string, itemId: string, fact: string): number => {
    const key = `${itemId}\n${fact}`
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const { id } = (find.get(itemId, fact) ?? create.get(tenantId, itemId, fact)) as { id: number }
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(key, id)
    return id
  }
  const write = (message: AcceptedMessage) => {
    if (message.kind === 'snapshot' || message.kind === 'derived') return
    if (advance.run(message.agentId, message.epoch, message.seq).changes === 0) return
    for (const { itemId, fact, at, value } of numbersOf(message)) {
      const id = idOf(message.tenantId, itemId, fact)
      const hour = Math.floor(at / HOUR_MS) * HOUR_MS
      if (insert.run(id, at, value).changes === 1) {
        add.run(id, hour, value, value, value)
        continue
      }
      replace.run(value, id, at)
      recompute.run(hour, id, hour, hour + HOUR_MS)
    }
  }
  return { write, forget: () => known.clear() }
}

function createQuery(database: DatabaseSync): (id: number, request: SeriesRequest) => SeriesPoint[] {
  const oldest = database.prepare('SELECT min(at) AS at FROM points WHERE series_id = ?')
  const raw = database.prepare(
    `SELECT CAST((at - ?) / ? AS INTEGER) AS bucket, min(at) AS at, avg(value) AS mean, min(value) AS min, max(value) AS max
     FROM points WHERE series_id = ? AND at >= ? AND at < ? GROUP BY bucket ORDER BY bucket`,
  )
  const hourly = database.prepare(
    `SELECT max(0, CAST((hour - ?) / ? AS INTEGER)) AS bucket, min(hour) AS at, sum(total) / sum(n) AS mean, min(low) AS min, max(high) AS max
     FROM hours WHERE series_id = ? AND hour >= ? AND hour < ? GROUP BY bucket ORDER BY bucket`,
  )
  return (id, { from, to, points }) => {
    const bucketMs = Math.max(1, Math.ceil((to - from) / points))
    const firstHour = Math.floor(from / HOUR_MS) * HOUR_MS
    const fromHours = (end: number) => hourly.all(from, bucketMs, id, firstHour, end) as unknown as Row[]
    if (bucketMs >= HOUR_MS) return fromHours(to).map(row => pointOf(row, from))
    const { at: oldestRaw } = oldest.get(id) as { at: number | null }
    const rawFrom = oldestRaw === null ? to : Math.floor(oldestRaw / HOUR_MS) * HOUR_MS
    const old = rawFrom > from ? fromHours(Math.min(rawFrom, to)) : []
    const recent = raw.all(from, bucketMs, id, Math.max(from, rawFrom), to) as unknown as Row[]
    return [...old, ...recent].slice(0, points).map(row => pointOf(row, from))
  }
}

const pointOf = ({ at, mean, min, max }: Row, from: number): SeriesPoint => ({ at: Math.max(at, from), mean, min, max })

/** Hours gathered into the calendar days in which they begin. */
function byDay(
  rows: readonly { readonly hour: number; readonly low: number; readonly high: number }[],
  bounds: readonly { readonly day: string; readonly end: number }[],
): DayPoint[] {
  const days: DayPoint[] = []
  let index = 0
  for (const { hour, low, high } of rows) {
    while (index < bounds.length && hour >= (bounds[index]?.end ?? 0)) index++
    const day = bounds[index]?.day
    if (day === undefined) break
    const last = days.at(-1)
    if (last?.day !== day) days.push({ day, min: low, max: high, firstAt: hour, lastAt: hour })
    else days[days.length - 1] = { ...last, min: Math.min(last.min, low), max: Math.max(last.max, high), lastAt: hour }
  }
  return days
}

/** Walks over the series, a few at each call, and starts anew when it is through. A series of which nothing is left goes too. */
function createThinner(database: DatabaseSync, deleted: () => void): SeriesStore['thin'] {
  const next = database.prepare(`SELECT id FROM series WHERE id > ? ORDER BY id LIMIT ${THIN_SERIES}`)
  const deleteOld = (table: 'points' | 'hours', time: 'at' | 'hour') =>
    database.prepare(
      `DELETE FROM ${table} WHERE series_id = ?1 AND ${time} IN
       (SELECT ${time} FROM ${table} WHERE series_id = ?1 AND ${time} < ?2 ORDER BY ${time} LIMIT ?3)`,
    )
  const deletePoints = deleteOld('points', 'at')
  const deleteHours = deleteOld('hours', 'hour')
  const deleteEmpty = database.prepare(
    `DELETE FROM series WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM points WHERE series_id = ?1)
     AND NOT EXISTS (SELECT 1 FROM hours WHERE series_id = ?1)`,
  )
  let after = 0
  return async (retention, now) => {
    // Whole hours, so that what is left of an hour is all of it.
    const before = (days: number) => Math.floor((now - days * DAY_MS) / HOUR_MS) * HOUR_MS
    const [pointsBefore, hoursBefore] = [before(retention.rawDays), before(retention.hourlyDays)]
    let emptied = 0
    const reached = await inTransaction(database, () => {
      const ids = next.all(after) as unknown as { id: number }[]
      let left = THIN_ROWS
      for (const { id } of ids) {
        left -= Number(deletePoints.run(id, pointsBefore, left).changes)
        left -= Number(deleteHours.run(id, hoursBefore, left).changes)
        // There may be more of this series: the next step begins with it.
        if (left <= 0) return id - 1
        emptied += Number(deleteEmpty.run(id).changes)
      }
      return ids.length === THIN_SERIES ? (ids.at(-1)?.id ?? 0) : null
    })
    if (emptied > 0) deleted()
    after = reached ?? 0
    return reached !== null
  }
}
