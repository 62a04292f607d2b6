import { type Connector, type DeskFile, rejected } from '../connectors/connector.ts'
import type { AttemptOutcome } from './attempt-outcome.ts'
import type { Delivery } from './delivery-port.ts'
import { fileInWords, fileThatFits, type NoFile } from './file-words.ts'

/** Something about a ticket that there is none of. */
export const NO_TICKET = rejected('not_found', 'this incident has no ticket in this desk')

/** The desk takes no such file: this is to be said instead. */
export interface InWords {
  readonly kind: 'in_words'
  readonly text: string
}

/**
 * Brings one file to a ticket. The connector finds it again by its name, so that an upload whose answer was lost is not made twice. A desk
 * that takes no such file gets words in its place: those who work there must know that there is one.
 */
export async function attach(
  connector: Connector,
  { ticket, mayHaveArrived, payload }: Pick<Delivery, 'ticket' | 'mayHaveArrived' | 'payload'>,
  { file, link }: { readonly file: DeskFile | null; readonly link: string | null },
  signal: AbortSignal,
): Promise<AttemptOutcome | InWords> {
  if (!ticket) return NO_TICKET
  if (!file) return { kind: 'skipped', message: 'the file is kept no more' }
  const { language, capabilities } = connector
  const inWords = (why: NoFile): InWords => ({
    kind: 'in_words',
    text: fileInWords(file, why, capabilities.bodyMax, language, link, payload),
  })
  if (!connector.attach || capabilities.fileMax === 0) return inWords('takes_none')
  const fits = fileThatFits(file, capabilities.fileMax, language, link, payload)
  if (!fits) return inWords('too_large')
  const attached = await connector.attach(ticket, fits, signal)
  if (attached.kind === 'delivered') return { kind: 'delivered', value: { ticket: attached.value, adopted: false } }
  // Its own limit may be smaller than the one that the settings know.
  if (attached.kind === 'rejected' && attached.reason === 'invalid') return inWords('refused')
  return attached.kind === 'retry' && mayHaveArrived ? { kind: 'unknown', message: attached.message } : attached
}

/** Ties the ticket to its device; repeating it changes nothing, so that a lost answer needs no look. */
export async function linkItem(
  connector: Connector,
  { ticket, payload: { item } }: Pick<Delivery, 'ticket' | 'payload'>,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  if (!ticket) return NO_TICKET
  if (!connector.linkItem || !item) return { kind: 'skipped', message: 'the desk keeps no inventory' }
  const linked = await connector.linkItem(ticket, item, signal)
  if (linked.kind !== 'delivered') return linked
  return linked.value
    ? { kind: 'delivered', value: { ticket, adopted: false } }
    : { kind: 'skipped', message: `the inventory of the desk does not know ${item.serial}` }
}

/** Shows how the incident stands; repeating it changes nothing. */
export async function show(
  connector: Connector,
  { ticket, payload: { standing } }: Pick<Delivery, 'ticket' | 'payload'>,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  if (!ticket) return NO_TICKET
  if (!connector.show || !standing) return { kind: 'skipped', message: 'the desk shows no standing' }
  const shown = await connector.show(ticket, standing, signal)
  return shown.kind === 'delivered' ? { kind: 'delivered', value: { ticket: shown.value, adopted: false } } : shown
}
