import { type Bilingual, DEFAULT_ZONE } from '@tillwatch/rules'
import type { EpochMs } from '@tillwatch/shared'
import type { ContractService, Directory } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import type { FleetTables } from './tables/fleet-tables.ts'
import type { SlaTables } from './tables/sla-tables.ts'

type Queries = Kysely<FleetTables & SlaTables>
type Contract = Directory['contracts'][number]
type Responsible = Directory['responsibles'][number]
/** What a file may leave out and the store always has. */
type KeptContract = Contract & { readonly services: ContractService[] }
type KeptResponsible = Responsible & { readonly timezone: string; readonly language: 'ru' | 'en' }
interface Base {
  readonly id: string
  readonly tenant_id: string
}

/** Contracts and responsibles of a tenant as their file would tell them. */
export async function readAgreements(
  queries: Queries,
  tenantId: string,
): Promise<{ contracts: KeptContract[]; responsibles: KeptResponsible[] }> {
  const contracts = await queries
    .selectFrom('contracts as a')
    .innerJoin('clients as c', 'c.id', 'a.client_id')
    .where('a.tenant_id', '=', tenantId)
    .select(['a.number', 'c.code as client', 'a.policy', 'a.services_json', 'a.from_date', 'a.until_date'])
    .orderBy('a.number')
    .execute()
  const people = await queries
    .selectFrom('responsibles as r')
    .leftJoin('clients as c', 'c.id', 'r.client_id')
    .where('r.tenant_id', '=', tenantId)
    .select(['r.code', 'r.role', 'c.code as client', 'r.contract', 'r.name', 'r.email', 'r.timezone', 'r.language'])
    .orderBy('r.code')
    .execute()
  return {
    contracts: contracts.map(({ number, client, policy, services_json, from_date, until_date }) => ({
      number,
      client,
      services: JSON.parse(services_json) as ContractService[],
      ...(policy === null ? {} : { policy }),
      ...(from_date === null ? {} : { from: from_date }),
      ...(until_date === null ? {} : { until: until_date }),
    })),
    responsibles: people.map(({ client, contract, role, language, ...person }) => ({
      ...person,
      role: role as Responsible['role'],
      language: language as KeptResponsible['language'],
      ...(client === null ? {} : { client }),
      ...(contract === null ? {} : { contract }),
    })),
  }
}

/** Creates or updates a contract, inside the caller's transaction. */
export async function writeContract(queries: Queries, base: Base, contract: Contract, clientId: string): Promise<void> {
  const { number, policy = null, services = [], from = null, until = null } = contract
  const values = {
    ...{ client_id: clientId, policy, services_json: JSON.stringify(services) },
    ...{ from_date: from, until_date: until },
  }
  await queries
    .insertInto('contracts')
    .values({ ...base, number, ...values })
    .onConflict(conflict => conflict.columns(['tenant_id', 'number']).doUpdateSet(values))
    .execute()
}

/** Creates or updates somebody who is told, inside the caller's transaction. */
export async function writeResponsible(
  queries: Queries,
  base: Base,
  person: Responsible,
  clientId: string | null,
): Promise<void> {
  const { code, role, contract = null, name, email, timezone = DEFAULT_ZONE, language = 'ru' } = person
  const values = { role, contract, client_id: clientId, name, email, timezone, language }
  await queries
    .insertInto('responsibles')
    .values({ ...base, code, ...values })
    .onConflict(conflict => conflict.columns(['tenant_id', 'code']).doUpdateSet(values))
    .execute()
}

/** Who changed what of the agreements, in words. */
export interface AgreementEntryDraft {
  readonly tenantId: string
  readonly kind: 'contract' | 'person'
  /** The number of the contract, or the code of the person. */
  readonly code: string
  readonly text: Bilingual
  readonly actor: string
  readonly at: EpochMs
}

/** Adds a line to the audit trail of agreements, inside the caller's transaction. */
export async function writeAgreementEntry(queries: Queries, entry: AgreementEntryDraft): Promise<void> {
  const { tenantId, kind, code, text, actor, at } = entry
  const values = { tenant_id: tenantId, kind, code, actor, at, text_ru: text.ru, text_en: text.en }
  await queries.insertInto('agreement_entries').values(values).execute()
}
