import { type Changes, delivered, type Outcome } from '../connector.ts'
import type { DeskApi } from '../desk-api.ts'
import { type Issue, manyIssues } from './mapping.ts'

const PAGE = 100
/** Pages of one look, unless they are all of one second; what is left comes with the next one. */
const PAGES_MAX = 5

/**
 * Issues by the time of their last change. The cursor is the second of the newest one seen, which is looked at again: several issues may
 * change in one second, before and after a look.
 */
export async function changedIssues(
  api: DeskApi,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Outcome<Changes>> {
  const ids = new Set<string>()
  if (cursor === null) {
    const newest = await api.get('/issues.json?status_id=*&sort=updated_on:desc&limit=1', manyIssues, signal)
    return newest.kind === 'delivered' ? delivered({ ids: [], cursor: secondOf(newest.value.issues[0]) ?? '' }) : newest
  }
  let last = cursor
  // A change of hundreds at once gives them all one second: the cursor could not pass it.
  for (let page = 0; page < PAGES_MAX || last === cursor; page++) {
    const since = cursor === '' ? '' : `&updated_on=${encodeURIComponent(`>=${cursor}`)}`
    const path = `/issues.json?status_id=*&sort=updated_on:asc,id:asc&limit=${PAGE}&offset=${page * PAGE}${since}`
    const found = await api.get(path, manyIssues, signal)
    if (found.kind !== 'delivered') return found
    const { issues } = found.value
    const before = ids.size
    for (const issue of issues) ids.add(String(issue.id))
    last = secondOf(issues.at(-1)) ?? last
    if (issues.length < PAGE || ids.size === before) break
  }
  return delivered({ ids: [...ids], cursor: last })
}

const secondOf = (issue: Issue | undefined): string | null =>
  issue?.updated_on === undefined ? null : new Date(issue.updated_on).toISOString().replace(/\.\d+Z$/, 'Z')
