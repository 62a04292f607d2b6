import type { Bilingual, Level, Priority, PriorityVerdict } from '@tillwatch/rules'
import type { IncidentAction } from '@tillwatch/shared/api'
import { act } from '../act.ts'
import type { Actor } from '../act-draft.ts'
import type { HeldCondition, Incident, Step, UnfixedPolicy } from '../incident.ts'
import { raisedIncident } from '../new-incident.ts'
import { observe } from '../observe.ts'

export const NOW = Date.parse('2026-11-23T09:00:00Z')
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
export const both = (text: string): Bilingual => ({ ru: text, en: text })

/** A condition of the class `ofd` that holds since NOW. */
export const condition = (level: Level = 'important', more: Partial<HeldCondition> = {}): HeldCondition => ({
  rule: 'ofd.queue_age',
  causeClass: 'ofd',
  subject: 'register:main:1',
  level,
  stop: 'none',
  onSiteWorkaround: false,
  onsetAt: NOW - HOUR,
  since: NOW,
  value: 3,
  title: both('queue stands'),
  explanation: both('since Thursday'),
  expected: both('queue empty'),
  component: both('OFD'),
  runbook: 'docs/runbooks/ofd.md',
  ...more,
})
const verdict = (priority: Priority): PriorityVerdict => ({ priority, reason: both(`because ${priority}`) })

/** An open incident of that condition. */
export const fresh = (more: Partial<Incident> = {}): Incident => ({
  ...raisedIncident(
    {
      tenantId: 'main',
      dedupKey: 'main|register:main:1|ofd',
      itemId: 'register:main:1',
      agentId: 'a1',
      subject: 'register:main:1',
      causeClass: 'ofd',
      priority: 3,
      priorityReason: both('because 3'),
      title: both('queue stands'),
      explanation: both('since Thursday'),
      expected: both('queue empty'),
      component: both('OFD'),
      runbook: 'docs/runbooks/ofd.md',
      onsetAt: NOW - HOUR,
    },
    null,
    1,
    NOW,
  ),
  conditions: [condition()],
  ...more,
})

/** What an evaluation at that instant makes of it. */
export const see = (
  incident: Incident,
  at: number,
  conditions: readonly HeldCondition[],
  priority: Priority = 3,
): Step =>
  observe(incident, {
    now: at,
    conditions,
    verdict: conditions.length > 0 ? verdict(priority) : null,
    timeToStop: null,
  })
export const ANNA: Actor = { name: 'Анна', side: 'support' }
/** What a person's act makes of it; a working day is a day. */
export const doing = (
  incident: Incident,
  action: IncidentAction,
  at: number,
  actor = ANNA,
  unfixedPolicy: UnfixedPolicy = 'after_grace',
): Step =>
  act(incident, action, actor, {
    now: at,
    timezone: 'Asia/Vladivostok',
    workingDaysLater: (from, days) => from + days * DAY,
    unfixedPolicy,
    idOfNumber: () => 'i9',
  })
export const kinds = (step: Step) => step.entries.map(entry => entry.kind)
export const events = (step: Step) => step.events.map(event => event.kind)
