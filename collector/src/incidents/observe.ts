import type { Bilingual, Condition, PriorityVerdict } from '@tillwatch/rules'
import { assert, type EpochMs } from '@tillwatch/shared'
import {
  AUTO_CLOSE_MS,
  type EventDraft,
  FOLLOW_UP_MS,
  type Incident,
  isActive,
  isSilenced,
  isStillBad,
  MACHINE,
  nextDueOf,
  type Observation,
  RETURNS_MAX,
  RETURNS_WINDOW_MS,
  STEADY_MS,
  type Step,
  type TimelineDraft,
  unfixedDueAt,
} from './incident.ts'
import { hoursIn, joined, phrases } from './phrases.ts'

const SEVERITY = { minor: 1, important: 2, critical: 3 } as const
const STOP = { none: 0, imminent: 1, stopped: 2 } as const

/** The condition that says most about a class: nearest to a stop, then most severe, then first seen. */
export function leading(conditions: readonly Condition[]): Condition {
  const [first] = [...conditions].sort(
    (a, b) => STOP[b.stop] - STOP[a.stop] || SEVERITY[b.level] - SEVERITY[a.level] || a.onsetAt - b.onsetAt,
  )
  assert(first, 'a leading condition of none')
  return first
}

/** What an incident shows of its conditions. */
export function faceOf(conditions: readonly Condition[]) {
  const { title, expected, component, runbook } = leading(conditions)
  return { title, expected, component, runbook, explanation: joined(conditions.map(each => each.explanation)) }
}

/** Collects what one move says, and decides what of it desks hear now. */
class Move {
  readonly entries: TimelineDraft[] = []
  readonly events: EventDraft[] = []
  incident: Incident
  readonly now: EpochMs

  constructor(incident: Incident, now: EpochMs) {
    this.incident = incident
    this.now = now
  }

  set(change: Partial<Incident>): void {
    this.incident = { ...this.incident, ...change }
  }

  say(kind: TimelineDraft['kind'], text: Bilingual): void {
    this.entries.push({ kind, actor: MACHINE, text })
    this.set({ changedAt: this.now })
  }

  tell(kind: EventDraft['kind'], text: Bilingual): void {
    this.events.push({ kind, text })
  }

  /** A follow-up now, or a debt when one was sent within the hour or the incident is silenced. */
  followUp(text: Bilingual): void {
    const { followUpAt } = this.incident
    const tooSoon = followUpAt !== null && this.now < followUpAt + FOLLOW_UP_MS
    if (tooSoon || isSilenced(this.incident, this.now)) {
      this.set({ followUpOwed: true })
      return
    }
    this.tell('comment', text)
    this.set({ followUpAt: this.now, followUpOwed: false })
  }

  done(): Step {
    this.set({ nextDueAt: nextDueOf(this.incident) })
    return { incident: this.incident, entries: this.entries, events: this.events }
  }
}

/** The next incident once an evaluation has looked at its cause. A return past the reopen window is the caller's: it opens a new one. */
export function observe(incident: Incident, seen: Observation): Step {
  const move = new Move(incident, seen.now)
  if (seen.conditions.length === 0) recover(move)
  else if (isActive(incident)) goOn(move, seen)
  else if (incident.firing) stayUnfixed(move, seen)
  else comeBack(move, seen)
  move.set({ conditions: seen.conditions, timeToStop: seen.timeToStop })
  return move.done()
}

/** What time alone does: closes, reopens what was not fixed, ends a silence, sends a follow-up that was held back. */
export function onDue(incident: Incident, now: EpochMs): Step {
  const move = new Move(incident, now)
  if (isActive(incident)) dueWhileActive(move)
  else if (incident.status === 'solved' && incident.solvedAt !== null) {
    if (isStillBad(incident)) {
      if (now >= unfixedDueAt(incident, incident.solvedAt)) reopenUnfixed(move)
    } else if (now >= incident.solvedAt + AUTO_CLOSE_MS) {
      move.say('closed', phrases.autoClosed(hoursIn(AUTO_CLOSE_MS)))
      move.set({ status: 'closed', closedAt: now, firing: false })
    }
  }
  return move.done()
}

function dueWhileActive(move: Move): void {
  const { incident, now } = move
  if (incident.silencedUntil !== null && now >= incident.silencedUntil) {
    move.say('silenced', phrases.silenceOver())
    move.set({ silencedUntil: null, silenceReason: null })
    tellPriority(move, incident.priorityReason)
  }
  if (incident.goodSince !== null && now >= incident.goodSince + STEADY_MS) solve(move)
  else if (move.incident.followUpOwed) move.followUp(joined([incident.title, incident.explanation], '. '))
}

