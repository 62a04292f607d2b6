import type { Bilingual } from '@tillwatch/rules'
import { assert } from '@tillwatch/shared'
import { faceOf, leading, severityOf } from './face.ts'
import {
  clearingOf,
  type Incident,
  isActive,
  type Observation,
  RETURNS_MAX,
  RETURNS_WINDOW_MS,
  STEADY_MS,
  type Step,
  steadyMs,
} from './incident.ts'
import { Move } from './move.ts'
import { hoursIn, joined, phrases } from './phrases.ts'
import { raisePriority, recomputePriority } from './priority-moves.ts'
import { executedAtOf, NOT_ACTIVE, NOT_ENDED } from './status-changes.ts'

/** The next incident once an evaluation has looked at its cause. A return past the reopen window is the caller's: it opens a new one. */
export function observe(incident: Incident, seen: Observation): Step {
  const move = new Move(incident, seen.now)
  if (seen.conditions.length === 0) recover(move)
  else if (isActive(incident)) goOn(move, seen)
  else if (incident.muted) stayMuted(move, seen)
  else if (incident.firing) stayUnfixed(move, seen)
  else comeBack(move, seen)
  move.set({ conditions: seen.conditions, timeToStop: seen.timeToStop, clearingSince: clearingOf(seen.conditions) })
  return move.done()
}

function recover(move: Move): void {
  const { incident, now } = move
  if (!incident.firing) return
  const goodSince = incident.clearingSince ?? now
  move.set({ firing: false })
  if (incident.muted) {
    move.set({ muted: false, mutedUntil: null })
    move.say('note', phrases.unmutedByRecovery())
  } else if (!isActive(incident)) {
    move.say('note', phrases.recoveredAfterSolve())
  } else if (incident.pinned) {
    move.set({ goodSince })
    move.say('eased', phrases.goodButPinned())
  } else if (steadyMs(incident, now) === 0) {
    solveByReadings(move, goodSince)
  } else {
    move.set({ goodSince, returns: incident.returns.filter(at => at > now - RETURNS_WINDOW_MS) })
    move.say('eased', phrases.provingSteady(hoursIn(STEADY_MS)))
  }
}

/** The readings are good and have been long enough: solved as of the first good one. Where people worked on it, their line solved it. */
export function solveByReadings(move: Move, goodSince: number, text = phrases.recovered()): void {
  const { incident } = move
  move.say('solved', text)
  move.tell('solve', text)
  move.set({
    ...NOT_ACTIVE,
    status: 'solved',
    resolution: 'recovered',
    resolutionMode: incident.actedLine === null ? null : 'remote',
    solvedByLine: incident.actedLine,
    solvedAt: move.now,
    executedAt: executedAtOf(incident, goodSince),
    solvedBy: null,
  })
}

/** An unfinished incident whose fault lasts: notes on what changed, the priority only upwards. */
function goOn(move: Move, seen: Observation): void {
  const { incident } = move
  if (!incident.firing) {
    const flaps = seen.conditions.some(condition => condition.flapping)
    const returns = flaps ? incident.returns : [...incident.returns, move.now].slice(-RETURNS_MAX)
    move.say('worsened', phrases.notSteady())
    move.set({ firing: true, goodSince: null, returns })
  }
  const before = new Map(incident.conditions.map(condition => [condition.rule, condition]))
  const worse: Bilingual[] = []
  for (const condition of seen.conditions) {
    const old = before.get(condition.rule)
    before.delete(condition.rule)
    const step = old ? severityOf(condition) - severityOf(old) : 1
    if (step > 0) worse.push(old ? phrases.worsened(condition) : phrases.joinedClass(condition))
    if (step < 0) move.say('eased', phrases.eased(condition))
  }
  for (const condition of before.values()) move.say('eased', phrases.gone(condition))
  for (const text of worse) move.say('worsened', text)
  move.set(faceOf(seen.conditions))
  const raised = seen.verdict !== null && raisePriority(move, seen.verdict)
  if (worse.length === 0) return
  if (raised) move.set({ followUpAt: move.now, followUpOwed: false })
  else move.followUp(joined(worse))
}

/** Muted by a person: followed without a word, until it would stop the work. The caller then opens a new incident. */
function stayMuted(move: Move, seen: Observation): void {
  const { priorityComputed: before } = move.incident
  stayUnfixed(move, seen)
  if (seen.verdict?.priority !== 1 || before === 1) return
  move.say('note', phrases.unmutedByRise(seen.verdict.reason))
  move.set({ muted: false, mutedUntil: null, firing: false })
}

/** Solved by a person while the fault lasts: followed without a word; time decides. */
function stayUnfixed(move: Move, seen: Observation): void {
  move.set(faceOf(seen.conditions))
  if (seen.verdict) move.set({ priorityComputed: seen.verdict.priority })
}

function comeBack(move: Move, seen: Observation): void {
  const { incident, now } = move
  assert(seen.verdict, 'conditions without a priority')
  reopen(move, phrases.returned(leading(seen.conditions)))
  move.set(faceOf(seen.conditions))
  if (seen.conditions.some(condition => condition.flapping)) move.set({ reopensFlap: incident.reopensFlap + 1 })
  else {
    const returns = [...incident.returns, now].slice(-RETURNS_MAX)
    move.set({ reopensReturn: incident.reopensReturn + 1, returns })
  }
  recomputePriority(move, seen.verdict)
}

/** The machine never sets In work in someone's name: without any reaction so far it goes back to Open. */
export function reopen(move: Move, text: Bilingual): void {
  move.say('reopened', text)
  move.tell('reopen', text)
  move.set({
    ...NOT_ENDED,
    status: move.incident.reactedAt === null ? 'open' : 'in_work',
    firing: true,
    followUpAt: move.now,
  })
}
