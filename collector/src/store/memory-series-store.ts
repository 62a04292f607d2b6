import { DateTime } from 'luxon'
import type { AcceptedMessage } from '../ingest/batch.ts'
import { HOUR_MS, numbersOf } from './series-numbers.ts'
import type { DayPoint, SeriesPoint, SeriesStore } from './series-store.ts'

const DAY_MS = 24 * HOUR_MS

interface Hour {
  readonly n: number
  readonly low: number
  readonly high: number
  readonly total: number
}
interface Values {
  readonly points: Map<number, number>
  readonly hours: Map<number, Hour>
}

/** The same promises without a disk: for tests of what stands above a series store. */
export function createMemorySeriesStore(): SeriesStore {
  const series = new Map<string, Values>()
  const written = new Map<string, number>()
  const keyOf = (itemId: string, fact: string) => `${itemId}\n${fact}`
  const write = (message: AcceptedMessage) => {
    const key = `${message.agentId} ${message.epoch}`
    if (message.kind === 'snapshot' || message.kind === 'derived' || message.seq <= (written.get(key) ?? 0)) return
    written.set(key, message.seq)
    for (const { itemId, fact, at, value } of numbersOf(message)) {
      const values = series.get(keyOf(itemId, fact)) ?? { points: new Map(), hours: new Map() }
      series.set(keyOf(itemId, fact), values)
      const isNew = !values.points.has(at)
      values.points.set(at, value)
      const hour = Math.floor(at / HOUR_MS) * HOUR_MS
      const had = values.hours.get(hour)
      values.hours.set(hour, isNew && had ? withValue(had, value) : rollUp(values, hour))
    }
  }
  return {
    append: async messages => messages.forEach(write),
    query: async ({ itemId, fact, from, to, points }) => {
      const values = series.get(keyOf(itemId, fact))
      if (!values) return []
      const bucketMs = Math.max(1, Math.ceil((to - from) / points))
      const oldest = Math.min(...values.points.keys(), Number.POSITIVE_INFINITY)
      const rawFrom = bucketMs >= HOUR_MS ? to : Math.floor(oldest / HOUR_MS) * HOUR_MS
      const firstHour = Math.floor(from / HOUR_MS) * HOUR_MS
      const buckets = new Map<number, Hour & { readonly at: number }>()
      const put = (at: number, one: Hour) => {
        const index = Math.max(0, Math.floor((at - from) / bucketMs))
        const had = buckets.get(index) ?? { at, ...one, n: 0, total: 0 }
        buckets.set(index, {
          at: had.at,
          n: had.n + one.n,
          low: Math.min(had.low, one.low),
          high: Math.max(had.high, one.high),
          total: had.total + one.total,
        })
      }
      for (const [hour, one] of sorted(values.hours))
        if (hour >= firstHour && hour < Math.min(rawFrom, to)) put(hour, one)
      for (const [at, value] of sorted(values.points))
        if (at >= Math.max(from, rawFrom) && at < to) put(at, { n: 1, low: value, high: value, total: value })
      return sorted(buckets).map(
        ([, { at, n, low, high, total }]): SeriesPoint => ({
          at: Math.max(at, from),
          mean: total / n,
          min: low,
          max: high,
        }),
      )
    },
    days: async ({ itemId, fact, from, to, timezone }) => {
      const days = new Map<string, DayPoint>()
      for (const [hour, { low, high }] of sorted(series.get(keyOf(itemId, fact))?.hours ?? new Map<number, Hour>())) {
        if (hour < from || hour >= to) continue
        const day = DateTime.fromMillis(hour, { zone: timezone }).toISODate() ?? ''
        const had = days.get(day) ?? { day, min: low, max: high, firstAt: hour, lastAt: hour }
        days.set(day, { ...had, min: Math.min(had.min, low), max: Math.max(had.max, high), lastAt: hour })
      }
      return [...days.values()]
    },
    itemsWith: async (fact, from) =>
      [...series]
        .filter(([key, { hours }]) => key.endsWith(`\n${fact}`) && [...hours.keys()].some(hour => hour >= from))
        .map(([key]) => key.slice(0, key.indexOf('\n')))
        .sort((a, b) => (a < b ? -1 : 1)),
    thin: async (retention, now) => {
      for (const { points, hours } of series.values()) {
        for (const at of points.keys()) if (at < now - retention.rawDays * DAY_MS) points.delete(at)
        for (const hour of hours.keys()) if (hour < now - retention.hourlyDays * DAY_MS) hours.delete(hour)
      }
      return false
    },
  }
}

const sorted = <T>(values: ReadonlyMap<number, T>): [number, T][] => [...values].sort(([a], [b]) => a - b)

const withValue = ({ n, low, high, total }: Hour, value: number): Hour => ({
  n: n + 1,
  low: Math.min(low, value),
  high: Math.max(high, value),
  total: total + value,
})

function rollUp({ points }: Values, hour: number): Hour {
  const own = [...points].filter(([at]) => at >= hour && at < hour + HOUR_MS).map(([, value]) => value)
  const nothing = { n: 0, low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY, total: 0 }
  return own.reduce(withValue, nothing)
}
