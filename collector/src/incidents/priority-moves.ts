import type { Bilingual, Priority, PriorityVerdict } from '@tillwatch/rules'
import { type Incident, isSilenced } from './incident.ts'
import type { Move } from './move.ts'
import { phrases } from './phrases.ts'

/** The method may go above a person's value only into 1 and 2, and only when the state is worse than when that value was set. */
const mayRaise = (incident: Incident, computed: Priority): boolean =>
  incident.priorityManual === null ||
  (computed < (incident.priorityOverrideOf ?? incident.priorityManual) && computed <= 2)

/** Takes in what the method says now; while the incident is open it only ever raises. True when desks were told of a rise. */
export function raisePriority(move: Move, verdict: PriorityVerdict): boolean {
  const { incident } = move
  const { priority: from, priorityAuthor: author, priorityComputed: before } = incident
  move.set({ priorityComputed: verdict.priority })
  if (verdict.priority >= from) return false
  if (!mayRaise(incident, verdict.priority)) {
    if (verdict.priority < before) move.say('note', phrases.manualStands(verdict.priority, from, author))
    return false
  }
  const text = phrases.raised(from, verdict.priority, verdict.reason)
  move.say('priority', text)
  move.set({ priority: verdict.priority, priorityReason: verdict.reason })
  return tellPriority(move, text)
}

/** Tells desks the priority if they do not know it; while silenced only a rise to Blocking is told. */
export function tellPriority(move: Move, text: Bilingual): boolean {
  const { incident } = move
  if (incident.priority === incident.priorityTold) return false
  if (isSilenced(incident, move.now) && incident.priority !== 1) return false
  move.tell('priority', text)
  move.set({ priorityTold: incident.priority })
  return true
}

/** A machine reopen computes the priority anew, yet not below a manual value. */
export function recomputePriority(move: Move, verdict: PriorityVerdict): void {
  const { incident } = move
  const { priority: from, priorityManual: manual, priorityAuthor: author } = incident
  const stands = manual !== null && !(verdict.priority < manual && mayRaise(incident, verdict.priority))
  const priority = stands ? manual : verdict.priority
  move.set({ priorityComputed: verdict.priority })
  if (priority !== from) {
    const reason = stands ? phrases.manualAgain(priority, author) : verdict.reason
    move.say('priority', reason)
    move.set({ priority, priorityReason: reason })
  } else if (stands && verdict.priority < from) move.say('note', phrases.manualStands(verdict.priority, from, author))
  // Also what a silence held back and a solution cut short.
  tellPriority(move, move.incident.priorityReason)
}
