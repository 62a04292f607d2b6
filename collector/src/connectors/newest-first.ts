import { z } from 'zod'
import { type Changes, delivered, type Outcome, rejected } from './connector.ts'

/** An entry of a list of tickets: its number, and its last change as the desk writes it. */
export const changedEntry = z.object({ id: z.number().int(), updated_at: z.string() })
export type ChangedEntry = z.infer<typeof changedEntry>

/**
 * What changed, by a desk that lists tickets by their last change, newest first, and cannot be asked for those after a moment. The cursor is
 * the last change of the newest one seen, which is looked at again: several may change in one second, before and after a look.
 */
export async function changesNewestFirst(
  pageOf: (page: number) => Promise<Outcome<readonly ChangedEntry[]>>,
  cursor: string | null,
): Promise<Outcome<Changes>> {
  const ids = new Set<string>()
  const since = cursor === null || cursor === '' ? Number.NEGATIVE_INFINITY : Date.parse(cursor)
  let newest = cursor ?? ''
  for (let page = 1; ; page++) {
    const found = await pageOf(page)
    if (found.kind !== 'delivered') return found
    const moments = found.value.map(each => Date.parse(each.updated_at))
    if (moments.some((moment, index) => moment > (moments[index - 1] ?? moment))) {
      return rejected('misconfigured', 'the desk does not list what changed last first: changes cannot be followed')
    }
    if (page === 1) newest = found.value[0]?.updated_at ?? newest
    if (cursor === null) return delivered({ ids: [], cursor: newest })
    const before = ids.size
    const changed = found.value.filter((_, index) => (moments[index] ?? since) >= since)
    for (const each of changed) ids.add(String(each.id))
    // A page without anything new: the list is at its end, or does not turn its pages.
    if (changed.length < found.value.length || ids.size === before) return delivered({ ids: [...ids], cursor: newest })
  }
}
