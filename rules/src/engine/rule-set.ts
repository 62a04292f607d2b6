import type { FactName, FactValue, ItemKind } from '@tillwatch/shared'
import type { TimeUnit } from '../duration.ts'
import type { Bilingual, Category, CauseClass, Level, Stop, TicketType } from '../model.ts'
import type { Expression } from '../pack/expression.ts'
import type { MeasureSource, Stage } from '../pack/schema.ts'
import type { Template } from '../pack/template.ts'

/** Both languages of a title. */
export interface TitleTemplate {
  readonly ru: Template
  readonly en: Template
}

export interface CompiledStage {
  readonly name: Stage
  readonly level: Level
  readonly stop: Stop
  readonly set: Expression<boolean>
  /** Null: cleared as soon as `set` is false. */
  readonly clear: Expression<boolean> | null
  readonly holdMs: number
  readonly title: TitleTemplate
}

/** What a measure is made of: the key that tells the shapes of its source apart. */
export const MEASURE_KINDS = [
  'of',
  'age_of',
  'days_left',
  'lasting',
  'missed_days_of',
  'read_age_of',
  'opening_days_since',
] as const
type MeasureKind = (typeof MEASURE_KINDS)[number]

export interface CompiledMeasure {
  readonly name: string
  readonly source: MeasureSource
  readonly kind: MeasureKind
  /** For `of`. */
  readonly expression: Expression<number> | null
  /** The fact behind it and its slot; null where it is an expression, a state's duration or the agent's presence. */
  readonly fact: FactName | null
  readonly slot: number
  readonly unit: TimeUnit | 'percent' | 'count'
  /** Numbers that `set` and `clear` compare it with, ascending. */
  readonly thresholds: readonly number[]
}

/** A rule ready to run: every expression parsed, checked and typed. */
export interface CompiledRule {
  readonly id: string
  /** The pack that it stands in, and the overrides that changed it, in order. */
  readonly file: string
  readonly changedBy: readonly string[]
  readonly item: ItemKind
  readonly causeClass: CauseClass
  readonly category: Category
  readonly type: TicketType
  readonly subject: FactName | null
  readonly needs: readonly FactName[]
  /** `needs`, `fresh` and the facts of the measures: the oldest of them that is known tells how old a judgement is. */
  readonly reads: readonly FactName[]
  /** Slots of `needs` and of `reads`. */
  readonly needSlots: readonly number[]
  readonly readSlots: readonly number[]
  /** What stands in for unknown facts, by their names. */
  readonly assumed: Readonly<Record<string, FactValue>>
  readonly when: Expression<boolean> | null
  readonly idle: Bilingual | null
  readonly measures: readonly CompiledMeasure[]
  readonly stale: 'judge' | 'grow' | 'skip'
  readonly clearHoldMs: number
  readonly onSiteWorkaround: boolean
  readonly expected: Bilingual
  readonly component: Bilingual
  readonly runbook: string
  /** From mild to worst. */
  readonly stages: readonly CompiledStage[]
  readonly usesHours: boolean
  /** Has a measure of how long the state has lasted. */
  readonly isLasting: boolean
  /** Has a measure that counts opening time. */
  readonly countsOpening: boolean
  readonly usesReplacing: boolean
}

/** Compiled packs: made once at load, shared by all evaluations. */
export interface RuleSet {
  readonly rules: readonly CompiledRule[]
  readonly byItem: Readonly<Record<ItemKind, readonly CompiledRule[]>>
}
