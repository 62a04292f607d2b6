import { type Changes, delivered, type Outcome } from '../connector.ts'
import { type CreatioApi, PAGE } from './api.ts'
import type { CreatioConfig } from './config.ts'
import { anyRow, columnOf } from './mapping.ts'

/** Pages of one look, unless they are all of one moment; what is left comes with the next look. */
const PAGES_MAX = 5

/** Where changes are seen: an object, its column of time, the column with the id of the case. */
interface Source {
  readonly object: string
  readonly time: string
  readonly id: string
  readonly filter: string | null
}

/**
 * Cases by the time of their last change, and messages of their feeds, which change no case. The cursor is the moment of the newest of each;
 * what has that very moment is told again.
 */
export async function changedCases(
  config: CreatioConfig,
  api: CreatioApi,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Outcome<Changes>> {
  const feed = `EntitySchemaUId eq ${config.case_schema}`
  const sources: readonly Source[] = [
    { object: 'Case', time: 'ModifiedOn', id: 'Id', filter: null },
    { object: 'SocialMessage', time: 'CreatedOn', id: 'EntityId', filter: feed },
  ]
  const since = cursor?.split('|') ?? null
  const ids = new Set<string>()
  const marks: string[] = []
  for (const [index, source] of sources.entries()) {
    const found = await changesOf(api, source, since ? (since[index] ?? '') : null, signal)
    if (found.kind !== 'delivered') return found
    for (const id of found.value.ids) ids.add(id)
    marks.push(found.value.cursor)
  }
  return delivered({ ids: [...ids], cursor: marks.join('|') })
}

async function changesOf(
  api: CreatioApi,
  { object, time, id, filter }: Source,
  since: string | null,
  signal: AbortSignal,
): Promise<Outcome<Changes>> {
  const select = [...new Set(['Id', id, time])]
  const own = filter === null ? {} : { filter }
  if (since === null) {
    const newest = await api.rows(object, { select, ...own, orderby: `${time} desc`, top: 1 }, anyRow, signal)
    if (newest.kind !== 'delivered') return newest
    const [row] = newest.value
    return delivered({ ids: [], cursor: row ? (columnOf(row, time) ?? '') : '' })
  }
  const parts = [filter, since === '' ? null : `${time} ge ${since}`].filter(each => each !== null)
  const later = parts.length === 0 ? {} : { filter: parts.join(' and ') }
  const seen = new Set<string>()
  const ids = new Set<string>()
  let last = since
  // A change of thousands at once gives them all one moment: the cursor could not pass it.
  for (let page = 0; page < PAGES_MAX || last === since; page++) {
    const query = { select, ...later, orderby: `${time},Id`, top: PAGE, skip: page * PAGE }
    const found = await api.rows(object, query, anyRow, signal)
    if (found.kind !== 'delivered') return found
    const before = seen.size
    for (const row of found.value) {
      seen.add(row.Id)
      ids.add(columnOf(row, id)?.toLowerCase() ?? row.Id)
    }
    const newest = found.value.at(-1)
    last = newest ? (columnOf(newest, time) ?? last) : last
    // A page without anything new: the list does not turn its pages.
    if (found.value.length < PAGE || seen.size === before) break
  }
  return delivered({ ids: [...ids], cursor: last })
}
