import { type EpochMs, PROBLEMS_MAX } from '@tillwatch/shared'
import { type Incident, MACHINE } from '../incidents/incident.ts'
import type { FaceStore, KnownFace } from './face-store.ts'
import { phrases } from './phrases.ts'
import type { ProblemBook } from './problem-book.ts'
import type { ProblemStore } from './problem-store.ts'
import { isPlannable, isQuiet, isWorthProposing, type ProposalSettings } from './proposal.ts'
import { runbookName } from './runbook-name.ts'
import { signatureOf } from './signature.ts'

const DAY_MS = 24 * 3_600_000
/** Incidents that a new proposal is linked to; later ones are linked as they come. */
const LINKED_MAX = 100

/** Notices that incidents repeat. Runs inside the caller's transaction. */
export interface Proposals {
  /** Links a new incident to the live problem of its signature, or proposes one once it repeats often enough (R97, domain 18.49). */
  consider(incident: Incident, face: KnownFace, now: EpochMs): void
}

/** Proposals over the stores of one connection. */
export function createProposals(
  store: ProblemStore,
  faces: FaceStore,
  book: ProblemBook,
  settings: ProposalSettings,
): Proposals {
  const mayPropose = (tenantId: string, key: string, now: EpochMs): boolean => {
    const rejected = store.rejected(tenantId, key)
    if (!rejected) return true
    return !isQuiet(rejected, faces.total(tenantId, key, settings, now, 2 * rejected.count), settings, now)
  }
  const propose = (incident: Incident, { face, signatureKey }: KnownFace, now: EpochMs) => {
    const { tenantId } = incident
    const seen = faces.occurrences(tenantId, signatureKey, incident.itemId, settings, now)
    if (!isWorthProposing(seen, settings) || store.count(tenantId) >= PROBLEMS_MAX) return
    const days = Math.max(settings.repeatDays, settings.itemDays)
    const recent = faces.recent(tenantId, signatureKey, now - days * DAY_MS, LINKED_MAX)
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
    consider: (incident, face, now) => {
      const { tenantId, parentId, causeClass } = incident
      if (parentId !== null || isPlannable(causeClass)) return
      const live = store.live(tenantId, face.signatureKey)
      if (live) store.link(live, incident.id, 'signature', MACHINE, now)
      else if (mayPropose(tenantId, face.signatureKey, now)) propose(incident, face, now)
    },
  }
}
