import { z } from 'zod'

/** Tickets that one call may name. */
const HINTS_MAX = 100

const GUID = /^\{?[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\}?$/i

/** The id or number of a ticket, as desks write them: anything else is none of ours. */
const named = z.union([
  z.number().int().nonnegative().transform(String),
  z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}_-]{1,64}$|^\{[\da-f-]{36}\}$/iu)
    // Identifiers are kept in small letters; desks write them in either, and some in braces.
    .transform(text => (GUID.test(text) ? text.toLowerCase().replace(/[{}]/g, '') : text)),
])
const someNamed = z.union([
  named.transform(one => [one]),
  z
    .array(z.unknown())
    .max(HINTS_MAX)
    .transform(list => list.flatMap(each => named.safeParse(each).data ?? [])),
])

/**
 * Finds in the body of a call which tickets it is about, at members like `issue.id`; whatever else a desk sends is passed over.
 *
 * ```ts
 * hintsAt('id', 'issue.id')({ issue: { id: 42 } }) // ['42']
 * ```
 */
export function hintsAt(...members: readonly string[]): (body: unknown) => readonly string[] {
  const paths = members.map(member => member.split('.'))
  return body => {
    const found = paths.flatMap(path => someNamed.safeParse(memberOf(body, path)).data ?? [])
    return [...new Set(found)].slice(0, HINTS_MAX)
  }
}

const memberOf = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inside, name) =>
      typeof inside === 'object' && inside !== null && Object.hasOwn(inside, name)
        ? (inside as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  )
