import type { AttachmentView } from '@tillwatch/shared/api'
import type { Kysely } from 'kysely'
import type { DeskFile } from '../connectors/connector.ts'
import { unpacked } from '../evidence/evidence-file.ts'
import { instant } from './item-facts.ts'
import type { ReadTables } from './read-tables.ts'

/** Files of an incident, oldest first; null when the tenant has no incident of that id. */
export async function readAttachments(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incidentId: string,
): Promise<AttachmentView[] | null> {
  const incident = await queries
    .selectFrom('incidents')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', incidentId)
    .select('id')
    .executeTakeFirst()
  if (!incident) return null
  const rows = await attachmentsOf(queries, tenantId, incidentId)
    .orderBy('created_at')
    .orderBy('name')
    .select(['name', 'sort', 'language', 'size', 'created_at'])
    .execute()
  return rows.map(({ created_at: at, ...file }) => ({ ...file, at: instant(at) }))
}

/** One file; null when the tenant's incident has none of that name. */
export async function readAttachment(
  queries: Kysely<ReadTables>,
  tenantId: string,
  incidentId: string,
  name: string,
): Promise<DeskFile | null> {
  const row = await attachmentsOf(queries, tenantId, incidentId)
    .where('name', '=', name)
    .select(['name', 'type', 'bytes'])
    .executeTakeFirst()
  return row ? { name: row.name, type: row.type, bytes: unpacked(row.type, row.bytes) } : null
}

const attachmentsOf = (queries: Kysely<ReadTables>, tenantId: string, incidentId: string) =>
  queries.selectFrom('attachments').where('tenant_id', '=', tenantId).where('incident_id', '=', incidentId)
