export { affectedRules } from './backtest/affected.ts'
export { backtestItem, type Difference, type Span } from './backtest/backtest.ts'
export type { PastEvent, PastItem, RealIncident } from './backtest/past.ts'
export type { Episode } from './backtest/player.ts'
export { type BacktestResult, Tally } from './backtest/tally.ts'
export {
  instantAfterOpenMs,
  isOpen,
  isOpeningDay,
  nextBoundary,
  nextOpening,
  openMsBetween,
  wholeDayEndAfter,
} from './calendar/opening-hours.ts'
export { parseHours } from './calendar/parse-hours.ts'
export {
  DEFAULT_ZONE,
  dateOfDay,
  dayOfDate,
  dayStart,
  instantOfLocal,
  isZone,
  localDay,
  localTextOf,
} from './calendar/zone.ts'
export { type CaseCheck, type CaseReport, runCases } from './cases/run-cases.ts'
export { counted, spanText } from './duration.ts'
export { evaluateItem } from './engine/evaluate.ts'
export type { CompiledRule, RuleSet } from './engine/rule-set.ts'
export { explainItem, factsOf, type RuleExplanation } from './explain.ts'
export * from './model.ts'
export { compilePack } from './pack/compile.ts'
export { SHIPPED_PACKS } from './pack/shipped.ts'
export { type PackProblem, type PackSource, readSource, type SourceFile } from './pack/source.ts'
export {
  type Audience,
  OWN_TENANT,
  openRuleBook,
  type RefusedFile,
  type RuleBook,
  type RuleFile,
  type RulePlace,
} from './rule-book.ts'
export { differencesInWords } from './rule-changes.ts'
export { describeRule } from './rule-words.ts'
export { compileBook, SHIPPED_CALENDARS, SHIPPED_POLICIES, type SlaBook } from './sla/book.ts'
export { type ContractView, choosePolicy, type SlaPlace, type SlaRank } from './sla/choose.ts'
export { breachOf, clockAt, type MarkedTime, markedTime, marksOf, type SlaClock, type SlaRules } from './sla/clock.ts'
export type { ReopenKind, SlaEvent } from './sla/events.ts'
export type { Hold, Milestone, Role, SlaPolicy, SlaTerms } from './sla/policy.ts'
export { nextBreachAt, nextMark, type SlaView, shareAt, viewOf } from './sla/sla-view.ts'
export { HOLD_WORDS, MILESTONE_WORDS, RANK_WORDS, ROLE_WORDS, workingTimeText } from './sla/words.ts'
export { missingYears, timeOf, type WorkingCalendar, workingDaysLater } from './sla/working-calendar.ts'
export { canSell } from './verdict/can-sell.ts'
export { KEY_UNTIL, keyDate, keyUntil } from './verdict/key-until.ts'
export { PRIORITY_METHOD } from './verdict/method.ts'
export { type PriorityInput, priorityOf } from './verdict/priority.ts'
export { CAN_SELL_TEXTS, STOP_TEXTS, timeToStop } from './verdict/time-to-stop.ts'
