import type { EpochMs } from '@tillwatch/shared'
import { leading } from './face.ts'
import { AUTO_CLOSE_MS, type Incident, isActive, isStillBad, type Step, steadyMs, unfixedDueAt } from './incident.ts'
import { Move } from './move.ts'
import { reopen, solveByReadings } from './observe.ts'
import { hoursIn, joined, phrases } from './phrases.ts'
import { recomputePriority, tellPriority } from './priority-moves.ts'
import { NOT_ACTIVE, NOT_WAITING } from './status-changes.ts'

/**
 * What time alone does: reminds of a question and gives it up, closes, reopens what was not fixed, ends a silence or a mute, sends a
 * follow-up that was held back.
 */
export function onDue(incident: Incident, now: EpochMs): Step {
  const move = new Move(incident, now)
  if (isActive(incident)) dueWhileActive(move)
  else dueWhenFinished(move)
  return move.done()
}

function dueWhenFinished(move: Move): void {
  const { incident, now } = move
  const { solvedAt, status, mutedUntil } = incident
  const unfixedAt = solvedAt !== null && isStillBad(incident) ? unfixedDueAt(incident, solvedAt) : null
  if (mutedUntil !== null && now >= mutedUntil) {
    move.say('note', phrases.unmutedByDate())
    move.set({ muted: false, mutedUntil: null, firing: false })
  } else if (unfixedAt !== null) {
    if (now >= unfixedAt) reopenUnfixed(move)
  } else if (status === 'solved' && solvedAt !== null && now >= solvedAt + AUTO_CLOSE_MS) {
    move.say('closed', phrases.autoClosed(hoursIn(AUTO_CLOSE_MS)))
    // One that is never reopened is followed until its fault is over: nothing new is opened for it meanwhile.
    move.set({ status: 'closed', closedAt: now, firing: isStillBad(incident) })
  }
}

function dueWhileActive(move: Move): void {
  const { incident, now } = move
  if (incident.silencedUntil !== null && now >= incident.silencedUntil) {
    move.say('silenced', phrases.silenceOver())
    move.set({ silencedUntil: null, silenceReason: null })
    tellPriority(move, incident.priorityReason)
  }
  const { goodSince, pinned } = incident
  if (goodSince !== null && !pinned && now >= goodSince + steadyMs(incident, goodSince)) {
    solveByReadings(move, goodSince)
    return
  }
  if (incident.waitingMarks) wait(move, incident.waitingMarks)
  if (isActive(move.incident) && move.incident.followUpOwed)
    move.followUp(joined([incident.title, incident.explanation], '. '))
}

/** After a pause of the service only the latest mark that has passed speaks. */
function wait(move: Move, marks: readonly EpochMs[]): void {
  const { incident, now } = move
  const passed = marks.filter(at => at <= now).length
  if (passed <= incident.waitingReminders) return
  if (passed === marks.length) {
    giveUp(move)
    return
  }
  const text = phrases.reminder(incident.waitingFor ?? '', passed)
  move.say('waiting', text)
  move.tell('comment', text)
  move.set({ waitingReminders: passed })
}

/** Nobody answered: what still shows itself, or is to stay open, is worked on without the answer; the rest is over. */
function giveUp(move: Move): void {
  const { incident, now } = move
  if (incident.firing || incident.pinned) {
    const text = incident.firing ? phrases.noAnswerGoesOn() : phrases.noAnswerPinned()
    move.say('waiting', text)
    move.tell('comment', text)
    move.set({ ...NOT_WAITING, status: 'in_work' })
    return
  }
  move.say('solved', phrases.noAnswer())
  move.tell('solve', phrases.noAnswer())
  move.set({
    ...NOT_ACTIVE,
    status: 'solved',
    resolution: 'no_answer',
    resolutionMode: 'remote',
    solvedByLine: incident.actedLine ?? incident.line,
    solvedAt: now,
    executedAt: now,
    solvedBy: null,
  })
}

function reopenUnfixed(move: Move): void {
  const { incident } = move
  const { priorityComputed: priority } = incident
  const lead = leading(incident.conditions)
  reopen(move, phrases.unfixed(lead))
  move.set({ reopensUnfixed: incident.reopensUnfixed + 1, unfixedAt: move.now })
  recomputePriority(move, { priority, reason: phrases.computedSince(priority, lead) })
}
