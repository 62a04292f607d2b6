import type { Level, Priority } from '@tillwatch/rules'
import { AppError } from '@tillwatch/shared'
import { type ActorSide, type IncidentAction, incidentAction } from '@tillwatch/shared/api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { act } from './act.ts'
import { type HeldCondition, type Incident, isActive, isUnfixed, MACHINE, type Step, takesReturn } from './incident.ts'
import { raisedIncident } from './new-incident.ts'
import { observe } from './observe.ts'
import { onDue } from './on-due.ts'
import { both, condition, DAY, HOUR, NOW } from './testing/incident-fixture.ts'

const START = NOW
const MINUTE = 60_000

/** One thing that happens to the only cause of a register. */
type Event =
  | {
      readonly kind: 'seen'
      readonly level: Level | null
      readonly priority: Priority
      readonly mark: keyof typeof MARKS
    }
  | { readonly kind: 'said'; readonly action: IncidentAction; readonly side: ActorSide }
  | { readonly kind: 'woken' }

const MARKS = {
  plain: () => ({}),
  flapping: () => ({ flapping: true as const }),
  unproved: () => ({ unproved: true as const }),
  clearing: (at: number) => ({ clearingSince: at }),
} satisfies Record<string, (at: number) => Partial<HeldCondition>>

const text = fc.constant('words')
const action: fc.Arbitrary<IncidentAction> = fc.oneof(
  fc.constantFrom<IncidentAction>(
    { action: 'take' },
    { action: 'unsilence' },
    { action: 'unpin' },
    { action: 'wait', question: 'is it open?' },
    { action: 'answer', text: 'yes' },
    { action: 'solve', text: '' },
    { action: 'close', text: '' },
    { action: 'reopen', text: '' },
    { action: 'pin', reason: 'still looking' },
    { action: 'critical', reason: 'all tills' },
    { action: 'uncritical', reason: 'only one' },
    { action: 'discard', as: 'duplicate', reason: 'same', duplicateOf: 2 },
    { action: 'classify', kind: 'service_request', type: 'setting', category: 'program' },
  ),
  fc.record({ action: fc.constant('comment' as const), text }),
  fc.record({
    action: fc.constant('priority' as const),
    priority: fc.constantFrom<Priority>(1, 2, 3, 4),
    reason: text,
  }),
  fc.record({ action: fc.constant('line' as const), line: fc.constantFrom<1 | 2 | 3>(1, 2, 3), reason: text }),
  fc.record({
    action: fc.constant('pending' as const),
    on: fc.constantFrom('vendor' as const, 'ofd' as const, null),
    text,
  }),
  fc.record({
    action: fc.constant('silence' as const),
    until: fc.integer({ min: 1, max: 200 }).map(hours => new Date(START + hours * HOUR).toISOString()),
    reason: text,
  }),
  fc.record(
    {
      action: fc.constant('discard' as const),
      as: fc.constantFrom('cancelled' as const, 'rejected' as const),
      reason: text,
      until: fc.integer({ min: 1, max: 400 }).map(hours => new Date(START + hours * HOUR).toISOString()),
    },
    { requiredKeys: ['action', 'as', 'reason'] },
  ),
)
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('seen' as const),
      level: fc.constantFrom<Level | null>('minor', 'important', 'critical', null, null),
      priority: fc.constantFrom<Priority>(1, 2, 3, 4),
      mark: fc.constantFrom<keyof typeof MARKS>('plain', 'plain', 'flapping', 'unproved', 'clearing'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('said' as const),
      action,
      side: fc.constantFrom<ActorSide>('support', 'support', 'partner', 'client', 'robot'),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'woken' as const }) },
)
const story = fc.array(fc.tuple(fc.constantFrom(0, MINUTE, HOUR, 20 * HOUR, 3 * DAY, 9 * DAY), event), {
  maxLength: 60,
})

/** What may follow what. A question passes through In work, which the audit trail shows. */
const GRAPH: Readonly<Record<Incident['status'], readonly Incident['status'][]>> = {
  open: ['open', 'in_work', 'waiting', 'solved', 'closed'],
  in_work: ['in_work', 'waiting', 'solved', 'closed'],
  waiting: ['waiting', 'in_work', 'solved', 'closed'],
  solved: ['solved', 'closed', 'open', 'in_work'],
  closed: ['closed', 'open', 'in_work'],
}

/** One key as the keeper walks it: the latest incident, a new episode when nothing of it takes the fault. */
class Key {
  readonly incidents: Incident[] = []
  now = START

  get latest(): Incident | undefined {
    return this.incidents.at(-1)
  }

  step(move: (incident: Incident) => Step): void {
    const before = this.latest
    if (!before) return
    const step = move(before)
    check(before, step, this.now)
    this.incidents[this.incidents.length - 1] = step.incident
  }

