export {
  instantAfterOpenMs,
  isOpen,
  nextBoundary,
  nextOpening,
  openMsBetween,
  wholeDayEndAfter,
} from './calendar/opening-hours.ts'
export { parseHours } from './calendar/parse-hours.ts'
export { DEFAULT_ZONE, dateOfDay, dayOfDate, dayStart, instantOfLocal, isZone, localDay } from './calendar/zone.ts'
export { type CaseCheck, type CaseReport, runCases } from './cases/run-cases.ts'
export { evaluateItem } from './engine/evaluate.ts'
export type { RuleSet } from './engine/rule-set.ts'
export { explainItem, type RuleExplanation } from './explain.ts'
export * from './model.ts'
export { compilePack } from './pack/compile.ts'
export { SHIPPED_PACKS } from './pack/shipped.ts'
export type { PackProblem, PackSource } from './pack/source.ts'
export { canSell } from './verdict/can-sell.ts'
export { KEY_UNTIL, keyDate, keyUntil } from './verdict/key-until.ts'
export { type PriorityInput, priorityOf } from './verdict/priority.ts'
export { CAN_SELL_TEXTS, timeToStop } from './verdict/time-to-stop.ts'
