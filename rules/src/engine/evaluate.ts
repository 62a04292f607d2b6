import type { EpochMs } from '@tillwatch/shared'
import { opensSoonFrom } from '../calendar/opening-hours.ts'
import type { Bilingual, Condition, Evaluation, ItemView, RuleState, Transition } from '../model.ts'
import { explanationText, levelText, textKey, titleText } from './describe.ts'
import { earlier, isQuiet, type Judged, type Judgement, judge, readingsOf } from './judge.ts'
import { isFlapping, moveLatches, noteRaw, type Reading } from './latch.ts'
import { copyMemory, freshMemory, isBlank, memoryOf, type RuleMemory } from './memory.ts'
import type { CompiledRule, CompiledStage, RuleSet } from './rule-set.ts'
import { type Scope, scopeOf } from './scope.ts'

/** What one rule came to in one evaluation. */
export interface RuleOutcome {
  readonly rule: CompiledRule
  readonly judged: Judged
  readonly memory: RuleMemory | null
  readonly condition: Condition | null
  readonly transitions: readonly Transition[]
  readonly dueAt: EpochMs | null
}

/**
 * Judges one item by all its rules: `(rules, facts, state, now) -> (state, conditions, transitions)`. Pure. A rule
 * that cannot be judged keeps what it had said and blocks no other. A tick at `nextDueAt` is enough between facts.
 */
export function evaluateItem(rules: RuleSet, item: ItemView, state: RuleState | null, now: EpochMs): Evaluation {
  const next: Record<string, unknown> = {}
  const conditions: Condition[] = []
  const transitions: Transition[] = []
  const unjudged: { rule: string; reason: Bilingual }[] = []
  let nextDueAt: EpochMs | null = null
  const scope = scopeOf(item, now)
  for (const rule of rules.byItem[item.kind]) {
    const outcome = evaluateRule(scope, rule, memoryOf(state, rule.id))
    if (outcome.memory) next[rule.id] = outcome.memory
    if (outcome.condition) conditions.push(outcome.condition)
    if (outcome.transitions.length > 0) transitions.push(...outcome.transitions)
    if (!outcome.judged.ok) unjudged.push({ rule: rule.id, reason: outcome.judged.why })
    nextDueAt = earlier(nextDueAt, outcome.dueAt)
  }
  // The priority of a stop waits for the opening of the site (domain section 5).
  const soonFrom = conditions.some(({ level }) => level === 'critical') ? opensSoonFrom(scope.site, now) : null
  if (soonFrom !== null && soonFrom > now) nextDueAt = earlier(nextDueAt, soonFrom)
  return { state: next, conditions, transitions, nextDueAt, unjudged }
}

/** One rule on one item, with everything that `rules explain` wants to show. */
export function evaluateRule(scope: Scope, rule: CompiledRule, before: RuleMemory | null): RuleOutcome {
  const subject = before === null ? null : subjectOf(scope.item, rule, before)
  const changedSubject = before !== null && before.subject !== subject
  const old = changedSubject ? null : before
  const judged = judge(scope, rule, old)
  const end = changedSubject ? endOf(rule, before, REPLACED) : null
  const ended = end ? [end] : NO_TRANSITIONS
  if (!judged.ok) return frozen(rule, judged, old, ended)
  const { value: judgement } = judged
  if (!old && isQuiet(scope, rule, judgement)) {
    return { rule, judged, memory: null, condition: null, transitions: ended, dueAt: judgement.dueAt }
  }
  const readings = readingsOf(scope, rule, old, judgement)
  if (!readings.ok) return frozen(rule, readings, old, ended)
  const memory = old ? copyMemory(old) : freshMemory(subject ?? subjectOf(scope.item, rule, null))
  const holdDueAt = advance(scope, rule, memory, judgement, readings.value)
  const condition = conditionOf(scope, rule, memory, judgement)
  const transition = transitionOf(rule, old, memory, condition)
  return {
    rule,
    judged,
    memory: isBlank(memory, scope.now) ? null : memory,
    condition,
    transitions: transition ? [...ended, transition] : ended,
    dueAt: earlier(judgement.dueAt, holdDueAt),
  }
}

const NO_TRANSITIONS: readonly Transition[] = []

/** Item id, or the value of the subject fact (the FN serial); an unknown value keeps the last known one. */
function subjectOf(item: ItemView, rule: CompiledRule, before: RuleMemory | null): string {
  if (rule.subject === null) return item.id
  const value = item.facts[rule.subject]?.value
  return typeof value === 'string' && value !== '' ? value : (before?.subject ?? item.id)
}

/** Facts that are unknown neither solve nor prove anything: what held goes on, and holds start anew. */
function frozen(rule: CompiledRule, judged: Judged, old: RuleMemory | null, ended: readonly Transition[]): RuleOutcome {
  if (!old) return { rule, judged, memory: null, condition: null, transitions: ended, dueAt: null }
  const memory = copyMemory(old)
  if (!stageOn(rule, memory)) {
    memory.active = null
    memory.onset = null
  }
  for (const [name, latch] of Object.entries(memory.latches)) {
    latch.up = null
    latch.down = null
    if (latch.on === null) delete memory.latches[name]
  }
  return { rule, judged, memory, condition: lastSaid(rule, memory), transitions: ended, dueAt: null }
}

