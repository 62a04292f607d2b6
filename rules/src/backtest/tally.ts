import type { EpochMs } from '@tillwatch/shared'
import { dateOfDay, localDay } from '../calendar/zone.ts'
import type { Difference, ItemBacktest } from './backtest.ts'

/** Differences that are listed one by one; all are counted. */
const DIFFERENCES_MAX = 500

type DifferenceCounts = Readonly<Record<Difference['kind'], number>>

/** What a backtest came to. */
export interface BacktestResult {
  readonly items: number
  /** Incidents within the span: by the rules in force, by the changed ones, and those that really were. */
  readonly before: number
  readonly after: number
  readonly real: number
  readonly reproduced: number
  readonly total: DifferenceCounts
  /** By the Monday on which the week begins (`YYYY-MM-DD`, UTC), oldest first; weeks without a difference are left out. */
  readonly weeks: readonly ({ readonly week: string } & DifferenceCounts)[]
  readonly rules: readonly ({ readonly rule: string } & DifferenceCounts)[]
  /** The first of them, in the order of items. */
  readonly differences: readonly Difference[]
  readonly notListed: number
}

/** Sums up items one by one, so that only one item's past is ever in memory. */
export class Tally {
  #items = 0
  readonly #sums = { before: 0, after: 0, real: 0, reproduced: 0 }
  readonly #total = zero()
  readonly #weeks = new Map<string, Record<Difference['kind'], number>>()
  readonly #rules = new Map<string, Record<Difference['kind'], number>>()
  readonly #differences: Difference[] = []
  #notListed = 0

  add(item: ItemBacktest): void {
    this.#items++
    for (const key of ['before', 'after', 'real', 'reproduced'] as const) this.#sums[key] += item[key]
    for (const difference of item.differences) this.#count(difference)
  }

  #count(difference: Difference): void {
    const { kind, before, after } = difference
    const episode = after ?? before
    if (!episode) return
    this.#total[kind]++
    countIn(this.#weeks, mondayOf(episode.openedAt), kind)
    countIn(this.#rules, episode.rule, kind)
    if (this.#differences.length < DIFFERENCES_MAX) this.#differences.push(difference)
    else this.#notListed++
  }

  get result(): BacktestResult {
    return {
      items: this.#items,
      ...this.#sums,
      total: this.#total,
      weeks: [...this.#weeks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([week, counts]) => ({ week, ...counts })),
      rules: [...this.#rules].sort(([a], [b]) => (a < b ? -1 : 1)).map(([rule, counts]) => ({ rule, ...counts })),
      differences: this.#differences,
      notListed: this.#notListed,
    }
  }
}

const zero = (): Record<Difference['kind'], number> => ({ opened: 0, spared: 0, changed: 0, moved: 0 })

function countIn(counts: Map<string, Record<Difference['kind'], number>>, key: string, kind: Difference['kind']): void {
  const row = counts.get(key) ?? zero()
  row[kind]++
  counts.set(key, row)
}

/** Day 0 (1970-01-01) was a Thursday. */
const mondayOf = (at: EpochMs): string => {
  const day = localDay('UTC', at)
  return dateOfDay(day - ((day + 3) % 7))
}
