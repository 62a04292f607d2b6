import type { FactName, FactValue, ItemKind } from '@tillwatch/shared'
import type { TimeUnit } from '../duration.ts'
import type { Bilingual, CauseClass, Level, Stop } from '../model.ts'
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

export interface CompiledMeasure {
  readonly name: string
  readonly source: MeasureSource
  /** For `of`. */
  readonly expression: Expression<number> | null
  /** The fact behind it; null where it is an expression, a state's duration or the agent's presence. */
  readonly fact: FactName | null
  readonly unit: TimeUnit | 'percent' | 'count'
  /** Numbers that `set` and `clear` compare it with, ascending. */
  readonly thresholds: readonly number[]
}

/** A rule ready to run: every expression parsed, checked and typed. */
export interface CompiledRule {
  readonly id: string
  readonly item: ItemKind
  readonly causeClass: CauseClass
  readonly subject: FactName | null
  readonly needs: readonly FactName[]
  /** `needs` and the facts of the measures: the oldest of them tells how old a judgement is. */
  readonly reads: readonly FactName[]
  readonly assume: readonly { readonly fact: FactName; readonly ident: string; readonly value: FactValue }[]
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
  /** Has a measure that counts opening time. */
  readonly countsOpening: boolean
  readonly usesReplacing: boolean
}

/** Compiled packs: made once at load, shared by all evaluations. */
export interface RuleSet {
  readonly rules: readonly CompiledRule[]
  readonly byItem: Readonly<Record<ItemKind, readonly CompiledRule[]>>
}
