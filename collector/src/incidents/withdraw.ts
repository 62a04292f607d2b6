import type { Bilingual } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import { type Incident, isActive, type Step } from './incident.ts'
import { Move } from './move.ts'
import { phrases } from './phrases.ts'
import type { Standing } from './standing.ts'
import { NOT_ACTIVE } from './status-changes.ts'

/** Why an incident is no longer anybody's here: its equipment left the service or went to another client; null while it stays. */
export function whyWithdrawn(incident: Pick<Incident, 'clientId'>, standing: Standing): Bilingual | null {
  if (standing.retired) return phrases.withdrawnRetired()
  const { clientId } = incident
  return clientId !== null && standing.clientId !== null && clientId !== standing.clientId
    ? phrases.withdrawnMoved()
    : null
}

/** Ends it outside the service figures. One that people have ended already only stops being followed. */
export function withdraw(incident: Incident, why: Bilingual, now: EpochMs): Step {
  const move = new Move(incident, now)
  move.set({ firing: false, muted: false, mutedUntil: null })
  if (isActive(incident)) {
    move.say('closed', why)
    move.tell('solve', why)
    move.set({ ...NOT_ACTIVE, status: 'closed', resolution: 'withdrawn', closedAt: now })
  }
  return move.done()
}
