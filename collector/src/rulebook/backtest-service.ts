import type { BacktestReport } from '@tillwatch/shared/api'
import { openDatabase } from '../store/sqlite/database.ts'
import { createSqliteSeriesStore } from '../store/sqlite/sqlite-series-store.ts'
import type { Services } from '../threads/thread.ts'
import { type Backtest, type BacktestOrder, openBacktest } from './backtest.ts'
import { createBacktestHistory } from './backtest-history.ts'

/** What the thread of one backtest is given; plain data. */
export interface BacktestThreadData {
  readonly statePath: string
  readonly seriesPath: string
  readonly order: BacktestOrder
  readonly now: number
}

/** One backtest in a thread of its own. Lives there under the name `backtest`. */
export interface BacktestSteps {
  /** Number of items to replay. Rejects as `openBacktest` throws. */
  items(): Promise<number>
  /** Replays one item; false when there is none left. */
  next(): Promise<boolean>
  report(): Promise<BacktestReport>
}

/** The service over connections of its own that cannot write. */
export function createBacktestServices({ statePath, seriesPath, order, now }: BacktestThreadData): Services & {
  readonly backtest: BacktestSteps
} {
  const state = openDatabase(statePath, { readOnly: true })
  const series = createSqliteSeriesStore(openDatabase(seriesPath, { readOnly: true }))
  const backtest: Backtest = openBacktest(createBacktestHistory(state, series), order, now)
  return {
    backtest: {
      items: async () => backtest.items,
      next: () => backtest.next(),
      report: async () => backtest.report(),
    },
  }
}
