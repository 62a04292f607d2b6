/**
 * What falls due by time is taken so many at a time. Written into the text of a statement: SQLite looks at a bound LIMIT when it plans, so
 * that such a statement is planned anew by every call.
 */
export const DUE_PER_QUERY = 32
