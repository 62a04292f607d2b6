import type { DatabaseSync } from 'node:sqlite'
import type { Directory } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import type { EntryKind } from '../../fleet/entry-problems.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { hoursJson } from '../../fleet/hours.ts'
import { type Entry, keyOf, planImport } from '../../fleet/import-plan.ts'
import { contractImport, personImport } from '../../sla/agreement-changes.ts'
import { type AgreementEntryDraft, writeAgreementEntry, writeContract, writeResponsible } from './agreements.ts'
import { inTransaction } from './database.ts'
import { readDirectory } from './directory-view.ts'
import { queriesOf } from './queries.ts'
import type { FleetTables } from './tables/fleet-tables.ts'
import type { SlaTables } from './tables/sla-tables.ts'

type Queries = Kysely<FleetTables & SlaTables>

/** Directory of clients, legal entities, sites and terminals over the relational file. */
export function createDirectoryStore(database: DatabaseSync, newId: () => string): Pick<Fleet, 'importDirectory'> {
  const queries = queriesOf<FleetTables & SlaTables>(database)
  return {
    importDirectory: (tenantId, incoming, dryRun, faulty, author) =>
      inTransaction(database, async () => {
        const current = await readDirectory(queries, tenantId)
        const { report, writes } = planImport(current, incoming, faulty)
        if (!dryRun && report.problems.length === 0) {
          const ids = await idsOf(queries, tenantId)
          for (const { kind, entry } of writes) {
            await writeEntry(queries, tenantId, kind, entry, ids, newId)
            const told = author && importNote(current, kind, entry)
            if (told) await writeAgreementEntry(queries, { tenantId, ...told, actor: author.name, at: author.at })
          }
        }
        return { dryRun, ...report }
      }),
  }
}

/** What the audit trail of agreements says of an entry; null for what is no part of them. */
function importNote(
  current: Directory,
  kind: EntryKind,
  entry: Entry,
): Pick<AgreementEntryDraft, 'kind' | 'code' | 'text'> | null {
  const code = keyOf(entry)
  if (kind === 'contracts') {
    const before = current.contracts.find(({ number }) => number === code)
    const text = contractImport(before, entry as Entry<'contracts'>)
    return text && { kind: 'contract', code, text }
  }
  if (kind !== 'responsibles') return null
  const before = current.responsibles.find(each => each.code === code)
  const text = personImport(before, entry as Entry<'responsibles'>)
  return text && { kind: 'person', code, text }
}

interface Ids {
  readonly clients: Map<string, string>
  readonly sites: Map<string, string>
}

async function idsOf(queries: Queries, tenantId: string): Promise<Ids> {
  const of = async (table: 'clients' | 'sites') => {
    const rows = await queries.selectFrom(table).where('tenant_id', '=', tenantId).select(['code', 'id']).execute()
    return new Map(rows.map(({ code, id }) => [code, id]))
  }
  return { clients: await of('clients'), sites: await of('sites') }
}

/** Creates or updates one entry. What it points to was written before it, or was there. */
async function writeEntry(
  queries: Queries,
  tenantId: string,
  kind: EntryKind,
  entry: Entry,
  ids: Ids,
  newId: () => string,
): Promise<void> {
  const base = { id: newId(), tenant_id: tenantId }
  const idIn = (map: Map<string, string>, code: string): string => map.get(code) ?? ''
  if (kind === 'clients') {
    const { code, name, profile } = entry as Entry<'clients'>
    const values = { name, profile_json: jsonOf(profile) }
    const written = await queries
      .insertInto('clients')
      .values({ ...base, code, ...values })
      .onConflict(conflict => conflict.columns(['tenant_id', 'code']).doUpdateSet(values))
      .returning('id')
      .executeTakeFirstOrThrow()
    ids.clients.set(code, written.id)
  } else if (kind === 'legal_entities') {
    const { client, name, inn, kpp = null } = entry as Entry<'legal_entities'>
    await queries
      .insertInto('legal_entities')
      .values({ ...base, client_id: idIn(ids.clients, client), name, inn, kpp })
      .onConflict(conflict => conflict.columns(['tenant_id', 'client_id', 'inn']).doUpdateSet({ name, kpp }))
      .execute()
  } else if (kind === 'sites') {
    const { client, code, hours = null, ...site } = entry as Entry<'sites'>
    const { class: siteClass = null, contact = null, access = null, name, address, timezone } = site
    const values = {
      ...{ client_id: idIn(ids.clients, client), name, address, timezone, class: siteClass, contact, access },
      ...{ hours_text: hours, hours_json: hoursJson(hours), profile_json: jsonOf(site.profile) },
      ...{ region: site.region ?? null, city: site.city ?? null, provider: site.provider ?? null },
      ...{ launch_until: site.launch_until ?? null, ofd_contract_until: site.ofd_contract_until ?? null },
    }
    const written = await queries
      .insertInto('sites')
      .values({ ...base, code, ...values })
      .onConflict(conflict => conflict.columns(['tenant_id', 'code']).doUpdateSet(values))
      .returning('id')
      .executeTakeFirstOrThrow()
    ids.sites.set(code, written.id)
  } else if (kind === 'contracts') {
    const contract = entry as Entry<'contracts'>
    await writeContract(queries, base, contract, idIn(ids.clients, contract.client))
  } else if (kind === 'responsibles') {
    const person = entry as Entry<'responsibles'>
    await writeResponsible(queries, base, person, person.client === undefined ? null : idIn(ids.clients, person.client))
  } else {
    await writeTerminal(queries, base, entry as Entry<'terminals'>, idIn(ids.sites, (entry as Entry<'terminals'>).site))
  }
}

const jsonOf = (value: object | undefined): string | null => (value === undefined ? null : JSON.stringify(value))

/** The agent on a terminal stands where the terminal stands: the file sees to it. */
async function writeTerminal(
  queries: Queries,
  base: { readonly id: string; readonly tenant_id: string },
  { code, name, agent, inn, ofd_contract_until: contractUntil }: Entry<'terminals'>,
  siteId: string,
): Promise<void> {
  const values = {
    ...{ site_id: siteId, name, agent_id: agent ?? null, inn: inn ?? null },
    ofd_contract_until: contractUntil ?? null,
  }
  if (agent !== undefined) {
    // Agents may change places within one file; the unique index must not see the moment between.
    await queries
      .updateTable('terminals')
      .set({ agent_id: null })
      .where('tenant_id', '=', base.tenant_id)
      .where('agent_id', '=', agent)
      .where('tenant_id', '=', base.tenant_id)
      .where('code', '!=', code)
      .execute()
  }
  await queries
    .insertInto('terminals')
    .values({ ...base, code, ...values })
    .onConflict(conflict => conflict.columns(['tenant_id', 'code']).doUpdateSet(values))
    .execute()
}
