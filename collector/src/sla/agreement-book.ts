import type { DatabaseSync } from 'node:sqlite'
import type { Bilingual } from '@tillwatch/rules'
import { AppError, CONTRACTS_MAX, type EpochMs, RESPONSIBLES_MAX } from '@tillwatch/shared'
import type { ContractDraft, ContractTerms, PersonDraft, PersonTerms } from '@tillwatch/shared/api'
import { writeAgreementEntry, writeContract, writeResponsible } from '../store/sqlite/agreements.ts'
import { inTransaction } from '../store/sqlite/database.ts'
import { queriesOf } from '../store/sqlite/queries.ts'
import type { FleetTables } from '../store/sqlite/tables/fleet-tables.ts'
import type { SlaTables } from '../store/sqlite/tables/sla-tables.ts'
import { ADDED, contractChange, contractText, personChange, personText, REMOVED, scopeOf } from './agreement-changes.ts'

/**
 * Contracts and the people who are told, as edited by hand. Lives in the state thread under the name `agreementBook`; every call is one
 * transaction and leaves an entry with the name of the `actor`. Incidents that are open go on counting by what they were registered under.
 */
export interface AgreementBook {
  /** Rejects with `contract.exists`, `contract.too_many`, `client.unknown`, `policy.unknown`. */
  addContract(tenantId: string, draft: ContractDraft, actor: string, now: EpochMs): Promise<void>
  /** Rejects with `contract.unknown`, `client.unknown`, `policy.unknown`. */
  replaceContract(tenantId: string, number: string, terms: ContractTerms, actor: string, now: EpochMs): Promise<void>
  /** Rejects with `person.exists`, `person.too_many`, `client.unknown`, `person.contract`. */
  addPerson(tenantId: string, draft: PersonDraft, actor: string, now: EpochMs): Promise<void>
  /** Rejects with `person.unknown`, `client.unknown`, `person.contract`. */
  replacePerson(tenantId: string, code: string, terms: PersonTerms, actor: string, now: EpochMs): Promise<void>
  /** Rejects with `person.unknown`. */
  removePerson(tenantId: string, code: string, actor: string, now: EpochMs): Promise<void>
}

export interface AgreementBookOptions {
  /** Is there a policy of this id in force? */
  readonly hasPolicy: (id: string) => boolean
  readonly newId: () => string
}

interface ContractRow {
  readonly client: string
  readonly policy: string | null
  readonly services_json: string
  readonly from_date: string | null
  readonly until_date: string | null
}
interface PersonRow extends Omit<PersonTerms, 'scope'> {
  readonly client: string | null
  readonly contract: string | null
}

const refuse = (code: string, message: string, nextStep: string) => new AppError(code, message, { nextStep })

