import type { DatabaseSync, SQLInputValue } from 'node:sqlite'

/**
 * Adds a row with an `id` or overwrites it whole. The statement is made from the columns of the first row, so that the list of columns
 * stands in one place; every row must have the same ones in the same order.
 */
export function upsertOf<Row extends { readonly id: string }>(
  database: DatabaseSync,
  table: string,
): (row: Row) => void {
  let statement: ReturnType<DatabaseSync['prepare']> | null = null
  return row => {
    if (!statement) {
      const columns = Object.keys(row)
      const updates = columns.filter(name => name !== 'id').map(name => `${name} = excluded.${name}`)
      statement = database.prepare(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
         ON CONFLICT (id) DO UPDATE SET ${updates.join(', ')}`,
      )
    }
    statement.run(...(Object.values(row) as SQLInputValue[]))
  }
}
