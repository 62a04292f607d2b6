import { DELIVERY_STATES, type IncidentView } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { FALLBACK_ROUTE } from '../deliveries/outbox.ts'
import type { ReadTables } from './read-tables.ts'

type TicketView = IncidentView['tickets'][number]

const stateOf = (state: string | undefined) => DELIVERY_STATES.find(each => each === state) ?? 'delivered'
const ACTIVE = ['open', 'in_work', 'waiting']
const UNFINISHED = ['waiting', 'unknown', 'failed']

/**
 * One line a desk: its ticket and how far the newest unfinished message to it has come; after them the messages that told other desks in
 * place of those.
 */
export async function readTickets(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incident: Pick<ReadTables['incidents'], 'id' | 'status'>,
): Promise<TicketView[]> {
  const tickets = await queries
    .selectFrom('tickets')
    .where('tenant_id', '=', tenantId)
    .where('incident_id', '=', incident.id)
    .select(['desk', 'number', 'url', 'gone_at'])
    .execute()
  const deliveries = await queries
    .selectFrom('deliveries')
    .where('tenant_id', '=', tenantId)
    .where('incident_id', '=', incident.id)
    .where(sql<boolean>`route IS NOT ${FALLBACK_ROUTE}`)
    .orderBy('id')
    .select(['desk', 'kind', 'state', 'last_error', 'told_by'])
    .execute()
  const told = deliveries.flatMap(({ desk, told_by }) => (told_by === null ? [] : { desk, message: told_by }))
  const round = await readRound(queries, tenantId, told, tickets)
  const own = deliveries.map(({ desk }) => desk)
  // A ticket whose messages were forgotten after a year is one still.
  const known = tickets.map(({ desk }) => desk).filter(desk => !round.some(each => each.desk === desk))
  const desks = [...new Set([...own, ...known])].sort((a, b) => (a < b ? -1 : 1))
  const views = desks.map(desk => {
    const ticket = tickets.find(row => row.desk === desk)
    const messages = deliveries.filter(row => row.desk === desk)
    const telling = messages.find(row => row.state !== 'delivered' && row.state !== 'skipped') ?? messages.at(-1)
    const gone = (ticket?.gone_at ?? null) !== null
    const openings = messages.filter(({ kind, state }) => kind === 'open' && state !== 'dry_run')
    const isBeingMade = openings.some(({ state }) => UNFINISHED.includes(state))
    return {
      desk,
      number: ticket?.number ?? null,
      url: ticket?.url ?? null,
      state: stateOf(telling?.state),
      lastError: telling?.last_error ?? null,
      ...{ insteadOf: null, together: 1, gone },
      mayOpenAnew: gone && openings.length > 0 && !isBeingMade && ACTIVE.includes(incident.status),
    }
  })
  return [...views, ...round]
}

/** What told of the incident by a way round. */
async function readRound(
  queries: Kysely<ReadTables>,
  tenantId: string,
  told: readonly { readonly desk: string; readonly message: number }[],
  tickets: readonly Pick<ReadTables['tickets'], 'desk' | 'number' | 'url'>[],
): Promise<TicketView[]> {
  if (told.length === 0) return []
  const messages = await queries
    .selectFrom('deliveries')
    .where('tenant_id', '=', tenantId)
    .where(
      'id',
      'in',
      told.map(({ message }) => message),
    )
    .select(['id', 'desk', 'state', 'last_error', 'ticket_json'])
    .select(eb =>
      eb
        .selectFrom('deliveries as others')
        .whereRef('others.told_by', '=', 'deliveries.id')
        .select(sql<number>`count(*)`.as('n'))
        .as('together'),
    )
    .execute()
  return messages.map(({ id, desk, state, last_error, ticket_json, together }) => {
    const own = tickets.find(ticket => ticket.desk === desk)
    const ticket =
      ticket_json === null ? own : (JSON.parse(ticket_json) as { number: string | null; url: string | null })
    return {
      desk,
      number: ticket?.number ?? null,
      url: ticket?.url ?? null,
      state: stateOf(state),
      lastError: last_error,
      insteadOf: told.find(({ message }) => message === id)?.desk ?? null,
      together: together ?? 1,
      ...{ gone: false, mayOpenAnew: false },
    }
  })
}
