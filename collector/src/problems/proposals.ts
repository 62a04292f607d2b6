import { type EpochMs, PROBLEMS_MAX } from '@tillwatch/shared'
import { type Incident, MACHINE } from '../incidents/incident.ts'
import { onsetWindowMs } from '../noise/mass-choice.ts'
import type { FaceStore, KnownFace } from './face-store.ts'
import { phrases } from './phrases.ts'
import type { ProblemBook } from './problem-book.ts'
import type { ProblemStore } from './problem-store.ts'
import { isPlannable, isQuiet, isWorthProposing, type ProposalSettings } from './proposal.ts'
import { runbookName } from './runbook-name.ts'
import { signatureOf } from './signature.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 3_600_000
/** Incidents that a new proposal is linked to; later ones are linked as they come. */
const LINKED_MAX = 100

/** Notices that incidents repeat. Runs inside the caller's transaction. */
export interface Proposals {
  /** Links a new incident to the live problem of its signature; without one it is considered later. */
  join(incident: Incident, face: KnownFace, now: EpochMs): void
  /** Proposes a problem once the signature of an incident repeats often enough (R97, domain 18.49). */
  consider(incident: Incident, now: EpochMs): void
}

/** A wave of faults is one occurrence, which only its mass incident shows: nothing is proposed while others may still join it. */
const isSettledAt = ({ openedAt, causeClass }: Incident): EpochMs => openedAt + onsetWindowMs(causeClass) + MINUTE_MS

/** Proposals over the stores of one connection. */
export function createProposals(
  store: ProblemStore,
  faces: FaceStore,
  book: ProblemBook,
  settings: ProposalSettings,
): Proposals {
  const isCounted = ({ parentId, causeClass }: Incident) => parentId === null && !isPlannable(causeClass)
  const joined = (incident: Incident, { signatureKey }: KnownFace, now: EpochMs): boolean => {
    const live = isCounted(incident) ? store.live(incident.tenantId, signatureKey) : null
    if (live) store.link(live, incident.id, 'signature', MACHINE, now)
    return live !== null
  }
  const mayPropose = (tenantId: string, key: string, now: EpochMs): boolean => {
    const rejected = store.rejected(tenantId, key)
    if (!rejected) return true
    return !isQuiet(rejected, faces.total(tenantId, key, settings, now, 2 * rejected.count), settings, now)
  }
  const propose = (incident: Incident, { face, signatureKey }: KnownFace, now: EpochMs) => {
    const { tenantId, itemId, openedAt } = incident
    if (store.count(tenantId) >= PROBLEMS_MAX) return
    const seen = faces.occurrences(tenantId, signatureKey, itemId, settings, openedAt)
    if (!isWorthProposing(seen, settings)) return
    const days = Math.max(settings.repeatDays, settings.itemDays)
    const recent = faces.recent(tenantId, signatureKey, openedAt - days * DAY_MS, now, LINKED_MAX)
    const clients = new Set(recent.map(each => each.clientId))
    const draft = {
      tenantId,
      title: phrases.repeating(incident.title),
      status: 'proposed',
      origin: 'proposal',
      clientId: clients.size === 1 ? incident.clientId : null,
      signatureKey,
      signature: signatureOf(face),
      runbook: runbookName(incident.runbook),
      createdBy: MACHINE,
    } as const
    const problem = book.create(draft, now)
    store.addEntry(problem, MACHINE, phrases.proposed(seen.onItem, seen.items), now)
    for (const { incidentId } of recent) store.link(problem, incidentId, 'signature', MACHINE, now)
  }
  return {
    join: (incident, face, now) => {
      if (!joined(incident, face, now) && isCounted(incident)) faces.considerAt(incident, isSettledAt(incident))
    },
    consider: (incident, now) => {
      const face = faces.of(incident)
      if (!isCounted(incident) || joined(incident, face, now)) return
      if (mayPropose(incident.tenantId, face.signatureKey, now)) propose(incident, face, now)
    },
  }
}
