import { ROLE_WORDS } from '@tillwatch/rules'
import { type AgreementEntry, type ContractRow, RESPONSIBLE_ROLES, type ResponsiblesView } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import { authoritiesOf } from '../notices/notice.ts'
import { scopeOf } from '../sla/agreement-changes.ts'
import { readAgreements } from '../store/sqlite/agreements.ts'
import { instant } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

/** Newest entries that the page shows; the store keeps them all. */
const ENTRIES_SHOWN = 100

async function clientNames(queries: Kysely<ReadTables>, tenantId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await queries.selectFrom('clients').where('tenant_id', '=', tenantId).select(['code', 'name']).execute()
  return new Map(rows.map(({ code, name }) => [code, name]))
}

/** Every contract of a tenant, by client and number. */
export async function readContracts(queries: Kysely<ReadTables>, tenantId: string): Promise<ContractRow[]> {
  const names = await clientNames(queries, tenantId)
  const { contracts } = await readAgreements(queries, tenantId)
  return contracts
    .map(({ number, client, services, policy = null, from = null, until = null }) => ({
      ...{ number, client, clientName: names.get(client) ?? client, policy, services, from, until },
    }))
    .sort((one, other) => one.clientName.localeCompare(other.clientName) || one.number.localeCompare(other.number))
}

/** Who is told of what. */
export async function readResponsibles(queries: Kysely<ReadTables>, tenantId: string): Promise<ResponsiblesView> {
  const names = await clientNames(queries, tenantId)
  const { contracts, responsibles } = await readAgreements(queries, tenantId)
  const clientOf = new Map(contracts.map(({ number, client }) => [number, client]))
  return {
    roles: RESPONSIBLE_ROLES.map(role => {
      const [, standIn] = authoritiesOf(role)
      return { role, title: ROLE_WORDS[role], standIn: standIn ? ROLE_WORDS[standIn] : null }
    }),
    people: responsibles.map(({ client = null, contract = null, ...person }) => ({
      ...person,
      scope: scopeOf(client, contract),
      clientName: names.get(client ?? clientOf.get(contract ?? '') ?? '') ?? null,
    })),
  }
}

/** Who changed contracts and people, the newest first. */
export async function readAgreementHistory(queries: Kysely<ReadTables>, tenantId: string): Promise<AgreementEntry[]> {
  const rows = await queries
    .selectFrom('agreement_entries')
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .limit(ENTRIES_SHOWN)
    .selectAll()
    .execute()
  return rows.map(({ id, at, actor, kind, code, text_ru: ru, text_en: en }) => ({
    ...{ id: String(id), at: instant(at), actor, code, text: { ru, en } },
    kind: kind === 'contract' ? 'contract' : 'person',
  }))
}