  see(level: Level | null, priority: Priority, mark: keyof typeof MARKS): void {
    const conditions =
      level === null ? [] : [condition(level, { onsetAt: this.now, since: this.now, ...MARKS[mark](this.now) })]
    const verdict = level === null ? null : { priority, reason: both(`because ${priority}`) }
    const seen = { now: this.now, conditions, verdict, timeToStop: null }
    const { latest } = this
    const proved = conditions.some(one => !one.unproved)
    if (latest && (takesReturn(latest, this.now) || isUnfixed(latest) || latest.muted)) {
      if (conditions.length > 0 && !proved && !isActive(latest) && !latest.firing) return
      this.step(incident => observe(incident, seen))
      if (!latest.muted || this.latest?.muted || level === null) return
    }
    if (!proved || !verdict) return
    const { title, explanation, expected, component, runbook } = condition()
    const draft = {
      tenantId: 'main',
      dedupKey: 'main|register:main:1|ofd',
      itemId: 'register:main:1',
      agentId: 'a1',
      subject: 'register:main:1',
      causeClass: 'ofd',
      priority,
      priorityReason: verdict.reason,
      ...{ title, explanation, expected, component, runbook },
      onsetAt: this.now,
    }
    const fresh = raisedIncident(draft, latest ?? null, this.incidents.length + 1, this.now)
    this.incidents.push({ ...fresh, conditions })
  }

  say(said: IncidentAction, side: ActorSide): void {
    const actor = { name: side === 'robot' ? 'robot' : 'Анна', side }
    const workingDaysLater = (at: number, days: number) => at + days * DAY
    try {
      this.step(incident =>
        act(incident, said, actor, {
          now: this.now,
          timezone: 'Europe/Moscow',
          workingDaysLater,
          unfixedPolicy: 'after_grace',
          idOfNumber: () => 'i9',
        }),
      )
    } catch (thrown) {
      // What does not fit is refused in words with a next step, and nothing moves.
      if (!(thrown instanceof AppError)) throw thrown
      expect(thrown.code).toMatch(/^incident\./)
      expect(thrown.nextStep).toBeTruthy()
    }
  }

  wake(): void {
    this.step(incident => onDue(incident, this.now))
    const due = this.latest?.nextDueAt ?? null
    if (due !== null) expect(due).toBeGreaterThan(this.now)
  }
}

function check(before: Incident, { incident: after, entries, events }: Step, now: number): void {
  expect(GRAPH[before.status]).toContain(after.status)
  const changed = before.status !== after.status || before.priority !== after.priority || before.line !== after.line
  if (changed) expect(entries.length).toBeGreaterThan(0)
  for (const { text: words } of [...entries, ...events]) expect(words.ru && words.en).toBeTruthy()
  const byMachine = entries.every(entry => entry.actor === MACHINE)
  if (byMachine && isActive(before) && isActive(after)) expect(after.priority).toBeLessThanOrEqual(before.priority)
  if (byMachine && after.priorityManual !== null) expect(after.priority).toBeLessThanOrEqual(after.priorityManual)
  if (byMachine && before.status !== after.status && isActive(after)) {
    expect(after.status === 'in_work' ? after.reactedAt : null).toBe(after.reactedAt)
  }
  if (before.pinned && byMachine) expect(isActive(after)).toBe(true)
  expect(after.muted && !after.firing).toBe(false)
  expect(after.status === 'waiting').toBe(after.waitingMarks !== null)
  expect(after.executedAt === null).toBe(after.solvedAt === null)
  if (after.executedAt !== null) {
    expect(after.executedAt).toBeGreaterThanOrEqual(after.openedAt)
    expect(after.executedAt).toBeLessThanOrEqual(now)
  }
}

test('R67, R68, domain 18.16-18.30: whatever happens in whatever order, the life of a cause stays a life', () => {
  fc.assert(
    fc.property(story, events => {
      const key = new Key()
      for (const [passes, what] of events) {
        key.now += passes
        if (what.kind === 'seen') key.see(what.level, what.priority, what.mark)
        else if (what.kind === 'said') key.say(incidentAction.parse(what.action), what.side)
        else key.wake()
        expect(key.incidents.filter(isActive).length).toBeLessThanOrEqual(1)
        expect(key.incidents.slice(0, -1).filter(isActive)).toEqual([])
      }
      // Time alone brings every story to rest.
      for (let woken = 0; key.latest?.nextDueAt != null && woken < 20; woken++) {
        key.now = Math.max(key.now, key.latest.nextDueAt)
        key.wake()
      }
      const rest = key.latest
      if (!rest?.firing) expect(rest?.nextDueAt ?? null).toBeNull()
    }),
    { numRuns: 300 },
  )
})
