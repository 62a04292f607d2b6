import { type ProblemQuery, type ProblemRow, problemStatus } from '@tillwatch/shared/api'
import { type Kysely, sql } from 'kysely'
import { LIVE_STATUSES } from '../problems/problem.ts'
import { instant } from './item-facts.ts'
import { parsePosition, positionText } from './page-position.ts'
import type { ReadTables } from './read-tables.ts'
import { searchWords } from './search-text.ts'

/** Problems of a tenant with the client that they are about. */
export const problemsWithClient = (queries: Kysely<ReadTables>, tenantId: string) =>
  queries
    .selectFrom('problems')
    .leftJoin('clients', join =>
      join.onRef('clients.id', '=', 'problems.client_id').onRef('clients.tenant_id', '=', 'problems.tenant_id'),
    )
    .where('problems.tenant_id', '=', tenantId)

/** Documented root cause and workaround, and neither proposed nor rejected. */
export const isKnownErrorRow = sql<boolean>`(problems.root_cause <> '' AND problems.workaround <> ''
  AND problems.status NOT IN ('proposed', 'rejected'))`

/** Columns of one row of the list. */
export const PROBLEM_COLUMNS = [
  'problems.id',
  'problems.number',
  'problems.title_ru',
  'problems.title_en',
  'problems.status',
  'problems.recurrences',
  'problems.created_at',
  'problems.changed_at',
  'clients.name as client',
  isKnownErrorRow.as('known'),
  sql<number>`(SELECT count(*) FROM problem_incidents l WHERE l.problem_id = problems.id)`.as('incidents'),
  sql<number>`(SELECT count(*) FROM problem_incidents l JOIN incidents i ON i.id = l.incident_id
    WHERE l.problem_id = problems.id AND i.status IN ('open', 'in_work', 'waiting'))`.as('open_incidents'),
  sql<number>`(SELECT count(*) FROM problem_measures m WHERE m.problem_id = problems.id AND m.done_at IS NULL)`.as(
    'open_measures',
  ),
] as const

interface ProblemListRow {
  id: string
  number: number
  title_ru: string
  title_en: string
  status: string
  recurrences: number
  created_at: number
  changed_at: number
  client: string | null
  known: boolean | number
  incidents: number
  open_incidents: number
  open_measures: number
}

/** A row as the API shows it. */
export const problemRowOf = (row: ProblemListRow): ProblemRow => ({
  id: row.id,
  number: row.number,
  title: { ru: row.title_ru, en: row.title_en },
  status: problemStatus.parse(row.status),
  client: row.client,
  knownError: Boolean(row.known),
  incidents: row.incidents,
  openIncidents: row.open_incidents,
  openMeasures: row.open_measures,
  recurrences: row.recurrences,
  createdAt: instant(row.created_at),
  changedAt: instant(row.changed_at),
})

const STATUSES = {
  active: LIVE_STATUSES,
  proposed: ['proposed'],
  solved: ['solved', 'closed'],
  rejected: ['rejected'],
  all: problemStatus.options,
} as const satisfies Record<ProblemQuery['status'], readonly string[]>

/** One page of problems, the last changed first. */
export async function readProblems(queries: Kysely<ReadTables>, tenantId: string, query: ProblemQuery) {
  const words = searchWords(query.search)
  let filtered = problemsWithClient(queries, tenantId).where('problems.status', 'in', STATUSES[query.status])
  if (query.known) filtered = filtered.where(isKnownErrorRow)
  if (words) filtered = filtered.where(problemHasWords(words))
  const { total } = await filtered.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow()
  let page = filtered
  if (query.after !== undefined) {
    const after = parsePosition(query.after, ['number', 'number'])
    page = page.where(sql<boolean>`(problems.changed_at, problems.number) < (${sql.join(after)})`)
  }
  const rows = await page
    .orderBy('problems.changed_at', 'desc')
    .orderBy('problems.number', 'desc')
    .limit(query.limit + 1)
    .select(PROBLEM_COLUMNS)
    .execute()
  const shown = rows.slice(0, query.limit)
  const last = shown.at(-1)
  return {
    rows: shown.map(problemRowOf),
    next: rows.length > shown.length && last ? positionText([last.changed_at, last.number]) : null,
    total,
  }
}

/** Whether a problem says all the words, in whatever it says. */
export const problemHasWords = (words: string) => {
  const searched = sql`concat_ws(char(10), problems.number, problems.title_ru, problems.title_en, problems.root_cause,
    problems.workaround, problems.client_hint, problems.runbook, problems.signature_json, clients.name)`
  return sql<boolean>`has_words(${searched}, ${words}) = 1`
}
