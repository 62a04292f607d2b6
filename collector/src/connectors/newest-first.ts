import { z } from 'zod'
import { type Changes, delivered, type Outcome, rejected } from './connector.ts'

/** An entry of a list of tickets: its number, its last change as the desk writes it, and whether people keep it on top of every list. */
export const changedEntry = z.object({
  id: z.number().int(),
  updated_at: z.string(),
  sticky: z.boolean().catch(false),
})
export type ChangedEntry = z.infer<typeof changedEntry>

const latest = (one: string, other: string): string => (Date.parse(one) >= Date.parse(other) ? one : other)

/**
 * What changed, by a desk that lists tickets by their last change, newest first, and cannot be asked for those after a moment. The cursor is
 * the last change of the newest one seen, which is looked at again: several may change in one second, before and after a look.
 */
export async function changesNewestFirst(
  pageOf: (page: number) => Promise<Outcome<readonly ChangedEntry[]>>,
  cursor: string | null,
): Promise<Outcome<Changes>> {
  const seen = new Set<number>()
  const ids = new Set<string>()
  const since = cursor === null || cursor === '' ? Number.NEGATIVE_INFINITY : Date.parse(cursor)
  let newest = cursor ?? ''
  for (let page = 1; ; page++) {
    const found = await pageOf(page)
    if (found.kind !== 'delivered') return found
    const moments = found.value.flatMap(each => (each.sticky ? [] : Date.parse(each.updated_at)))
    if (moments.some((moment, index) => moment > (moments[index - 1] ?? moment))) {
      return rejected('misconfigured', 'the desk does not list what changed last first: changes cannot be followed')
    }
    for (const { updated_at: at } of found.value) newest = newest === '' ? at : latest(newest, at)
    if (cursor === null) return delivered({ ids: [], cursor: newest })
    const before = seen.size
    for (const { id, updated_at: at } of found.value) {
      seen.add(id)
      if (Date.parse(at) >= since) ids.add(String(id))
    }
    // A page without anything new: the list is at its end, or does not turn its pages.
    const isEnd = seen.size === before || moments.some(moment => moment < since)
    if (isEnd) return delivered({ ids: [...ids], cursor: newest })
  }
}
