import type { EpochMs } from '@tillwatch/shared'
import type { Latch, RuleMemory } from './memory.ts'
import type { CompiledRule } from './rule-set.ts'
import type { Scope } from './scope.ts'

/** Domain ruling 17.10: this many raw changes within the window are flapping, until the window passes without one. */
const FLAP_CHANGES = 4
const FLAP_WINDOW_MS = 30 * 60_000
/** A raw state changes at most once an evaluation; more than this in a window tells nothing new. */
const CHANGES_MAX = 64
/** A flapping state is looked at again no sooner: its bad share may stay just at the half for minutes. */
const RECHECK_MS = 1000

/** What the expressions say now about one stage. */
export interface Reading {
  readonly set: boolean
  readonly clear: boolean
}

export const isFlapping = (memory: RuleMemory, now: EpochMs): boolean =>
  memory.flapUntil !== null && now < memory.flapUntil

/** Window over which a flapping rule is judged: its shortest hold, at least 30 minutes. */
const flapWindowMs = (rule: CompiledRule): number => Math.max(rule.stages[0]?.holdMs ?? 0, FLAP_WINDOW_MS)

/** Takes the raw state down and notices flapping. */
export function noteRaw(rule: CompiledRule, memory: RuleMemory, bad: boolean, now: EpochMs): void {
  const oldest = now - flapWindowMs(rule)
  if (!isFlapping(memory, now)) memory.flapUntil = null
  if (memory.changes.length > 0) memory.changes = memory.changes.filter(at => at > oldest).slice(-CHANGES_MAX)
  if (memory.raw === bad) return
  memory.raw = bad
  memory.changes.push(now)
  const recent = memory.changes.filter(at => at > now - FLAP_WINDOW_MS).length
  if (recent >= FLAP_CHANGES || isFlapping(memory, now)) memory.flapUntil = now + FLAP_WINDOW_MS
}

/** Time within the window in which the raw state was bad. */
function badMs(rule: CompiledRule, memory: RuleMemory, now: EpochMs): number {
  let sum = 0
  let end = now
  let bad = memory.raw
  for (const change of memory.changes.toReversed()) {
    if (bad) sum += end - change
    end = change
    bad = !bad
  }
  return bad ? sum + end - (now - flapWindowMs(rule)) : sum
}

/**
 * Moves the latches of a rule on; returns the next moment at which a hold runs out. `counting` is false while the rule
 * counts opening time and the site is closed: flapping raises nothing then.
 */
export function moveLatches(
  { now, holdShare }: Pick<Scope, 'now' | 'holdShare'>,
  rule: CompiledRule,
  memory: RuleMemory,
  readings: readonly Reading[],
  counting: boolean,
): EpochMs | null {
  let dueAt: EpochMs | null = null
  const due = (at: EpochMs) => {
    if (at > now && (dueAt === null || at < dueAt)) dueAt = at
  }
  const flapping = isFlapping(memory, now)
  for (const [index, stage] of rule.stages.entries()) {
    const reading = readings[index] ?? { set: false, clear: true }
    const latch = memory.latches[stage.name] ?? { on: null, up: null, down: null }
    if (latch.on === null) pend(latch, reading, stage.holdMs * holdShare, now, due)
    else release(latch, reading, rule.clearHoldMs, flapping ? memory.flapUntil : null, now, due)
    if (latch.on === null && flapping && counting && index === 0) {
      const missing = flapWindowMs(rule) / 2 - badMs(rule, memory, now)
      if (missing < 0) Object.assign(latch, { on: now, up: null, down: reading.clear ? now : null })
      else if (memory.raw) due(now + Math.max(missing + 1, RECHECK_MS))
    }
    if (latch.on === null && latch.up === null) delete memory.latches[stage.name]
    else memory.latches[stage.name] = latch
  }
  if (flapping && memory.flapUntil !== null) due(memory.flapUntil)
  return dueAt
}

function pend(latch: Latch, { set }: Reading, holdMs: number, now: EpochMs, due: (at: EpochMs) => void): void {
  if (!set) {
    latch.up = null
    return
  }
  latch.up ??= now
  if (now - latch.up < holdMs) due(latch.up + holdMs)
  else Object.assign(latch, { on: now, up: null })
}

function release(
  latch: Latch,
  { clear }: Reading,
  clearHoldMs: number,
  flapUntil: EpochMs | null,
  now: EpochMs,
  due: (at: EpochMs) => void,
): void {
  if (!clear) {
    latch.down = null
    return
  }
  latch.down ??= now
  const end = Math.max(latch.down + clearHoldMs, flapUntil ?? 0)
  if (now < end) due(end)
  else Object.assign(latch, { on: null, down: null })
}
