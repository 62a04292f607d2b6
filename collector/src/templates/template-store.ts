import type { DatabaseSync } from 'node:sqlite'
import type { EpochMs } from '@tillwatch/shared'
import type { TemplateKind, TemplateLanguage, TemplateProblem } from '@tillwatch/shared/api'

/** Versions told of one template; older ones stay in the file. */
const HISTORY_MAX = 50

/** Which template of a tenant. */
export interface TemplateName {
  readonly tenantId: string
  readonly kind: TemplateKind
  readonly language: TemplateLanguage
}

/** One version of a template. Text null: the shipped one was restored. */
export interface TemplateRow {
  readonly id: number
  readonly text: string | null
  readonly author: string
  readonly at: EpochMs
  readonly failedAt: EpochMs | null
  readonly failure: TemplateProblem | null
}

/** Templates as people wrote them. Runs inside the caller's transaction. */
export interface TemplateStore {
  /** The newest version; null when nobody has written one. */
  current(name: TemplateName): TemplateRow | null
  /** Newest first. */
  history(name: TemplateName): readonly TemplateRow[]
  add(name: TemplateName, text: string | null, author: string, now: EpochMs): void
  /** Notes that a version did not suit an incident. */
  failed(id: number, failure: TemplateProblem, now: EpochMs): void
}

interface StoredRow extends Omit<TemplateRow, 'failure'> {
  readonly failure: string | null
}

const rowOf = ({ failure, ...row }: StoredRow): TemplateRow => ({
  ...row,
  failure: failure === null ? null : (JSON.parse(failure) as TemplateProblem),
})

/** The store on an open connection of the state thread. */
export function createTemplateStore(database: DatabaseSync): TemplateStore {
  const select = database.prepare(
    `SELECT id, text, author, at, failed_at AS failedAt, failure FROM ticket_templates
      WHERE tenant_id = ? AND kind = ? AND language = ? ORDER BY id DESC LIMIT ?`,
  )
  const insert = database.prepare(
    'INSERT INTO ticket_templates (tenant_id, kind, language, text, author, at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const fail = database.prepare('UPDATE ticket_templates SET failed_at = ?, failure = ? WHERE id = ?')
  const versions = ({ tenantId, kind, language }: TemplateName, limit: number) =>
    (select.all(tenantId, kind, language, limit) as unknown as readonly StoredRow[]).map(rowOf)
  return {
    current: name => versions(name, 1)[0] ?? null,
    history: name => versions(name, HISTORY_MAX),
    add: ({ tenantId, kind, language }, text, author, now) => {
      insert.run(tenantId, kind, language, text, author, now)
    },
    failed: (id, failure, now) => {
      fail.run(now, JSON.stringify(failure), id)
    },
  }
}
