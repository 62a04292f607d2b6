import type { Clock } from '@tillwatch/shared'
import {
  type Connector,
  type DeskFile,
  type DeskMessage,
  type FoundTicket,
  type Outcome,
  type Ticket,
  USUAL_PLACE,
} from '../connectors/connector.ts'
import { MERGED } from '../tickets/ticket-rows.ts'
import { attach, linkItem, NO_TICKET, show } from './attempt-addition.ts'
import type { AttemptOutcome } from './attempt-outcome.ts'
import type { Delivery } from './delivery-port.ts'
import type { MessageKind } from './payload.ts'
import { fitted, withRest } from './whole-text.ts'

/** Some desks index a new ticket late: the pause between the two looks before a second create. */
const SECOND_LOOK_MS = 3_000

/** Sends one message to one desk so that an attempt whose outcome is not known never makes a second ticket. */
export async function attempt(
  connector: Connector,
  delivery: Delivery,
  { link, file }: { readonly link: string | null; readonly file: DeskFile | null },
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const { kind } = delivery
  if (kind === 'link') return linkItem(connector, delivery, signal)
  if (kind === 'attach') {
    const attached = await attach(connector, delivery, { file, link }, signal)
    if (attached.kind !== 'in_words') return attached
    const message = { ...messageOfDelivery(connector, delivery, 'comment', link), text: attached.text }
    return follow(connector, delivery, message, signal)
  }
  if (kind === 'standing') return show(connector, delivery, signal)
  const told = fitted(connector, messageOfDelivery(connector, delivery, kind, link))
  const { message } = told
  const done = await (kind === 'open'
    ? open(connector, message, clock, signal)
    : follow(connector, delivery, message, signal))
  return withRest(connector, told, done, signal)
}

function messageOfDelivery(
  connector: Connector,
  delivery: Delivery,
  kind: MessageKind,
  link: string | null,
): DeskMessage {
  const { payload } = delivery
  return {
    eventId: delivery.eventId,
    kind,
    at: new Date(delivery.createdAt).toISOString(),
    title: payload.title[connector.language],
    text: payload.text[connector.language],
    priority: payload.priority,
    // What the machine says of the fault's course is for the staff; that it is there and that it is over, the client may read.
    visibility: kind === 'comment' || kind === 'priority' ? 'internal' : 'public',
    placement: payload.placement ?? USUAL_PLACE,
    subject: payload.subject,
    ...(payload.standing ? { standing: payload.standing } : {}),
    ...(payload.record ? { record: payload.record } : {}),
    link,
    mayHaveArrived: delivery.mayHaveArrived,
  }
}

async function open(
  connector: Connector,
  message: DeskMessage,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  if (connector.find) {
    const looks = message.mayHaveArrived ? 2 : 1
    for (let look = 0; look < looks; look++) {
      if (look > 0) await clock.sleep(SECOND_LOOK_MS, signal)
      const found = await connector.find(message.subject.key, signal)
      // A look that failed says nothing: whether an earlier create arrived stays as open as it was.
      if (found.kind !== 'delivered') return message.mayHaveArrived ? stillUnknown(found) : found
      const newest = found.value.at(-1)
      if (!newest) continue
      if (message.mayHaveArrived || found.value.some(ticket => ticket.open))
        return adopt(connector, found.value, message, signal)
      return revive(connector, newest, message, signal)
    }
  }
  const created = await connector.create(message, signal)
  return created.kind === 'delivered'
    ? { kind: 'delivered', value: { ticket: created.value, adopted: false, warning: created.warning } }
    : connector.find
      ? created
      : message.mayHaveArrived
        ? stillUnknown(created)
        : created
}

/**
 * Tickets of an earlier life of the incident, all finished before we said a word: a collector that lost its data. The newest opens again with
 * what the new one would have said; where the desk does not let it, there is a new one. Never `unknown`: the next attempt would take what it
 * finds finished for ended by people since. It looks again before it does anything, that is enough.
 */
async function revive(
  connector: Connector,
  newest: FoundTicket,
  message: DeskMessage,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const opened = await connector.setStatus(newest, 'reopened', { ...message, kind: 'reopen' }, signal)
  const adopted = opened.kind !== 'rejected'
  const done = adopted ? opened : await connector.create({ ...message, insteadOf: newest.id }, signal)
  if (done.kind === 'delivered')
    return { kind: 'delivered', value: { ticket: done.value, adopted, warning: done.warning } }
  return done.kind === 'unknown' ? { kind: 'retry', message: done.message } : done
}

const stillUnknown = <T extends Exclude<Outcome<never>, { kind: 'delivered' }>>(outcome: T) =>
  outcome.kind === 'retry' ? { kind: 'unknown' as const, message: outcome.message } : outcome

/** Keeps the oldest open ticket (the oldest of all when none is open) and closes the others as its duplicates. */
async function adopt(
  connector: Connector,
  found: readonly FoundTicket[],
  message: DeskMessage,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const kept = found.find(ticket => ticket.open) ?? found[0]
  if (!kept) return { kind: 'unknown', message: 'nothing was found' }
  for (const other of found) {
    if (other === kept || !other.open) continue
    const text =
      connector.language === 'ru'
        ? `Дубликат заявки ${kept.number ?? kept.id}`
        : `A duplicate of ${kept.number ?? kept.id}`
    const closing = { ...message, eventId: `${message.eventId}.d${other.id}`, kind: 'solve' as const, text }
    const closed = await connector.setStatus(other, 'solved', closing, signal)
    // The duplicate is a blemish; holding back the incident because of it would be worse.
    if (closed.kind === 'retry' || closed.kind === 'unknown') return { kind: 'unknown', message: closed.message }
  }
  return { kind: 'delivered', value: { ticket: kept, adopted: true } }
}

async function follow(
  connector: Connector,
  delivery: Delivery,
  message: DeskMessage,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const { ticket } = delivery
  if (!ticket) return NO_TICKET
  const done = await send(connector, ticket, message, signal)
  if (done.kind === 'delivered') {
    return { kind: 'delivered', value: { ticket: done.value, adopted: false, warning: done.warning } }
  }
  return delivery.mayHaveArrived ? stillUnknown(done) : done
}

function send(
  connector: Connector,
  ticket: Ticket,
  message: DeskMessage,
  signal: AbortSignal,
): Promise<Outcome<Ticket>> {
  // A ticket that people merged others into is solved and opened by people.
  if (ticket.written[MERGED]) return connector.comment(ticket, message, signal)
  if (message.kind === 'solve') return connector.setStatus(ticket, 'solved', message, signal)
  if (message.kind === 'reopen') return connector.setStatus(ticket, 'reopened', message, signal)
  if (message.kind === 'priority') return connector.setPriority(ticket, message, signal)
  return connector.comment(ticket, message, signal)
}
