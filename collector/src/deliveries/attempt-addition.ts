import { type Connector, type DeskFile, rejected } from '../connectors/connector.ts'
import { fitting } from '../evidence/evidence-file.ts'
import type { AttemptOutcome } from './attempt.ts'
import type { Delivery } from './delivery-port.ts'

/** Something about a ticket that there is none of. */
export const NO_TICKET = rejected('not_found', 'this incident has no ticket in this desk')

/**
 * Brings one file to a ticket. The connector finds it again by its name, so that an upload whose answer was lost is not made twice. A desk
 * that takes no such file goes without: the portal has it.
 */
export async function attach(
  connector: Connector,
  { ticket, mayHaveArrived }: Pick<Delivery, 'ticket' | 'mayHaveArrived'>,
  file: DeskFile | null,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  if (!ticket) return NO_TICKET
  if (!connector.attach) return { kind: 'skipped', message: 'the desk takes no files' }
  if (!file) return { kind: 'skipped', message: 'the file is kept no more' }
  const fits = fitting(file, connector.capabilities.fileMax)
  if (!fits) return { kind: 'skipped', message: `the desk takes no file of ${file.bytes.length} bytes` }
  const attached = await connector.attach(ticket, fits, signal)
  if (attached.kind === 'delivered') return { kind: 'delivered', value: { ticket: attached.value, adopted: false } }
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
