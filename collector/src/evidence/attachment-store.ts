import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { DeskFile } from '../connectors/connector.ts'
import { type EvidenceFile, type EvidenceLanguage, type EvidenceSort, packed, unpacked } from './evidence-file.ts'

/** Files deleted in one step of thinning, so that no step is felt. */
const THIN_ROWS = 50
/** Files of one installation; beyond it the oldest go before their time, so that a bad month does not fill the disk. */
const ATTACHMENTS_MAX = 20_000

interface FileRow {
  name: string
  type: string
  bytes: Uint8Array
}

const fileOf = ({ name, type, bytes }: FileRow): DeskFile => ({ name, type, bytes: unpacked(type, bytes) })

/** Files of incidents over an open connection, inside the caller's transaction. */
export interface AttachmentStore {
  /** False when the incident has them already: what was made first stays. */
  keep(
    incident: { readonly tenantId: string; readonly id: string },
    sort: EvidenceSort,
    files: readonly EvidenceFile[],
    now: EpochMs,
  ): boolean
  /** Deletes a small step of what is older, or too much; true when more is left. */
  thin(before: EpochMs): boolean
}

/** The store over a connection of the state thread. */
export function createAttachmentStore(database: DatabaseSync): AttachmentStore {
  const selectAny = database.prepare('SELECT 1 FROM attachments WHERE incident_id = ? AND sort = ? LIMIT 1')
  const insert = database.prepare(
    `INSERT INTO attachments (tenant_id, incident_id, name, sort, language, type, size, bytes, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const thinOld = database.prepare(
    `DELETE FROM attachments WHERE id IN (SELECT id FROM attachments WHERE created_at < ? ORDER BY created_at LIMIT ${THIN_ROWS})`,
  )
  const thinMany = database.prepare(
    `DELETE FROM attachments WHERE id IN (SELECT id FROM attachments ORDER BY created_at LIMIT ${THIN_ROWS})
      AND (SELECT count(*) FROM attachments) > ${ATTACHMENTS_MAX}`,
  )
  return {
    keep: ({ tenantId, id }, sort, files, now) => {
      if (files.length === 0 || selectAny.get(id, sort)) return false
      for (const file of files) {
        const { name, language, type, bytes } = file
        insert.run(tenantId, id, name, sort, language, type, bytes.length, packed(file), now)
      }
      return true
    },
    thin: before => {
      const changed = Number(thinOld.run(before).changes) + Number(thinMany.run().changes)
      return changed >= THIN_ROWS
    },
  }
}

/** The file that a delivery carries, in the language of its desk where there is one. */
export function createFileOfDelivery(
  database: DatabaseSync,
): (deliveryId: number, language: EvidenceLanguage) => DeskFile | null {
  const select = database.prepare(
    `SELECT a.name, a.type, a.bytes FROM deliveries d
       JOIN attachments a ON a.incident_id = d.incident_id AND a.tenant_id = d.tenant_id AND a.sort = d.payload_json ->> '$.evidence'
      WHERE d.id = ? ORDER BY a.language = ? DESC LIMIT 1`,
  )
  return (deliveryId, language) => {
    const row = select.get(deliveryId, language) as unknown as FileRow | undefined
    return row ? fileOf(row) : null
  }
}
