import type { SessionRow, UserRow } from '@tillwatch/shared/api'
import { deliveriesAtFirst } from './desk-routes.ts'
import { HOUR, iso } from './mock-call.ts'
import { commandsAtFirst } from './mock-commands.ts'
import { createMockFleet } from './mock-fleet.ts'
import { createMockIncidents } from './mock-incidents.ts'
import { problemsAtFirst } from './mock-problems.ts'

export interface MockOptions {
  readonly startedAtMs: number
  /** Begins with somebody signed in, so that a developer sees pages at once. */
  readonly signedIn: boolean
}

const usersAt = (now: number): UserRow[] => [
  { id: 'u1', name: 'Анна', role: 'administrator', disabled: false, lastSeenAt: iso(now) },
  { id: 'u2', name: 'Пётр', role: 'support', disabled: false, lastSeenAt: iso(now - 20 * HOUR) },
  { id: 'u3', name: 'Заказчик', role: 'viewer', disabled: true, lastSeenAt: null },
]

const sessionsAt = (now: number): SessionRow[] => [
  {
    id: 's1',
    createdAt: iso(now - 2 * HOUR),
    lastSeenAt: iso(now),
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140',
    current: true,
  },
  {
    id: 's2',
    createdAt: iso(now - 90 * HOUR),
    lastSeenAt: iso(now - 30 * HOUR),
    userAgent: 'Mozilla/5.0 (iPhone) Safari/605',
    current: false,
  },
]

const desksAtFirst = (now: number) => [
  {
    name: 'redmine',
    kind: 'redmine',
    searchable: true,
    state: 'ready',
    problem: null,
    waiting: 0,
    delivered: 214,
    failed: 0,
    calledAt: iso(now - HOUR),
  },
  {
    name: 'email',
    kind: 'email',
    searchable: false,
    state: 'failing',
    problem: 'invalid: SMTP 550: mailbox unavailable',
    waiting: 3,
    delivered: 87,
    failed: 2,
    calledAt: null,
  },
]

/** What the invented server knows; its routes change it as the real one would. */
export function createMockState({ startedAtMs: now, signedIn }: MockOptions) {
  return {
    now,
    signedIn,
    person: { id: 'u1', name: 'Анна', role: 'administrator' as const, tenant: { id: 'main', name: 'Сервис-партнёр' } },
    fleet: createMockFleet(now),
    incidents: createMockIncidents(now),
    problems: problemsAtFirst(now),
    commands: commandsAtFirst(now),
    users: usersAt(now),
    sessions: sessionsAt(now),
    desks: desksAtFirst(now),
    deliveries: deliveriesAtFirst(now),
    elsewhere: 3,
  }
}
export type MockState = ReturnType<typeof createMockState>
