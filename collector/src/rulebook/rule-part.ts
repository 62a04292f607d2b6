import type { Component } from '@tillwatch/shared'
import type { CollectorConfig } from '../config.ts'
import type { DataDir } from '../data-dir.ts'
import { startThread } from '../threads/thread.ts'
import { type BacktestDesk, createBacktestDesk } from './backtest-desk.ts'
import type { BacktestThreadData } from './backtest-service.ts'
import { createRuleDesk, type RuleDesk, type RuleDeskOptions } from './rule-desk.ts'
import { ruleFolder } from './rule-files.ts'
import type { RuleReads } from './rule-reads.ts'

/** What the API needs of rules. */
export interface RuleAccess {
  readonly reads: Pick<RuleReads, 'list' | 'item'>
  readonly desk: Pick<RuleDesk, 'reload'>
  readonly backtests: Pick<BacktestDesk, 'start' | 'view'>
}

/** Everything about rules that lives in the main thread. */
export interface RulePart extends RuleAccess, Component {
  readonly desk: RuleDesk
}

export interface RulePartOptions extends Omit<RuleDeskOptions, 'folder' | 'reads'> {
  readonly config: CollectorConfig
  readonly dir: DataDir
  readonly ruleReads: RuleReads
  readonly randomText: () => string
}

const BACKTEST_THREAD = new URL('../threads/backtest-thread.ts', import.meta.url)

/** The desk over the configured files, and trials on the files of the data folder. */
export function createRulePart(options: RulePartOptions): RulePart {
  const { config, dir, ruleReads } = options
  const log = options.log.child({ part: 'rules' })
  const desk = createRuleDesk({ ...options, folder: ruleFolder(config), reads: ruleReads, log })
  const backtests = createBacktestDesk({
    ...options,
    log,
    rules: desk,
    kept: { rawDays: config.retention.raw_days, changesDays: config.retention.changes_days },
    openThread: (order, now) => {
      const data: BacktestThreadData = { statePath: dir.state, seriesPath: dir.series, order, now }
      return startThread(BACKTEST_THREAD, data)
    },
  })
  return {
    reads: ruleReads,
    desk,
    backtests,
    start: () => desk.start(),
    stop: async () => {
      await backtests.stop()
      await desk.stop()
    },
  }
}
