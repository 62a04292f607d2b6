import { type Bilingual, ROLE_WORDS, type Role } from '@tillwatch/rules'
import {
  type ContractService,
  NOTICE_STATES,
  type NoticeQuery,
  type NoticeRow,
  RESPONSIBLE_ROLES,
} from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { NETWORK_SITES } from '../notices/notice.ts'
import type { NamedPolicy } from '../sla/agreement-desk.ts'
import { instant } from './item-facts.ts'
import { parsePosition, positionText } from './page-position.ts'
import type { ReadTables } from './read-tables.ts'
import type { PageOf } from './reads.ts'

/** One page of messages to people, the newest first. */
export async function readNotices(
  queries: Kysely<ReadTables>,
  tenantId: string,
  query: NoticeQuery,
): Promise<PageOf<NoticeRow>> {
  let filtered = queries.selectFrom('notices').where('tenant_id', '=', tenantId)
  if (query.state !== undefined) filtered = filtered.where('state', '=', query.state)
  const { total } = await filtered.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()
  let page = filtered
  if (query.after !== undefined) {
    const [before] = parsePosition(query.after, ['number'])
    page = page.where('id', '<', Number(before))
  }
  const rows = await page
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .selectAll()
    .execute()
  const shown = rows.slice(0, query.limit)
  const last = shown.at(-1)
  return {
    rows: shown.map(row => ({
      ...{ id: String(row.id), incidentId: row.incident_id, name: row.name, email: row.email, subject: row.subject },
      role: ROLE_WORDS[row.role as Role],
      via: row.via === null ? null : ROLE_WORDS[row.via as Role],
      state: NOTICE_STATES.find(state => state === row.state) ?? 'failed',
      attempts: row.attempts,
      lastError: row.last_error,
      createdAt: instant(row.created_at),
      at: instant(row.settled_at ?? row.next_at),
    })),
    next: rows.length > shown.length && last ? positionText([last.id]) : null,
    total,
  }
}

/** Roles that somebody should hold and nobody does: for the whole tenant, and account managers of networks. */
export async function readMissingRoles(queries: Kysely<ReadTables>, tenantId: string): Promise<Bilingual[]> {
  const people = await queries
    .selectFrom('responsibles')
    .where('tenant_id', '=', tenantId)
    .select(['role', 'client_id', 'contract'])
    .execute()
  const isHeld = (role: Role) =>
    people.some(each => each.role === role && each.client_id === null && each.contract === null)
  const needed = RESPONSIBLE_ROLES.filter(role => NEEDED.includes(role) && !isHeld(role))
  const networks = await queries
    .selectFrom('sites as s')
    .innerJoin('clients as c', 'c.id', 's.client_id')
    .where('s.tenant_id', '=', tenantId)
    .groupBy('c.id')
    .having(sql<boolean>`count(*) >= ${NETWORK_SITES}`)
    .select(['c.id', 'c.name'])
    .execute()
  return [
    ...needed.map(role => ({
      ru: `В справочнике нет ответственного: ${ROLE_WORDS[role].ru}`,
      en: `The directory names nobody as ${ROLE_WORDS[role].en}`,
    })),
    ...networks.flatMap(({ id, name }) =>
      MANAGERS.filter(role => !isHeld(role) && !people.some(each => each.role === role && each.client_id === id)).map(
        role => ({
          ru: `Клиент ${name}, сеть от ${NETWORK_SITES} объектов: нет ответственного, ${ROLE_WORDS[role].ru}`,
          en: `Client ${name}, a network of ${NETWORK_SITES} sites or more, has no ${ROLE_WORDS[role].en}`,
        }),
      ),
    ),
  ]
}

/** Every policy that a contract of the tenant or one of its services names. */
export async function readNamedPolicies(queries: Kysely<ReadTables>, tenantId: string): Promise<NamedPolicy[]> {
  const rows = await queries
    .selectFrom('contracts')
    .where('tenant_id', '=', tenantId)
    .select(['number', 'policy', 'services_json'])
    .orderBy('number')
    .execute()
  return rows.flatMap(({ number, policy, services_json }) => {
    const services = JSON.parse(services_json) as readonly ContractService[]
    const named = new Set([policy, ...services.map(service => service.policy)])
    return [...named].flatMap(each => (each ? { contract: number, policy: each } : []))
  })
}

const NEEDED: readonly Role[] = ['line1_lead', 'line2', 'line3', 'head', 'duty']
const MANAGERS: readonly Role[] = ['account_manager', 'client_account_manager']
