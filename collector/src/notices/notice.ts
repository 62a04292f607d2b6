import type { Bilingual, Role } from '@tillwatch/rules'
import { DEFAULT_ZONE, dayStart, localDay } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'

/** A message to whoever holds a role; who that is, and in which language and zone, the directory says. */
export interface NoticeDraft {
  readonly tenantId: string
  /** The incident that it is about: gives client, contract and urgency. */
  readonly incidentId: string | null
  /** The client that it is about, when it is not the one of the incident. */
  readonly clientId?: string
  /** His contract, as far as people stand under one. */
  readonly contract?: string | null
  readonly role: Role
  /** The same for the same news: a second message under it is none. */
  readonly key: string
  readonly subject: Bilingual
  readonly text: Bilingual
}

/** Somebody is told; nobody needs to be; somebody should be, and nobody is known. */
export type NoticeFate = 'told' | 'skipped' | 'nobody'

/** Writes messages into the transaction that is open. */
export interface Notices {
  add(draft: NoticeDraft, now: EpochMs): NoticeFate
}

/** Somebody whom the directory names for a role. */
export interface Recipient {
  readonly name: string
  readonly email: string
  readonly timezone: string
  readonly language: 'ru' | 'en'
}

const HOUR_MS = 3_600_000
/** People are not woken for what can wait: between these hours of their own day (domain ruling 18.34). */
const MORNING_MS = 9 * HOUR_MS
const EVENING_MS = 21 * HOUR_MS

/** When a message may reach somebody: at once in his day and for priorities 1 and 2, else at nine in the morning of his zone. */
export function reachableAt(timezone: string, priority: number | null, now: EpochMs): EpochMs {
  if (priority === null || priority <= 2) return now
  const day = localDay(timezone, now)
  const ofDay = now - dayStart(timezone, day)
  if (ofDay < MORNING_MS) return dayStart(timezone, day) + MORNING_MS
  return ofDay < EVENING_MS ? now : dayStart(timezone, day + 1) + MORNING_MS
}

/** Who is told instead when the directory names nobody: the next authority (domain ruling 18.34). */
const NEXT_AUTHORITY: Readonly<Partial<Record<Role, Role>>> = {
  line1_lead: 'head',
  line2: 'head',
  line3: 'head',
  duty: 'head',
  account_manager: 'head',
  client_account_manager: 'account_manager',
  head: 'manager',
}

/** The role and those that stand in for it, in order. */
export function authoritiesOf(role: Role): readonly Role[] {
  const chain: Role[] = [role]
  for (let next = NEXT_AUTHORITY[role]; next !== undefined; next = NEXT_AUTHORITY[next]) chain.push(next)
  return chain
}

/** Nobody of the role is needed: a client of few sites has no account managers, and not every client wants mail. */
export const isOptional = (role: Role, clientSites: number): boolean =>
  role === 'client_contact' ||
  ((role === 'account_manager' || role === 'client_account_manager') && clientSites < NETWORK_SITES)

/** A network this large has account managers on both sides (iiko9000 service standard). */
export const NETWORK_SITES = 50

/** Stands in the outbox when nobody at all is known for a role: kept and shown, so that a message never goes nowhere unseen. */
export const NOBODY: Recipient = { name: '', email: '', timezone: DEFAULT_ZONE, language: 'ru' }
