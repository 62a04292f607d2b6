import type { EpochMs } from '@tillwatch/shared'
import type { DeliveryOutbox } from '../deliveries/outbox.ts'
import type { TicketWriter } from '../templates/ticket-writer.ts'
import { type Incident, isActive, MACHINE, nextDueOf, type Step } from './incident.ts'
import type { IncidentStore } from './incident-store.ts'
import type { IncidentRoom } from './room.ts'
import type { TicketContextReader } from './ticket-context.ts'
import { subjectOf } from './ticket-subject.ts'

/** Writes one step: the row, the audit trail, and what every desk is to hear. */
export function createStepWriter(
  store: IncidentStore,
  outbox: DeliveryOutbox,
  contextOf: TicketContextReader,
  writer: TicketWriter,
  rooms: readonly IncidentRoom[],
): (before: Incident | null, step: Step, now: EpochMs, origin?: string) => void {
  const send = (incident: Incident, events: Step['events'], now: EpochMs, origin: string | undefined) => {
    if (events.length === 0) return
    const context = contextOf(incident, now)
    const subject = subjectOf(incident, context)
    const { status, assignee } = incident
    const texts = writer.textsOf(incident, context, now)
    const title = texts.title()
    for (const [index, { kind, text }] of events.entries()) {
      const body = kind === 'open' ? texts.body() : text
      const payload = { title, text: body, priority: incident.priority, subject, standing: { status, assignee } }
      // What a person did in a desk comes first, and that desk knows it; what the machine answers it hears.
      outbox.add(incident, kind, payload, now, desk => index > 0 || desk !== origin)
    }
    for (const text of texts.remarks) store.addEntry(incident, { kind: 'note', actor: MACHINE, text }, now)
  }
  return (before, step, now, origin) => {
    const { entries } = step
    const { incident, events } = step.incident.untold === null ? afterHush(rooms, before, step, now) : step
    store.save(incident)
    for (const entry of entries) store.addEntry(incident, entry, now)
    if (incident.untold === null) send(incident, events, now, origin)
    if (entries.length === 0 && !isQuietNews(before, incident)) return
    for (const room of rooms) room.moved?.({ before, after: incident, entries }, now)
  }
}

/**
 * While a room hushes an incident, the machine's follow-ups stay in its audit trail and are owed: they are told once when nothing hushes it
 * any more, together with a priority that desks did not hear of.
 */
function afterHush(rooms: readonly IncidentRoom[], before: Incident | null, step: Step, now: EpochMs): Step {
  const { incident, entries, events } = step
  const byMachine = entries.every(entry => entry.actor === MACHINE)
  if (!byMachine || !events.some(isFollowUp)) return step
  if (!rooms.some(room => room.hushes?.(incident, now))) return withOwedPriority(step)
  const heard = events.filter(event => !isFollowUp(event) || (event.kind === 'priority' && incident.priority === 1))
  if (heard.length === events.length) return step
  const told = heard.some(({ kind }) => kind === 'priority') ? incident.priorityTold : before?.priorityTold
  const owing = { ...incident, followUpOwed: isActive(incident), priorityTold: told ?? incident.priorityTold }
  return { incident: { ...owing, nextDueAt: nextDueOf(owing) }, entries, events: heard }
}

/** A follow-up brings along the priority that was kept from desks. */
function withOwedPriority(step: Step): Step {
  const { incident, entries, events } = step
  const { priority, priorityTold, priorityReason } = incident
  if (priority === priorityTold || events.some(({ kind }) => kind === 'priority')) return step
  const news = { kind: 'priority' as const, text: priorityReason }
  return { incident: { ...incident, priorityTold: priority }, entries, events: [news, ...events] }
}

const isFollowUp = ({ kind }: Step['events'][number]): boolean => kind === 'comment' || kind === 'priority'

/** What rooms want to know of although the audit trail says nothing: a recovery on trial, and what the method would say now. */
const isQuietNews = (before: Incident | null, after: Incident): boolean =>
  before !== null &&
  (before.clearingSince !== after.clearingSince || before.priorityComputed !== after.priorityComputed)
