import type { Bilingual } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import {
  type EventDraft,
  FOLLOW_UP_MS,
  type Incident,
  isSilenced,
  MACHINE,
  nextDueOf,
  type Step,
  type TimelineDraft,
} from './incident.ts'

/** Collects what one move of the machine says, and decides what of it desks hear now. */
export class Move {
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
