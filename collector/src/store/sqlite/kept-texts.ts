import type { DatabaseSync } from 'node:sqlite'

/** A text and the name by which problems cite it. */
export interface KeptText {
  readonly file: string
  readonly text: string
}

/** The customer's texts of one kind that were taken last. Runs inside the caller's transaction. */
export interface KeptTexts {
  read(): readonly KeptText[]
  keep(texts: readonly KeptText[]): void
}

/** The texts of a kind over an open connection of the state thread. */
export function createKeptTexts(database: DatabaseSync, kind: string): KeptTexts {
  const select = database.prepare('SELECT file, text FROM kept_texts WHERE kind = ? ORDER BY position')
  const clear = database.prepare('DELETE FROM kept_texts WHERE kind = ?')
  const insert = database.prepare('INSERT INTO kept_texts (kind, position, file, text) VALUES (?, ?, ?, ?)')
  return {
    read: () => select.all(kind) as unknown as readonly KeptText[],
    keep: texts => {
      clear.run(kind)
      for (const [position, { file, text }] of texts.entries()) insert.run(kind, position, file, text)
    },
  }
}
