import { type CriticalView, priority } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import { USUAL_CRITERIA } from '../critical/criteria.ts'
import type { CriticalCriteriaTable } from '../store/sqlite/tables/service-tables.ts'
import type { ReadTables } from './read-tables.ts'

const criteriaOf = (row: CriticalCriteriaTable): CriticalView['usual'] => ({
  blockingMinutes: row.blocking_minutes,
  siteStoppedMinutes: row.stopped_minutes,
  markedPriority: row.marked_priority === null ? null : priority.parse(row.marked_priority),
})

/** What makes incidents of a tenant critical. */
export async function readCritical(queries: Kysely<ReadTables>, tenantId: string): Promise<CriticalView> {
  const criteria = await queries.selectFrom('critical_criteria').where('tenant_id', '=', tenantId).selectAll().execute()
  const clients = await queries
    .selectFrom('clients')
    .where('tenant_id', '=', tenantId)
    .select(['id', 'code', 'name'])
    .orderBy('code')
    .execute()
  const sites = await queries
    .selectFrom('critical_sites')
    .innerJoin('sites', 'sites.id', 'critical_sites.site_id')
    .leftJoin('clients', 'clients.id', 'sites.client_id')
    .where('critical_sites.tenant_id', '=', tenantId)
    .select(['sites.code', 'sites.name', 'clients.name as client', 'critical_sites.marked_by as markedBy'])
    .orderBy('sites.code')
    .execute()
  const usual = criteria.find(row => row.client_id === '')
  return {
    usual: usual ? criteriaOf(usual) : USUAL_CRITERIA,
    clients: clients.flatMap(({ id, code, name }) => {
      const own = criteria.find(row => row.client_id === id)
      return own ? [{ code, name, ...criteriaOf(own) }] : []
    }),
    sites,
  }
}
