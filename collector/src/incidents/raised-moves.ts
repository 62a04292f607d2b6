import type { Bilingual, PriorityVerdict } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { Incident, Step } from './incident.ts'
import { Move } from './move.ts'
import { reopen, solveByReadings } from './observe.ts'
import { raisePriority, recomputePriority } from './priority-moves.ts'

/** It has ended by the word of its source, or together with another, as of `endedAt`. `how` tells whose work that was; nobody's when left out. */
export function endStep(
  incident: Incident,
  text: Bilingual,
  endedAt: EpochMs,
  now: EpochMs,
  how: Partial<Pick<Incident, 'resolution' | 'resolutionMode' | 'solvedBy' | 'solvedByLine'>> = {},
): Step {
  const move = new Move(incident, now)
  solveByReadings(move, endedAt, text)
  move.set(how)
  return move.done()
}

/** It is back within the reopen window. What readings say of it stays as it is; its priority is the one that its source gives now. */
export function returnStep(incident: Incident, text: Bilingual, now: EpochMs, verdict?: PriorityVerdict): Step {
  const move = new Move(incident, now)
  reopen(move, text)
  move.set({ firing: incident.firing, reopensReturn: incident.reopensReturn + 1 })
  if (verdict) recomputePriority(move, verdict)
  return move.done()
}

/** A person called it solved and its source still sees it: what a person's word did not fix is no return. */
export function unfixedStep(incident: Incident, text: Bilingual, now: EpochMs, verdict?: PriorityVerdict): Step {
  const move = new Move(incident, now)
  reopen(move, text)
  move.set({ firing: incident.firing, reopensUnfixed: incident.reopensUnfixed + 1, unfixedAt: now })
  if (verdict) recomputePriority(move, verdict)
  return move.done()
}

/** It grew worse: the priority follows, never down. Without entries when it did not. */
export function raiseStep(incident: Incident, verdict: PriorityVerdict, now: EpochMs): Step {
  const move = new Move(incident, now)
  raisePriority(move, verdict)
  return move.done()
}

/** A line in the audit trail. */
export const noteStep = (incident: Incident, actor: string, text: Bilingual, now: EpochMs): Step => ({
  incident: { ...incident, changedAt: now },
  entries: [{ kind: 'note', actor, text }],
  events: [],
})
