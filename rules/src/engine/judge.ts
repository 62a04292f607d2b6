import { type EpochMs, messageOf } from '@tillwatch/shared'
import type { Bilingual } from '../model.ts'
import type { Reading } from './latch.ts'
import { measure } from './measure.ts'
import type { RuleMemory } from './memory.ts'
import type { CompiledRule } from './rule-set.ts'
import { type Scope, STALE_MS, whyUnknown } from './scope.ts'

/** What a rule sees of an item at one moment, before its levels are asked; its measures lie in the context. */
export interface Judgement {
  readonly active: boolean
  /** Main measure, named `value`; null for states. */
  readonly value: number | null
  /** When the oldest fact behind the judgement was read; null when the rule needs none. */
  readonly factsAt: EpochMs | null
  readonly stale: boolean
  /** False while the rule counts opening time and the site is closed. */
  readonly counting: boolean
  readonly dueAt: EpochMs | null
}
export type Judged = { readonly ok: true; readonly value: Judgement } | { readonly ok: false; readonly why: Bilingual }

const STAGES_WHILE_STALE = new Set(['minor', 'important'])

/** Unknown and stale facts are decided before any expression runs; an expression that fails makes only its own rule unjudged. */
export function judge(scope: Scope, rule: CompiledRule, memory: RuleMemory | null): Judged {
  for (const slot of rule.needSlots) {
    const why = whyUnknown(scope, slot)
    if (why) return { ok: false, why }
  }
  const factsAt = oldestOf(scope, rule)
  const stale = factsAt !== null && scope.now - factsAt > STALE_MS
  if (stale && rule.stale === 'skip') return { ok: false, why: STALE_WHY }
  try {
    return judgeKnown(scope, rule, memory, factsAt, stale)
  } catch (thrown) {
    return failed(thrown)
  }
}

function failed(thrown: unknown): NotJudged {
  const reason = messageOf(thrown).split('\n')[0]
  return { ok: false, why: { ru: `правило не вычислилось: ${reason}`, en: `the rule failed: ${reason}` } }
}
type NotJudged = Extract<Judged, { ok: false }>

const NO_NUMBERS: Readonly<Record<string, number>> = {}
const STALE_WHY: Bilingual = { ru: 'данные старше 2 часов', en: 'the facts are older than 2 hours' }

function oldestOf({ slots }: Scope, { readSlots }: CompiledRule): EpochMs | null {
  let oldest: EpochMs | null = null
  for (const slot of readSlots) {
    const at = slots[slot]?.at
    if (at !== undefined && (oldest === null || at < oldest)) oldest = at
  }
  return oldest
}

function judgeKnown(
  scope: Scope,
  rule: CompiledRule,
  memory: RuleMemory | null,
  factsAt: EpochMs | null,
  stale: boolean,
): Judged {
  const { context, now } = scope
  context.assumed = rule.assumed
  let dueAt = dueOfSurroundings(scope, rule)
  // The moment at which the facts grow stale changes what can be said, though not what was said.
  if (rule.stale !== 'judge' && factsAt !== null && !stale) dueAt = earlier(dueAt, factsAt + STALE_MS + 1)
  const active = rule.when === null || rule.when.run(context)
  const counting = !rule.countsOpening || scope.site.hours === null || context.open
  let value: number | null = null
  context.numbers = NO_NUMBERS
  if (active && rule.measures.length > 0) {
    const numbers: Record<string, number> = {}
    context.numbers = numbers
    for (const compiled of rule.measures) {
      const measured = measure(scope, compiled, memory?.active ?? now)
      if (!measured.known) return { ok: false, why: measured.why }
      numbers[compiled.name] = measured.value
      if (compiled.name === 'value') value = measured.value
      dueAt = earlier(dueAt, measured.dueAt)
    }
  }
  return { ok: true, value: { active, value, factsAt, stale, counting, dueAt } }
}

/** What the levels of a rule say now, each in its place; nothing while the rule's state is absent. */
type Readings = { readonly ok: true; readonly value: readonly Reading[] } | NotJudged

/** Asks every level, with the measures as `judge` left them in the context. */
export function readingsOf(
  { context }: Scope,
  rule: CompiledRule,
  memory: RuleMemory | null,
  { active, stale }: Judgement,
): Readings {
  if (!active) return INACTIVE
  try {
    const value = rule.stages.map(stage => {
      const on = memory?.latches[stage.name]?.on != null
      const set = !(on || isCapped(rule, stale, stage.name)) && stage.set.run(context)
      // `clear` holds a stage that is on, or a raw state that was bad; anything else is clear unless it is set.
      const clear = on || memory?.raw ? (stage.clear ? stage.clear.run(context) : !stage.set.run(context)) : !set
      return { set, clear }
    })
    return { ok: true, value }
  } catch (thrown) {
    return failed(thrown)
  }
}

const isCapped = (rule: CompiledRule, stale: boolean, stage: string): boolean =>
  stale && rule.stale === 'grow' && !STAGES_WHILE_STALE.has(stage)

const INACTIVE: Readings = { ok: true, value: [] }

/** With nothing remembered: is there nothing to begin either? The ordinary case of a healthy fleet, so it costs no more than the question. */
export function isQuiet({ context }: Scope, rule: CompiledRule, { active, stale }: Judgement): boolean {
  if (!active) return true
  if (rule.isLasting) return false
  try {
    for (const stage of rule.stages) if (!isCapped(rule, stale, stage.name) && stage.set.run(context)) return false
    return true
  } catch {
    return false
  }
}

function dueOfSurroundings({ item, now, context }: Scope, { usesReplacing, usesHours }: CompiledRule): EpochMs | null {
  const { replacementUntil } = item
  const replaced = usesReplacing && replacementUntil !== null && replacementUntil > now ? replacementUntil : null
  return usesHours ? earlier(replaced, context.span?.until ?? null) : replaced
}

/** The earlier of two moments, either of which may be missing. */
export const earlier = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
