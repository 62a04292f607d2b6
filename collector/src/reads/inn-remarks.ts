import type { DirectoryRemark } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import type { ReadTables } from './read-tables.ts'

/**
 * Registers registered to another INN than the directory has for their terminal (or, where it names none, for its client). One of both
 * is wrong, and tickets and plans name the INN. Of one agent, or of all.
 */
export async function readInnRemarks(
  queries: Kysely<ReadTables>,
  tenantId: string,
  agentId: string | null = null,
): Promise<DirectoryRemark[]> {
  const { rows } = await sql<{ code: string; register: string; inn: string; known: string | null }>`
    SELECT t.code, coalesce(i.identity, i.slot) AS register, i.inn, coalesce(t.inn,
      (SELECT group_concat(e.inn, ', ') FROM legal_entities e WHERE e.client_id = s.client_id)) AS known
    FROM items i
    JOIN terminals t ON t.agent_id = i.agent_id AND t.tenant_id = i.tenant_id
    JOIN sites s ON s.id = t.site_id
    WHERE i.tenant_id = ${tenantId} AND i.kind = 'register' AND i.inn IS NOT NULL
      AND i.agent_id = coalesce(${agentId}, i.agent_id)
    ORDER BY t.code, i.id`.execute(queries)
  return rows.flatMap(({ code, register, inn, known }) =>
    known === null || known.split(', ').includes(inn)
      ? []
      : [
          {
            where: `terminals ${code} inn`,
            message: {
              ru: `ККТ ${register} зарегистрирована на ИНН ${inn}, а в справочнике здесь ${known}`,
              en: `register ${register} is registered to INN ${inn}, but the directory has ${known} here`,
            },
          },
        ],
  )
}