/** The book over an open connection. */
export function createAgreementBook(database: DatabaseSync, { hasPolicy, newId }: AgreementBookOptions): AgreementBook {
  const queries = queriesOf<FleetTables & SlaTables>(database)
  const selectClient = database.prepare('SELECT id FROM clients WHERE tenant_id = ? AND code = ?')
  const selectContract = database.prepare(
    `SELECT c.code AS client, a.policy, a.services_json, a.from_date, a.until_date
       FROM contracts a JOIN clients c ON c.id = a.client_id WHERE a.tenant_id = ? AND a.number = ?`,
  )
  const selectPerson = database.prepare(
    `SELECT r.role, r.name, r.email, r.timezone, r.language, r.contract, c.code AS client
       FROM responsibles r LEFT JOIN clients c ON c.id = r.client_id WHERE r.tenant_id = ? AND r.code = ?`,
  )
  const deletePerson = database.prepare('DELETE FROM responsibles WHERE tenant_id = ? AND code = ?')
  const countOf = {
    contracts: database.prepare('SELECT count(*) AS n FROM contracts WHERE tenant_id = ?'),
    responsibles: database.prepare('SELECT count(*) AS n FROM responsibles WHERE tenant_id = ?'),
  }

  const clientIdOf = (tenantId: string, code: string): string => {
    const row = selectClient.get(tenantId, code) as { id: string } | undefined
    if (row) return row.id
    throw refuse('client.unknown', `the directory has no client ${code}`, 'Take the code from the directory.')
  }
  const checkRoom = (table: keyof typeof countOf, tenantId: string, max: number, code: string) => {
    const { n } = countOf[table].get(tenantId) as { n: number }
    if (n >= max) throw refuse(code, `there are already ${max} of them`, 'Change one that is not needed any more.')
  }
  const checkPolicies = ({ policy, services }: ContractTerms) => {
    for (const id of [policy, ...services.map(service => service.policy)]) {
      if (id && !hasPolicy(id))
        throw refuse('policy.unknown', `there is no policy ${id}`, 'Choose one of the policies in force.')
    }
  }
  const contractOf = (tenantId: string, number: string): ContractTerms | null => {
    const row = selectContract.get(tenantId, number) as unknown as ContractRow | undefined
    if (!row) return null
    const { client, policy, services_json, from_date: from, until_date: until } = row
    return { client, policy, services: JSON.parse(services_json), from, until }
  }
  const personOf = (tenantId: string, code: string): PersonTerms => {
    const row = selectPerson.get(tenantId, code) as unknown as PersonRow | undefined
    if (!row) throw refuse('person.unknown', 'nobody of this code is told', 'Open the list again.')
    const { client, contract, ...person } = row
    return { ...person, scope: scopeOf(client, contract) }
  }
  const note = (
    tenantId: string,
    kind: 'contract' | 'person',
    code: string,
    text: Bilingual,
    actor: string,
    at: EpochMs,
  ) => writeAgreementEntry(queries, { tenantId, kind, code, text, actor, at })

  const saveContract = async (tenantId: string, number: string, terms: ContractTerms) => {
    const { client, policy, services, from, until } = terms
    const clientId = clientIdOf(tenantId, client)
    checkPolicies(terms)
    const contract = {
      ...{ number, client, services },
      ...(policy === null ? {} : { policy }),
      ...(from === null ? {} : { from }),
      ...(until === null ? {} : { until }),
    }
    await writeContract(queries, { id: newId(), tenant_id: tenantId }, contract, clientId)
  }
  const savePerson = async (tenantId: string, code: string, { scope, ...person }: PersonTerms) => {
    if (scope.kind === 'contract' && !contractOf(tenantId, scope.contract))
      throw refuse('person.contract', `there is no contract ${scope.contract}`, 'Choose one of the contracts.')
    const clientId = scope.kind === 'client' ? clientIdOf(tenantId, scope.client) : null
    const entry = { ...person, code, ...(scope.kind === 'contract' ? { contract: scope.contract } : {}) }
    await writeResponsible(queries, { id: newId(), tenant_id: tenantId }, entry, clientId)
  }

  return {
    addContract: (tenantId, { number, ...terms }, actor, now) =>
      inTransaction(database, async () => {
        if (contractOf(tenantId, number))
          throw refuse('contract.exists', `contract ${number} is there already`, 'Change it, or take another number.')
        checkRoom('contracts', tenantId, CONTRACTS_MAX, 'contract.too_many')
        await saveContract(tenantId, number, terms)
        await note(tenantId, 'contract', number, contractText(terms), actor, now)
      }),
    replaceContract: (tenantId, number, terms, actor, now) =>
      inTransaction(database, async () => {
        const before = contractOf(tenantId, number)
        if (!before) throw refuse('contract.unknown', 'there is no such contract', 'Open the list again.')
        await saveContract(tenantId, number, terms)
        const change = contractChange(before, terms)
        if (change) await note(tenantId, 'contract', number, change, actor, now)
      }),
    addPerson: (tenantId, { code, ...terms }, actor, now) =>
      inTransaction(database, async () => {
        if (selectPerson.get(tenantId, code))
          throw refuse('person.exists', `${code} is there already`, 'Take another short name.')
        checkRoom('responsibles', tenantId, RESPONSIBLES_MAX, 'person.too_many')
        await savePerson(tenantId, code, terms)
        await note(tenantId, 'person', code, personText(ADDED, terms), actor, now)
      }),
    replacePerson: (tenantId, code, terms, actor, now) =>
      inTransaction(database, async () => {
        const before = personOf(tenantId, code)
        await savePerson(tenantId, code, terms)
        const change = personChange(before, terms)
        if (change) await note(tenantId, 'person', code, change, actor, now)
      }),
    removePerson: (tenantId, code, actor, now) =>
      inTransaction(database, async () => {
        const before = personOf(tenantId, code)
        deletePerson.run(tenantId, code)
        await note(tenantId, 'person', code, personText(REMOVED, before), actor, now)
      }),
  }
}
