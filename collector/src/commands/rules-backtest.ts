import type { RuleFile } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { BacktestReport } from '@tillwatch/shared/api'
import type { Language } from '@tillwatch/shared/words'
import { loadConfig } from '../config.ts'
import { dataDirAt } from '../data-dir.ts'
import { openBacktest } from '../rulebook/backtest.ts'
import { createBacktestHistory } from '../rulebook/backtest-history.ts'
import { ruleFolder } from '../rulebook/rule-files.ts'
import { openDatabase } from '../store/sqlite/database.ts'
import { createSqliteSeriesStore } from '../store/sqlite/sqlite-series-store.ts'

const SPAN_MS = 30 * 24 * 3_600_000
/** Progress is told once for so many items. */
const TELL_ITEMS = 100

export interface BacktestOptions {
  readonly config: string
  readonly trial: readonly RuleFile[]
  readonly from?: EpochMs | undefined
  readonly to?: EpochMs | undefined
  readonly client?: string | undefined
  readonly site?: string | undefined
  readonly now: EpochMs
}

/** Replays what the databases hold, which are only read: a collector may be running on them. Throws as `openBacktest`. */
export async function runBacktest(
  { config: file, trial, from, to, client, site, now }: BacktestOptions,
  progress: (text: string) => void,
): Promise<BacktestReport> {
  const config = loadConfig(file)
  const dir = dataDirAt(config.data_dir)
  const state = openDatabase(dir.state, { readOnly: true })
  const series = openDatabase(dir.series, { readOnly: true })
  try {
    const end = Math.min(to ?? now, now)
    const backtest = openBacktest(
      createBacktestHistory(state, createSqliteSeriesStore(series)),
      {
        files: await ruleFolder(config).read(),
        trial,
        choice: { tenantId: null, client, site },
        span: { from: from ?? end - SPAN_MS, to: end },
        kept: { rawDays: config.retention.raw_days, changesDays: config.retention.changes_days },
        itemsMax: null,
      },
      now,
    )
    let done = 0
    for (let more = backtest.items > 0; more; ) {
      more = await backtest.next()
      if (++done % TELL_ITEMS === 0) progress(`${done} / ${backtest.items}`)
    }
    return backtest.report()
  } finally {
    series.close()
    state.close()
  }
}

const WORDS = {
  ru: {
    items: ({ items, before, after, real, reproduced }: BacktestReport) =>
      `единиц ${items}; инцидентов ${before} -> ${after}; на деле было ${real}, из них повторено ${reproduced}`,
    legend: 'открыто +, не открыто -, изменено ~, сдвинуто >',
    kinds: { opened: 'открыт', spared: 'не открыт', changed: 'изменён', moved: 'сдвинут' },
    more: (count: number) => `и ещё ${count}`,
  },
  en: {
    items: ({ items, before, after, real, reproduced }: BacktestReport) =>
      `${items} items; incidents ${before} -> ${after}; ${real} really were, ${reproduced} of them replayed`,
    legend: 'opened +, spared -, changed ~, moved >',
    kinds: { opened: 'opened', spared: 'spared', changed: 'changed', moved: 'moved' },
    more: (count: number) => `and ${count} more`,
  },
} as const

/** The report for people: sums, weeks, rules, the incidents one by one, and what history cannot tell. */
export function backtestLines(report: BacktestReport, language: Language): string[] {
  const words = WORDS[language]
  const { total, weeks, rules, differences, notListed, notes } = report
  const counts = (row: typeof total) => `+${row.opened} -${row.spared} ~${row.changed} >${row.moved}`
  const listed = differences.map(({ kind, itemId, causeClass, before: old, after: fresh, realNumber }) => {
    const side = (episode: typeof old) =>
      episode ? `${episode.rule} ${episode.level} P${episode.priority} ${episode.openedAt}` : '—'
    return `  ${words.kinds[kind]} ${itemId} ${causeClass}: ${side(old)} -> ${side(fresh)}${realNumber === null ? '' : ` (#${realNumber})`}`
  })
  return [
    `${report.from} .. ${report.to}: ${words.items(report)}`,
    `${words.legend}: ${counts(total)}`,
    ...weeks.map(row => `  ${row.week}: ${counts(row)}`),
    ...rules.map(row => `  ${row.rule}: ${counts(row)}`),
    ...listed,
    ...(notListed > 0 ? [`  ${words.more(notListed)}`] : []),
    ...notes.map(note => `* ${note[language]}`),
  ]
}
