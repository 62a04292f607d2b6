import { type EpochMs, messageOf } from '@tillwatch/shared'
import { spanAt } from '../calendar/opening-hours.ts'
import type { Bilingual } from '../model.ts'
import type { Reading } from './latch.ts'
import { type Measured, measure } from './measure.ts'
import type { RuleMemory } from './memory.ts'
import type { CompiledRule } from './rule-set.ts'
import { type Scope, STALE_MS, whyUnknown, withHours } from './scope.ts'

/** What a rule says about an item at one moment, before holds. */
export interface Judgement {
  readonly active: boolean
  readonly readings: readonly Reading[]
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
  for (const name of rule.needs) {
    const why = whyUnknown(scope, name)
    if (why) return { ok: false, why }
  }
  const factsAt = oldestOf(scope, rule)
  const stale = factsAt !== null && scope.now - factsAt > STALE_MS
  if (stale && rule.stale === 'skip') return { ok: false, why: STALE_WHY }
  try {
    return judgeKnown(scope, rule, memory, factsAt, stale)
  } catch (thrown) {
    const reason = messageOf(thrown).split('\n')[0]
    return { ok: false, why: { ru: `правило не вычислилось: ${reason}`, en: `the rule failed: ${reason}` } }
  }
}

const STALE_WHY: Bilingual = { ru: 'данные старше 2 часов', en: 'the facts are older than 2 hours' }

function oldestOf({ item }: Scope, { reads }: CompiledRule): EpochMs | null {
  let oldest: EpochMs | null = null
  for (const name of reads) {
    const at = item.facts[name]?.at
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
  const { context, item, now } = scope
  for (const { fact, ident, value } of rule.assume) if (item.facts[fact]?.value == null) context[ident] = value
  if (rule.usesHours || rule.countsOpening) withHours(scope)
  let dueAt = dueOfSurroundings(scope, rule)
  // The moment at which the facts grow stale changes what can be said, though not what was said.
  if (rule.stale !== 'judge' && factsAt !== null && !stale) dueAt = earlier(dueAt, factsAt + STALE_MS + 1)
  const active = rule.when === null || rule.when.run(context)
  const counting = !rule.countsOpening || scope.site.hours === null || context['open'] === true
  const common = { active, factsAt, stale, counting }
  if (!active) return { ok: true, value: { ...common, readings: INACTIVE, value: null, dueAt } }

  let value: number | null = null
  for (const compiled of rule.measures) {
    const measured: Measured = measure(scope, compiled, memory?.active ?? now)
    if (!measured.known) return { ok: false, why: measured.why }
    context[compiled.name] = measured.value
    if (compiled.name === 'value') value = measured.value
    dueAt = earlier(dueAt, measured.dueAt)
  }
  const readings = rule.stages.map(stage => {
    const on = memory?.latches[stage.name]?.on != null
    const capped = stale && rule.stale === 'grow' && !STAGES_WHILE_STALE.has(stage.name)
    const set = !(on || capped) && stage.set.run(context)
    // `clear` holds a stage that is on, or a raw state that was bad; anything else is clear unless it is set.
    const clear = on || memory?.raw ? (stage.clear ? stage.clear.run(context) : !stage.set.run(context)) : !set
    return { set, clear }
  })
  return { ok: true, value: { ...common, readings, value, dueAt } }
}

const INACTIVE: readonly Reading[] = []

function dueOfSurroundings({ item, now, site }: Scope, { usesReplacing, usesHours }: CompiledRule): EpochMs | null {
  const { replacementUntil } = item
  const replaced = usesReplacing && replacementUntil !== null && replacementUntil > now ? replacementUntil : null
  return usesHours ? earlier(replaced, spanAt(site, now)?.until ?? null) : replaced
}

/** The earlier of two moments, either of which may be missing. */
export const earlier = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null ? b : b === null ? a : Math.min(a, b)
