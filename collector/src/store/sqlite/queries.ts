import type { DatabaseSync } from 'node:sqlite'
import { Kysely, SqliteDialect } from 'kysely'

/** Typed queries over an open connection. Kysely brings its own transactions; use one of the two ways on a connection at a time. */
export function queriesOf<Tables>(database: DatabaseSync): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new SqliteDialect({
      database: {
        close: () => database.close(),
        prepare: sql => {
          const statement = database.prepare(sql)
          return {
            reader: statement.columns().length > 0,
            all: parameters => statement.all(...(parameters as never[])),
            run: parameters => statement.run(...(parameters as never[])),
            iterate: parameters => statement.iterate(...(parameters as never[])) as IterableIterator<unknown>,
          }
        },
      },
    }),
  })
}
