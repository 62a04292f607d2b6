import type { EpochMs } from '@tillwatch/shared'
import { evaluateItem } from '../engine/evaluate.ts'
import type { RuleSet } from '../engine/rule-set.ts'
import type { Evaluation, FactState, ItemView, RuleState } from '../model.ts'
import type { Step, TestCase } from './schema.ts'

/** Guard against a rule whose next due moment never moves on. */
const TICKS_MAX = 10_000
const DAY_MS = 86_400_000

/** One moment of a case: the item as it was and what the rules said. */
export interface Snapshot {
  readonly now: EpochMs
  readonly item: ItemView
  readonly evaluation: Evaluation
}

interface World {
  readonly known: Map<string, Omit<FactState, 'at' | 'receivedAt'> & { at: EpochMs }>
  readonly unread: Set<string>
  alive: boolean
  heardAt: EpochMs
  replacementUntil: EpochMs | null
  spare: boolean
}

/**
 * Plays a case as the collector would: an evaluation at every step, at every expected moment and whenever the rules
 * said that time alone may change something, and at no other time. Yields a snapshot of each.
 */
export function* simulate(rules: RuleSet, test: TestCase): Generator<Snapshot> {
  const start = Date.parse(test.start)
  const steps = [...test.series].sort((a, b) => a.at - b.at)
  const planned = [...new Set([...steps, ...test.expect].map(({ at }) => start + at))].sort((a, b) => a - b)
  const world: World = {
    known: new Map(),
    unread: new Set(),
    alive: true,
    heardAt: start,
    replacementUntil: null,
    spare: false,
  }
  let state: RuleState | null = null
  let dueAt: EpochMs | null = null
  let ticks = 0
  while (planned.length > 0) {
    const next: EpochMs = planned[0] ?? 0
    const now: EpochMs = dueAt !== null && dueAt < next ? dueAt : next
    if (now === next) planned.shift()
    if (++ticks > TICKS_MAX) throw new Error(`over ${TICKS_MAX} ticks: a rule asks to be looked at again without end`)
    for (const step of steps) if (start + step.at === now) apply(world, step, start)
    if (world.alive) refresh(world, now)
    const item = itemOf(test, world, start)
    const evaluation: Evaluation = evaluateItem(rules, item, state, now)
    // As a store would keep it.
    state = JSON.parse(JSON.stringify(evaluation.state)) as RuleState
    dueAt = evaluation.nextDueAt
    yield { now, item, evaluation }
  }
}

function apply(world: World, step: Step, start: EpochMs): void {
  const at = start + step.at
  for (const [name, fact] of Object.entries(step.facts)) {
    world.unread.delete(name)
    const unknown = typeof fact === 'object' && fact !== null && 'unknown' in fact
    world.known.set(
      name,
      unknown ? { value: null, reason: fact.unknown, at, source: 'register' } : { value: fact, at, source: 'register' },
    )
  }
  for (const name of step.unread) {
    const last = world.known.get(name)
    if (last) last.at = at
    world.unread.add(name)
  }
  if (step.alive !== undefined) world.alive = step.alive
  if (step.replacement_until !== undefined) {
    world.replacementUntil = step.replacement_until === null ? null : start + step.replacement_until
  }
  if (step.spare !== undefined) world.spare = step.spare
  world.heardAt = at
}

function refresh(world: World, now: EpochMs): void {
  for (const [name, fact] of world.known) if (!world.unread.has(name)) fact.at = now
  world.heardAt = now
}

function itemOf({ item: kind, site }: TestCase, world: World, start: EpochMs): ItemView {
  return {
    id: 'item',
    kind,
    facts: Object.fromEntries([...world.known].map(([name, fact]) => [name, { ...fact, receivedAt: fact.at }])),
    site: site && {
      id: 'site',
      timezone: site.timezone,
      hours: site.hours,
      class: site.class,
      clientSites: site.client_sites,
      launchUntil: site.launch_until === null ? null : start + site.launch_until,
    },
    presence: kind === 'pc' ? { lastHeardAt: world.heardAt, collectorStartedAt: start - DAY_MS } : null,
    replacementUntil: world.replacementUntil,
    spare: world.spare,
  }
}
