import type { DatabaseSync } from 'node:sqlite'
import type { Bilingual, Priority } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { type Incident, isActive, isDiscarded, MACHINE, takesReturn, unfixedDueAt } from '../incidents/incident.ts'
import type { IncidentKeeper } from '../incidents/incident-keeper.ts'
import type { IncidentStore } from '../incidents/incident-store.ts'
import { joined } from '../incidents/phrases.ts'
import { endStep, raiseStep, returnStep, unfixedStep } from '../incidents/raised-moves.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { SELF_CHECKS, type SelfCheck, type SelfFinding } from './self-checks.ts'

/** What the watch asks of the state thread, and what it tells it. Lives there under the name `watch`. */
export interface WatchBook {
  /** When the oldest message that waits for a desk was written; null when none waits. */
  oldestDelivery(): Promise<EpochMs | null>
  /**
   * Opens and ends the operator's incidents, so that there is one for each check that finds something; the ids of those that moved. None is
   * ended while it was not looked for long enough to know that it is calm.
   */
  report(findings: readonly SelfFinding[], mayEnd: boolean, now: EpochMs): Promise<readonly string[]>
}

/** The installation's own tenant: its operators run the collector. */
const OPERATOR = 'main'
const PRIORITY_OF: Readonly<Record<SelfFinding['level'], Priority>> = { failing: 2, degraded: 3 }

/** What is wrong with what people wrote: the collector itself is well. */
const OF_SETTINGS: readonly SelfCheck[] = ['files', 'calendar', 'desks']
const SETTINGS_WORDS = {
  title: { ru: 'Настройки Tillwatch требуют внимания', en: 'The settings of Tillwatch need attention' },
  reason: {
    ru: 'Правила, маршруты или сроки могут быть не теми, что задуманы',
    en: 'Rules, routes or times may be other ones than were meant',
  },
} as const satisfies Record<string, Bilingual>

const WORDS = {
  title: { ru: 'Коллектор Tillwatch работает с перебоями', en: 'The Tillwatch collector is in trouble' },
  component: { ru: 'Коллектор', en: 'Collector' },
  expected: { ru: 'Проверки самого коллектора проходят.', en: 'The collector’s own checks pass.' },
  reason: {
    ru: 'Пока коллектор не в порядке, неисправности касс могут остаться незамеченными',
    en: 'While the collector is in trouble, faults of tills may go unseen',
  },
  lasts: {
    ru: 'Отмечено решённым, но проверка коллектора не проходит',
    en: 'Marked solved, yet the check still fails',
  },
  over: { ru: 'Проверка коллектора снова проходит', en: 'The collector’s check passes again' },
} as const satisfies Record<string, Bilingual>

/** The book over an open connection; `desks` are those that messages go to. */
export function createWatchBook(
  database: DatabaseSync,
  store: Pick<IncidentStore, 'latest'>,
  keeper: Pick<IncidentKeeper, 'raise' | 'write'>,
  desks: readonly string[],
): WatchBook {
  const selectOldest = database.prepare(
    `SELECT min(created_at) AS at FROM deliveries WHERE desk = ? AND state IN ('waiting', 'unknown')`,
  )
  /** What was found the last time, so that what a person ended meanwhile is not taken for something new. After a restart it is. */
  let standing: ReadonlySet<SelfCheck> = new Set()
  const goOn = (latest: Incident, { check, level, text }: SelfFinding, now: EpochMs): string | null => {
    const step = raiseStep(
      { ...latest, explanation: text },
      { priority: PRIORITY_OF[level], reason: wordsOf(check).reason },
      now,
    )
    if (step.entries.length === 0) return null
    keeper.write(latest, step, now)
    return latest.id
  }
  const endedByPerson = (latest: Incident, { text }: SelfFinding, now: EpochMs): string | null => {
    const dueAt = unfixedDueAt(latest, latest.solvedAt ?? now)
    if (isDiscarded(latest) || dueAt === null || now < dueAt) return null
    const words = joined([WORDS.lasts, text], ': ')
    keeper.write(latest, unfixedStep({ ...latest, explanation: text }, words, now), now)
    return latest.id
  }
  const begin = (finding: SelfFinding, now: EpochMs): string | null => {
    const { check, level, text } = finding
    const dedupKey = keyOf(check)
    const latest = store.latest(dedupKey)
    if (latest && isActive(latest)) return goOn(latest, finding, now)
    if (latest && standing.has(check)) return endedByPerson(latest, finding, now)
    if (latest && takesReturn(latest, now)) {
      keeper.write(latest, returnStep({ ...latest, explanation: text }, text, now), now)
      return latest.id
    }
    const priority = PRIORITY_OF[level]
    const { component, expected } = WORDS
    const { title, reason: priorityReason } = wordsOf(check)
    const place = { tenantId: OPERATOR, dedupKey, itemId: '', agentId: '', subject: check, causeClass: 'collector' }
    const face = { title, explanation: text, expected, component, runbook: '', priority, priorityReason }
    return keeper.raise({ ...place, ...face, onsetAt: now }, MACHINE, now).id
  }
  const end = (check: SelfFinding['check'], now: EpochMs): string | null => {
    const latest = store.latest(keyOf(check))
    if (!latest || !isActive(latest) || latest.pinned) return null
    keeper.write(latest, endStep(latest, WORDS.over, now, now), now)
    return latest.id
  }
  return {
    oldestDelivery: async () => {
      const waiting = desks.map(desk => (selectOldest.get(desk) as { at: number | null }).at).filter(at => at !== null)
      return waiting.length === 0 ? null : Math.min(...waiting)
    },
    report: async (findings, mayEnd, now) => {
      const moved = await inTransaction(database, () =>
        SELF_CHECKS.map(check => {
          const finding = findings.find(each => each.check === check)
          if (finding) return begin(finding, now)
          return mayEnd ? end(check, now) : null
        }).filter(id => id !== null),
      )
      standing = new Set(findings.map(({ check }) => check))
      return moved
    },
  }
}

const wordsOf = (check: SelfCheck) => (OF_SETTINGS.includes(check) ? SETTINGS_WORDS : WORDS)
const keyOf = (check: SelfFinding['check']): string => `${OPERATOR}|collector|${check}`
