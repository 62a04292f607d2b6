import { type Bilingual, nextOpening, type OpeningHours } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { type Incident, isActive } from '../incidents/incident.ts'
import { localTime } from '../incidents/local-time.ts'
import { joined } from '../incidents/phrases.ts'
import type { Notices } from '../notices/notice.ts'
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
  /** The report that is due now. */
  report(incident: Incident, deadlineAt: EpochMs | null, site: SiteTime, now: EpochMs): void
}

/** News over the outbox of messages. */
export function createClientNews(notices: Notices): ClientNews {
  const say = (incident: Incident, what: string, text: Bilingual, now: EpochMs) => {
    const { tenantId, id, number, title } = incident
    const subject = { ru: `№${number}: ${title.ru}`, en: `#${number}: ${title.en}` }
    const draft = { tenantId, incidentId: id, role: 'client_contact', key: `${id}:${what}`, subject } as const
    notices.add({ ...draft, text: joined([text, incident.title], '\n') }, now)
  }
  const isSilent = (incident: Incident) => incident.parentId !== null || incident.untold !== null
  const accept = (incident: Incident, now: EpochMs) =>
    say(incident, 'registered', joined([clientPhrases.registered(incident.number), incident.explanation]), now)
  return {
    moved: (before, after, now) => {
      if (isSilent(after)) return
      if (before === null) return accept(after, now)
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
  const every = REPORT_EVERY_MS[incident.priority]
  if (every === undefined) return null
  return nextOpening(site, now + every) ?? now + every
}