function recover(move: Move): void {
  const { incident, now } = move
  if (!incident.firing) return
  move.set({ firing: false })
  const recent = incident.returns.filter(at => at > now - RETURNS_WINDOW_MS)
  if (!isActive(incident)) {
    move.say('note', phrases.recoveredAfterSolve())
  } else if (recent.length < RETURNS_MAX) {
    solve(move)
  } else {
    move.set({ goodSince: now, returns: recent })
    move.say('eased', phrases.provingSteady(hoursIn(STEADY_MS)))
  }
}

function solve(move: Move): void {
  move.say('solved', phrases.recovered())
  move.tell('solve', phrases.recovered())
  move.set({
    status: 'solved',
    resolution: 'recovered',
    solvedAt: move.now,
    solvedBy: null,
    goodSince: null,
    silencedUntil: null,
    silenceReason: null,
    followUpOwed: false,
  })
}

/** An unfinished incident whose fault lasts: notes on what changed, the priority only upwards. */
function goOn(move: Move, seen: Observation): void {
  const { incident } = move
  if (!incident.firing) {
    move.say('worsened', phrases.notSteady())
    move.set({ firing: true, goodSince: null, returns: [...incident.returns, move.now].slice(-RETURNS_MAX) })
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

const severityOf = (condition: Condition): number => SEVERITY[condition.level] * 10 + STOP[condition.stop]

/** True when desks were told of a rise. */
function raisePriority(move: Move, verdict: PriorityVerdict): boolean {
  const { incident } = move
  const { priority: from, priorityAuthor: author, priorityComputed: before } = incident
  move.set({ priorityComputed: verdict.priority })
  if (verdict.priority >= from) return false
  const mayRaise =
    author === null || (verdict.priority < (incident.priorityOverrideOf ?? from) && verdict.priority <= 2)
  if (!mayRaise) {
    if (verdict.priority < before) move.say('note', phrases.manualStands(verdict.priority, from, author))
    return false
  }
  const text = phrases.raised(from, verdict.priority, verdict.reason)
  move.say('priority', text)
  move.set({
    priority: verdict.priority,
    priorityReason: verdict.reason,
    priorityAuthor: null,
    priorityOverrideOf: null,
    priorityManualAt: null,
  })
  return tellPriority(move, text)
}

/** Tells desks the priority if they do not know it; while silenced only a rise to Blocking is told. */
function tellPriority(move: Move, text: Bilingual): boolean {
  const { incident } = move
  if (incident.priority === incident.priorityTold) return false
  if (isSilenced(incident, move.now) && incident.priority !== 1) return false
  move.tell('priority', text)
  move.set({ priorityTold: incident.priority })
  return true
}

/** Solved by a person while the fault lasts: followed without a word; time decides. */
function stayUnfixed(move: Move, seen: Observation): void {
  move.set(faceOf(seen.conditions))
  if (seen.verdict) move.set({ priorityComputed: seen.verdict.priority })
}

function comeBack(move: Move, seen: Observation): void {
  const { incident, now } = move
  assert(seen.verdict, 'conditions without a priority')
  const text = phrases.returned(leading(seen.conditions))
  reopen(move, text)
  move.set({
    ...faceOf(seen.conditions),
    reopensReturn: incident.reopensReturn + 1,
    returns: [...incident.returns, now].slice(-RETURNS_MAX),
  })
  recomputePriority(move, seen.verdict)
}

function reopenUnfixed(move: Move): void {
  const { incident } = move
  reopen(move, phrases.unfixed(leading(incident.conditions)))
  move.set({ reopensUnfixed: incident.reopensUnfixed + 1, unfixedAt: move.now })
}

/** The machine never sets In work in someone's name: without any reaction so far it goes back to Open. */
function reopen(move: Move, text: Bilingual): void {
  move.say('reopened', text)
  move.tell('reopen', text)
  move.set({
    status: move.incident.reactedAt === null ? 'open' : 'in_work',
    resolution: null,
    firing: true,
    solvedAt: null,
    solvedBy: null,
    closedAt: null,
    followUpAt: move.now,
  })
}

/** A machine reopen computes the priority anew, yet not below a manual value. */
function recomputePriority(move: Move, verdict: PriorityVerdict): void {
  const { incident } = move
  move.set({ priorityComputed: verdict.priority })
  if (incident.priorityAuthor !== null) {
    raisePriority(move, verdict)
  } else if (verdict.priority !== incident.priority) {
    move.say('priority', verdict.reason)
    move.set({ priority: verdict.priority, priorityReason: verdict.reason })
  }
  // Also what a silence held back and a solution cut short.
  tellPriority(move, move.incident.priorityReason)
}
