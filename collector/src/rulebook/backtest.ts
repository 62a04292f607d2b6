import {
  affectedRules,
  type BacktestResult,
  type Bilingual,
  backtestItem,
  type CompiledRule,
  type Episode,
  factsOf,
  openRuleBook,
  type PackProblem,
  type RuleBook,
  type RuleFile,
  Tally,
} from '@tillwatch/rules'
import { AppError, type EpochMs, factDefinition, isFactName } from '@tillwatch/shared'
import type { BacktestReport } from '@tillwatch/shared/api'
import { instant, instantOrNull } from '../reads/item-facts.ts'
import { type BacktestHistory, type ItemChoice, isKept, type Stretch, stepMsOf } from './backtest-history.ts'
import { problemLine } from './rule-keeper.ts'

const DAY_MS = 24 * 3_600_000
/** Facts that "can it sell?" and the time to stop look at, whatever a rule reads. */
const VERDICT_NUMBERS = ['fiscal.ofd.unsent_documents', 'fiscal.fn.documents_left']

export interface BacktestOrder {
  /** In force, and those to try after them. */
  readonly files: readonly RuleFile[]
  readonly trial: readonly RuleFile[]
  readonly choice: ItemChoice
  readonly span: Stretch
  /** How long the past is kept. */
  readonly kept: { readonly rawDays: number; readonly changesDays: number }
  /** Items at most; null: any number. */
  readonly itemsMax: number | null
}

/** A replay under way. One item's past is in memory at a time. */
export interface Backtest {
  readonly items: number
  /** Replays the next item; false when there was none. */
  next(): Promise<boolean>
  report(): BacktestReport
}

/**
 * Prepares to replay what is stored through the rules in force and through the changed ones. Throws `rules.invalid` with every place in
 * the trial that is wrong, `backtest.too_many` beyond the ceiling.
 */
export function openBacktest(history: BacktestHistory, order: BacktestOrder, now: EpochMs): Backtest {
  const { files, trial, choice, span, itemsMax } = order
  if (span.from >= span.to) {
    throw new AppError('backtest.span', 'the span ends before it begins', { nextStep: 'Give `from` before `to`.' })
  }
  const before = openRuleBook(files, [])
  const after = openRuleBook([...files, ...trial], [])
  refuse(after, trial)
  const ids = history.itemIds(choice)
  if (itemsMax !== null && ids.length > itemsMax) {
    throw new AppError('backtest.too_many', `${ids.length} items; at most ${itemsMax} at a time`, {
      nextStep: 'Choose a client or a site, or use `tillwatch rules backtest` on the machine of the collector.',
    })
  }
  const notes = new Notes(span)
  const tally = new Tally()
  let index = 0
  return {
    items: ids.length,
    next: async () => {
      const id = ids[index++]
      const found = id === undefined ? null : history.load(id)
      if (found) {
        const pair = affectedRules(before.of(found.place), after.of(found.place), found.record.kind)
        if (pair) {
          const rules = [...pair.before.rules, ...pair.after.rules]
          const from = notes.beginOf(rules, order.kept, now)
          const facts = new Set<string>([...rules.flatMap(rule => [...factsOf(rule)]), ...VERDICT_NUMBERS])
          const past = await history.past(found.record, facts, { ...span, from }, now)
          tally.add(backtestItem(past, pair, { ...span, from }))
        }
        refuse(after, trial)
      }
      return index < ids.length
    },
    report: () => reportOf(tally.result, ids.length, span, notes.texts()),
  }
}

/** A trial that is wrong tells nothing; what else may be wrong is no fault of it. */
function refuse(book: RuleBook, trial: readonly RuleFile[]): void {
  const names = new Set(trial.map(({ file }) => file))
  const problems: PackProblem[] = book.refused.filter(({ file }) => names.has(file)).flatMap(one => [...one.problems])
  if (problems.length === 0) return
  throw new AppError('rules.invalid', problems.map(problemLine).join('\n'), {
    nextStep: 'Correct the named places and try again.',
    context: { problems },
  })
}

/** What history cannot tell, gathered while it is read. */
class Notes {
  readonly #span: Stretch
  readonly #today = new Set<string>()
  #begin: EpochMs | null = null

  constructor(span: Stretch) {
    this.#span = span
  }

  /** From when on rules that look at these facts can be replayed. */
  beginOf(rules: readonly CompiledRule[], kept: BacktestOrder['kept'], now: EpochMs): EpochMs {
    const facts = new Set(rules.flatMap(rule => [...factsOf(rule)]))
    for (const fact of facts) if (isKept(fact, 'state')) this.#today.add(fact)
    const needsNumbers = [...facts].some(fact => isKept(fact, 'series')) || rules.some(({ item }) => item === 'pc')
    const oldest = now - (needsNumbers ? kept.rawDays : kept.changesDays) * DAY_MS
    if (oldest > this.#span.from) this.#begin = Math.max(this.#begin ?? 0, oldest)
    return Math.min(Math.max(this.#span.from, oldest), this.#span.to)
  }

  texts(): Bilingual[] {
    const minutes = stepMsOf(this.#span) / 60_000
    const names = (language: 'ru' | 'en') =>
      [...this.#today].map(fact => (isFactName(fact) ? factDefinition(fact)[language] : fact)).join(', ')
    const begin = this.#begin === null ? null : instant(this.#begin).slice(0, 10)
    return [
      {
        ru: 'Часы работы, класс объекта, резервная касса и отметка о замене ФН взяты нынешние: прошлые не хранятся.',
        en: 'Opening hours, class of the site, spare register and replacement mark are those of today: past ones are not kept.',
      },
      {
        ru: `Числа взяты средними за ${minutes} мин.`,
        en: `Numbers are means over ${minutes} min.`,
      },
      ...(begin === null
        ? []
        : [
            {
              ru: `Часть правил проиграна только с ${begin}: более старые показания хранятся лишь по часам или не хранятся.`,
              en: `Some rules were replayed from ${begin} only: older readings are kept by the hour or not at all.`,
            },
          ]),
      ...(this.#today.size === 0
        ? []
        : [
            {
              ru: `Истории нет, взято нынешнее значение: ${names('ru')}.`,
              en: `No history, today's value is taken: ${names('en')}.`,
            },
          ]),
    ]
  }
}

const reportOf = (
  result: BacktestResult,
  items: number,
  { from, to }: Stretch,
  notes: Bilingual[],
): BacktestReport => ({
  ...result,
  items,
  from: instant(from),
  to: instant(to),
  total: { ...result.total },
  weeks: [...result.weeks],
  rules: [...result.rules],
  differences: result.differences.map(({ before, after, ...rest }) => ({
    ...rest,
    before: before && episodeOf(before),
    after: after && episodeOf(after),
  })),
  notes,
})

const episodeOf = ({ rule, level, priority, openedAt, endedAt }: Episode) => ({
  rule,
  level,
  priority,
  openedAt: instant(openedAt),
  endedAt: instantOrNull(endedAt),
})
