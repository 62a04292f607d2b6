import type { EpochMs } from '@tillwatch/shared'
import type { CauseClass } from '../model.ts'
import type { RulePair } from './affected.ts'
import { type PastItem, PastWorld, type RealIncident } from './past.ts'
import { type Episode, Player, REOPEN_MS } from './player.ts'

/** Another time of opening than this is worth a line. */
const MOVED_MS = 60_000

/** An incident that would have been another one, or none, or would not have been. */
export interface Difference {
  /** `moved`: the same incident, opened at another time. */
  readonly kind: 'opened' | 'spared' | 'changed' | 'moved'
  readonly itemId: string
  readonly causeClass: CauseClass
  readonly before: Episode | null
  readonly after: Episode | null
  /** Number of the incident that really was there then; null when there was none. */
  readonly realNumber: number | null
}

export interface ItemBacktest {
  readonly differences: readonly Difference[]
  /** Incidents that would have been opened within the span by each set. */
  readonly before: number
  readonly after: number
  /** Those that really were, of the causes looked at, and how many of them the rules in force give again. */
  readonly real: number
  readonly reproduced: number
}

/** What is counted: incidents opened from `from` on, before `to`. Events before `from` only tell how things stood. */
export interface Span {
  readonly from: EpochMs
  readonly to: EpochMs
}

/** Plays both sets of rules over the past of one item, at the moments at which something changed or time alone may change something. Pure. */
export function backtestItem(item: PastItem, rules: RulePair, span: Span): ItemBacktest {
  const world = new PastWorld(item)
  const before = new Player(rules.before)
  const after = new Player(rules.after)
  const players = [before, after]
  const runDue = (until: EpochMs): void => {
    for (const player of players) {
      while (player.dueAt !== null && player.dueAt < until) player.judge(world.view(player.dueAt), player.dueAt)
    }
  }
  for (const event of item.events) {
    if (event.receivedAt >= span.to) break
    runDue(event.receivedAt)
    const seenBefore = world.seenAt ?? 0
    const changed = world.learn(event)
    for (const player of players) {
      // What was judged while nobody heard of the item is judged again when it is heard of.
      const isBack = event.isReading && (player.evaluatedAt ?? -1) > seenBefore
      const isNews = changed !== null && (player.facts.has(changed) || player.evaluatedAt === null)
      if (isNews || isBack) player.judge(world.view(event.receivedAt), event.receivedAt)
    }
  }
  runDue(span.to)
  const classes = new Set([...rules.before.rules, ...rules.after.rules].map(({ causeClass }) => causeClass))
  const isInside = ({ openedAt }: { openedAt: EpochMs }) => openedAt >= span.from && openedAt < span.to
  const real = item.incidents.filter(incident => classes.has(incident.causeClass) && isInside(incident))
  return {
    differences: differencesOf(item, before.episodes, after.episodes).filter(
      ({ before: old, after: fresh }) => (old && isInside(old)) || (fresh && isInside(fresh)),
    ),
    before: before.episodes.filter(isInside).length,
    after: after.episodes.filter(isInside).length,
    real: real.length,
    reproduced: real.filter(incident => before.episodes.some(episode => isSame(episode, incident))).length,
  }
}

type Stretch = Pick<Episode, 'causeClass' | 'openedAt' | 'endedAt'>

/** Of one cause, at the same time or one so soon after the other that they are one incident. */
const isSame = (a: Stretch, b: Stretch): boolean =>
  a.causeClass === b.causeClass &&
  a.openedAt <= (b.endedAt ?? Number.POSITIVE_INFINITY) + REOPEN_MS &&
  b.openedAt <= (a.endedAt ?? Number.POSITIVE_INFINITY) + REOPEN_MS

function differencesOf(item: PastItem, before: readonly Episode[], after: readonly Episode[]): Difference[] {
  const left = new Set(before)
  const common = (causeClass: CauseClass, stretch: Stretch) => ({
    itemId: item.id,
    causeClass,
    realNumber: numberOf(item.incidents, stretch),
  })
  const differences: Difference[] = []
  for (const fresh of after) {
    const old = [...left].find(one => one.subject === fresh.subject && isSame(one, fresh)) ?? null
    if (old) left.delete(old)
    const kind = old ? changeOf(old, fresh) : 'opened'
    if (kind) differences.push({ kind, before: old, after: fresh, ...common(fresh.causeClass, old ?? fresh) })
  }
  for (const old of left) {
    differences.push({ kind: 'spared', before: old, after: null, ...common(old.causeClass, old) })
  }
  return differences
}

function changeOf(old: Episode, fresh: Episode): 'changed' | 'moved' | null {
  if (old.level !== fresh.level || old.priority !== fresh.priority) return 'changed'
  return Math.abs(old.openedAt - fresh.openedAt) >= MOVED_MS ? 'moved' : null
}

const numberOf = (incidents: readonly RealIncident[], stretch: Stretch): number | null =>
  incidents.find(incident => isSame(incident, stretch))?.number ?? null