/** Moves memory on by one judgement; returns when a hold runs out. */
function advance(
  scope: Scope,
  rule: CompiledRule,
  memory: RuleMemory,
  { active, counting }: Judgement,
  readings: readonly Reading[],
): EpochMs | null {
  const { now } = scope
  memory.active = active && rule.isLasting ? (memory.active ?? now) : null
  const bad = active && (rule.isLasting || readings.some(({ clear }) => !clear))
  noteRaw(rule, memory, bad, now)
  if (bad) memory.onset ??= now
  const dueAt = moveLatches(scope, rule, memory, readings, counting)
  const on = Object.values(memory.latches).some(latch => latch.on !== null)
  if (on) memory.since ??= now
  else {
    memory.since = null
    memory.shown = null
    if (!bad && !isFlapping(memory, now)) memory.onset = null
  }
  return dueAt
}

/** The worst stage that counts. */
export const stageOn = (rule: CompiledRule, memory: RuleMemory | null): CompiledStage | null =>
  rule.stages.findLast(stage => memory?.latches[stage.name]?.on != null) ?? null

function conditionOf(scope: Scope, rule: CompiledRule, memory: RuleMemory, judgement: Judgement): Condition | null {
  const stage = stageOn(rule, memory)
  if (!stage) return null
  // While it clears, the numbers that speak for themselves are those of the fault.
  if (judgement.active || !memory.shown) memory.shown = said(scope, rule, stage, memory, judgement)
  const lastKnownAt = judgement.stale && rule.stale === 'grow' ? judgement.factsAt : null
  const condition = lastSaid(rule, memory)
  return condition && lastKnownAt !== null ? { ...condition, lastKnownAt } : condition
}

/** Texts are made anew only when something in them changes. */
function said(
  scope: Scope,
  rule: CompiledRule,
  stage: CompiledStage,
  memory: RuleMemory,
  judgement: Judgement,
): NonNullable<RuleMemory['shown']> {
  const flapping = isFlapping(memory, scope.now)
  const key = textKey(scope, rule, stage, judgement, `${stage.name} ${flapping}`)
  if (memory.shown?.key === key) return { ...memory.shown, value: judgement.value }
  const explanation = explanationText(scope, rule, stage, judgement, flapping)
  return { key, title: titleText(stage, scope.context), explanation, value: judgement.value }
}

function lastSaid(rule: CompiledRule, memory: RuleMemory): Condition | null {
  const stage = stageOn(rule, memory)
  const { shown } = memory
  if (!stage || !shown) return null
  const clearing = clearingSince(memory)
  return {
    rule: rule.id,
    causeClass: rule.causeClass,
    subject: memory.subject,
    level: stage.level,
    stop: stage.stop,
    onSiteWorkaround: rule.onSiteWorkaround,
    onsetAt: memory.onset ?? memory.since ?? 0,
    since: memory.since ?? 0,
    value: shown.value,
    title: shown.title,
    explanation: shown.explanation,
    expected: rule.expected,
    component: rule.component,
    runbook: rule.runbook,
    category: rule.category,
    type: rule.type,
    ...(memory.flapUntil === null ? {} : { flapping: true as const }),
    ...(clearing === null ? {} : { clearingSince: clearing }),
  }
}

/** The first good reading of the run that clears every stage that counts; null while one of them is bad. */
function clearingSince(memory: RuleMemory): EpochMs | null {
  const runs = Object.values(memory.latches)
    .filter(latch => latch.on !== null)
    .map(latch => latch.down)
  return runs.length > 0 && runs.every(down => down !== null) ? Math.max(...runs) : null
}

const REPLACED: Bilingual = { ru: 'Предмет правила заменён.', en: 'The subject of the rule was replaced.' }
const CLEARED: Bilingual = { ru: 'Больше не наблюдается.', en: 'It no longer holds.' }

function endOf(rule: CompiledRule, before: RuleMemory, why: Bilingual): Transition | null {
  const condition = lastSaid(rule, before)
  return condition && { kind: 'cleared', condition, from: condition.level, to: null, explanation: why }
}

function transitionOf(
  rule: CompiledRule,
  old: RuleMemory | null,
  memory: RuleMemory,
  condition: Condition | null,
): Transition | null {
  const from = stageOn(rule, old)
  const to = stageOn(rule, memory)
  if (from === to) return null
  if (!to || !condition) return old ? endOf(rule, old, CLEARED) : null
  const rank = (stage: CompiledStage | null) => (stage ? rule.stages.indexOf(stage) : -1)
  const kind = !from ? 'raised' : rank(to) > rank(from) ? 'worsened' : 'eased'
  const names = from && levelText(from.level)
  const explanation =
    from && names
      ? {
          ru: `Было: ${names.ru}. ${condition.explanation.ru}`,
          en: `It was ${names.en}. ${condition.explanation.en}`,
        }
      : condition.explanation
  return { kind, condition, from: from?.level ?? null, to: to.level, explanation }
}
