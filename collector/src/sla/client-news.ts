import { type Bilingual, nextOpening, type OpeningHours } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { type Incident, isActive, isMass } from '../incidents/incident.ts'
import { localTime } from '../incidents/local-time.ts'
import { joined } from '../incidents/phrases.ts'
import type { NoticeDraft, Notices } from '../notices/notice.ts'
import { clientPhrases } from './phrases.ts'

const HOUR_MS = 3_600_000
/** What desks and people are not told of yet is looked at again this often. */
const UNTOLD_MS = 60_000
/** "Informed regularly": every hour for Blocking, every four for Critical (domain ruling 18.37). */
const REPORT_EVERY_MS: Readonly<Partial<Record<number, number>>> = { 1: HOUR_MS, 2: 4 * HOUR_MS }

interface SiteTime {
  readonly timezone: string
  readonly hours: OpeningHours | null
}

/** What the contact of the client hears of an incident: acceptance, the beginning of work, each status, and how it stands meanwhile. */
export interface ClientNews {
  /** A move that was written. Children are silent: their parent speaks. */
  moved(before: Incident | null, after: Incident, now: EpochMs): void
  /** A client has come under a mass incident that is known already. */
  joined(parent: Incident, clientId: string, now: EpochMs): void
  /** The report that is due now. */
  report(incident: Incident, deadlineAt: EpochMs | null, site: SiteTime, now: EpochMs): void
}

/** A client below a mass incident, and what he may read of it. */
interface MassClient {
  readonly clientId: string
  /** By which people of his are found. */
  readonly contract: string | null
  readonly title: Bilingual
  readonly text: Bilingual
}

/** The clients below a mass incident; only the named one when it is given. */
export type MassClients = (parent: Incident, clientId: string | null) => readonly MassClient[]

/** News over the outbox of messages. Those of a mass incident go to each client below it once, in words about his own sites alone. */
export function createClientNews(notices: Notices, massClients: MassClients): ClientNews {
  const say = (incident: Incident, what: string, news: Bilingual | null, now: EpochMs, only: string | null = null) => {
    const { tenantId, id, number, title, explanation } = incident
    const tell = (to: Pick<NoticeDraft, 'key' | 'clientId' | 'contract'>, name: Bilingual, about: Bilingual) => {
      const subject = { ru: `№${number}: ${name.ru}`, en: `#${number}: ${name.en}` }
      const text = news ?? joined([clientPhrases.registered(number), about])
      const draft = { tenantId, incidentId: id, role: 'client_contact', subject, ...to } as const
      notices.add({ ...draft, text: joined([text, name], '\n') }, now)
    }
    if (!isMass(incident)) return tell({ key: `${id}:${what}` }, title, explanation)
    for (const { clientId, contract, title: name, text } of massClients(incident, only))
      tell({ key: `${id}:${what}:${clientId}`, clientId, contract }, name, text)
  }
  const isSilent = (incident: Incident) => incident.parentId !== null || incident.untold !== null
  const accept = (incident: Incident, now: EpochMs) => say(incident, 'registered', null, now)
  return {
    joined: (parent, clientId, now) => say(parent, 'registered', null, now, clientId),
    moved: (before, after, now) => {
      if (isSilent(after)) return
      if (before === null || before.clientId !== after.clientId) accept(after, now)
      if (before === null) return
      if (before.status === after.status) return
      const text = newsOf(before, after)
      if (text) say(after, `${after.status}:${now}`, text, now)
    },
    report: (incident, deadlineAt, { timezone }, now) => {
      if (isSilent(incident)) return
      // Nothing is said twice: one that was kept back at first is accepted now.
      accept(incident, now)
      const every = REPORT_EVERY_MS[incident.priority]
      if (every === undefined || now < incident.openedAt + every) return
      const deadline = deadlineAt === null ? null : localTime(deadlineAt, timezone)
      say(incident, `report:${now}`, clientPhrases.status(incident.status, deadline), now)
    },
  }
}

function newsOf(before: Incident, after: Incident): Bilingual | null {
  if (after.status === 'waiting') return clientPhrases.asks(after.waitingFor)
  if (after.status === 'solved') return clientPhrases.solved()
  if (after.status === 'closed') return clientPhrases.closed()
  if (!isActive(before)) return clientPhrases.reopened()
  return after.status === 'in_work' ? clientPhrases.started(after.assignee) : null
}

/** When the client is told again how an incident stands; null: not before it moves. Reports keep to the opening hours of the site. */
export function nextReportAt(incident: Incident, site: SiteTime, now: EpochMs): EpochMs | null {
  if (!isActive(incident) || incident.parentId !== null) return null
  if (incident.untold !== null) return now + UNTOLD_MS
  // Its clients are known once what it holds together has come under it.
  if (isMass(incident) && now < incident.openedAt + UNTOLD_MS) return incident.openedAt + UNTOLD_MS
  const every = REPORT_EVERY_MS[incident.priority]
  if (every === undefined) return null
  return nextOpening(site, now + every) ?? now + every
}
